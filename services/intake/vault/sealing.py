"""Sealing in the vault: to whom and to which field a sealed text is bound."""

from uuid import UUID

from libs.sealing import Unreadable, seal, unseal
from services.intake.vault.keys import Keys


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
