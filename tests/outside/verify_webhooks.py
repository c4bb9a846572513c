"""Verifies every kept webhook with the reference library of the Standard Webhooks specification, or with PyNaCl where the key is a
public one (whpk_…): the library knows shared secrets only.

verify_webhooks.py FOLDER KEY [COUNT]
The files are <n>-<id>.json, each {"headers": {…}, "body": "…"}. A key that names a file is read from it.
"""

import base64
import datetime
import json
import os
import pathlib
import sys

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from standardwebhooks import webhooks


class AsReceived(datetime.datetime):
    """The library refuses what is older than five minutes; a kept request is judged at the moment that it was signed for."""

    signed_at = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(cls.signed_at, tz=tz)


webhooks.datetime = AsReceived


class PublicKey:
    """Verifies as the library would, by the specification's text."""

    def __init__(self, text):
        self.key = VerifyKey(base64.b64decode(text.removeprefix("whpk_"), validate=True))

    def verify(self, body, headers):
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        for signature in headers["webhook-signature"].split(" "):
            version, value = signature.split(",", 1)
            if version != "v1a":
                continue
            try:
                self.key.verify(signed, base64.b64decode(value, validate=True))
            except BadSignatureError:
                continue
            return json.loads(body)
        raise webhooks.WebhookVerificationError("No matching signature found")


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
    hook = PublicKey(secret) if secret.startswith("whpk_") else webhooks.Webhook(secret)
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
