"""Looks for every message that a document shows among the mails of a Maildir.

verify_sample.py DOCUMENT MAILDIR
A message is a fenced block of text. Its lines must stand in one mail, in their order; a line of three dots leaves lines out.
"""

import email
import email.policy
import pathlib
import re
import sys


def stands_in(block, text):
    """Passages between the dots follow each other; within one nothing is left out."""
    at = 0
    for passage in re.split(r"^…\n", block, flags=re.MULTILINE):
        found = text.find(passage.strip("\n"), at)
        if found < 0:
            return False
        at = found + len(passage.strip("\n"))
    return True


def main():
    document = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    mails = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for file in pathlib.Path(sys.argv[2]).glob("new/*")
    ]
    texts = [mail.get_body(["plain"]).get_content().replace("\r\n", "\n") for mail in mails]
    blocks = re.findall(r"^```text\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)
    strange = [block for block in blocks if not any(stands_in(block, text) for text in texts)]
    for block in strange:
        print(f"no mail reads so:\n{block}")
    if strange or not blocks:
        sys.exit(f"{len(strange)} of {len(blocks)} messages in {sys.argv[1]} are not what is mailed")
    print(f"{len(blocks)} messages in {sys.argv[1]} are what is mailed")


if __name__ == "__main__":
    main()
