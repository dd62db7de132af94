"""Over any history of links every claim and sum is conserved (domain §5.9, 4)."""

from random import Random
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from libs.events.contracts.groups import ClaimsSplitOff
from libs.events.contracts.routing import CaseClosed, CaseOpened, CaseReopened
from libs.ids import case_id, claim_id, named
from services.enforcement import claim
from services.enforcement import known as enforcement_known
from services.enforcement.splitting import SplitClaims
from services.enforcement.verification import WithdrawClaim
from services.intake import duplicates
from services.reporting.views import case as case_view
from services.reporting.views import claim as claim_view
from services.reporting.views import link as link_view
from services.routing import case
from tests.histories import many
from tests.unit.offices import by
from tests.unit.three_services import World
from tests.unit.told_clues import (
    clue_id,
    conclude,
    events,
    link,
    register,
    reply,
    rows,
    rule,
    unlink,
)

NAMES = "ABCD"
UNITS = ("LC", "LI", "DO")
CLAIMED = {"A": (7400, 6200), "B": (8000, 6200), "C": (5100,), "D": (900, 800)}
ALL = sum(sum(amounts) for amounts in CLAIMED.values()) * 100

acts = st.one_of(
    st.tuples(st.just("link"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("unlink"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("rule"), st.sampled_from(NAMES), st.sampled_from(UNITS)),
    st.tuples(st.just("withdraw"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("conclude"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("reply"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("split"), st.sampled_from(NAMES), st.sampled_from("12")),
)


def do(world: World, act: tuple[str, str, str]) -> None:
    """Do an act as whoever may; most orders of acts are refused somewhere."""
    name, clue, more = act
    holder = world.state("routing", case.KIND, case_id(clue_id(clue))).unit
    match name:
        case "link":
            pairs = [(1, 1)] if clue < more else [(1, 1), (2, 2)]
            link(world, clue, more, "DB", *pairs)
        case "unlink":
            unlink(world, clue, "DB")
        case "rule":
            rule(world, clue, more)
        case "withdraw":
            this = claim_id(clue_id(clue), 1)
            command = WithdrawClaim(
                case_id=case_id(clue_id(clue)), claim_id=this, reason="own-wish"
            )
            world.do("enforcement", command, by("DB"))
        case "conclude":
            conclude(world, clue)
        case "split":
            split(world, clue, int(more))
        case _:
            reply(world, clue, holder or "LC")


def split(world: World, name: str, ordinal: int) -> None:
    """Split a claim off whatever case it is in now."""
    this = claim_id(clue_id(name), ordinal)
    held = world.state("enforcement", claim.KIND, this)
    command = SplitClaims(
        case_id=held.case_id or this,
        new_case_id=named("test-part", len(world.said)),
        claim_ids=(this,),
        ground="other_forum",
    )
    world.do("enforcement", command, by("DB"))


def parts(world: World) -> dict[UUID, UUID]:
    """Return each claim that was split off, and the last case that it was split to."""
    found: dict[UUID, UUID] = {}
    for one in events(world, "ClaimsSplitOff"):
        assert isinstance(one, ClaimsSplitOff)
        found |= dict.fromkeys(one.claim_ids, one.new_case_id)
    return found


def lived(history: list[tuple[str, str, str]], seed: int) -> World:
    dice = Random(seed)
    world = World(frozenset({"hear-event"}))
    for name, amounts in CLAIMED.items():
        register(world, name, "LC", *amounts)
    world.settle(dice.randrange)
    for act in history:
        do(world, act)
        # Whoever acts next may act on what was not heard everywhere yet.
        world.settle(dice.randrange, dice.randrange(40))
    world.settle(dice.randrange)
    return world


def heads(world: World) -> dict[str, str]:
    """Return by intake's links, of each clue, the one that counts."""
    names = {clue_id(name): name for name in NAMES}
    found = {}
    for name in NAMES:
        links = world.state("intake", duplicates.KIND, clue_id(name))
        found[name] = names[links.duplicate_of] if links.duplicate_of else name
    return found


def cases(world: World) -> list[UUID]:
    """Return the cases of all clues, and those that were split off."""
    opened = events(world, "CaseOpened")
    return [one.case_id for one in opened if isinstance(one, CaseOpened)]


HISTORIES = st.lists(acts, max_size=9), st.integers(0, 1000)
# Of two merges of one case enforcement hears the later first, in one of five orders.
AWAY_AND_ELSEWHERE = [("link", "A", "D"), ("unlink", "A", ""), ("link", "A", "B")]

# A link is heard before the un-linking, on another clue's stream, that made it lawful.
ROUND_ABOUT = [
    *[("unlink", "A", ""), ("link", "D", "B"), ("unlink", "A", "")],
    *[("unlink", "A", ""), ("unlink", "D", ""), ("link", "B", "A")],
]


@given(*HISTORIES)
@example(AWAY_AND_ELSEWHERE, 4)
@example(AWAY_AND_ELSEWHERE, 5)
@settings(max_examples=many(40), deadline=None)
def test_no_claim_is_lost_made_or_counted_twice(
    history: list[tuple[str, str, str]], seed: int
) -> None:
    """Invariants 2 and 4; identity 3: rows = counted + duplicate + withdrawn.

    What was split off stays where it is, whatever becomes of its clue.
    """
    world = lived(history, seed)
    assert world.findings == []
    head, apart = heads(world), parts(world)
    for name, amounts in CLAIMED.items():
        for ordinal in range(1, len(amounts) + 1):
            this = claim_id(clue_id(name), ordinal)
            one = world.state("enforcement", claim.KIND, this)
            assert one.case_id == apart.get(this, case_id(clue_id(head[name])))
            assert one.opened_in == case_id(clue_id(name))
            if head[name] == name:
                assert one.duplicate_of is None
    listed = [
        one
        for case in cases(world)
        for one in world.state("enforcement", enforcement_known.KIND, case).claims
    ]
    assert len(listed) == len(set(listed)) == sum(map(len, CLAIMED.values()))
    found = rows(claim_view.VIEW, world.said).values()
    assert sum(row.claimed or 0 for row in found) == ALL
    counted = sum(row.claimed or 0 for row in found if row.counted)
    twice = sum(row.claimed or 0 for row in found if row.duplicate_of is not None)
    given_up = [row for row in found if row.withdrawn and row.duplicate_of is None]
    assert counted + twice + sum(row.claimed or 0 for row in given_up) == ALL


@given(*HISTORIES)
@example(ROUND_ABOUT, 870)
@example([*ROUND_ABOUT[:-1], ("link", "B", "C"), ("rule", "B", "LI")], 871)
@example([("link", "A", "B"), ("unlink", "A", ""), ("link", "B", "A")], 0)
@settings(max_examples=many(40), deadline=None)
def test_cases_are_merged_as_their_clues_are_linked(
    history: list[tuple[str, str, str]], seed: int
) -> None:
    """Invariant 1; identities 1, 2: S07 = S06 − linked + unlinked; one owner each."""
    world = lived(history, seed)
    head = heads(world)
    held = {
        name: world.state("routing", case.KIND, case_id(clue_id(name)))
        for name in NAMES
    }
    for name in NAMES:
        members = {case_id(clue_id(one)) for one in NAMES if head[one] == name != one}
        assert set(held[name].members) == members
        assert held[name].unit == held[head[name]].unit is not None
        if held[name].merged:
            assert head[name] != name
    opened, closed, again = (
        len(events(world, word.name)) for word in (CaseOpened, CaseClosed, CaseReopened)
    )
    every = {one: world.state("routing", case.KIND, one) for one in cases(world)}
    still = sum(one.closed is None for one in every.values())
    assert still == opened - closed + again
    shown = rows(case_view.VIEW, world.said).values()
    assert {row.case_id: row.unit for row in shown} == {
        one: held.unit for one, held in every.items()
    }
    assert {row.case_id for row in shown} == set(every)
    known = {
        one: world.state("enforcement", enforcement_known.KIND, one).unit
        for one in every
    }
    assert known == {one: held.unit for one, held in every.items()}
    linked, undone = (
        len(events(world, word)) for word in ("ClueLinkedAsDuplicate", "ClueUnlinked")
    )
    assert len(rows(link_view.VIEW, world.said)) == linked - undone
    assert len(set(head.values())) == len(NAMES) - linked + undone
