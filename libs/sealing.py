"""Sealing: AES-256-GCM under a derived key, bound to the place of what is sealed."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
OVERHEAD = NONCE + 16
"""Bytes that sealing adds: the nonce before, the tag behind."""


class Unreadable(Exception):
    """What is sealed cannot be opened: another key, another place, or changed."""


def new_key() -> bytes:
    """Return a fresh key of 256 bits."""
    return AESGCM.generate_key(256)


def derived(secret: bytes, info: str) -> bytes:
    """Return a key of 256 bits for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(
        secret
    )


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Return nonce and ciphertext; it opens only at the same place."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Return the plain bytes; raises Unreadable."""
    if len(sealed) < OVERHEAD:
        raise Unreadable
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place)
    except InvalidTag:
        raise Unreadable from None
