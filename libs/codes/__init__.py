"""Codes that people carry and type: checked when entered, masked when shown."""

from libs.codes.bank_card import check_bank_card
from libs.codes.citizen_id import check_citizen_id
from libs.codes.credit_code import check_credit_code
from libs.codes.findings import Finding, Verdict
from libs.codes.mask import mask
from libs.codes.personal import Found, find_personal
from libs.codes.phone import check_phone, to_e164

__all__ = [
    "Finding",
    "Found",
    "Verdict",
    "check_bank_card",
    "check_citizen_id",
    "check_credit_code",
    "check_phone",
    "find_personal",
    "mask",
    "to_e164",
]
