"""Kept: the history of each go that was checked, packed, beside the table it told."""

import json
import lzma
from datetime import UTC, datetime
from pathlib import Path

KEPT = Path(__file__).with_name("histories")
"""A file a go: `<brokers>-<seed>-<when it began>.jsonl.xz`."""
PROVED = KEPT / "proved.jsonl"
NO_BUG = "none"
"""The name under which the proof keeps its go without a bug."""


def keep(history: Path, brokers: int, folder: Path = KEPT) -> Path:
    """Pack the lines of a history's last go into a file of their own; return it."""
    told = history.read_bytes().splitlines(keepends=True)
    begins = [n for n, line in enumerate(told) if b'"what": "go"' in line]
    go = told[begins[-1] :]
    first = json.loads(go[0])
    began = datetime.fromtimestamp(first["at"], UTC)
    file = folder / f"{brokers}-{first['seed']}-{began:%Y%m%dT%H%M%SZ}.jsonl.xz"
    folder.mkdir(exist_ok=True)
    file.write_bytes(lzma.compress(b"".join(go), preset=9))
    return file


def kept(brokers: int, folder: Path = KEPT) -> list[Path]:
    """Return the packed goes with so many brokers, in their order in time."""
    return sorted(folder.glob(f"{brokers}-*.jsonl.xz"), key=_began)


def _began(file: Path) -> str:
    return file.name.partition(".")[0].rpartition("-")[2]
