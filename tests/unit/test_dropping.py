"""A parked event is dropped once for each consumer, with a coded reason."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from libs.events.contracts.operation import ParkedEventDropped
from libs.events.testing import given, stamp
from libs.service.dropping import KIND, RULE, DropParked, subject

EVENT = UUID(int=7)
DROP = DropParked(consumer="claim_v1", event_id=EVENT, reason="written-by-a-test")
DROPPED = ParkedEventDropped(
    consumer="claim_v1", event_id=EVENT, reason="written-by-a-test"
)
ABOUT = subject("claim_v1", EVENT)


def test_a_drop_is_said_with_consumer_event_and_reason() -> None:
    given(KIND, ABOUT).when(RULE, DROP, stamp(role="operator")).then(DROPPED)


def test_what_was_dropped_is_not_dropped_again() -> None:
    given(KIND, ABOUT, DROPPED).when(RULE, DROP, stamp(role="operator")).then_nothing()


def test_another_consumers_drop_is_another_matter() -> None:
    assert subject("clue_v1", EVENT) != ABOUT


def test_a_reason_is_a_code_and_no_prose() -> None:
    with pytest.raises(ValidationError):
        DropParked(consumer="claim_v1", event_id=EVENT, reason="Mr Li phoned me")
