"""Pictures drawn on the server: the way to zero, and a case's causes over services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from markupsafe import Markup

from services.reporting.console.words import Words
from services.reporting.reading.board import Board, DayEnd
from services.reporting.reading.trail import Happened

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 26, 24, 34
WEEK = timedelta(days=7)
# What was told at each day's end lies below what is known of it now.
LINES = ("clues_told", "cases_told", "clues", "cases")
LANES = ("intake", "routing", "enforcement", "reporting")
LANE_HEIGHT, LANE_LEFT, STEP = 42, 110, 26
MOST_DOTS = 200


@dataclass(frozen=True)
class Scale:
    """Where a day and a number stand in the picture."""

    starts: date
    ends: date
    most: int

    def x(self, on: date) -> float:
        whole = max(1, (self.ends - self.starts).days)
        share = (on - self.starts).days / whole
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, number: float) -> float:
        return HEIGHT - BOTTOM - number / self.most * (HEIGHT - TOP - BOTTOM)


def burn_down(board: Board, words: Words) -> Markup:
    """Return the picture of what is open at each day's end, and the line to zero."""
    if board.campaign is None or not board.days:
        return Markup("")
    peak = max(board.days, key=lambda one: one.cases)
    highest = max(1, *(max(getattr(d, line) for line in LINES) for d in board.days))
    starts, ends = board.campaign.starts_on, board.campaign.ends_on
    scale = Scale(starts, max(ends, board.days[-1].day), _round_up(highest))
    parts = [
        Markup(
            '<svg class="picture" viewBox="0 0 {} {}" role="img"'
            ' aria-labelledby="burn-title" xmlns="http://www.w3.org/2000/svg">'
            '<title id="burn-title">{}</title>'
        ).format(WIDTH, HEIGHT, finding(board, words)),
        *_grid(scale),
        _target(peak, ends, scale),
        *(_line(board.days, line, scale) for line in LINES),
        *_ends(board.days[-1], scale, words),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


def finding(board: Board, words: Words) -> str:
    """Return what the picture shows, in one sentence."""
    if not board.days:
        return words("board.nothing")
    last = board.days[-1]
    before = next(
        (one for one in board.days if one.day == last.day - WEEK), board.days[0]
    )
    change = last.cases - before.cases
    key = "fewer" if change < 0 else "more" if change > 0 else "same"
    return words(
        f"board.finding-{key}",
        cases=last.cases,
        clues=last.clues,
        change=abs(change),
        left=board.days_left,
    )


def _round_up(number: int) -> int:
    step = 5 if number <= 50 else 20 if number <= 200 else 100  # noqa: PLR2004 -- sizes of a grid
    return -(-number // step) * step


def _grid(scale: Scale) -> Iterator[Markup]:
    for part in range(6):
        number = scale.most * part / 5
        y = scale.y(number)
        yield Markup(
            '<line class="grid" x1="{0}" x2="{1}" y1="{2:.1f}" y2="{2:.1f}"/>'
            '<text x="{3}" y="{4:.1f}" text-anchor="end">{5:.0f}</text>'
        ).format(LEFT, WIDTH - RIGHT, y, LEFT - 6, y + 4, number)
    day = scale.starts
    while day <= scale.ends:
        x = scale.x(day)
        yield Markup(
            '<line class="tick" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>'
            '<text x="{0:.1f}" y="{3}" text-anchor="middle">{4:%m-%d}</text>'
        ).format(x, HEIGHT - BOTTOM, HEIGHT - BOTTOM + 4, HEIGHT - BOTTOM + 18, day)
        day += WEEK


def _target(peak: DayEnd, ends: date, scale: Scale) -> Markup:
    return Markup(
        '<line class="target" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>'
    ).format(scale.x(peak.day), scale.y(peak.cases), scale.x(ends), scale.y(0))


def _line(days: Sequence[DayEnd], what: str, scale: Scale) -> Markup:
    points = " ".join(
        f"{scale.x(one.day):.1f},{scale.y(getattr(one, what)):.1f}" for one in days
    )
    mark = what.replace("_", " ")
    return Markup('<polyline class="{}" points="{}"/>').format(mark, points)


def _ends(last: DayEnd, scale: Scale, words: Words) -> Iterator[Markup]:
    """Name each line where it ends: no legend to look up, no colour to tell apart."""
    x = scale.x(last.day)
    places = {"cases": scale.y(last.cases), "clues": scale.y(last.clues)}
    if abs(places["cases"] - places["clues"]) < 16:  # noqa: PLR2004 -- a line of text
        places["clues" if last.clues < last.cases else "cases"] += 16
    right = x > WIDTH * 0.8
    for what, y in places.items():
        said = words(f"board.end-{what}", n=getattr(last, what))
        yield Markup(
            '<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3.5"/>'
            '<text class="name" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
        ).format(
            what,
            x,
            scale.y(getattr(last, what)),
            x - 8 if right else x + 8,
            y - 8,
            "end" if right else "start",
            said,
        )


def story_picture(trail: Sequence[Happened], words: Words) -> Markup:
    """Return a case's events as dots, a lane a service, an arc from cause to effect."""
    events = list(trail)[:MOST_DOTS]
    if not events:
        return Markup("")
    lanes = [lane for lane in LANES if any(e.service == lane for e in events)]
    width = max(480, LANE_LEFT + STEP * len(events) + 20)
    height = LANE_HEIGHT * len(lanes) + 16
    places = {
        event.event_id: (
            LANE_LEFT + STEP * index + 10,
            LANE_HEIGHT * lanes.index(event.service) + 28,
        )
        for index, event in enumerate(events)
    }
    parts = [
        Markup(
            '<svg class="causes" width="{0}" height="{1}" viewBox="0 0 {0} {1}"'
            ' role="img" aria-labelledby="causes-title"'
            ' xmlns="http://www.w3.org/2000/svg"><title id="causes-title">{2}</title>'
        ).format(
            width, height, words("story.picture", n=len(events), lanes=len(lanes))
        ),
        *_lanes(lanes, width, words),
        *_arcs(events, places),
        *_dots(events, places, words),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


Places = dict[UUID, tuple[int, int]]


def _lanes(lanes: Sequence[str], width: int, words: Words) -> Iterator[Markup]:
    for index, lane in enumerate(lanes):
        y = LANE_HEIGHT * index + 28
        yield Markup(
            '<line class="lane" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="4" y="{}">{}</text>'
        ).format(LANE_LEFT - 8, width - 8, y, y, y + 4, words.of("service", lane))


def _arcs(events: Sequence[Happened], places: Places) -> Iterator[Markup]:
    for event in events:
        if event.causation_id is None or event.causation_id not in places:
            continue
        x1, y1 = places[event.causation_id]
        x2, y2 = places[event.event_id]
        lift = 18 if y1 == y2 else 0
        yield Markup('<path class="arc" d="M{} {} C{} {} {} {} {} {}"/>').format(
            x1, y1, (x1 + x2) // 2, y1 - lift, (x1 + x2) // 2, y2 - lift, x2, y2
        )


def _dots(events: Sequence[Happened], places: Places, words: Words) -> Iterator[Markup]:
    for event in events:
        x, y = places[event.event_id]
        yield Markup(
            '<circle class="{}" cx="{}" cy="{}" r="6"><title>{} · {}</title></circle>'
        ).format(
            event.service,
            x,
            y,
            words.of("event", event.type),
            event.recorded_at.date().isoformat(),
        )
