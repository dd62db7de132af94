"""The other services' doors on this machine: what they show, and how they refuse."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from libs.ids import named

INVALID = 422
REFUSAL, FAULT = "情况变了", "请改这一项"
NAMES = {"zh": "名称", "en": "Name"}
PROFILE = {
    "name": "sh-a", "version": 1, "versions": [1], "currency": "CNY", "title": NAMES,
    "registers": "history", "released": False,
}  # fmt: skip
DRAFT = {
    "name": "sh-b", "version": 1, "title": NAMES, "text": "", "before": "",
    "drafter_id": "0b7f5d5e-0c5b-5e59-9d52-2f6a5f3c1d11",
    "draft_id": "0b7f5d5e-0c5b-5e59-9d52-2f6a5f3c1d12",
}  # fmt: skip
TRIED = {
    "import_id": DRAFT["draft_id"], "mode": "dry_run", "profile": "sh-b",
    "profile_version": 1, "state": "done", "rows_done": 1, "rows_total": 1,
    "refused": None, "counts": {}, "registers": "history", "live_channel": None,
    "sample_id": DRAFT["draft_id"], "profile_text": "", "report": None,
}  # fmt: skip
COLUMN = {
    "column": "A", "header": "单位", "samples": ["虚构厂"], "by_place": False,
    "meaning": None, "unit": None,
}  # fmt: skip
SAMPLE = {
    "sheet": "表", "sheets": [{"name": "表", "rows": 2, "columns": 1}],
    "header_row": 1, "candidates": [1], "columns": [COLUMN],
    "meanings": [{"meaning": "employer", "title": NAMES}],
    "codes": [{"meaning": "employer", "code": "x", "word": "字"}],
    "start": {"key": [], "only_this": False, "words": [], "formats": []},
}  # fmt: skip
LIKELY = {
    "score": 5, "suggested": False, "reasons": [], "workers": [], "rule_version": 1,
}  # fmt: skip
FILE = {
    "rule": "RET-handling", "version": 1, "kind": "handling", "years": 5,
    "law": "劳动人事争议仲裁办案规则第二十四条", "closed_on": "2018-01-02",
    "last_day": "2023-01-01",
}  # fmt: skip
DUE = {
    "person_id": str(named("test-person", 1)), "since": "2023-01-02", "clues": 2,
    "files": [FILE],
}  # fmt: skip
SHOWN: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (r"/v1/import-profiles/drafts$", {"items": [DRAFT]}),
    (r"/v1/import-profiles$", {"items": [PROFILE]}),
    (r"/v1/import-samples/", SAMPLE),
    (r"/v1/imports/.*/findings", {"findings": []}),
    (r"/v1/imports/", TRIED),
    (r"/v1/(imports|duplicates)$", {"items": []}),
    (r"/v1/erasures/due$", {"items": [DUE]}),
    (r"/evidence$", {"items": []}),
    (r"/operator/", {"count": 3}),
    (r"/likely/", LIKELY),
)
"""What a page is shown on the way to its form; of all else, some state."""


@dataclass(frozen=True)
class Sent:
    """What somebody asked to be done."""

    path: str
    headers: Mapping[str, str]
    body: object


@dataclass
class Doors:
    """How they refuse what is done at them, and what was."""

    status: int = 412
    refusal: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    done: list[Sent] = field(default_factory=list)

    def accept(self) -> None:
        """Do from now on what is asked."""
        self.status, self.done, self.refusal = 201, [], {}

    def refuse(self, status: int, field: str) -> None:
        """Refuse from now on; of a fault, the field and what to do."""
        self.status, self.done = status, []
        fault = {"pointer": f"/{field}", "code": "wrong", "detail": FAULT}
        errors = [fault] if status == INVALID else []
        self.refusal = {"code": "x", "detail": REFUSAL, "errors": errors}

    def shown(self, path: str) -> Mapping[str, Any]:
        """Return what a path shows."""
        fitting = (body for found, body in SHOWN if re.search(found, path))
        return next(fitting, {"unit": "LI", "hops": self.version})


@contextmanager
def fake_doors(doors: Doors) -> Iterator[Mapping[str, str]]:
    """Serve the three services' doors; yield their addresses by name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, doors.shown(self.path.partition("?")[0]))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            is_json = "json" in (self.headers["Content-Type"] or "")
            body = json.loads(content) if is_json else content
            doors.done.append(Sent(self.path, dict(self.headers), body))
            self.answer(doors.status, doors.refusal)

        def answer(self, status: int, said: Mapping[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"v{doors.version}"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    services = ("intake", "routing", "enforcement", "reporting")
    try:
        yield dict.fromkeys(services, address)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
