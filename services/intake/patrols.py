"""Patrols 巡查: planned by area and day, made or missed, and what was found (F-2.1.2b).

The day of the plan is the patrol's clock: when it is over and nobody has said that the
patrol was made, it is missed. A patrol made in time and written down later, for want of
a network on the way, was in time: its own time counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of, end_of_day
from libs.codes import find_personal
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code, Sha256, Text
from libs.events.contracts.patrols import (
    Finding,
    PatrolCompleted,
    PatrolLinkedToClue,
    PatrolMissed,
    PatrolPhotoAdded,
    PatrolScheduled,
)
from libs.events.decider import Kind, NotVisible, NotYours, Read, Rejected, Rule, States
from libs.events.event import Actor, Event, New
from libs.ids import case_id as case_of
from libs.ids import named
from libs.visibility import sees
from services.intake import clue, known
from services.intake.work_orders import FOR_ANY

MOST_PHOTOS = 20
"""Photos of one patrol."""
A_YEAR = timedelta(days=366)
Days = Annotated[tuple[date, ...], Field(min_length=1, max_length=60)]


class SchedulePatrol(Command):
    """Plan a unit's patrols of an area, or of a site there: one for each day.

    `area_kind` and `unit_kind`: what the organisation says of both codes today.
    """

    plan_id: UUID
    area: Code
    area_kind: Code | None = None
    site: Text | None = None
    unit: Code
    unit_kind: Code | None = None
    days: Days


class CompletePatrol(Command):
    """Say that a patrol was made, and what was found, as a code."""

    patrol_id: UUID
    finding: Finding
    occurred_at: datetime | None = None


class AddPatrolPhoto(Command):
    """Add a photo, whose bytes are kept already, to a patrol: before or after it."""

    patrol_id: UUID
    sha256: Sha256
    media_type: Text
    size: int
    handed_in: Sha256 | None = None


class LinkPatrol(Command):
    """Say which clue a patrol's finding became."""

    patrol_id: UUID
    clue_id: UUID


class MissPatrol(Command):
    """Find a patrol missed whose day is over."""

    patrol_id: UUID
    due_on: date


@dataclass(frozen=True)
class Patrol:
    """What decisions ask of a patrol."""

    unit: str | None = None
    due_on: date | None = None
    finding: str | None = None
    missed: bool = False
    clue_id: UUID | None = None
    photos: tuple[PatrolPhotoAdded, ...] = ()

    def photo(self, digest: str) -> PatrolPhotoAdded | None:
        """Return the photo of a digest, if the patrol has it."""
        return next((one for one in self.photos if one.sha256 == digest), None)


def evolve(patrol: Patrol, event: Event) -> Patrol:
    """Fold one event of a patrol's stream."""
    match event:
        case PatrolScheduled():
            return Patrol(unit=event.unit, due_on=event.due_on)
        case PatrolCompleted():
            return replace(patrol, finding=event.finding)
        case PatrolMissed():
            return replace(patrol, missed=True)
        case PatrolLinkedToClue():
            return replace(patrol, clue_id=event.clue_id)
        case PatrolPhotoAdded():
            return replace(patrol, photos=(*patrol.photos, event))
        case _:
            return patrol


KIND = Kind("patrol", Patrol(), evolve)


def patrol_id(plan_id: UUID, day: date) -> UUID:
    """Return the id of a plan's patrol of one day."""
    return named("patrol", plan_id, day)


def schedule(command: SchedulePatrol, stamp: Stamp, states: States) -> list[New]:
    """Plan each day once, from today on, in an area that stands."""
    if command.area_kind != "residential":
        raise Rejected("no-such-area", f"没有 {command.area} 这个居民区，请核对。")
    if command.unit_kind not in {"street", "residential", "leading_group"}:
        raise Rejected("no-such-unit", f"没有能巡查的单位 {command.unit}，请核对。")
    if command.site and find_personal(command.site):
        raise Rejected("personal-number", "这里不能填写身份证、电话或银行卡号码。")
    today = day_of(stamp.at)
    if not all(today <= day <= today + A_YEAR for day in command.days):
        raise Rejected("due-over", "巡查日期须从今天起、一年以内。")
    said = command.model_dump(include={"plan_id", "area", "site", "unit"})
    found = []
    for day in sorted({*command.days}):
        this = patrol_id(command.plan_id, day)
        if states.of(KIND, this).unit is not None:
            raise Rejected("patrol-known", "这一天的巡查已经安排。")
        event = PatrolScheduled(**said, patrol_id=this, due_on=day)
        found.append(New(KIND.stream(this), event))
    return found


