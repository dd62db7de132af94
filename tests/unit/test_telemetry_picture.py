"""A picture of a complaint: lanes, bars, arrows, the longest chain, and its table."""

from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.traces.picture import Picture, picture_of
from services.reporting.traces.scale import IDLE_NS, scale_of
from services.reporting.traces.span import Key, Kind, Link, StoredSpan
from services.reporting.traces.timeline import MOST_DRAWN, table, timeline, title
from services.reporting.traces.words import WORDS, Language, lasted

DAY = 86_400_000_000_000
MS = 1_000_000
START = 1_700_000_000_000_000_000


def span(
    number: int, service: str, operation: str, *, at: int, **more: Any
) -> StoredSpan:
    took, parent = more.pop("took", 2 * MS), more.pop("parent", None)
    told: dict[str, Any] = {
        "kind": Kind.INTERNAL,
        "failed": False,
        "correlation_id": None,
        "case_id": None,
        "attributes": {},
    }
    return StoredSpan(
        trace_id=f"{more.pop('trace', 1):032x}",
        span_id=f"{number:016x}",
        parent_id=f"{parent:016x}" if parent else None,
        service=service,
        operation=operation,
        started_ns=START + at,
        ended_ns=START + at + took,
        **(told | more),
    )


def key(number: int, trace: int = 1) -> Key:
    return f"{trace:032x}", f"{number:016x}"


DOOR = span(1, "intake", "POST /v1/complaints", at=0, took=9 * MS)
DECIDE = span(2, "intake", "decide RegisterComplaint", at=MS, parent=1)
SEND = span(3, "intake", "send qingxin.intake.v1", at=12 * MS, trace=2)
PROCESS = span(
    4, "routing", "process qingxin.intake.v1", at=3 * DAY, took=8 * MS, trace=3
)
OPEN = span(5, "routing", "decide OpenCase", at=3 * DAY + MS, parent=4, trace=3)
LINKS = [
    Link(key(3, 2), 0, key(2), event_type="ClueRegistered"),
    Link(key(4, 3), 0, key(2), event_type="ClueRegistered"),
    Link(key(4, 3), 1, key(2), event_type="ReceiptIssued"),
    Link(key(4, 3), 2, key(99), event_type="Elsewhere"),
]
SPANS = [OPEN, SEND, DOOR, PROCESS, DECIDE]


@pytest.fixture
def picture() -> Picture:
    return picture_of(SPANS, LINKS)


def test_spans_stand_in_the_order_they_started(picture: Picture) -> None:
    assert picture.spans == (DOOR, DECIDE, SEND, PROCESS, OPEN)
    assert picture.lanes == ("intake", "routing")


def test_edges_are_parents_and_links_between_what_is_there(picture: Picture) -> None:
    assert picture.edge_set() == {
        ("intake", DOOR.operation, "intake", DECIDE.operation),
        ("intake", DECIDE.operation, "intake", SEND.operation),
        ("intake", DECIDE.operation, "routing", PROCESS.operation),
        ("routing", PROCESS.operation, "routing", OPEN.operation),
    }


def test_messages_between_two_spans_are_one_arrow_with_their_types(
    picture: Picture,
) -> None:
    (arrow,) = [e for e in picture.edges if e.effect == PROCESS.key]
    assert arrow.event_types == ("ClueRegistered", "ReceiptIssued")


def test_the_longest_chain_leads_from_the_door_to_what_ended_last(
    picture: Picture,
) -> None:
    assert picture.critical == (DOOR.key, DECIDE.key, PROCESS.key)


def test_a_ring_of_links_ends() -> None:
    ring = [Link(DOOR.key, 0, DECIDE.key), Link(DECIDE.key, 0, DOOR.key)]
    assert len(picture_of([DOOR, DECIDE], ring).critical) == 2


def test_nothing_makes_an_empty_picture() -> None:
    picture = picture_of([], [])
    assert picture.critical == ()
    assert timeline(picture, "zh") == ""


