"""Proving: what an outsider needs to check events by: keys, seals, paths, records.

A bundle is plain JSON; `deploy/checker/check.py` reads it with nothing of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.events.audit.merkle import Tree
from libs.events.audit.seal import Seal
from libs.events.audit.signing import Document, Keyring
from libs.events.event import Recorded
from libs.events.journal.chain import canonical_text
from libs.events.journal.journal import Journal
from libs.events.stream.envelope import Copy

PAGE = 20_000
LEAVES = "SELECT leaf FROM journal.event WHERE seq > $1 AND seq <= $2 ORDER BY seq"


class NotSealed(LookupError):
    """No seal covers the event yet."""


@dataclass(frozen=True)
class Evidence:
    """One service's log as it is proved: its keys, its seals, the tree under them."""

    service: str
    keys: Keyring
    seals: Sequence[Seal]
    tree: Tree

    def seal_over(self, seq: int) -> Seal:
        """Return the newest seal, if it covers an event; raises NotSealed."""
        if not self.seals or self.seals[-1].size < seq:
            raise NotSealed(f"{self.service}:{seq}")
        return self.seals[-1]

    def inclusion(self, record: Recorded) -> Document:
        """Return the proof that an event is under the newest seal; raises NotSealed."""
        seal = self.seal_over(record.seq)
        path = self.tree.inclusion(record.seq - 1, seal.size)
        return {
            "service": self.service,
            "seq": record.seq,
            "id": str(record.id),
            "seal": seal.number,
            "text": canonical_text(record),
            "path": [step.hex() for step in path],
        }

    def consistency(self, first: Seal, second: Seal) -> Document:
        """Return the proof that what one seal covers begins what the other covers."""
        path = self.tree.consistency(first.size, second.size)
        return {
            "of": [self.service, first.number, second.number],
            "path": [step.hex() for step in path],
        }


async def evidence(journal: Journal, keys: Keyring, seals: Sequence[Seal]) -> Evidence:
    """Read a log's leaves up to its newest seal: 64 bytes an event in memory."""
    size = seals[-1].size if seals else 0
    leaves: list[bytes] = []
    for after in range(0, size, PAGE):
        page = await journal.pool.fetch(LEAVES, after, min(after + PAGE, size))
        leaves += [row["leaf"] for row in page]
    return Evidence(journal.service, keys, seals, Tree(leaves))


def bundle(
    of: Iterable[Evidence],
    proofs: Sequence[Document] = (),
    consistency: Sequence[Document] = (),
    only: frozenset[tuple[str, int]] | None = None,
) -> Mapping[str, Any]:
    """Return a bundle; `only` names the seals that go in by (service, number)."""
    of = list(of)
    seals = [
        seal.document
        for each in of
        for seal in each.seals
        if only is None or (each.service, seal.number) in only
    ]
    return {
        "format": "qingxin.bundle.v1",
        "keys": [key for each in of for key in each.keys.documents],
        "seals": seals,
        "proofs": list(proofs),
        "consistency": list(consistency),
    }


def record_line(copy: Copy) -> Mapping[str, Any]:
    """Return a record of a topic as an export holds it."""
    return {
        "partition": copy.partition,
        "index": copy.index,
        "seq": copy.recorded.seq,
        "leaf": copy.recorded.leaf.hex(),
        "chain": copy.recorded.chain.hex(),
        "text": canonical_text(copy.recorded),
    }
