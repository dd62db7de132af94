"""The vault's keys: derived from the deployment's two secrets, each for one purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from libs.sealing import derived


@dataclass(frozen=True)
class Keys:
    """Keys by purpose. `wrapping` holds the current master's key and retired ones.

    Matching and codes hang on the code key, so that a new master key leaves person
    ids and printed query codes as they are.
    """

    current: str
    wrapping: Mapping[str, bytes] = field(repr=False)
    matching: bytes = field(repr=False)
    codes: bytes = field(repr=False)
    located: bytes = field(repr=False)
    digests: bytes = field(repr=False)

    @classmethod
    def of(cls, master: bytes, code: bytes, retired: Sequence[bytes] = ()) -> "Keys":
        """Derive the keys from the secrets of the settings."""
        wrapping = {_name(secret): _derived(secret, "wrap") for secret in retired}
        wrapping[_name(master)] = _derived(master, "wrap")
        return cls(
            current=_name(master),
            wrapping=wrapping,
            matching=_derived(code, "match"),
            codes=_derived(code, "query-code"),
            located=_derived(code, "query-code-digest"),
            digests=_derived(code, "import-digest"),
        )


def _derived(secret: bytes, purpose: str) -> bytes:
    return derived(secret, f"qingxin intake {purpose} v1")


def _name(secret: bytes) -> str:
    return sha256(_derived(secret, "key-name")).hexdigest()[:16]
