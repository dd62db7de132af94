"""The vault's keys: derived from the deployment's two secrets, each for one purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from libs.sealing import derived

INFORMANT: Final = "informant"
"""The kind of who reports without being the worker 举报人 (LIR 9 ¶3)."""


@dataclass(frozen=True)
class Keys:
    """Keys by purpose. `wrapping` holds the current master's key and retired ones.

    `secret` wraps what informants 举报人 said: `wrapping` alone opens none of it.
    Matching and codes hang on the code key, so that a new master key leaves person
    ids and printed query codes as they are.
    """

    current: str
    wrapping: Mapping[str, bytes] = field(repr=False)
    secret: Mapping[str, bytes] = field(repr=False)
    matching: bytes = field(repr=False)
    codes: bytes = field(repr=False)
    located: bytes = field(repr=False)
    digests: bytes = field(repr=False)

    @classmethod
    def of(cls, master: bytes, code: bytes, retired: Sequence[bytes] = ()) -> "Keys":
        """Derive the keys from the secrets of the settings."""
        masters = (*retired, master)
        return cls(
            current=_name(master),
            wrapping={_name(one): _derived(one, "wrap") for one in masters},
            secret={_name(one): _derived(one, "wrap-informant") for one in masters},
            matching=_derived(code, "match"),
            codes=_derived(code, "query-code"),
            located=_derived(code, "query-code-digest"),
            digests=_derived(code, "import-digest"),
        )

    def of_kind(self, kind: str) -> "Keys":
        """Return the keys that wrap what is kept of this kind of owner."""
        return replace(self, wrapping=self.secret) if kind == INFORMANT else self


def _derived(secret: bytes, purpose: str) -> bytes:
    return derived(secret, f"qingxin intake {purpose} v1")


def _name(secret: bytes) -> str:
    return sha256(_derived(secret, "key-name")).hexdigest()[:16]
