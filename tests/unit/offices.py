"""Who acts in the rules' tests: officers of each office, the worker, the services."""

from datetime import UTC, datetime
from uuid import UUID

from libs.events.command import Stamp
from libs.events.event import Actor
from libs.events.testing import AT
from libs.ids import actor_id, named
from services.enforcement.naming import NamedOfficer

ROLES = {
    "LC": "centre",
    "LI": "inspection",
    "LM": "mediation",
    "DO": "development",
    "PO": "petition",
    "LG": "leading-group",
    "DB": "brigade",
    "HD": "hrss-head",
    "PS": "police",
    "AU": "auditor",
    "R1": "grid",
    "R2": "grid",
    "public": "worker",
    "system": "system",
}


def officer(unit: str, number: int = 1) -> UUID:
    """Return the person id of a unit's first, second … officer."""
    return actor_id("test", f"{unit}-{number}")


def listed_officers() -> tuple[NamedOfficer, ...]:
    """Return the directory as a door fills it in: two officers of each unit."""
    return tuple(
        NamedOfficer(officer_id=officer(unit, number), role=role, unit=unit)
        for unit, role in ROLES.items()
        for number in (1, 2)
    )


def by(unit: str, at: datetime = AT, *, number: int = 1) -> Stamp:
    """Return the stamp of a unit's officer at a time."""
    actor = Actor(officer(unit, number), ROLES[unit], unit)
    return Stamp(named("test-command", unit, number, at), b"", actor, at)


WORKER = "public"
SYSTEM = "system"


def on(month: int, day: int, hour: int = 9, year: int = 2023) -> datetime:
    """Return an hour in Shanghai of a day, in UTC; months before May are of 2024."""
    shift = 1 if month < 5 and year == 2023 else 0
    return datetime(year + shift, month, day, hour - 8, tzinfo=UTC)
