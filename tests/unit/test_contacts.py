"""A contact for messages alone lives as long as a choice uses it, and no longer."""

from uuid import UUID

import pytest

from libs.events.contracts.messages import NotificationWithdrawn
from libs.events.event import Event
from libs.ids import named
from services.intake.vault.contacts import FIELDS, SAID, Contact, unused
from tests.unit.matters import CASE, CLUE
from tests.unit.message_scenes import PERSON, chosen

WITHDRAWN = NotificationWithdrawn(clue_id=CLUE, case_id=CASE, person_id=PERSON)
FIRST, SECOND, MAIL, OTHER = (named("test-act", n) for n in range(4))
AFTER = named("test-clue", 2)
ANEW = chosen(contact=SECOND)
HELD = [
    Contact("notify_phone", FIRST, CLUE),
    Contact("notify_phone", SECOND, CLUE),
    Contact("email", MAIL, CLUE),
    Contact("email", OTHER, AFTER),
]
BY_MAIL = chosen(channel="email")


@pytest.mark.parametrize(
    ("choices", "gone"),
    [
        # As it was said when filing: nothing was chosen anew, nothing goes.
        ({CLUE: [BY_MAIL]}, {FIRST, SECOND}),
        # Replaced: the number before it, and the address that served messages alone.
        ({CLUE: [BY_MAIL, chosen(contact=FIRST), ANEW]}, {FIRST, MAIL}),
        ({CLUE: [BY_MAIL, ANEW, WITHDRAWN]}, {FIRST, SECOND, MAIL}),
        # Another complaint of the same person is still told at the address.
        ({CLUE: [BY_MAIL, ANEW], AFTER: [BY_MAIL]}, {FIRST}),
        ({CLUE: [BY_MAIL, ANEW], AFTER: [chosen()]}, {FIRST, MAIL}),
        ({CLUE: [BY_MAIL, ANEW], AFTER: [BY_MAIL, WITHDRAWN]}, {FIRST, MAIL, OTHER}),
    ],
)
def test_pipl_47_a_contact_goes_once_nothing_uses_it(
    choices: dict[UUID, list[Event]], gone: set[UUID]
) -> None:
    assert {one.act for one in unused(HELD, choices)} == gone


def test_the_telephone_of_the_complaint_is_no_contact_for_messages_alone() -> None:
    assert "phone" not in {SAID, *FIELDS.values()}
