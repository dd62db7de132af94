"""Acts: what the console's forms ask, and which service's door they go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "long", "date", "moment", "choice", "money", "unit", "officer",
    "officers", "lines", "proof", "proofs", "deadline", "clue",
]  # fmt: skip
On = Literal["clue", "links", "case", "proceeding", "claim"]


@dataclass(frozen=True)
class Field:
    """One thing a form asks; `codes` are the choices of a choice, words in catalogue.

    `start` is where the field begins: the name of a fact of the case, a code, or
    `today`. A date lies between today and a year on, or it is `past`: up to today.
    """

    name: str
    kind: Kind
    required: bool = True
    codes: tuple[str, ...] = ()
    start: str | None = None
    past: bool = False


@dataclass(frozen=True)
class ActForm:
    """An act: its door, whose version If-Match names, and its fields."""

    service: str
    path: str
    on: On
    fields: tuple[Field, ...] = ()


THE_CLUE = Field("clue_id", "clue")
WHEN = Field("occurred_at", "moment", required=False)
ARTICLE = Field("article", "text")
CASE = "/v1/cases/{case_id}"
CLUE = "/v1/clues/{clue_id}"
CLAIM = f"{CASE}/claims/{{claim_id}}"
PAYMENT = f"{CLAIM}/payments/{{payment_id}}"
TRANSFER_REASONS = ("area", "industry", "department")
PROOFS = (
    "wage-sheet", "contract", "attendance", "statement", "iou", "bank-slip", "photo",
    "other",
)  # fmt: skip
ENDS = (
    "paid", "settled", "withdrawn", "unfounded", "time_barred", "other_forum",
    "referred_out", "rectified",
)  # fmt: skip


def _choice(name: str, *codes: str) -> Field:
    return Field(name, "choice", codes=codes)


ACTS: Mapping[str, ActForm] = {
    "ScreenClue": ActForm(
        "intake",
        f"{CLUE}/screening",
        "clue",
        (
            _choice(
                "matter", "wage", "project_price", "labour_service_fee", "not_wage"
            ),
            _choice("jurisdiction", "ours", *TRANSFER_REASONS),
            WHEN,
        ),
    ),
    "AdviseChannel": ActForm(
        "intake",
        f"{CLUE}/advice",
        "clue",
        (
            _choice(
                "advised_channel", "court", "arbitration", "housing", "police", "other"
            ),
            _choice("told", "spoken", "printed", "sms", "online"),
            WHEN,
        ),
    ),
    "SendReply": ActForm(
        "intake",
        f"{CLUE}/reply",
        "clue",
        (
            _choice("form", "spoken", "letter", "sms", "platform", "online"),
            _choice(
                "conclusion", "paid", "settled", "unfounded", "referred", "in-hand"
            ),
            Field("text", "long", required=False),
            WHEN,
        ),
    ),
    "FindReplyImpossible": ActForm(
        "intake",
        f"{CLUE}/reply-impossible",
        "clue",
        (
            _choice(
                "reason", "anonymous", "contact_invalid", "person_deceased", "declined"
            ),
            WHEN,
        ),
    ),
    "UnlinkDuplicate": ActForm(
        "intake",
        f"{CLUE}/unlinking",
        "links",
        (
            _choice(
                "reason", "other-matter", "other-worker", "other-months", "entry-error"
            ),
        ),
    ),
    "ProposeTransfer": ActForm(
        "routing",
        f"{CASE}/transfers",
        "case",
        (
            Field("to_unit", "unit"),
            _choice("reason", *TRANSFER_REASONS),
            Field("article", "text", required=False),
        ),
    ),
    "AcceptTransfer": ActForm("routing", f"{CASE}/transfers/acceptance", "case"),
    "RefuseTransfer": ActForm(
        "routing",
        f"{CASE}/transfers/refusal",
        "case",
        (_choice("reason", *TRANSFER_REASONS), ARTICLE),
    ),
    "RuleOwnership": ActForm(
        "routing", f"{CASE}/ruling", "case", (Field("to_unit", "unit"), ARTICLE)
    ),
    "ReopenCase": ActForm(
        "routing",
        f"{CASE}/reopening",
        "case",
        (
            _choice(
                "reason",
                "new_claim",
                "default",
                "dissatisfied",
                "review",
                "reversal",
                "dispute",
            ),
        ),
    ),
    "AdoptImported": ActForm("routing", f"{CASE}/adoption", "case"),
    "ExtendDeadline": ActForm(
        "routing",
        f"{CASE}/deadlines/CLK-05/extension",
        "case",
        (Field("subject", "deadline", start="CLK-05"),),
    ),
    "AcceptComplaint": ActForm(
        "enforcement", f"{CASE}/acceptance", "proceeding", (THE_CLUE, WHEN)
    ),
    "RefuseComplaint": ActForm(
        "enforcement",
        f"{CASE}/refusal",
        "proceeding",
        (
            _choice(
                "reason",
                "older_than_two_years",
                "not_our_jurisdiction",
                "other_procedure",
            ),
            ARTICLE,
            THE_CLUE,
            WHEN,
        ),
    ),
    "ProposeFiling": ActForm(
        "enforcement", f"{CASE}/filing-proposal", "proceeding", (WHEN,)
    ),
    "FileCase": ActForm(
        "enforcement",
        f"{CASE}/filing",
        "proceeding",
        (Field("officer_ids", "officers", codes=("DB",)), WHEN),
    ),
    "DeclineFiling": ActForm(
        "enforcement",
        f"{CASE}/filing-refusal",
        "proceeding",
        (
            _choice(
                "reason",
                "too_old",
                "no_employer",
                "jurisdiction",
                "in_arbitration",
                "minor",
            ),
            ARTICLE,
            WHEN,
        ),
    ),
    "CompleteInvestigation": ActForm(
        "enforcement", f"{CASE}/investigation-end", "proceeding", (WHEN,)
    ),
    "OrderPayment": ActForm(
        "enforcement",
        f"{CASE}/orders",
        "proceeding",
        (Field("pay_by", "date"), Field("lines", "lines"), WHEN),
    ),
    "ServeDocument": ActForm(
        "enforcement",
        f"{CASE}/orders/{{order_id}}/service",
        "proceeding",
        (
            Field("served_on", "date", start="today", past=True),
            _choice("method", "handed", "mailed", "posted", "electronic"),
            Field("proof", "proof", required=False, codes=("photo", "film", "receipt")),
            WHEN,
        ),
    ),
    "ConcludeCase": ActForm(
        "enforcement",
        f"{CASE}/conclusion",
        "proceeding",
        (
            _choice("kind", *ENDS),
            Field("reviewer_id", "officer", required=False, codes=("LG",)),
            WHEN,
        ),
    ),
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
        (_choice("reason", "settled", "mistaken", "duplicate", "own-wish"), WHEN),
    ),
    "RecordWagesPaid": ActForm(
        "enforcement",
        f"{CLAIM}/payments",
        "claim",
        (
            Field("amount", "money", start="unpaid"),
            _choice(
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
        (_choice("reason", "not-received", "wrong-person", "entry-error"), WHEN),
    ),
    "ConfirmReceipt": ActForm(
        "enforcement",
        f"{PAYMENT}/confirmation",
        "claim",
        (_choice("method", "call", "sms", "signature"), WHEN),
    ),
    "DisputePayment": ActForm(
        "enforcement",
        f"{PAYMENT}/dispute",
        "claim",
        (_choice("reason", "not-received", "card-held", "amount-wrong"), WHEN),
    ),
}
