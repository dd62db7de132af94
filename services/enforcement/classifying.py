"""Classifying 分类施策: a verified case is put on a track, and may change it (F-2.3.0).

A track says by which articles a case goes on; it opens no act and closes none: each act
keeps its own conditions. Criminal liability is reached by a police referral alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from libs import tracks
from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.contracts.tracks import CaseClassified, Track, TrackReason
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.enforcement import claim, known
from services.enforcement.proceeding import CaseCommand, held_open, reads


@dataclass(frozen=True)
class Classified:
    """On which track the case is; None: on none yet."""

    track: Track | None = None


def evolve(held: Classified, event: Event) -> Classified:
    """Fold one event of a case's track."""
    return Classified(event.track) if isinstance(event, CaseClassified) else held


KIND = Kind("track", Classified(), evolve)


class ClassifyCase(CaseCommand):
    """Put a case with verified arrears on a track; a change of track needs a reason."""

    track: Track
    reason: TrackReason | None = None


def classify(command: ClassifyCase, stamp: Stamp, states: States) -> list[New]:
    """Classify: who handles the case, once its arrears are verified."""
    proceeding = held_open(command, stamp, states)
    noted = states.of(known.KIND, command.case_id)
    known.handling(noted, stamp.actor)
    if proceeding.concluded_since(noted.reopened):
        raise Rejected("concluded-already", "案件已有结论，不再分类；请先重新打开。")
    _arrears_verified(noted, states)
    previous = states.of(KIND, command.case_id).track
    _changes(command, previous)
    rule = tracks.in_force(command.track, day_of(command.occurred_at or stamp.at))
    if rule is None:
        raise Rejected("no-track-rule", "这一类当日还没有生效的规则，请改日期。")
    classified = CaseClassified(
        case_id=command.case_id,
        track=command.track,
        previous=previous,
        reason=command.reason,
        rule_version=rule.version,
        unit=noted.unit or stamp.actor.unit,
    )
    stream, key = KIND.stream(command.case_id), str(command.case_id)
    return [New(stream, classified, command.occurred_at, partition_key=key)]


def _arrears_verified(noted: known.Known, states: States) -> None:
    """Raise unless every claim that counts is verified, and something is owed."""
    claims = (states.of(claim.KIND, claim_id) for claim_id in noted.claims)
    standing = [one for one in claims if one.counts]
    if not standing or any(one.verified is None for one in standing):
        raise Rejected("not-verified", "还有人员的工资没有核实；核实后再分类。")
    if not any(one.payable and one.payable.minor for one in standing):
        raise Rejected("no-arrears", "核实没有欠薪，不需分类；请按不属实办结。")


def _changes(command: ClassifyCase, previous: Track | None) -> None:
    """Raise unless it is another track, with a reason where there was one before."""
    if previous == command.track:
        raise Rejected("track-same", "案件已在这一类，不必重复分类。")
    if previous is not None and command.reason is None:
        raise Rejected("track-reason", "案件已分过类；改变分类请选择原因。")
    if previous is None and command.reason is not None:
        raise Rejected("track-first", "这是第一次分类，没有改变可说明，原因请留空。")


def _reads(command: ClassifyCase) -> Sequence[Read]:
    return (*reads(command), Read(KIND, command.case_id))


def _claims(command: ClassifyCase, states: States) -> Sequence[Read]:
    listed = states.of(known.KIND, command.case_id).claims
    return [Read(claim.KIND, claim_id) for claim_id in listed]


RULES = (Rule(ClassifyCase, _reads, classify, _claims),)
