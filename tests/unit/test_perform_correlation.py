"""Everything about one clue shares its correlation, wherever it is decided."""

from dataclasses import replace
from uuid import UUID

import pytest

from libs.events.contracts.enforcement import ClaimListed
from libs.events.event import New, Precision, Series
from libs.events.journal.words import Commit
from libs.events.perform import correlated
from tests.claim_list import accepted
from tests.journal_scene import a_stamp

PLAIN = replace(a_stamp(), correlation_id=None)
CASE = UUID(int=1)
LISTED = New(f"known-{CASE}", ClaimListed(case_id=CASE, claim_id=CASE))


def test_the_stamps_own_correlation_stands() -> None:
    stamp = a_stamp()
    assert correlated(stamp, [LISTED], {}) is stamp


def test_the_clue_that_an_event_names_comes_first() -> None:
    stamp = correlated(PLAIN, [LISTED, accepted(CASE)], {})
    assert stamp.correlation_id == UUID(int=0xC1)


def test_without_a_clue_it_is_the_streams_own_subject() -> None:
    assert correlated(PLAIN, [LISTED], {LISTED.stream: []}).correlation_id == CASE


def test_a_command_that_says_nothing_is_its_own_correlation() -> None:
    assert correlated(PLAIN, [], {}).correlation_id == PLAIN.command_id


def test_a_stamp_without_correlation_is_not_recorded() -> None:
    with pytest.raises(ValueError, match="correlation"):
        Commit(PLAIN, {LISTED.stream: 0}, [LISTED])


def test_a_stream_that_is_written_must_be_expected() -> None:
    with pytest.raises(ValueError, match="must be expected"):
        Commit(a_stamp(), {}, [LISTED])


def test_a_day_without_a_date_is_refused() -> None:
    vague = replace(LISTED, precision=Precision.DAY)
    with pytest.raises(ValueError, match="needs its time"):
        Commit(a_stamp(), {LISTED.stream: 0}, [vague])


@pytest.mark.parametrize(("area", "kind"), [("", "SJ"), ("310199", ""), ("3", "S-J")])
def test_a_series_can_be_taken_apart_again(area: str, kind: str) -> None:
    with pytest.raises(ValueError, match="hyphen"):
        Series(area, kind)
