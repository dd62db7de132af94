"""History: what clients asked and were told, and each fault, line by line."""

import json
import lzma
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

Phase = Literal["invoke", "ok", "fail", "unknown"]
Answered = Literal["same", "differs", "unknown"]
"""What a repeat was told, held against the first answer."""


@dataclass
class Op:
    """One act of one client: its key, and what it was told in the end.

    `rows` are the numbers of the rows of a sheet that was handed in.
    """

    kind: str
    who: str
    service: str
    path: str
    key: str = field(default_factory=lambda: str(uuid4()))
    command_id: UUID | None = None
    phase: Phase = "invoke"
    answer: dict[str, Any] = field(default_factory=dict)
    minor: int = 0
    rows: tuple[str, ...] = ()
    tries: int = 0
    code: str = ""


@dataclass
class History:
    """Appends to a file, and remembers this run's acts, and its repeats by answer."""

    file: Path
    run: str
    ops: list[Op] = field(default_factory=list)
    repeats: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        # A run that was cut off may have left half a line.
        if self.file.exists() and not self.file.read_bytes().endswith(b"\n"):
            with self.file.open("a") as sink:
                sink.write("\n")

    def begins(self, op: Op) -> None:
        """Write that an act is sent for the first time."""
        self.ops.append(op)
        rows = {"rows": op.rows} if op.rows else {}
        self.note("op", kind=op.kind, key=op.key, who=op.who, phase="invoke", **rows)

    def ends(self, op: Op, phase: Phase, code: str = "") -> None:
        """Write what a client was told."""
        op.phase, op.code = phase, code
        told = {"answer": op.answer, "tries": op.tries, "code": code}
        self.note("op", kind=op.kind, key=op.key, phase=phase, **told)

    def repeated(self, op: Op, said: Answered, tries: int) -> None:
        """Write what a client was told that sent an answered act once more."""
        self.repeats[said] += 1
        self.note("repeat", kind=op.kind, key=op.key, said=said, tries=tries)

    def note(self, what: str, **said: object) -> None:
        """Append one line."""
        line = {"at": round(time.time(), 3), "run": self.run, "what": what, **said}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as sink:
            sink.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield a history's lines, packed or not; each go's last one may be torn.

    Raises ValueError for any other that cannot be read.
    """
    if not file.exists():
        return
    is_torn = False
    with lzma.open(file, "rt") if file.suffix == ".xz" else file.open() as source:
        for text in source:
            try:
                line = json.loads(text)
            except ValueError:
                if is_torn:
                    raise
                is_torn = True
                continue
            if is_torn and line["what"] != "go":
                raise ValueError(f"{file.name}: a line that cannot be read")
            is_torn = False
            yield line


def digest(file: Path) -> str:
    """Return the SHA-256 of a history."""
    return sha256(file.read_bytes()).hexdigest() if file.exists() else ""
