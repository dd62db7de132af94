"""Import profiles: a version is drafted by one officer and put in force by another."""

from hashlib import sha256

from libs.events.contracts.sheets import ImportProfileAdopted, ImportProfileDrafted
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.ids import named
from services.intake import import_profiles
from services.intake.import_profiles import (
    BOOK,
    KIND,
    AdoptImportProfile,
    DraftImportProfile,
)
from tests.unit.offices import by

DRAFT, ADOPT = import_profiles.RULES
FIRST, SECOND = named("test-draft", 1), named("test-draft", 2)
TEXT = 'name = "site-sheet"\n'
DIGEST = sha256(TEXT.encode()).hexdigest()
DRAFTER, OTHER = by("LC"), by("LC", number=2)


def lay_down(version: int, name: str = "site-sheet") -> DraftImportProfile:
    return DraftImportProfile(
        draft_id=FIRST, profile=name, profile_version=version, profile_text=TEXT
    )


def drafted(
    version: int = 1, name: str = "site-sheet", draft: int = 1
) -> ImportProfileDrafted:
    return ImportProfileDrafted(
        draft_id=named("test-draft", draft),
        drafter_id=DRAFTER.actor.id,
        profile=name,
        profile_version=version,
        profile_sha256=DIGEST,
        profile_text=TEXT,
    )


def adopted(version: int = 1, name: str = "site-sheet") -> ImportProfileAdopted:
    return ImportProfileAdopted(
        draft_id=FIRST,
        profile=name,
        profile_version=version,
        profile_sha256=DIGEST,
        profile_text=TEXT,
    )


def book(*events: Event) -> Given:
    return given(KIND, BOOK, *events)


def test_a_draft_says_who_which_version_and_its_digest() -> None:
    book().when(DRAFT, lay_down(1), DRAFTER).then(drafted())


def test_a_version_follows_the_one_in_force() -> None:
    book(adopted(1)).when(DRAFT, lay_down(2), DRAFTER).then(drafted(2))
    for version in (1, 3):
        refused = book(adopted(1)).when(DRAFT, lay_down(version), DRAFTER)
        refused.then_rejected("profile-version-taken")


def test_another_person_than_the_drafter_puts_it_in_force() -> None:
    waiting = book(drafted())
    own = waiting.when(ADOPT, AdoptImportProfile(draft_id=FIRST), DRAFTER)
    own.then_rejected("drafter-adopts")
    waiting.when(ADOPT, AdoptImportProfile(draft_id=FIRST), OTHER).then(adopted())


def test_a_draft_that_was_replaced_or_adopted_is_adopted_no_more() -> None:
    ask = AdoptImportProfile(draft_id=FIRST)
    for events in ((), (drafted(), drafted(draft=2)), (drafted(), adopted())):
        book(*events).when(ADOPT, ask, OTHER).then_rejected("no-such-draft")


def test_a_draft_of_another_profile_waits_beside() -> None:
    held = KIND.fold([drafted(), drafted(name="roster", draft=2), adopted()])
    assert [one.profile for one in held.drafts] == ["roster"]
    assert held.draft(SECOND) is not None


def test_every_version_stays_readable() -> None:
    held = KIND.fold([adopted(1), adopted(1, "roster"), adopted(2)])
    assert (held.newest("site-sheet"), held.next_version("site-sheet")) == (
        adopted(2),
        3,
    )
    assert held.version("site-sheet", 1) == adopted(1)
    assert held.version("site-sheet", 3) is None
    assert held.next_version("unknown") == 1
