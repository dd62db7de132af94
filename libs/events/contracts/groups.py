"""What enforcement says of cases of many workers: groups, parts, rosters, speakers."""

from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code, Proof
from libs.events.event import Event

Purpose = Literal["petition", "mediation", "arbitration"]
WordMethod = Literal["call", "visit", "signature", "worker_online"]
SplitGround = Literal["other_forum", "other_employer", "part_settled"]


class CaseFlaggedAsGroup(Event, name="CaseFlaggedAsGroup"):
    """The distinct workers of a case's open claims reached the threshold (F-1.5).

    `workers` were counted, `threshold` is what the rule asks. The flag stays, whatever
    becomes of the claims, until a review lifts it. Stream `group-<case_id>`.
    """

    case_id: UUID
    workers: int
    threshold: int
    rule: Code
    rule_version: int


class GroupFlagLifted(Event, name="GroupFlagLifted"):
    """A review found that the case is no group case; more workers flag it again.

    `workers` had open claims then. Stream `group-<case_id>`.
    """

    case_id: UUID
    workers: int
    reason: Code


class ClaimsSplitOff(Event, name="ClaimsSplitOff"):
    """Chosen claims of a case are a case of their own from now on 分案 (domain §5.4).

    Each also moves by a `ClaimMoved` of its own. `ground` says why they part, `unit`
    owns both cases. Stream `proceeding-<case_id>`, the case that they left.
    """

    case_id: UUID
    new_case_id: UUID
    claim_ids: tuple[UUID, ...]
    ground: SplitGround
    unit: Code


class ClaimConfirmedByWorker(Event, name="ClaimConfirmedByWorker"):
    """A worker whom a roster 花名册 names says that the claim is true (domain §5.4).

    Said by the worker, or taken down by somebody else than the recorder of the roster.
    Stream `claim-<claim_id>`.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    person_id: UUID
    method: WordMethod


class ClaimDisclaimed(Event, name="ClaimDisclaimed"):
    """A worker whom a roster names says that he did not work there, or not for that.

    The claim stays and is to be verified; what it counts for does not change by it.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    person_id: UUID
    reason: Literal["not_me", "not_true"]
    method: WordMethod


class RepresentativesNamed(Event, name="RepresentativesNamed"):
    """The workers of a group case named who speaks for them 代表人 (LMAL 7; ARB 63).

    Who was named before speaks no more. Stream `group-<case_id>`.
    """

    case_id: UUID
    person_ids: tuple[UUID, ...]
    purpose: Purpose
    rule: Code
    rule_version: int


class RepresentedConsentRecorded(Event, name="RepresentedConsentRecorded"):
    """A represented worker consents to what a representative does with the claim.

    Without it no claim is given up or settled for somebody (ARB 63). Stream `claim-`.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    person_id: UUID
    matter: Literal["withdrawal", "settlement"]
    proof: Proof
