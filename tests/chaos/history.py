"""History: what clients asked and were told, and each fault, line by line."""

import json
import lzma
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

Phase = Literal["invoke", "ok", "fail", "unknown"]


@dataclass
class Op:
    """One act of one client: its key, and what it was told in the end."""

    kind: str
    who: str
    service: str
    path: str
    key: str = field(default_factory=lambda: str(uuid4()))
    command_id: UUID | None = None
    phase: Phase = "invoke"
    answer: dict[str, Any] = field(default_factory=dict)
    minor: int = 0
    tries: int = 0
    code: str = ""


@dataclass
class History:
    """Appends to a file, and remembers this run's acts."""

    file: Path
    run: str
    ops: list[Op] = field(default_factory=list)

    def begins(self, op: Op) -> None:
        """Write that an act is sent for the first time."""
        self.ops.append(op)
        self.note("op", kind=op.kind, key=op.key, who=op.who, phase="invoke")

    def ends(self, op: Op, phase: Phase, code: str = "") -> None:
        """Write what a client was told."""
        op.phase, op.code = phase, code
        told = {"answer": op.answer, "tries": op.tries, "code": code}
        self.note("op", kind=op.kind, key=op.key, phase=phase, **told)

    def note(self, what: str, **said: object) -> None:
        """Append one line."""
        line = {"at": round(time.time(), 3), "run": self.run, "what": what, **said}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as sink:
            sink.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield a history's lines, packed or not; a torn last one is left out."""
    if not file.exists():
        return
    with lzma.open(file, "rt") if file.suffix == ".xz" else file.open() as source:
        for text in source:
            try:
                yield json.loads(text)
            except ValueError:
                continue


def digest(file: Path) -> str:
    """Return the SHA-256 of a history."""
    return sha256(file.read_bytes()).hexdigest() if file.exists() else ""
