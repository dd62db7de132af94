"""The change feed sends nobody another's case; positions move on all the same."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.events.contracts.intake import ClaimFactNoted, ImportOpened, PersonDataErased
from libs.events.contracts.routing import CaseReopened
from libs.events.event import Actor, Event, Recorded
from libs.events.journal.journal import Journal
from libs.events.views.testing import recorded, told
from libs.service.feed import JournalFeed
from libs.web.feed import Wanted
from tests.unit.matters import CASE, OTHER_CASE, adopted

MINE = CaseReopened(case_id=CASE, reason="review")
THEIRS = CaseReopened(case_id=OTHER_CASE, reason="review")
NOTED = ClaimFactNoted(clue_id=CASE, claim_id=CASE, fact="opened", cause=CASE)
ERASED = PersonDataErased(person_id=CASE, reason="r")
SHEET = ImportOpened(
    import_id=CASE, profile="p", profile_version=1, file_sha256="0" * 64, unit="XT"
)
BOOK = adopted("clocks")
SAID: list[tuple[str, Event]] = [
    ("case", THEIRS),
    ("case", MINE),
    ("known", NOTED),
    ("person", ERASED),
    ("import", SHEET),
    ("rulebook", BOOK),
    ("case", THEIRS),
]


class Listed:
    """A journal of a few events."""

    def __init__(self) -> None:
        self.rows: list[Recorded] = []
        for number, (category, fact) in enumerate(SAID, 1):
            subject = OTHER_CASE if fact == THEIRS else CASE
            (row,) = recorded(told(f"{category}-{subject}", fact))
            self.rows.append(replace(row, seq=number))

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        return [row for row in self.rows if row.seq > after][:limit]


async def of_xt(
    _journal: Journal, subjects: Collection[UUID]
) -> Mapping[UUID, Collection[str]]:
    """Say that one case is the agency's."""
    return {CASE: {"XT"}} if CASE in subjects else {}


def feed() -> JournalFeed:
    journal: Any = Listed()
    return JournalFeed(journal, of_xt)


def asking(role: str, unit: str, after: int = 0, limit: int = 100) -> Wanted:
    return Wanted(after, frozenset(), limit, Actor(CASE, role, unit))


@pytest.mark.parametrize(
    ("role", "unit", "shown"),
    [
        ("auditor", "AU", [1, 2, 3, 4, 5, 6, 7]),
        ("leading-group", "LG", [1, 2, 3, 4, 5, 6, 7]),
        ("agency", "XT", [2, 3, 5, 6]),
        ("agency", "XU", [6]),
        ("operator", "OP", [6]),
    ],
)
async def test_each_reader_hears_what_it_may_see(
    role: str, unit: str, shown: list[int]
) -> None:
    page = await feed().read(asking(role, unit))
    assert [item.sequence for item in page.items] == shown
    assert page.looked_at == len(SAID)


async def test_what_is_not_sent_is_passed_over_for_good() -> None:
    page = await feed().read(asking("agency", "XT", limit=1))
    assert ([item.sequence for item in page.items], page.looked_at) == ([2], 2)
    last = await feed().read(asking("agency", "XT", after=6))
    assert (list(last.items), last.looked_at) == ([], len(SAID))


async def test_types_are_chosen_among_what_may_be_seen() -> None:
    wanted = replace(asking("agency", "XT"), types=frozenset({"CaseReopened"}))
    page = await feed().read(wanted)
    assert [item.sequence for item in page.items] == [2]
