"""The transfer flow: each case's way, sums that conserve, a picture that shows it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.console.flow_drawing import laid_out, sankey
from services.reporting.reading.hops import Place, Way, way_of
from services.reporting.reading.transfer_flow import flow_of

SVG = "{http://www.w3.org/2000/svg}"
Said = tuple[str, Mapping[str, Any]]
ASSIGNED: Said = ("CaseAssigned", {"unit": "LC"})
REFUSED: Said = ("TransferRefused", {"from_unit": "LC", "refused_by": "LI"})


def case(unit: str | None, closed: str | None = None) -> Mapping[str, Any]:
    return {
        "case_id": UUID(int=1),
        "channel": "window",
        "first_asked_unit": "LC",
        "unit": unit,
        "closed": closed,
    }


def moved(to: str) -> Said:
    return ("CaseTransferred", {"from_unit": "LC", "to_unit": to})


def ruled(to: str) -> Said:
    return ("OwnershipRuled", {"from_unit": "LC", "to_unit": to})


def told(way: Way) -> list[str]:
    return [str(one) for one in way.strands]


def test_a_case_that_never_moved_goes_from_its_first_unit_to_the_lead_at_once() -> None:
    assert told(way_of(case("LC"), [ASSIGNED])) == [
        "channel:window>first:LC:came",
        "first:LC>lead:LC:kept",
        "lead:LC>outcome:open:ended",
    ]


def test_a_refusal_is_a_loop_and_a_return_is_a_bounce() -> None:
    """F-2.2.3b: refused once, sent on, back where it was, then ruled."""
    events = [ASSIGNED, REFUSED, moved("LI"), moved("LC"), ruled("DO")]
    assert told(way_of(case("DO", "paid"), events))[1:] == [
        "first:LC>hop-1:LC:bounced",
        "hop-1:LC>hop-2:LI:moved",
        "hop-2:LI>hop-3:LC:bounced",
        "hop-3:LC>lead:DO:ruled",
        "lead:DO>outcome:paid:ended",
    ]


def test_back_at_any_unit_that_held_it_before_is_a_bounce() -> None:
    """F-2.2.3b: the first one is such a unit, also where no event says it held it."""
    again = [ASSIGNED, moved("LI"), moved("DO"), moved("LI")]
    assert told(way_of(case("LI"), again))[-2] == "hop-2:DO>lead:LI:bounced"
    first = told(way_of(case("LC"), [moved("LI"), moved("LC")]))
    assert first[-2] == "hop-1:LI>lead:LC:bounced"


def test_a_flow_counts_what_moved_what_came_back_and_its_fullest_places_first() -> None:
    stayed = way_of(case("LC"), [ASSIGNED])
    went = way_of(case("LI"), [ASSIGNED, moved("LI")])
    back = way_of(case("LC"), [ASSIGNED, moved("LI"), moved("LC")])
    flow = flow_of([stayed, went, went, back])
    assert (flow.cases, flow.moved, flow.bounced) == (4, 3, 1)
    leads = [(place.code, number) for place, number in flow.of("lead")]
    assert leads == [("LC", 2), ("LI", 2)]
    more = flow_of([stayed, went, went, back, went])
    assert [place.code for place, _ in more.of("lead")] == ["LI", "LC"]


def test_a_lead_whom_no_event_names_is_a_step_all_the_same() -> None:
    assert told(way_of(case("R1"), []))[1] == "first:LC>lead:R1:moved"
    assert told(way_of(case(None), []))[1] == "first:LC>lead:none:moved"


UNITS = st.sampled_from(["LC", "LI", "DO", "R1"])
STEPS = st.lists(st.one_of(st.just(REFUSED), UNITS.map(moved), UNITS.map(ruled)))


@st.composite
def ways(draw: st.DrawFn) -> Way:
    events: Sequence[Said] = [ASSIGNED, *draw(STEPS)]
    units = [said["to_unit"] for _, said in events if "to_unit" in said]
    closed = draw(st.sampled_from([None, "paid", "merged"]))
    return way_of(case(units[-1] if units else "LC", closed), events)


@given(st.lists(ways(), max_size=12))
def test_each_columns_sum_is_the_number_of_cases_that_reached_it(
    gone: list[Way],
) -> None:
    flow = flow_of(gone)
    for column in flow.columns:
        reached = sum(any(p.column == column for p in way.places) for way in gone)
        assert flow.sum(column) == reached
    for column in ("channel", "first", "lead", "outcome"):
        assert flow.sum(column) == flow.cases == len(gone)
    into: Counter[Place] = Counter()
    out: Counter[Place] = Counter()
    for strand, number in flow.strands.items():
        out[strand.start] += number
        into[strand.end] += number
    for place, number in flow.places.items():
        assert place.column == "channel" or into[place] == number
        assert place.column == "outcome" or out[place] == number
    for strand, number in flow.strands.items():
        assert sum(way.goes(str(strand)) for way in gone) == number
    layout = laid_out(flow)
    for strand in flow.strands:
        assert layout.x(strand.start) < layout.x(strand.end), "no cycle: hops unrolled"


def drawn(*gone: Way) -> ET.Element:
    def say(text: str) -> str:
        return text

    named = dict.fromkeys(("title", "column", "place", "strand"), say)
    picture = sankey(flow_of(gone), named, lambda text: f"/l?flow={text}")
    return ET.fromstring(picture)  # noqa: S314 -- drawn here


def test_what_came_back_is_hatched_marked_and_drawn_last() -> None:
    plain = way_of(case("LC"), [ASSIGNED])
    back = way_of(case("LC"), [ASSIGNED, REFUSED])
    picture = drawn(*[plain] * 500, back)
    strands = picture.findall(f".//{SVG}path")
    assert strands[-1].get("class") == "strand bounced"
    assert strands[-1].get("fill") == "url(#hatch)"
    assert [one.get("fill") for one in strands[:-1]] == [None] * (len(strands) - 1)
    marks = [one.text for one in picture.iter(f"{SVG}text") if one.get("class")]
    assert "↺ 1" in marks


def test_every_place_and_strand_of_the_picture_opens_its_cases() -> None:
    gone = (way_of(case("LI"), [ASSIGNED, moved("LI")]), way_of(case("LC"), [ASSIGNED]))
    links = {one.get("href") for one in drawn(*gone).iter(f"{SVG}a")}
    flow = flow_of(gone)
    assert links == {f"/l?flow={one}" for one in (*flow.places, *flow.strands)}
