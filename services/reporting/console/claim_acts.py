"""Claim acts: the forms of what is done for one worker's claim and its payments."""

from collections.abc import Mapping

from services.reporting.console.acts import (
    CLAIM,
    PAYMENT,
    PROOFS,
    WHEN,
    ActForm,
    Field,
    choice,
)

CLAIM_ACTS: Mapping[str, ActForm] = {
    "VerifyFacts": ActForm(
        "enforcement",
        f"{CLAIM}/verification",
        "claim",
        (
            Field("verified", "money", start="claimed"),
            Field("evidence", "proofs", required=False, codes=PROOFS),
            Field("reviewer_id", "officer", required=False, codes=("DB", "LI")),
            WHEN,
        ),
    ),
    "WithdrawClaim": ActForm(
        "enforcement",
        f"{CLAIM}/withdrawal",
        "claim",
        (choice("reason", "settled", "mistaken", "duplicate", "own-wish"), WHEN),
    ),
    "RecordWagesPaid": ActForm(
        "enforcement",
        f"{CLAIM}/payments",
        "claim",
        (
            Field("amount", "money", start="unpaid"),
            choice(
                "payer",
                "employer",
                "general_contractor",
                "owner",
                "deposit",
                "fund",
                "revolving",
            ),
            Field("proof", "proof", codes=("bank-slip", "wage-sheet", "cash-receipt")),
            WHEN,
        ),
    ),
    "ReversePayment": ActForm(
        "enforcement",
        f"{PAYMENT}/reversal",
        "claim",
        (choice("reason", "not-received", "wrong-person", "entry-error"), WHEN),
    ),
    "ConfirmReceipt": ActForm(
        "enforcement",
        f"{PAYMENT}/confirmation",
        "claim",
        (choice("method", "call", "sms", "signature"), WHEN),
    ),
    "DisputePayment": ActForm(
        "enforcement",
        f"{PAYMENT}/dispute",
        "claim",
        (choice("reason", "not-received", "card-held", "amount-wrong"), WHEN),
    ),
}
