"""Verifies the signature of every mail of a Maildir with dkimpy, and that it covers what one-click unsubscribe needs.

verify_dkim.py MAILDIR CHECK-OUTPUT
The key is the one that `tenderwatch check` says to publish.
"""

import email
import email.policy
import pathlib
import re
import sys

import dkim

NEEDED = ["from", "to", "subject", "date", "message-id", "list-id", "mime-version", "auto-submitted"]
ONE_CLICK = ["list-unsubscribe", "list-unsubscribe-post"]


def published(text):
    records = dict(re.findall(r"publish in DNS: (\S+) TXT \"([^\"]+)\"", text))
    if not records:
        sys.exit("check names no record to publish")
    return lambda name, timeout=5: records.get(name.decode().rstrip("."), "").encode()


def faults(raw, dns):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    verifier = dkim.DKIM(raw)
    if not verifier.verify(dnsfunc=dns):
        yield "dkimpy does not verify it"
        return
    signed = [name.decode().lower() for name, _ in verifier.signed_headers]
    for name in NEEDED + ONE_CLICK:
        if name not in signed:
            yield f"{name} is not signed"
    if "content-type" in signed:
        yield "content-type is signed"
    if mail["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        yield f"List-Unsubscribe-Post is {mail['List-Unsubscribe-Post']!r}"
    if not re.fullmatch(r"<https://[^<>\s]+>", mail["List-Unsubscribe"] or ""):
        yield f"List-Unsubscribe is {mail['List-Unsubscribe']!r}"
    # What a hand on the way would change must break it.
    for old, new in [(b"One-Click", b"Two-Click"), (b"Subject: ", b"Subject: Re: "), (b"\nTo: ", b"\nFrom: a@b.c\nTo: ")]:
        if dkim.verify(raw.replace(old, new, 1), dnsfunc=dns):
            yield f"a mail with {new!r} in it is verified, too"


def main():
    folder = pathlib.Path(sys.argv[1])
    dns = published(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    wrong = 0
    files = sorted([*folder.glob("new/*"), *folder.glob("cur/*")])
    for file in files:
        found = list(faults(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), dns))
        wrong += bool(found)
        print(f"signature: {'; '.join(found) or 'fine'}")
    if wrong or not files:
        sys.exit(f"{len(files)} mails, {wrong} with faults")


if __name__ == "__main__":
    main()
