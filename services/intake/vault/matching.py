"""Matching: the same ID number, telephone or name gives the same HMAC, and no more."""

import hmac
import unicodedata
from hashlib import sha256

from libs.codes import to_e164
from libs.codes.findings import tidy
from services.intake.vault.keys import Keys


def of_id(keys: Keys, kind: str, number: str) -> bytes:
    """Return the HMAC of an identity document: its kind and number."""
    return _mac(keys, "id", f"{kind}:{tidy(number)}")


def of_phone(keys: Keys, phone: str) -> bytes:
    """Return the HMAC of a telephone number, however it was written."""
    return _mac(keys, "phone", to_e164(phone) or tidy(phone))


def of_employer(keys: Keys, name: str) -> bytes:
    """Return the HMAC of an individual employer's name."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _mac(keys, "employer", "".join(folded.split()))


def _mac(keys: Keys, kind: str, text: str) -> bytes:
    return hmac.digest(keys.matching, f"{kind}\0{text}".encode(), sha256)