def visible(patrol: Patrol, actor: Actor) -> None:
    """Raise unless there is such a patrol and the actor may know of it."""
    if patrol.unit is None or not sees(actor, {patrol.unit}):
        raise NotVisible


def own(patrol: Patrol, actor: Actor) -> None:
    """Raise unless it is a patrol of the actor's unit."""
    visible(patrol, actor)
    if patrol.unit is not None and patrol.unit != actor.unit:
        raise NotYours("巡查由安排的单位登记。", may=[patrol.unit])


def complete(command: CompletePatrol, stamp: Stamp, states: States) -> list[New]:
    """Write down once what was found, by the unit that went; not before the plan."""
    patrol = states.of(KIND, command.patrol_id)
    own(patrol, stamp.actor)
    if patrol.finding is not None:
        raise Rejected("patrol-completed", "这次巡查已经登记。")
    said = PatrolCompleted(
        patrol_id=command.patrol_id, unit=stamp.actor.unit, finding=command.finding
    )
    return [New(KIND.stream(command.patrol_id), said, command.occurred_at)]


def add_photo(command: AddPatrolPhoto, stamp: Stamp, states: States) -> list[New]:
    """Add once, by the unit that goes; the same photo is nothing."""
    patrol = states.of(KIND, command.patrol_id)
    own(patrol, stamp.actor)
    came = {one.handed_in or one.sha256 for one in patrol.photos}
    if patrol.photo(command.sha256) or command.handed_in in came:
        return []
    if len(patrol.photos) >= MOST_PHOTOS:
        raise Rejected("photos-full", f"一次巡查最多 {MOST_PHOTOS} 张照片。")
    said = command.model_dump() | {"unit": stamp.actor.unit}
    event = PatrolPhotoAdded.model_validate(said)
    return [New(KIND.stream(command.patrol_id), event)]


def link(command: LinkPatrol, stamp: Stamp, states: States) -> list[New]:
    """Link what was found, once, to a clue that the actor's unit may act on."""
    patrol = states.of(KIND, command.patrol_id)
    own(patrol, stamp.actor)
    if patrol.finding in {None, "nothing"}:
        raise Rejected("nothing-found", "这次巡查没有发现问题，没有可转的线索。")
    if patrol.clue_id is not None:
        raise Rejected("item-ended", "已经转为线索。")
    held = states.of(clue.KIND, command.clue_id)
    noted = states.of(known.KIND, case_of(command.clue_id))
    known.holding(noted, held.first_asked, stamp.actor, FOR_ANY)
    said = PatrolLinkedToClue.model_validate(command.model_dump())
    return [New(KIND.stream(command.patrol_id), said)]


def miss(command: MissPatrol, stamp: Stamp, states: States) -> list[New]:
    """Miss once, as of the end of the day; what was made is not missed."""
    patrol = states.of(KIND, command.patrol_id)
    over = patrol.due_on is not None and day_of(stamp.at) > patrol.due_on
    if patrol.unit is None or not over or patrol.finding or patrol.missed:
        return []
    said = PatrolMissed(
        patrol_id=command.patrol_id, unit=patrol.unit, due_on=command.due_on
    )
    return [New(KIND.stream(command.patrol_id), said, end_of_day(command.due_on))]


def _days(command: SchedulePatrol) -> Sequence[Read]:
    days = sorted({*command.days})
    return [Read(KIND, patrol_id(command.plan_id, day)) for day in days]


def _one(command: CompletePatrol | AddPatrolPhoto | MissPatrol) -> Sequence[Read]:
    return [Read(KIND, command.patrol_id)]


def _linked(command: LinkPatrol) -> Sequence[Read]:
    of_clue = [Read(clue.KIND, command.clue_id)]
    noted = Read(known.KIND, case_of(command.clue_id))
    return [Read(KIND, command.patrol_id), *of_clue, noted]


RULES = (
    Rule(SchedulePatrol, _days, schedule),
    Rule(CompletePatrol, _one, complete),
    Rule(AddPatrolPhoto, _one, add_photo),
    Rule(LinkPatrol, _linked, link),
    Rule(MissPatrol, _one, miss),
)
