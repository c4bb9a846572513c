"""Reads every mail of a Maildir with Python's own parser and says what is wrong with it.

verify_mail.py MAILDIR COUNT
"""

import email
import email.policy
import pathlib
import re
import sys


def faults(mail):
    for defect in mail.defects:
        yield f"defect: {defect!r}"
    if mail.get_content_type() != "multipart/alternative":
        yield f"is {mail.get_content_type()}, not multipart/alternative"
        return
    parts = list(mail.iter_parts())
    pictures = []
    # Pictures stand beside the HTML that shows them.
    if len(parts) == 2 and parts[1].get_content_type() == "multipart/related":
        related = list(parts[1].iter_parts())
        parts, pictures = [parts[0], *related[:1]], related[1:]
    kinds = [part.get_content_type() for part in parts]
    if kinds != ["text/plain", "text/html"]:
        yield f"its parts are {kinds}"
        return
    for part in parts:
        for defect in part.defects:
            yield f"defect in {part.get_content_type()}: {defect!r}"
        if part.get_content_charset() != "utf-8":
            yield f"{part.get_content_type()} is in {part.get_content_charset()}"
        if not part.get_content().strip() or "\ufffd" in part.get_content():
            yield f"{part.get_content_type()} cannot be read"
    yield from faults_of_pictures(parts[1].get_content(), pictures)
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", mail["Message-ID"] or ""):
        yield f"Message-ID is {mail['Message-ID']!r}"
    if mail["Date"] is None or mail["Date"].datetime is None:
        yield f"Date is {mail['Date']!r}"
    for header in ["From", "To", "Subject", "MIME-Version", "List-Id"]:
        if len(mail.get_all(header, [])) != 1:
            yield f"has {len(mail.get_all(header, []))} of {header}"
    if mail["Auto-Submitted"] != "auto-generated":
        yield f"Auto-Submitted is {mail['Auto-Submitted']!r}"
    # Each server files the envelope under a name of its own.
    if mail["To"].addresses[0].addr_spec != (mail["X-Envelope-To"] or mail["Delivered-To"]):
        yield "goes to somebody else than it says"
    if (mail["X-Tls"], mail["X-Login"]) not in [("True", "True"), (None, None)]:
        yield "came without TLS or login"


def faults_of_pictures(html, pictures):
    """Every picture is a PNG that the HTML shows with words in its place, and none is missing or from outside."""
    shown = {}
    for tag in re.findall(r"<img [^>]*>", html):
        source, alt = re.search(r'src="([^"]*)"', tag), re.search(r'alt="([^"]*)"', tag)
        shown[source[1] if source else ""] = alt[1] if alt else ""
    brought = {"cid:" + (picture["Content-ID"] or "").strip("<>"): picture for picture in pictures}
    if set(shown) != set(brought):
        yield f"shows {sorted(shown)} and brings {sorted(brought)}"
    for source, alt in shown.items():
        if len(alt.strip()) < 10:
            yield f"{source} says nothing where pictures are not shown"
    for source, picture in brought.items():
        if picture.get_content_type() != "image/png" or not picture.get_content().startswith(b"\x89PNG\r\n"):
            yield f"{source} is no PNG"


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    files = sorted([*folder.glob("new/*"), *folder.glob("cur/*")])
    wrong = 0
    ids = set()
    for file in files:
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        ids.add(mail["Message-ID"])
        found = list(faults(mail))
        wrong += bool(found)
        print(f"{mail['Subject']!r} to {mail['To']}: {'; '.join(found) or 'fine'}")
    if len(files) != count or len(ids) != count or wrong:
        sys.exit(f"{len(files)} mails, {len(ids)} ids, {wrong} with faults; {count} fine ones were expected")


if __name__ == "__main__":
    main()
