"""Puts HTML mails into pages that show each one wide and on a phone, side by side, and say whether it fits.

mails_as_pages.py FOLDER DIGESTS MAILDIR
DIGESTS holds kept messages as *.html; of the Maildir the longest mail of each receiver is taken.
"""

import email
import email.policy
import html
import pathlib
import sys

# Names of the kept messages that differ most from each other.
KEPT = ["daily_zh", "daily_en", "first_zh", "first_en", "summary_zh", "operator_en", "hostile_zh", "quiet_zh", "test_zh"]

PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>{name}</title>
<style>body {{ margin: 0; background: #888; }} iframe {{ border: 0; vertical-align: top; height: 1500px; margin-right: 20px; }}</style>
<iframe width="740" srcdoc="{mail}"></iframe><iframe width="375" srcdoc="{mail}"></iframe>
<script>
onload = () => {{
  const said = [];
  for (const frame of document.querySelectorAll("iframe")) {{
    const page = frame.contentDocument.documentElement;
    if (page.scrollWidth > frame.clientWidth) said.push(`is ${{page.scrollWidth}} wide in ${{frame.clientWidth}}`);
    if (frame.contentWindow.performance.getEntriesByType("resource").length) said.push("asks for something");
    if (frame.contentDocument.scripts.length) said.push("holds a script");
  }}
  document.documentElement.dataset.said = said.join("; ") || "fits";
}};
</script>
"""


def longest(maildir):
    found = {}
    for file in sorted(maildir.glob("new/*")):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = mail.get_body(["html"]).get_content()
        receiver = mail["To"].addresses[0].username
        if len(body) > len(found.get(receiver, "")):
            found[receiver] = body
    return {f"demo_{receiver}": body for receiver, body in found.items()}


def main():
    folder, digests, maildir = (pathlib.Path(argument) for argument in sys.argv[1:4])
    mails = {name: (digests / f"{name}.html").read_text(encoding="utf-8") for name in KEPT} | longest(maildir)
    for name, mail in mails.items():
        page = PAGE.format(name=name, mail=html.escape(mail))
        (folder / f"{name}.page.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
