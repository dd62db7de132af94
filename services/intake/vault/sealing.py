"""Sealing: AES-256-GCM, bound to the person and field that the text belongs to."""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.intake.vault.keys import Keys

NONCE = 12


class Unreadable(Exception):
    """What is sealed cannot be opened: another key, another place, or changed."""


def new_key() -> bytes:
    """Return a fresh key of 256 bits."""
    return AESGCM.generate_key(256)


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Return nonce and ciphertext; it opens only at the same place."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Return the plain bytes; raises Unreadable."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place)
    except InvalidTag:
        raise Unreadable from None


def place(owner: UUID, field: str, act: UUID | None = None) -> bytes:
    """Return what a sealed text is bound to: whose it is, which field, which act."""
    return b"\0".join([owner.bytes, field.encode(), act.bytes if act else b""])


def wrap(keys: Keys, owner: UUID, key: bytes) -> bytes:
    """Return an owner's key sealed under the current master key."""
    return seal(keys.wrapping[keys.current], key, place(owner, "key"))


def unwrap(keys: Keys, owner: UUID, key_id: str, wrapped: bytes) -> bytes:
    """Return an owner's key; raises Unreadable, also when its master key is gone."""
    master = keys.wrapping.get(key_id)
    if master is None:
        raise Unreadable
    return unseal(master, wrapped, place(owner, "key"))
