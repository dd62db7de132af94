"""Four tiny programs with the services' verbs, to try the supervisor on."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Door(BaseHTTPRequestHandler):
    """Answers every question with 200 and the settings it was given."""

    def do_GET(self) -> None:
        """Answer."""
        told = {k: v for k, v in os.environ.items() if k.startswith("QINGXIN_")}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until a signal."""
    if sys.argv[1] not in {"start", "serve"}:
        raise SystemExit(2)
    port = int(os.environ["QINGXIN_PORT"])
    HTTPServer((os.environ["QINGXIN_HOST"], port), Door).serve_forever()
