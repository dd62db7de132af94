"""What routing says of cases: their owners, transfers, rulings and end."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code, Sha256, Text
from libs.events.event import Event, Fields

TransferReason = Literal["area", "industry", "department"]
CloseKind = Literal[
    "paid", "settled", "withdrawn", "unfounded", "time_barred", "other_forum",
    "referred_out", "merged", "not_wage", "rectified",
]  # fmt: skip


class CaseOpened(Event, name="CaseOpened"):
    """Routing opened the case of a registered clue; `history` marks back-fill.

    `split_from`: it is a part of that case, whose clue and author it shares; its number
    is in the envelope. `statement_sha256`: the leaf of the row that registered the
    clue, by which a dossier names it. Stream `case-<case_id>`.
    """

    case_id: UUID
    clue_id: UUID
    first_asked_unit: Code
    channel: Code
    employer_id: UUID
    history: bool = False
    split_from: UUID | None = None
    statement_sha256: Sha256 | None = None


class CaseAssigned(Event, name="CaseAssigned"):
    """A unit holds the case, perhaps with a named handler."""

    case_id: UUID
    unit: Code
    handler_id: UUID | None = None
    history: bool = False


class CaseAdopted(Event, name="CaseAdopted"):
    """An officer adopted an open case of an agency's sheet: it is live from now on.

    `unit` owns it; `imported_by` is the unit whose row it was.
    """

    case_id: UUID
    clue_id: UUID
    unit: Code
    imported_by: Code


class TransferProposed(Event, name="TransferProposed"):
    """The owner proposes another unit; it stays owner until receipt."""

    case_id: UUID
    transfer_id: UUID
    from_unit: Code
    to_unit: Code
    reason: TransferReason
    article: Text | None = None


class CaseTransferred(Event, name="CaseTransferred", version=2):
    """The proposed unit accepted: it owns the case from this instant (F-2.2.3b).

    `reason` and `article` are the proposal's: transfers 转办 are counted by their
    ground from this event alone. No reason: it was recorded before that was said here.
    """

    case_id: UUID
    transfer_id: UUID
    from_unit: Code
    to_unit: Code
    hop: int
    reason: TransferReason | None
    article: Text | None


class CaseTransferredV1(Event, name="CaseTransferred"):
    """The first version: its ground stands in the proposal `transfer_id` alone."""

    case_id: UUID
    transfer_id: UUID
    from_unit: Code
    to_unit: Code
    hop: int

    def upgrade(self) -> CaseTransferred:
        """Return the second version, without a ground: it was not said then."""
        return CaseTransferred(**self.model_dump(), reason=None, article=None)


class TransferRefused(Event, name="TransferRefused"):
    """The proposed unit refused, with coded reason and article (XF 23)."""

    case_id: UUID
    transfer_id: UUID
    from_unit: Code
    refused_by: Code
    reason: TransferReason
    article: Text


class OwnershipRuled(Event, name="OwnershipRuled"):
    """The leading-group office ruled who owns the case; it can't be refused (XF 24)."""

    case_id: UUID
    from_unit: Code
    to_unit: Code
    article: Text


class CaseClosed(Event, name="CaseClosed"):
    """The case ended: concluded, and every answer owed was given."""

    case_id: UUID
    kind: CloseKind
    history: bool = False


class CaseReopened(Event, name="CaseReopened"):
    """A closed case is open again, for a coded reason."""

    case_id: UUID
    reason: Literal[
        "new_claim", "default", "dissatisfied", "review", "reversal", "dispute"
    ]


class CasesMerged(Event, name="CasesMerged"):
    """Two clues tell one fact: their cases go on as one (domain §5.4).

    `case_id` survives, `merged_case_id` is closed as merged; both numbers lead to it.
    `unit` owns it, `from_unit` owned the other. Stream `case-<case_id>`.
    """

    case_id: UUID
    merged_case_id: UUID
    clue_id: UUID
    unit: Code
    from_unit: Code


class CaseSplit(Event, name="CaseSplit"):
    """A part of a case is a case of its own: a clue's again, or chosen claims'.

    `ground` says why, as a code; `unit` owns both. `claim_ids`: the claims that were
    chosen; none: those of its clue go with it. Stream `case-<case_id>`, the case that
    it was part of.
    """

    case_id: UUID
    new_case_id: UUID
    clue_id: UUID
    ground: Code
    unit: Code
    claim_ids: tuple[UUID, ...] = ()


class ClaimCountNoted(Event, name="RoutingClaimCountNoted"):
    """Routing took in that a claim is counted no more, or is counted again.

    Stream `known-<case_id>`, of the case of the claim's own clue.
    """

    case_id: UUID
    claim_id: UUID
    counted: bool
    cause: UUID


class CaseFactNoted(Event, name="RoutingCaseFactNoted"):
    """Routing took in a fact of another service about a case.

    `at`: when it happened there. Stream `known-<case_id>`; never the stream that an
    If-Match names.
    """

    case_id: UUID
    fact: Literal[
        "filing_proposed", "filed", "concluded", "answered", "unanswerable",
        "closed_not_wage", "claim_opened", "claim_withdrawn", "reopened",
    ]  # fmt: skip
    subject: UUID
    kind: Code | None = None
    unit: Code | None = None
    cause: UUID
    at: datetime | None = None


class OwnerConditions(Fields):
    """What a routing rule asks of a clue; what is left out does not matter to it."""

    kinds: tuple[Code, ...] = ()
    channels: tuple[Code, ...] = ()
    matters: tuple[Code, ...] = ()
    jurisdictions: tuple[Code, ...] = ()
    project: bool | None = None
    individual: bool | None = None
    workers_at_least: Annotated[int, Field(ge=1, le=2000)] | None = None


class OwnerRule(Fields):
    """One routing rule (domain §5.7): on what clue, which unit, on what ground.

    `owner` None: it stays where it is, and the author is told the right channel.
    `district_line`: the district units that decide what the owner only proposes.
    """

    id: Code
    version: Annotated[int, Field(ge=1, le=1000)]
    effective_from: date
    title_zh: Text
    title_en: Text
    basis: Text
    owner: Code | None = None
    district_line: tuple[Code, ...] = ()
    when: OwnerConditions = OwnerConditions()


class OwnerRulesDrafted(Event, name="OwnerRulesDrafted"):
    """An officer laid down a draft of the routing rules; it is not in force.

    A later draft replaces it. Stream `ownerrules-<uuid>`, one for a deployment.
    """

    draft_id: UUID
    drafter_id: UUID
    rules_version: Text
    rules: tuple[OwnerRule, ...]


class OwnerRulesAdopted(Event, name="OwnerRulesAdopted"):
    """Routing rules are in force, in their order: the first that fits proposes.

    `draft_id`: the draft that a second person confirmed; None: they came with the
    release.
    """

    draft_id: UUID | None
    rules_version: Text
    known_on: date
    rules: tuple[OwnerRule, ...]
