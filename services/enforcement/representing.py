"""Representing 代表人: who speaks for a group, and what they may not do alone.

Three to five speak in arbitration, at most five elsewhere (ARB 63; XF 20). To give up
or settle a claim they need the consent of the worker whose it is (ARB 63).
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.groups import (
    Purpose,
    RepresentativesNamed,
    RepresentedConsentRecorded,
)
from libs.events.contracts.parts import Proof
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import New
from services.enforcement import claim, grouping, known
from services.enforcement.claim import (
    Claim,
    ClaimCommand,
    claim_of,
    claim_reads,
    counted,
    noted_of,
    on_claim,
    then_reads,
    whose,
)
from services.enforcement.thresholds import representation

CONSENT = "劳动人事争议仲裁办案规则63"
Matter = Literal["withdrawal", "settlement"]


class NameRepresentatives(Command):
    """Write down whom the workers of a group case named to speak for them."""

    case_id: UUID
    person_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]
    purpose: Purpose


class RecordConsent(ClaimCommand):
    """Record that a worker consents to what a representative does with the claim."""

    matter: Matter
    proof: Proof


def name(command: NameRepresentatives, stamp: Stamp, states: States) -> list[New]:
    """Name workers of the case, as many as the rule of the place allows."""
    noted = states.of(known.KIND, command.case_id)
    known.handling(noted, stamp.actor)
    known.still_open(noted)
    if not states.of(grouping.KIND, command.case_id).flagged:
        raise Rejected("not-a-group", "不是群体性案件，由每名劳动者自己主张。")
    persons = tuple(dict.fromkeys(command.person_ids))
    rule = representation(command.purpose, day_of(stamp.at))
    if rule is None or not rule.least <= len(persons) <= rule.most:
        least, most = (rule.least, rule.most) if rule else (0, 0)
        raise Rejected(
            "representatives-number",
            f"代表人须为 {least} 至 {most} 人，请增减。",
            article=f"{rule.instrument}{rule.article}" if rule else None,
        )
    standing = {one.person_id for one in _claims(noted, states) if one.counts}
    if not standing.issuperset(persons):
        raise Rejected("not-a-worker-here", "代表人须是本案有请求的劳动者。")
    named = RepresentativesNamed(
        case_id=command.case_id,
        person_ids=persons,
        purpose=command.purpose,
        rule=rule.id,
        rule_version=rule.version,
    )
    stream, key = grouping.KIND.stream(command.case_id), str(command.case_id)
    return [New(stream, named, partition_key=key)]


def consent(command: RecordConsent, stamp: Stamp, states: States) -> list[New]:
    """Record it once, with what proves it."""
    known.handling(noted_of(command, states), stamp.actor)
    this = claim_of(command, states)
    counted(this)
    if command.matter in this.consents:
        return []
    recorded = RepresentedConsentRecorded(
        **whose(command, this),
        person_id=this.person_id or command.claim_id,
        matter=command.matter,
        proof=command.proof,
    )
    return on_claim(command, this, recorded)


def bound(
    claims: Iterable[Claim], group: grouping.Group, matter: Matter
) -> Sequence[Claim]:
    """Return the claims of represented workers who did not consent (ARB 63)."""
    if not group.speakers:
        return ()
    return [
        one
        for one in claims
        if one.counts
        and one.person_id not in group.speakers
        and matter not in one.consents
    ]


def _claims(noted: known.Known, states: States) -> list[Claim]:
    return [states.of(claim.KIND, claim_id) for claim_id in noted.claims]


def _reads(command: NameRepresentatives) -> Sequence[Read]:
    return [Read(grouping.KIND, command.case_id), Read(known.KIND, command.case_id)]


def _listed(command: NameRepresentatives, states: States) -> Sequence[Read]:
    listed = states.of(known.KIND, command.case_id).claims
    return [Read(claim.KIND, claim_id) for claim_id in listed]


RULES = (
    Rule(NameRepresentatives, _reads, name, _listed),
    Rule(RecordConsent, claim_reads, consent, then_reads),
)
