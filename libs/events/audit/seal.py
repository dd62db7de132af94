"""Seal: what a log was up to one event, signed: Merkle root, chain, the seal before.

A seal's place follows from the log alone: at every N-th event, and at the end of each
day in Shanghai on which something was recorded. So whoever makes it makes the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from libs.calendar import day_of, end_of_day
from libs.events.algorithms import HASH, HASHES, SIGNATURE, SIGNATURES
from libs.events.audit.signing import (
    Keyring,
    SealKey,
    canonical,
    is_signed,
)

FORMAT = "qingxin.seal.v1"
FIRST = "00" * 32
NAMES = frozenset(
    {
        *("format", "site", "service", "number", "size", "root", "chain", "at", "why"),
        *("hash_alg", "signature_alg", "key_id", "previous", "signature"),
    }
)


@dataclass(frozen=True)
class Cut:
    """Where a log is sealed: how many events, as of when, and why there."""

    size: int
    at: datetime
    why: str


@dataclass(frozen=True)
class Seal:
    """One seal; `text` is the exact document that was signed and is kept."""

    text: str
    service: str
    site: str
    number: int
    size: int
    root: bytes
    chain: bytes
    at: datetime
    why: str
    key_id: str
    previous: str

    @property
    def digest(self) -> str:
        """Return the sha256 of the document, hex: the next seal names it."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def document(self) -> Mapping[str, Any]:
        """Return the document's fields."""
        found: Mapping[str, Any] = json.loads(self.text)
        return found

    def is_signed_by(self, keys: Keyring) -> bool:
        """Say whether the key signed it whose turn it was."""
        public = keys.public_for(self.number)
        document = self.document
        return public is not None and is_signed(document, public, document["signature"])

    def named(self) -> str:
        """Return the seal as a person calls it."""
        return f"seal {self.number} of {self.at.isoformat()} over {self.size} events"


@dataclass(frozen=True)
class Sealed:
    """What a seal says of a log."""

    service: str
    site: str
    root: bytes
    chain: bytes


def make(said: Sealed, cut: Cut, before: Seal | None, key: SealKey) -> Seal:
    """Return the next seal of a log, signed."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "site": said.site,
        "service": said.service,
        "number": before.number + 1 if before else 1,
        "size": cut.size,
        "root": said.root.hex(),
        "chain": said.chain.hex(),
        "at": cut.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "why": cut.why,
        "hash_alg": HASH,
        "signature_alg": SIGNATURE,
        "key_id": key.id,
        "previous": before.digest if before else FIRST,
    }
    document["signature"] = key.sign(document)
    return parsed(canonical(document))


def parsed(text: str) -> Seal:
    """Read a seal; raises ValueError when the text is none, or not its one text."""
    said = json.loads(text)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ValueError("no seal")
    if said.keys() != NAMES or canonical(said) != text:
        raise ValueError("no seal's own text")
    kinds = dict.fromkeys(NAMES, str) | {"number": int, "size": int}
    if any(type(said[name]) is not kind for name, kind in kinds.items()):
        raise ValueError("a field of another type")
    if said["hash_alg"] not in HASHES or said["signature_alg"] not in SIGNATURES:
        raise ValueError("algorithms that are not known here")
    return Seal(
        text=text,
        service=said["service"],
        site=said["site"],
        number=said["number"],
        size=said["size"],
        root=bytes.fromhex(said["root"]),
        chain=bytes.fromhex(said["chain"]),
        at=datetime.fromisoformat(said["at"]),
        why=said["why"],
        key_id=said["key_id"],
        previous=said["previous"],
    )


def day_ends(recorded_at: datetime) -> datetime:
    """Return the end of the day in Shanghai on which something was recorded."""
    return end_of_day(day_of(recorded_at))


def nth(size: int, every: int) -> int:
    """Return the next size after this one at which an N-th event is sealed."""
    return (size // every + 1) * every


def follows(seal: Seal, before: Seal | None) -> str | None:
    """Return why a seal cannot be the next one, None when it can."""
    if seal.number != (before.number + 1 if before else 1):
        return f"its number does not follow {before.number if before else 0}"
    if seal.previous != (before.digest if before else FIRST):
        return "it names another seal before it"
    if before and seal.size <= before.size:
        return "it covers no more than the one before"
    return None
