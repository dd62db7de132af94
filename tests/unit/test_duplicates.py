"""F-2.2.3c: an officer links what tells one fact, finds apart what tells two."""

import pytest

from libs.events.contracts.duplicates import (
    ClaimPair,
    ClueFoundDistinct,
    ClueGroupNoted,
    ClueUnlinked,
)
from libs.events.decider import NotVisible, NotYours
from libs.ids import case_id, claim_id
from services.intake import duplicates
from services.intake.duplicates import (
    RULES,
    Advice,
    FindDistinct,
    LinkDuplicate,
    UnlinkDuplicate,
    WorkerPair,
)
from tests.unit.clue_pair import JOINED, LINKED, OTHER, two_clues
from tests.unit.matters import CLUE
from tests.unit.offices import by

LINK, DISTINCT, UNLINK = RULES
COMMAND = LinkDuplicate(clue_id=CLUE, of_clue_id=OTHER)
APART = FindDistinct(clue_id=CLUE, of_clue_id=OTHER)
UNDO = UnlinkDuplicate(clue_id=CLUE, reason="other-worker")


def pair(ordinal: int, of_ordinal: int) -> WorkerPair:
    return WorkerPair(ordinal=ordinal, of_ordinal=of_ordinal)


def test_an_officer_links_and_the_clue_that_counts_notes_it() -> None:
    """S5 of the campaign, 11-23: B repeats A; its score, reasons and weights stay."""
    advice = Advice(score=96, reasons=("same-worker",), rule_version="1")
    both = (pair(1, 1), pair(2, 2))
    command = COMMAND.model_copy(update={"advice": advice, "workers": both})
    linked = LINKED.model_copy(
        update={
            "score": 96,
            "reasons": ("same-worker",),
            "rule_version": "1",
            "claims": tuple(
                ClaimPair(claim_id=claim_id(CLUE, n), of_claim_id=claim_id(OTHER, n))
                for n in (1, 2)
            ),
        }
    )
    outcome = two_clues("LC").when(LINK, command, by("LC"))
    stamp = by("LC")
    noted = JOINED.model_copy(update={"cause": stamp.command_id})
    outcome.then(linked, noted)


@pytest.mark.parametrize(
    ("workers", "code"),
    [
        ((pair(1, 1), pair(1, 2)), "worker-twice"),
        ((pair(3, 1),), "no-such-worker"),
        ((pair(1, 3),), "no-such-worker"),
    ],
)
def test_only_workers_of_both_clues_are_paired(
    workers: tuple[WorkerPair, ...], code: str
) -> None:
    command = COMMAND.model_copy(update={"workers": workers})
    two_clues("LC").when(LINK, command, by("LC")).then_rejected(code)


def test_a_clue_is_linked_once_and_never_to_itself() -> None:
    two_clues("LC", LINKED).when(LINK, COMMAND, by("LC")).then_rejected(
        "linked-already"
    )
    itself = COMMAND.model_copy(update={"of_clue_id": CLUE})
    two_clues("LC").when(LINK, itself, by("LC")).then_rejected("same-clue")


def test_a_group_is_a_star() -> None:
    """What repeats another counts for nobody; what counts repeats nobody."""
    there = two_clues("LC").given(duplicates.KIND, OTHER, LINKED)
    there.when(LINK, COMMAND, by("LC")).then_rejected("linked-elsewhere")
    here = two_clues("LC").given(duplicates.KIND, CLUE, JOINED)
    here.when(LINK, COMMAND, by("LC")).then_rejected("others-linked")


def test_only_who_holds_the_case_links_it_and_only_what_it_may_see() -> None:
    outcome = two_clues("PO", other_unit="LI").when(LINK, COMMAND, by("PO"))
    assert isinstance(outcome.refusal, NotVisible)
    outcome = two_clues("LI").when(LINK, COMMAND, by("LC"))
    assert isinstance(outcome.refusal, NotYours)


def test_a_pair_found_apart_is_found_once_whichever_is_asked_about() -> None:
    found = ClueFoundDistinct(clue_id=CLUE, case_id=case_id(CLUE), from_clue_id=OTHER)
    two_clues("LC").when(DISTINCT, APART, by("LC")).then(found)
    two_clues("LC", found).when(DISTINCT, APART, by("LC")).then_nothing()
    turned = found.model_copy(update={"clue_id": OTHER, "from_clue_id": CLUE})
    there = two_clues("LC").given(duplicates.KIND, OTHER, turned)
    there.when(DISTINCT, APART, by("LC")).then_nothing()
    linked = two_clues("LC", LINKED)
    linked.when(DISTINCT, APART, by("LC")).then_rejected("linked-already")


def test_a_link_is_undone_with_a_reason_and_not_suggested_again() -> None:
    """S5, 12-01: C was linked wrongly; the unit first asked may say so, too."""
    undone = ClueUnlinked(
        clue_id=CLUE,
        case_id=case_id(CLUE),
        of_clue_id=OTHER,
        of_case_id=case_id(OTHER),
        reason="other-worker",
    )
    story = two_clues("LC", LINKED)
    outcome = story.when(UNLINK, UNDO, by("LC"))
    left = JOINED.model_copy(update={"fact": "left", "cause": by("LC").command_id})
    assert isinstance(left, ClueGroupNoted)
    outcome.then(undone, left)
    links = story.given(duplicates.KIND, CLUE, undone).state(duplicates.KIND, CLUE)
    assert (links.duplicate_of, links.distinct) == (None, {OTHER})
    two_clues("LC").when(UNLINK, UNDO, by("LC")).then_rejected("not-linked")
