"""Puts a sent delivery into a history, so that a bounce which names it is one of ours.

remember_delivery.py DATABASE CHANNEL RECEIVER BOUNCE
Its id is the one that the bounce was addressed to.
"""

import email
import email.policy
import re
import sqlite3
import sys
import time


def main():
    database, channel, receiver, bounce = sys.argv[1:]
    with open(bounce, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    named = re.search(r"\+(d_[0-9a-f]+)@", mail["X-Original-To"] or mail["To"])
    if not named or mail.get_content_type() != "multipart/report":
        sys.exit(f"a {mail.get_content_type()} to an address that names no delivery")
    now = int(time.time() * 1000)
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO digests VALUES ('g_outside', 'nobody', ?, 0, 0, '{}')", [now])
        connection.execute(
            "INSERT INTO deliveries (id, digest, channel, receiver, part, payload, composed_at, attempts, state, sent_at)"
            " VALUES (?, 'g_outside', ?, ?, 1, x'00', ?, 1, 'sent', ?)",
            [named[1], channel, receiver, now, now],
        )
    connection.close()


if __name__ == "__main__":
    main()
