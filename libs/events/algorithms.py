"""Algorithms: what hashes a log and signs its seals, by the names that documents carry.

A row names its hash, a key its signature, a seal both; whoever reads a name that is not
here refuses it. Another pair (SM3 with SM2, GB/T 32905 and 32918) is an entry in each
table, the same hash in `journal.leaf` and `journal.linked`, and its names in the
stand-alone checker. A log keeps the hash that it began with: its chain hangs on it.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH: Final = "sha256"
SIGNATURE: Final = "ed25519"

Digest = Callable[[bytes], bytes]
"""Returns the hash of bytes, 32 bytes."""
IsSigned = Callable[[bytes, bytes, bytes], bool]
"""Says whether (public key, signature, what was signed) belong together."""


class UnknownAlgorithm(ValueError):
    """A document names an algorithm that is not known here."""


def _sha256(said: bytes) -> bytes:
    return sha256(said).digest()


def _ed25519(public: bytes, signature: bytes, said: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


HASHES: Mapping[str, Digest] = {HASH: _sha256}
SIGNATURES: Mapping[str, IsSigned] = {SIGNATURE: _ed25519}


def digest(name: str) -> Digest:
    """Return the hash of this name; raises UnknownAlgorithm."""
    if name not in HASHES:
        raise UnknownAlgorithm(name)
    return HASHES[name]


def is_signed(name: str, public: bytes, signature: bytes, said: bytes) -> bool:
    """Say whether a signature is a key's, by its algorithm; raises UnknownAlgorithm."""
    if name not in SIGNATURES:
        raise UnknownAlgorithm(name)
    return SIGNATURES[name](public, signature, said)