def test_the_svg_is_whole_and_says_what_it_shows(picture: Picture) -> None:
    drawing = ET.fromstring(timeline(picture, "zh"))  # noqa: S314  # our own text
    space = "{http://www.w3.org/2000/svg}"
    heading = drawing.find(f"{space}title")
    assert heading is not None
    assert heading.text == "5 步，2 个服务，最长一环：process qingxin.intake.v1"
    assert drawing.get("role") == "img"
    assert len(drawing.findall(f".//{space}rect")) == 5
    arrows = drawing.findall(f"{space}path")
    assert [a.get("class") for a in arrows].count("link") == 2
    lanes = [t.text for t in drawing.findall(f"{space}g[@class='lane']/{space}text")]
    assert lanes == ["受理 intake", "分派 routing"]


def test_idle_days_shrink_to_a_mark(picture: Picture) -> None:
    assert "3 d idle" in timeline(picture, "en")
    assert "停 3 d" in timeline(picture, "zh")


class Cells(HTMLParser):
    """Collects the rows of a table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "tr":
            self.rows.append([])
            self.ids.append(told.get("id") or "")
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        elif tag == "a":
            self.links.append(told.get("href") or "")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()


def test_the_table_says_the_same_as_the_picture(picture: Picture) -> None:
    cells = Cells(table(picture, "en"))
    assert [row[1] for row in cells.rows[1:]] == [s.operation for s in picture.spans]
    process = cells.rows[4]
    assert process[2] == "2023-11-17 22:13:20.000"
    assert process[3] == "8 ms"
    assert "by message intake: decide RegisterComplaint" in process[4]
    assert "ClueRegistered, ReceiptIssued" in process[4]
    assert process[5] == "done · longest chain"


def test_every_bar_and_cause_leads_to_a_row_of_the_table(picture: Picture) -> None:
    cells = Cells(table(picture, "zh"))
    bars = Cells(timeline(picture, "zh"))
    assert len(bars.links) == 5
    for link in [*cells.links, *bars.links]:
        assert link.removeprefix("#") in cells.ids


def test_what_failed_and_what_was_refused_is_said() -> None:
    failed = span(1, "intake", "a", at=0, failed=True, attributes={"error.type": "E"})
    refused = span(2, "intake", "b", at=1, attributes={"qingxin.rejected": "too-late"})
    rows = Cells(table(picture_of([failed, refused], []), "zh")).rows
    assert rows[1][5].startswith("出错 E")
    assert rows[2][5].startswith("未准：too-late")


def test_an_operation_cannot_write_markup() -> None:
    evil = span(1, "<b>x", '"><script>alert(1)</script>', at=0)
    shown = picture_of([evil], [])
    for html in (timeline(shown, "en"), table(shown, "en")):
        assert "<script>" not in html
        assert "<b>" not in html


def test_a_long_story_is_drawn_in_part_and_told_in_whole() -> None:
    many = [span(n + 1, "intake", f"step {n}", at=n) for n in range(MOST_DRAWN + 5)]
    shown = picture_of(many, [], cut=True)
    assert "只画前 300 步" in timeline(shown, "zh")
    assert len(Cells(table(shown, "zh")).rows) == MOST_DRAWN + 6
    assert "步骤过多" in title(shown, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_is_there_in_both_languages(language: Language) -> None:
    texts = [both[0] if language == "zh" else both[1] for both in WORDS.values()]
    assert all(texts)
    assert all(text.isascii() for text in texts) is (language == "en")


@pytest.mark.parametrize(
    ("nanoseconds", "said"),
    [(0, "0 ns"), (1500, "1.5 µs"), (2 * MS, "2 ms"), (3 * DAY, "3 d")],
)
def test_a_duration_is_said_for_people(nanoseconds: int, said: str) -> None:
    assert lasted(nanoseconds) == said


intervals = st.lists(
    st.tuples(st.integers(0, 40 * IDLE_NS), st.integers(0, 3 * IDLE_NS)),
    min_size=1,
    max_size=30,
)


@given(intervals)
def test_later_is_never_drawn_further_left(given_: list[tuple[int, int]]) -> None:
    spans = [(start, start + took) for start, took in given_]
    scale = scale_of(spans)
    moments = sorted(moment for pair in spans for moment in pair)
    places = [scale.place(moment) for moment in moments]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)


@given(intervals)
def test_every_long_rest_is_marked_once(given_: list[tuple[int, int]]) -> None:
    spans = [(start, start + took) for start, took in given_]
    scale = scale_of(spans)
    assert len(scale.rests) == len(scale.starts) - 1
    assert all(rest.lasted_ns > IDLE_NS for rest in scale.rests)
