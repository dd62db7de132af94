"""F-2.2.3d: what the worker handed in goes with the case; nobody is asked twice."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from libs.events.contracts.clocks import DeadlinePaused
from libs.events.contracts.dossier import DossierHandedOver, DossierItem
from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.decider import NotVisible, NotYours
from libs.events.views.testing import recorded, told
from libs.ids import case_id, named
from services.enforcement import evidence
from services.enforcement import known as enforcement_known
from services.enforcement.splitting import SplitClaims
from services.intake import known as intake_known
from services.intake.pages.story import story
from services.reporting.views import dossier as view
from services.routing.dossier_items import note_item
from services.routing.transfer import AcceptTransfer, ProposeTransfer, RefuseTransfer
from tests.unit.offices import by
from tests.unit.three_services import World
from tests.unit.told_clues import clue_id, events, link, register, rows, rule, unlink

A, B = (case_id(clue_id(name)) for name in "AB")
PART = named("test-part-of-a")
PIECES = tuple(f"{number:064x}" for number in range(1, 9))


def statement(name: str) -> DossierItem:
    return DossierItem(kind="statement", id=clue_id(name))


def settle(world: World) -> None:
    world.settle(lambda _: 0)


def begun() -> World:
    """A, with two workers, at the window; B, with one, at the petition office."""
    world = World(frozenset({"hear-event"}))
    register(world, "A", "LC", 740, 620)
    register(world, "B", "PO", 510)
    settle(world)
    return world


def added(world: World, case: UUID, piece: str, unit: str) -> str | None:
    said = {"case_id": case, "kind": "photo", "media_type": "image/png", "size": 1}
    command = evidence.AddEvidence.model_validate({**said, "sha256": piece})
    return world.do("enforcement", command, by(unit))


def proposed(world: World, case: UUID, from_unit: str, to_unit: str) -> None:
    command = ProposeTransfer(
        case_id=case, transfer_id=named("t", case), to_unit=to_unit, reason="industry"
    )
    assert world.do("routing", command, by(from_unit)) is None


def moved(world: World, case: UUID, from_unit: str, to_unit: str) -> None:
    proposed(world, case, from_unit, to_unit)
    settle(world)
    assert world.do("routing", AcceptTransfer(case_id=case), by(to_unit)) is None
    settle(world)


def handed_over(world: World) -> list[DossierHandedOver]:
    found = events(world, "DossierHandedOver")
    return [one for one in found if isinstance(one, DossierHandedOver)]


def names_of(items: Sequence[DossierItem]) -> list[str | UUID]:
    """Return evidence by its digest, everything else by its id."""
    return [one.sha256 if one.kind == "evidence" else one.id for one in items]  # type: ignore[misc]  # evidence has one


def test_f_2_2_3d_the_file_goes_with_the_receipt_of_a_transfer() -> None:
    world = begun()
    assert added(world, A, PIECES[0], "LC") is None
    settle(world)
    moved(world, A, "LC", "LI")
    (first,) = handed_over(world)
    assert (first.from_unit, first.to_unit, first.ground) == ("LC", "LI", "transferred")
    assert (first.hop, first.transfer_id) == (1, named("t", A))
    assert names_of(first.items) == [clue_id("A"), PIECES[0]]
    assert added(world, A, PIECES[1], "LI") is None
    settle(world)
    moved(world, A, "LI", "DO")
    second = handed_over(world)[-1]
    assert names_of(second.items) == [clue_id("A"), PIECES[0], PIECES[1]]
    assert (second.from_unit, second.hop) == ("LI", 2)


def test_f_2_2_3d_what_is_refused_or_not_received_hands_nothing_over() -> None:
    world = begun()
    proposed(world, A, "LC", "LI")
    settle(world)
    assert handed_over(world) == []
    refusal = RefuseTransfer(case_id=A, reason="industry", article="WPR 7")
    assert world.do("routing", refusal, by("LI")) is None
    settle(world)
    assert handed_over(world) == []


def test_f_2_2_3d_a_ruling_hands_over_and_one_for_the_owner_does_not() -> None:
    world = begun()
    assert rule(world, "A", "LC") is None
    assert handed_over(world) == []
    assert rule(world, "A", "DO") is None
    (done,) = handed_over(world)
    assert (done.ground, done.from_unit, done.to_unit) == ("ruled", "LC", "DO")
    assert done.items == (statement("A"),)


def test_f_2_2_3d_what_the_former_owner_took_in_meanwhile_follows() -> None:
    """Enforcement hears of the move after it kept the evidence."""
    world = begun()
    proposed(world, A, "LC", "LI")
    assert world.do("routing", AcceptTransfer(case_id=A), by("LI")) is None
    assert added(world, A, PIECES[0], "LC") is None
    settle(world)
    late = handed_over(world)[-1]
    assert (late.ground, late.from_unit, late.to_unit) == ("late", "LC", "LI")
    assert names_of(late.items) == [PIECES[0]]
    assert added(world, A, PIECES[1], "LI") is None
    settle(world)
    assert handed_over(world)[-1] == late


def test_f_2_2_3d_files_are_joined_and_parted_as_cases_are() -> None:
    world = begun()
    assert added(world, B, PIECES[0], "PO") is None
    settle(world)
    assert link(world, "B", "A", "DB", (1, 1)) is None
    settle(world)
    (joined,) = handed_over(world)
    assert (joined.case_id, joined.from_case_id, joined.ground) == (A, B, "merged")
    assert (joined.from_unit, joined.to_unit) == ("PO", "LC")
    here = world.state("enforcement", enforcement_known.KIND, A)
    assert here.came == {B: {PIECES[0]}}
    assert rule(world, "A", "LI") is None
    along = handed_over(world)[-1]
    assert names_of(along.items) == [clue_id("A"), clue_id("B"), PIECES[0]]
    settle(world)
    assert unlink(world, "B", "DB") is None
    settle(world)
    apart = handed_over(world)[-1]
    assert (apart.case_id, apart.from_case_id, apart.ground) == (B, A, "unlinked")
    assert names_of(apart.items) == [clue_id("B"), PIECES[0]]
    assert world.state("enforcement", enforcement_known.KIND, A).came == {}
    assert rule(world, "A", "DO") is None
    assert names_of(handed_over(world)[-1].items) == [clue_id("A")]
    assert world.findings == []


def test_f_2_2_3d_a_part_begins_with_what_its_case_had() -> None:
    world = begun()
    assert added(world, A, PIECES[0], "LC") is None
    settle(world)
    claims = world.state("enforcement", enforcement_known.KIND, A).claims
    command = SplitClaims(
        case_id=A, new_case_id=PART, claim_ids=claims[1:], ground="other_employer"
    )
    assert world.do("enforcement", command, by("LC")) is None
    settle(world)
    (split,) = handed_over(world)
    assert (split.case_id, split.from_case_id, split.ground) == (PART, A, "split")
    assert names_of(split.items) == [clue_id("A"), PIECES[0]]
    assert added(world, A, PIECES[1], "LC") is None
    moved(world, PART, "LC", "LI")
    assert names_of(handed_over(world)[-1].items) == [clue_id("A"), PIECES[0]]
    noted = world.state("enforcement", enforcement_known.KIND, PART)
    assert noted.came == {A: {PIECES[0]}}
    # The author is told of the case that holds the clue, and that one did not move.
    assert "file_along" not in lines_of(world, "A")
    assert world.findings == []


def lines_of(world: World, name: str) -> list[str]:
    case = case_id(clue_id(name))
    streams = (f"clue-{clue_id(name)}", f"known-{case}")
    own = [r for r in world.said if r.service == "intake" and r.stream in streams]
    clue = [r for r in own if r.stream == streams[0]]
    return [one.key for one in story(clue, [r for r in own if r not in clue]).lines]


@pytest.mark.parametrize("name", ["A", "B"])
def test_f_2_2_3d_the_worker_reads_that_nothing_is_to_be_handed_in_again(
    name: str,
) -> None:
    """Of a clue that was linked to the moved one, too."""
    world = begun()
    assert link(world, "B", "A", "DB", (1, 1)) is None
    settle(world)
    assert "file_along" not in lines_of(world, name)
    moved(world, A, "LC", "LI")
    assert lines_of(world, name).count("file_along") == 1


def test_f_2_2_3d_before_its_receipt_the_receiver_opens_no_file() -> None:
    world = begun()
    proposed(world, A, "LC", "LI")
    settle(world)

    def opens(unit: str) -> bool:
        noted = world.state("enforcement", enforcement_known.KIND, A)
        enforcement_known.visible(noted, by(unit).actor)
        try:
            enforcement_known.file_open(noted, by(unit).actor)
        except NotYours as refused:
            assert refused.may == ("LC",)  # noqa: PT017 -- both ways are asked
            return False
        return True

    def named_to(unit: str) -> bool:
        noted = world.state("intake", intake_known.KIND, A)
        intake_known.visible(noted, "LC", by(unit).actor)
        try:
            intake_known.persons_open(noted, "LC", "named", by(unit).actor)
        except NotVisible:
            return False
        return True

    assert (opens("LC"), opens("LI"), opens("DB")) == (True, False, True)
    assert (named_to("LC"), named_to("LI"), named_to("DB")) == (True, False, True)
    assert world.do("routing", AcceptTransfer(case_id=A), by("LI")) is None
    settle(world)
    assert opens("LI")
    assert named_to("LI")
    # The former owner reads on what it once handed over.
    assert opens("LC")


def test_f_2_2_3d_what_the_worker_was_asked_is_part_of_the_file() -> None:
    asked = DeadlinePaused.model_validate(
        {
            "deadline_id": named("d"),
            "clock": "CLK-02",
            "case_id": A,
            "reason": "correction",
            "article": "18",
            "paused_on": "2024-03-04",
        }
    )
    other = asked.model_copy(update={"reason": "other"})
    noted, left = recorded(told("deadline-x", asked, other, unit="DB"))
    (command,) = note_item(noted)
    assert command.model_dump()["item"]["kind"] == "request"
    assert command.model_dump()["by_unit"] == "DB"
    assert note_item(left) == []


def test_f_2_2_3d_evidence_is_named_by_its_event_and_its_bytes() -> None:
    said = {"case_id": A, "kind": "photo", "media_type": "image/png", "size": 1}
    piece = EvidenceAdded.model_validate({**said, "sha256": PIECES[0]})
    (one,) = recorded(told(f"evidence-{A}", piece))
    (command,) = note_item(one)
    item = {"kind": "evidence", "id": one.id, "sha256": PIECES[0]}
    assert command.model_dump()["item"] == item


def test_f_2_2_3d_former_owners_watch_and_the_page_lists_each_hand_over() -> None:
    world = begun()
    moved(world, A, "LC", "LI")
    moved(world, A, "LI", "DO")
    (row,) = rows(view.VIEW, world.said).values()
    assert (row.case_id, row.watchers) == (A, ("LC", "LI"))
    found = [(one.from_unit, one.to_unit, one.hop) for one in row.hand_overs]
    assert found == [("LC", "LI", 1), ("LI", "DO", 2)]
    assert [one.kind for one in row.hand_overs[0].items] == ["statement"]
