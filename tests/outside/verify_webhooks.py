"""Verifies every kept webhook with the reference library of the Standard Webhooks specification.

verify_webhooks.py FOLDER SECRET [COUNT]
The files are <n>-<id>.json, each {"headers": {…}, "body": "…"}. A secret that names a file is read from it.
"""

import datetime
import json
import os
import pathlib
import sys

from standardwebhooks import webhooks


class AsReceived(datetime.datetime):
    """The library refuses what is older than five minutes; a kept request is judged at the moment that it was signed for."""

    signed_at = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(cls.signed_at, tz=tz)


webhooks.datetime = AsReceived


def fault(hook, kept, name):
    headers, body = kept["headers"], kept["body"]
    AsReceived.signed_at = int(headers["webhook-timestamp"])
    try:
        read = hook.verify(body, headers)
    except webhooks.WebhookVerificationError as error:
        return str(error)
    if headers["webhook-id"] not in name:
        return "bears another id than its file"
    if set(read) < {"type", "timestamp", "data"}:
        return f"holds {sorted(read)} only"
    if not headers["content-type"].startswith("application/json"):
        return f"is {headers['content-type']}"
    # The judge must be able to say no.
    for bad_body, bad_headers in [(body + " ", headers), (body, {**headers, "webhook-id": "another"})]:
        try:
            hook.verify(bad_body, bad_headers)
        except webhooks.WebhookVerificationError:
            continue
        return "verifies although it was changed"
    return None


def main():
    folder, secret = pathlib.Path(sys.argv[1]), sys.argv[2]
    if os.path.isfile(secret):
        secret = pathlib.Path(secret).read_text(encoding="utf-8").strip()
    hook = webhooks.Webhook(secret)
    files = sorted(folder.glob("*.json"))
    wrong = 0
    for file in files:
        found = fault(hook, json.loads(file.read_text(encoding="utf-8")), file.name)
        wrong += found is not None
        print(f"{file.name}: {found or 'verified'}")
    expected = int(sys.argv[3]) if len(sys.argv) > 3 else max(len(files), 1)
    if len(files) != expected or wrong:
        sys.exit(f"{len(files)} webhooks, {wrong} with faults; {expected} verified ones were expected")


if __name__ == "__main__":
    main()
