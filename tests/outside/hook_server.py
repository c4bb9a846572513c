"""A receiver of webhooks that keeps every request as FOLDER/<n>-<id>.json with its headers and its body.

hook_server.py FOLDER PORT-FILE
"""

import http.server
import json
import os
import pathlib
import re
import sys


class Keeping(http.server.BaseHTTPRequestHandler):
    """Keeps and accepts."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        folder = self.server.folder
        number = len(list(folder.glob("*.json"))) + 1
        name = re.sub(r"[^A-Za-z0-9_-]", "_", headers.get("webhook-id", "none"))
        kept = json.dumps({"headers": headers, "body": body}, ensure_ascii=False)
        (folder / f"{number}-{name}.json").write_text(kept, encoding="utf-8")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    server = http.server.HTTPServer(("127.0.0.1", 0), Keeping)
    server.folder = pathlib.Path(sys.argv[1])
    server.folder.mkdir(parents=True, exist_ok=True)
    pathlib.Path(sys.argv[2] + ".new").write_text(str(server.server_port), encoding="utf-8")
    os.rename(sys.argv[2] + ".new", sys.argv[2])
    server.serve_forever()


if __name__ == "__main__":
    main()
