"""Query codes: what a worker shows instead of an account; recomputed, never stored."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.intake.vault.keys import Keys

# Crockford's base 32: without I, L, O and U, which are misread or make words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
DRAWN = 15
"""Characters drawn from the HMAC: 75 bits; a check character follows."""
LENGTH = DRAWN + 1
PRIME = 31

Kind = Literal["clue", "claim"]


@dataclass(frozen=True)
class Codes:
    """Makes and reads the codes of a deployment."""

    keys: Keys

    def of(self, kind: Kind, subject: UUID) -> str:
        """Return the code of a receipt (by its clue) or of a claim, in fours."""
        text = f"{kind}\0{subject}".encode()
        number = int.from_bytes(hmac.digest(self.keys.codes, text, sha256))
        drawn = "".join(ALPHABET[number >> 5 * place & 31] for place in range(DRAWN))
        code = drawn + check_character(drawn)
        return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))

    def digest_of(self, kind: Kind, subject: UUID) -> bytes:
        """Return what is kept of a subject's code."""
        typed = self.of(kind, subject).replace("-", "")
        return hmac.digest(self.keys.located, typed.encode(), sha256)

    def digest(self, code: str) -> bytes | None:
        """Return what is kept of a typed code; None when it was mistyped."""
        typed = read(code)
        if typed is None:
            return None
        return hmac.digest(self.keys.located, typed.encode(), sha256)


def read(code: str) -> str | None:
    """Return a code without its dashes, misread letters put right; None if wrong."""
    typed = "".join(c for c in code.upper() if c not in "- ").translate(MISREAD)
    if len(typed) != LENGTH or any(c not in ALPHABET for c in typed):
        return None
    return typed if typed[-1] == check_character(typed[:-1]) else None


def check_character(drawn: str) -> str:
    """Return the check character: it tells every single slip and every swap.

    Weights 1 to 15 modulo 31, a prime: the difference of two characters is at most
    31, and only 31 itself (0 for Z) is not told.
    """
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(drawn, start=1))
    return ALPHABET[total % PRIME]
