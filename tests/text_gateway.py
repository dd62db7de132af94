"""A gateway of text messages on this machine: what it was asked, what it answers."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from pydantic import SecretStr

from services.intake.sending.sms import Gateway, Sms

SECRET = SecretStr("only-for-tests")


@dataclass
class Asked:
    """What a gateway was asked, and what it answers in turn, the last one for ever."""

    answers: list[tuple[int, Mapping[str, str]]]
    said: list[tuple[Mapping[str, str], Mapping[str, str]]] = field(
        default_factory=list
    )


@contextmanager
def gateway(*answers: tuple[int, Mapping[str, str]]) -> Iterator[tuple[Sms, Asked]]:
    asked = Asked(list(answers) or [(202, {})])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.said.append((dict(self.headers), json.loads(body)))
            status, headers = asked.answers[0]
            if len(asked.answers) > 1:
                asked.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Sms(Gateway(f"http://127.0.0.1:{server.server_port}/send", SECRET)), asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
