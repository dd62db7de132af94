"""Signing: a service's seal key, and the list of its public keys, each vouched for.

A key's document is signed by itself; a rotated one also by the key before it (its
voucher), so who trusts the first trusts the last. A key that replaces a lost one has
no voucher: its fingerprint must be told by another way. `from_number` is the first
seal that it may sign, and by that the end of the one before.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from libs.events import algorithms
from libs.events.algorithms import SIGNATURE

Document = Mapping[str, Any]

KEY_FORMAT = "qingxin.key.v1"
UNSIGNED = frozenset({"signature", "voucher"})
ID_LENGTH = 32
OTHERS = 0o077


class KeyRefused(Exception):
    """A seal key cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class SealKey:
    """A private key and its fingerprint: the head of sha256 of the public one, hex."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """Return the raw public key, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """Return the fingerprint."""
        return fingerprint(self.public)

    def sign(self, document: Document) -> str:
        """Return the signature, hex, over a document without its signatures."""
        return self.private.sign(signed_bytes(document)).hex()


def fingerprint(public: bytes) -> str:
    """Return by what a public key is named."""
    return sha256(public).hexdigest()[:ID_LENGTH]


def canonical(document: Document) -> str:
    """Return a document's one text: keys in order, no spaces."""
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def signed_bytes(document: Document) -> bytes:
    """Return what is signed of a document."""
    said = {name: value for name, value in document.items() if name not in UNSIGNED}
    return canonical(said).encode()


def is_signed(document: Document, public: bytes, signature: object) -> bool:
    """Say whether a signature over a document is this key's, by the named algorithm."""
    name = str(document["signature_alg"])
    try:
        given = bytes.fromhex(str(signature))
        return algorithms.is_signed(name, public, given, signed_bytes(document))
    except ValueError:  # no hex, or an algorithm that is not known here
        return False


@dataclass(frozen=True)
class Announced:
    """Where and from which seal on a key is used, and why it is a new one."""

    site: str
    service: str
    from_number: int
    why: str = "first"


def announcement(
    key: SealKey, said: Announced, before: SealKey | str | None = None
) -> Document:
    """Return a key's document; `before` is the key it replaces, or a lost one's id."""
    document: dict[str, Any] = {
        "format": KEY_FORMAT,
        "site": said.site,
        "service": said.service,
        "from_number": said.from_number,
        "why": said.why,
        "signature_alg": SIGNATURE,
        "key_id": key.id,
        "public_key": key.public.hex(),
        "replaces": before.id if isinstance(before, SealKey) else before,
    }
    voucher = before.sign(document) if isinstance(before, SealKey) else None
    return {**document, "voucher": voucher, "signature": key.sign(document)}


@dataclass(frozen=True)
class Keyring:
    """A service's public keys, in the order in which they sign."""

    documents: Sequence[Document]

    def public_for(self, number: int) -> bytes | None:
        """Return the public key that seal `number` must be signed by."""
        found = None
        for document in self.documents:
            if document["from_number"] <= number:
                found = bytes.fromhex(document["public_key"])
        return found

    def unvouched(self) -> list[str]:
        """Return the ids of keys that only another way than the list can vouch for."""
        before: dict[str, bytes] = {}
        found = []
        for document in self.documents:
            vouched = document["replaces"] in before and is_signed(
                document, before[document["replaces"]], document["voucher"]
            )
            public = bytes.fromhex(document["public_key"])
            if not vouched:
                found.append(document["key_id"])
            before[document["key_id"]] = public
        return found

    @classmethod
    def read(cls, path: Path) -> "Keyring":
        """Return the list kept in a file, empty when there is none.

        Raises KeyRefused when it is not a list of keys that signed themselves.
        """
        if not path.exists():
            return cls(())
        try:
            documents = json.loads(path.read_text("utf-8"))
            whole = all(_is_whole(document) for document in documents)
        except (ValueError, KeyError, TypeError):
            whole, documents = False, ()
        if not whole:
            message = f"{path} is no list of seal keys: restore it from a copy."
            raise KeyRefused(message)
        return cls(tuple(documents))

    def write(self, path: Path) -> None:
        """Replace the list in a file at once."""
        write_at_once(path, json.dumps(list(self.documents), indent=1), 0o644)


def is_key(text: str) -> bool:
    """Say whether a text is a key's document in its one text, signed by itself."""
    try:
        document = json.loads(text)
        return canonical(document) == text and _is_whole(document)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _is_whole(document: Document) -> bool:
    public = bytes.fromhex(document["public_key"])
    return fingerprint(public) == document["key_id"] and is_signed(
        document, public, document["signature"]
    )


def made() -> SealKey:
    """Return a fresh key."""
    return SealKey(Ed25519PrivateKey.generate())


def keep(key: SealKey, path: Path) -> None:
    """Write a private key, mode 0600, in place of what stood there."""
    text = key.private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()
    write_at_once(path, text, 0o600)


def load(path: Path) -> SealKey:
    """Return the private key of a file; raises KeyRefused."""
    if not path.exists():
        message = (
            f"There is no seal key at {path}: put a copy back, or say that it is"
            " lost (`qingxin seals rotate --lost`)."
        )
        raise KeyRefused(message)
    if path.stat().st_mode & OTHERS:
        message = f"Others may read the seal key: chmod 600 {path}"
        raise KeyRefused(message)
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        message = f"{path} holds no Ed25519 key: put the right file there."
        raise KeyRefused(message)
    return SealKey(private)


def write_at_once(path: Path, text: str, mode: int) -> None:
    """Write a file that is either the old or the new one, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
