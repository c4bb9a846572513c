"""A mail server that insists on STARTTLS and a login, and files what it takes into a Maildir.

smtp_server.py --certificate PEM --key PEM --user NAME --password-file FILE --maildir FOLDER --port-file FILE
Listens on a free port of loopback, writes it into the port file, and runs until it is told to stop.
"""

import argparse
import mailbox
import os
import signal
import socket
import ssl
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Filing:
    """Files every message as it came, its envelope beside it."""

    def __init__(self, folder):
        self.box = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, server, session, envelope):
        message = mailbox.MaildirMessage(envelope.content)
        message["X-Envelope-From"] = envelope.mail_from
        message["X-Envelope-To"] = ",".join(envelope.rcpt_tos)
        message["X-Tls"] = str(session.ssl is not None)
        message["X-Login"] = str(session.authenticated)
        self.box.add(message)
        return "250 2.0.0 filed"


def main():
    parser = argparse.ArgumentParser()
    for name in ["certificate", "key", "user", "password-file", "maildir", "port-file"]:
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    with open(given.password_file, encoding="utf-8") as file:
        password = file.read().rstrip("\n")

    def authenticate(_server, _session, _envelope, _mechanism, login):
        right = login.login == given.user.encode() and login.password == password.encode()
        # Not handled: the server itself answers 535.
        return AuthResult(success=right, handled=False)

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(given.certificate, given.key)
    # The controller wants to know its port beforehand.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        Filing(given.maildir),
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    controller.start()
    with open(given.port_file + ".new", "w", encoding="utf-8") as file:
        file.write(str(port))
    os.rename(given.port_file + ".new", given.port_file)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    stop.wait()
    controller.stop()


if __name__ == "__main__":
    main()
