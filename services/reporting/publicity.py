"""Publicity 宣传: a unit logs what it did so that people know (F-2.2.1c)."""

from datetime import date
from uuid import UUID

from libs.calendar.local_days import EARLIEST, day_of, start_of_day
from libs.codes import find_personal
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code, Text
from libs.events.contracts.publicity import (
    PublicityActivityLogged,
    PublicityMeans,
    Reached,
    Sessions,
)
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New


class LogPublicity(Command):
    """Log an activity that was held: how often, whom it reached, what was given out."""

    activity_id: UUID
    unit: Code
    held_on: date
    means: PublicityMeans
    place: Text
    area: Code | None = None
    sessions: Sessions = 1
    people: Reached
    leaflets: Reached = 0


def evolve(logged: bool, event: Event) -> bool:  # noqa: FBT001 -- the state itself.
    """Fold one event: an activity is logged once."""
    return logged or isinstance(event, PublicityActivityLogged)


KIND = Kind("publicity", initial=False, evolve=evolve)


def log(command: LogPublicity, stamp: Stamp, states: States) -> list[New]:
    """Log once what was held until today, as of the day on which it was."""
    if states.of(KIND, command.activity_id):
        raise Rejected("activity-logged", "这次宣传活动已经登记。")
    if not EARLIEST.date() <= command.held_on <= day_of(stamp.at):
        raise Rejected("date-implausible", "活动日期须在 1980 年以后、不晚于今天。")
    if find_personal(command.place):
        raise Rejected("personal-number", "这里不能填写身份证、电话或银行卡号码。")
    said = PublicityActivityLogged(**command.model_dump())
    at = start_of_day(command.held_on)
    return [New(KIND.stream(command.activity_id), said, at)]


RULES = (Rule(LogPublicity, lambda asked: [Read(KIND, asked.activity_id)], log),)
