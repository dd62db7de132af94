"""The one mask for a person's data, used by every page, print, export and log.

It fails closed: a kind it does not know, or a value that is not what its kind says,
is hidden whole, its length included.
"""

import re

from libs.codes.findings import tidy
from libs.codes.phone import to_e164

HIDDEN = "******"

_ID_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
_BANK_CARD = re.compile(r"\d{12,19}", re.ASCII)
_LONGEST_NAME = 50
_MOST_DIGITS_IN_A_NAME = 4
_MOBILE_DIGITS = 11


def mask(kind: str, value: str) -> str:
    """Hide a value of kind `id_number`, `phone`, `name`, `bank_card`; others whole.

    An ID number keeps 6 + 4 characters, a mobile number 3 + 4, a card its last 4, a
    name of two or more characters its first. An empty value stays empty.
    """
    if not value:
        return ""
    match kind:
        case "id_number":
            return _id_number(tidy(value))
        case "phone":
            return _phone(value)
        case "bank_card":
            return _bank_card(tidy(value))
        case "name":
            return _name(value.strip())
        case _:
            return HIDDEN


def _id_number(number: str) -> str:
    if _ID_NUMBER.fullmatch(number) is None:
        return HIDDEN
    return f"{number[:6]}********{number[-4:]}"


def _phone(text: str) -> str:
    called = to_e164(text)
    if called is None:
        return HIDDEN
    number = called.removeprefix("+86")
    if len(number) != _MOBILE_DIGITS:
        return f"0{number[:2]}****{number[-4:]}"
    return f"{number[:3]}****{number[-4:]}"


def _bank_card(number: str) -> str:
    if _BANK_CARD.fullmatch(number) is None:
        return HIDDEN
    return f"{HIDDEN}{number[-4:]}"


def _name(name: str) -> str:
    # So many digits mean that a number was typed into the field of the name.
    if sum(c.isdigit() for c in name) > _MOST_DIGITS_IN_A_NAME:
        return HIDDEN
    if not 1 < len(name) <= _LONGEST_NAME:
        return HIDDEN
    return f"{name[0]}**"
