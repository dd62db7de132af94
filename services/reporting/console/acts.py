"""Acts: what the console's forms ask, and which service's door they go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from libs.other_channels import DIRECTORY

Kind = Literal[
    "text", "long", "date", "moment", "choice", "money", "unit", "officer",
    "officers", "lines", "proof", "proofs", "deadline", "clue", "count", "units",
    "running", "claims", "workers", "handler",
]  # fmt: skip
On = Literal["clue", "links", "case", "proceeding", "claim", "group", "track"]


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

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its fields."""
        return tuple(field.name for field in self.fields)


THE_CLUE = Field("clue_id", "clue")
WHEN = Field("occurred_at", "moment", required=False)
ARTICLE = Field("article", "text")
CASE = "/v1/cases/{case_id}"
CLUE = "/v1/clues/{clue_id}"
CLAIM = f"{CASE}/claims/{{claim_id}}"
PAYMENT = f"{CLAIM}/payments/{{payment_id}}"
TRANSFER_REASONS = ("area", "industry", "department")
FORMS = ("spoken", "letter", "sms", "platform", "online")
OTHER_CHANNELS = tuple(dict.fromkeys(one.code for one in DIRECTORY))
PROOFS = (
    "wage-sheet", "contract", "attendance", "statement", "iou", "bank-slip", "photo",
    "other",
)  # fmt: skip
ENDS = (
    "paid", "settled", "withdrawn", "unfounded", "time_barred", "other_forum",
    "referred_out", "rectified",
)  # fmt: skip


def choice(name: str, *codes: str) -> Field:
    return Field(name, "choice", codes=codes)


ACTS: Mapping[str, ActForm] = {
    "ScreenClue": ActForm(
        "intake",
        f"{CLUE}/screening",
        "clue",
        (
            choice("matter", "wage", "project_price", "labour_service_fee", "not_wage"),
            choice("jurisdiction", "ours", *TRANSFER_REASONS),
            WHEN,
        ),
    ),
    "AdviseChannel": ActForm(
        "intake",
        f"{CLUE}/advice",
        "clue",
        (
            choice("advised_channel", *OTHER_CHANNELS),
            choice("told", "spoken", "printed", "sms", "online"),
            WHEN,
        ),
    ),
    "SendReply": ActForm(
        "intake",
        f"{CLUE}/reply",
        "clue",
        (
            Field("form", "choice", required=False, codes=FORMS),
            choice("conclusion", "paid", "settled", "unfounded", "referred", "in-hand"),
            Field("text", "long", required=False),
            WHEN,
        ),
    ),
    "FindReplyImpossible": ActForm(
        "intake",
        f"{CLUE}/reply-impossible",
        "clue",
        (
            choice(
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
            choice(
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
            choice("reason", *TRANSFER_REASONS),
            Field("article", "text", required=False),
        ),
    ),
    "AcceptTransfer": ActForm("routing", f"{CASE}/transfers/acceptance", "case"),
    "RefuseTransfer": ActForm(
        "routing",
        f"{CASE}/transfers/refusal",
        "case",
        (choice("reason", *TRANSFER_REASONS), ARTICLE),
    ),
    "RuleOwnership": ActForm(
        "routing", f"{CASE}/ruling", "case", (Field("to_unit", "unit"), ARTICLE)
    ),
    "ReopenCase": ActForm(
        "routing",
        f"{CASE}/reopening",
        "case",
        (
            choice(
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
        f"{CASE}/deadlines/{{clock}}/extension",
        "case",
        (Field("subject", "deadline"),),
    ),
    "PauseDeadline": ActForm(
        "routing",
        f"{CASE}/deadlines/CLK-02/pause",
        "case",
        (
            Field("subject", "deadline", start="CLK-02"),
            choice("reason", "correction"),
        ),
    ),
    "EndDeadlinePause": ActForm(
        "routing",
        f"{CASE}/deadlines/CLK-02/pause-end",
        "case",
        (Field("subject", "deadline", start="CLK-02"),),
    ),
    "AcceptComplaint": ActForm(
        "enforcement", f"{CASE}/acceptance", "proceeding", (THE_CLUE, WHEN)
    ),
    "RefuseComplaint": ActForm(
        "enforcement",
        f"{CASE}/refusal",
        "proceeding",
        (
            choice(
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
            choice(
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
            choice("method", "handed", "mailed", "posted", "electronic"),
            Field("proof", "proof", required=False, codes=("photo", "film", "receipt")),
            WHEN,
        ),
    ),
    "ConcludeCase": ActForm(
        "enforcement",
        f"{CASE}/conclusion",
        "proceeding",
        (
            choice("kind", *ENDS),
            Field("reviewer_id", "officer", required=False, codes=("LG",)),
            WHEN,
        ),
    ),
}
