"""Who sees a case: its parties, the district, office, centre and auditor."""

import pytest

from libs.events.decider import NotVisible
from libs.events.event import Actor
from libs.visibility import sees
from services.enforcement import known
from tests.unit.matters import CASE, held
from tests.unit.offices import ROLES, WORKER, officer

PARTIES = frozenset({"LI", "DO"})


def actor(unit: str) -> Actor:
    return Actor(officer(unit), ROLES[unit], unit)


@pytest.mark.parametrize("unit", ["LI", "DO", "LC", "DB", "HD", "LG", "AU", "system"])
def test_parties_and_those_who_watch_over_all_see_a_case(unit: str) -> None:
    """Architecture §6."""
    assert sees(actor(unit), PARTIES)


@pytest.mark.parametrize("unit", ["PO", "LM", "R1", "PS", WORKER])
def test_another_unit_sees_nothing(unit: str) -> None:
    assert not sees(actor(unit), PARTIES)


def test_a_case_that_nothing_is_known_of_is_visible_to_nobody() -> None:
    with pytest.raises(NotVisible):
        known.visible(known.Known(), actor("LG"))


def test_every_unit_that_ever_held_or_was_asked_stays_a_party() -> None:
    state = held().state(known.KIND, CASE)
    assert state.parties == {"LC", "LI"}
    known.visible(state, actor("LC"))
