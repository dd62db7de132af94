"""Packing: a zip to be checked off-line: proofs, keys, checker, a readable page."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2

from libs.calendar.local_days import SHANGHAI
from services.reporting.console.words import words

CHECKER = Path(__file__).resolve().parents[1] / "checker"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pack:
    """What goes into one zip; `topics` are lines of records by service."""

    bundle: Mapping[str, Any]
    title: str
    topics: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def write(path: Path, pack: Pack) -> None:
    """Write the zip; raises OSError."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("index.html", page(pack))
        out.writestr("check.py", (CHECKER / "check.py").read_text("utf-8"))
        out.writestr("bundle.json", json.dumps(pack.bundle, ensure_ascii=False))
        for service, lines in pack.topics.items():
            out.writestr(f"{service}.jsonl", _lines(lines))


def _lines(records: Iterable[Mapping[str, Any]]) -> str:
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records)


def page(pack: Pack) -> str:
    """Return the page for a person, Chinese first."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(CHECKER), autoescape=True
    )
    return environment.get_template("page.html").render(
        title=pack.title,
        keys=pack.bundle["keys"],
        seals=pack.bundle["seals"],
        events=[_told(proof) for proof in pack.bundle["proofs"]],
        topics={name: len(lines) for name, lines in pack.topics.items()},
    )


def _told(proof: Mapping[str, Any]) -> Mapping[str, Any]:
    said = proof["text"].split("\n", 23)
    at = EPOCH + timedelta(microseconds=int(said[10]))
    data = json.dumps(json.loads(said[23]), ensure_ascii=False, indent=1)
    return {
        "place": f"{proof['service']}:{proof['seq']}",
        "id": proof["id"],
        "at": at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "zh": words("zh").of("event", said[6]),
        "en": words("en").of("event", said[6]),
        "type": said[6],
        "role": said[12],
        "unit": said[13],
        "serial": said[15],
        "data": data,
        "seal": proof["seal"],
    }
