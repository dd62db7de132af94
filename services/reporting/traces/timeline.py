"""A picture as a page shows it: an SVG timeline, and the same as a table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from services.reporting.traces.picture import Picture
from services.reporting.traces.scale import Scale, scale_of
from services.reporting.traces.span import Key, StoredSpan
from services.reporting.traces.words import Language, lasted, service_name, word

MOST_DRAWN = 300

_WIDTH = 1000
_NAMES = 330
_BAR = 14
_ROW = 22
_LANE = 26
_TOP = 24
_THINNEST = 2.0
_LONGEST_NAME = 44
_REST_WORDS = 70
# Told apart without colour too: each lane is headed by its name.
_FILLS = ("#1b5e9b", "#8a4b08", "#2f6b3a", "#6a3d8f", "#5a5a5a")


def title(picture: Picture, language: Language) -> str:
    """Return the finding: how many steps, where, and where the longest chain ends."""
    by_key = {span.key: span for span in picture.spans}
    last = by_key[picture.critical[-1]].operation if picture.critical else "-"
    lanes = len(picture.lanes)
    said = word("title", language, spans=len(picture.spans), lanes=lanes, last=last)
    if picture.missing:
        said += f" · {word('incomplete', language, n=len(picture.missing))}"
    if picture.cut:
        said += f" · {word('cut', language, n=len(picture.spans))}"
    return said


def timeline(picture: Picture, language: Language) -> str:
    """Return the picture as SVG: a lane a service, a bar a span, an arrow a cause.

    Idle time is left out and marked. Bars are links to the rows of `table`.
    """
    drawn = picture.spans[:MOST_DRAWN]
    if not drawn:
        return ""
    rows, headings, height = _rows(picture, drawn)
    scale = scale_of((span.started_ns, span.ended_ns) for span in drawn)
    parts = [
        _OPENING.format(width=_WIDTH, height=height),
        f'<title id="timeline-title">{escape(title(picture, language))}</title>',
        _ARROWHEAD,
        *_rests(scale, height, language),
        *_headings(headings, language),
        *_arrows(picture, rows, scale),
        *_bars(picture, drawn, rows, scale),
        "</svg>",
    ]
    if len(drawn) < len(picture.spans):
        parts.append(f"<p>{escape(word('not-drawn', language, n=MOST_DRAWN))}</p>")
    return "\n".join(parts)


_OPENING = (
    '<svg class="timeline" viewBox="0 0 {width} {height}" role="img"'
    ' aria-labelledby="timeline-title" xmlns="http://www.w3.org/2000/svg">'
)
_ARROWHEAD = (
    '<defs><marker id="arrow" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6"'
    ' markerHeight="6" orient="auto"><path d="M0 0 6 3 0 6z" fill="#444"/></marker>'
    "</defs>"
)


def _rows(
    picture: Picture, drawn: tuple[StoredSpan, ...]
) -> tuple[dict[Key, int], dict[str, int], int]:
    """Return the y of each span and lane heading, and the height of all."""
    rows: dict[Key, int] = {}
    headings: dict[str, int] = {}
    y = _TOP
    for lane in picture.lanes:
        headings[lane] = y + 16
        y += _LANE
        for span in drawn:
            if span.service == lane:
                rows[span.key] = y
                y += _ROW
    return rows, headings, y + 8


def _x(scale: Scale, moment_ns: int) -> float:
    return _NAMES + scale.place(moment_ns) * (_WIDTH - _NAMES - 10)


def _rests(scale: Scale, height: int, language: Language) -> Iterator[str]:
    written = 0.0
    for rest in scale.rests:
        x = _NAMES + rest.at * (_WIDTH - _NAMES - 10)
        said = escape(word("rest", language, time=lasted(rest.lasted_ns)))
        line = (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{height}"'
            f' stroke="#767676" stroke-dasharray="3 3"><title>{said}</title></line>'
        )
        # A pause close to the last one keeps its line; its words would lie on others.
        words = ""
        if x - written >= _REST_WORDS:
            written = x
            words = (
                f'<text x="{min(x, _WIDTH - 36):.1f}" y="14" text-anchor="middle"'
                f' font-size="10">{said}</text>'
            )
        yield f'<g class="rest">{line}{words}</g>'


def _headings(headings: dict[str, int], language: Language) -> Iterator[str]:
    for lane, y in headings.items():
        yield (
            f'<g class="lane"><line x1="0" x2="{_WIDTH}" y1="{y - 16}" y2="{y - 16}"'
            f' stroke="#999"/><text x="4" y="{y}" font-size="14" font-weight="bold">'
            f"{escape(service_name(lane, language))}</text></g>"
        )


def _arrows(picture: Picture, rows: dict[Key, int], scale: Scale) -> Iterator[str]:
    by_key = {span.key: span for span in picture.spans}
    steps = set(zip(picture.critical, picture.critical[1:], strict=False))
    for edge in picture.edges:
        if edge.cause not in rows or edge.effect not in rows:
            continue
        cause, effect = by_key[edge.cause], by_key[edge.effect]
        moment = cause.ended_ns if edge.why == "link" else effect.started_ns
        x1, y1 = _x(scale, moment), rows[edge.cause] + _BAR / 2
        x2, y2 = _x(scale, effect.started_ns), rows[edge.effect] + _BAR / 2
        dash = ' stroke-dasharray="4 2"' if edge.why == "link" else ""
        wide = "2.2" if (edge.cause, edge.effect) in steps else "0.8"
        yield (
            f'<path class="{edge.why}" d="M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}"'
            f' fill="none" stroke="#444" stroke-width="{wide}"{dash}'
            f' marker-end="url(#arrow)"/>'
        )


def _bars(
    picture: Picture,
    drawn: tuple[StoredSpan, ...],
    rows: dict[Key, int],
    scale: Scale,
) -> Iterator[str]:
    longest = set(picture.critical)
    for span in drawn:
        x, y = _x(scale, span.started_ns), rows[span.key]
        width = max(_THINNEST, _x(scale, span.ended_ns) - x)
        fill = _FILLS[picture.lanes.index(span.service) % len(_FILLS)]
        edge = ' stroke="#000" stroke-width="2"' if span.key in longest else ""
        name = span.operation
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 1]}…"
        mark = "✕ " if span.failed else ""
        yield (
            f'<a href="#s-{span.span_id}"><g class="span"><title>'
            f"{escape(span.operation)} · {lasted(span.duration_ns)}</title>"
            f'<text x="16" y="{y + 11}" font-size="12">{mark}{escape(name)}</text>'
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}"'
            f' fill="{"#a31515" if span.failed else fill}"{edge}/></g></a>'
        )


def table(picture: Picture, language: Language) -> str:
    """Return the picture as an HTML table: the same for readers and for copying."""
    heads = ("service", "operation", "started", "took", "cause", "outcome")
    head = "".join(f'<th scope="col">{escape(word(h, language))}</th>' for h in heads)
    body = "\n".join(_table_rows(picture, language))
    return (
        f'<table class="steps"><caption>{escape(word("caption", language))}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _table_rows(picture: Picture, language: Language) -> Iterator[str]:
    causes = _causes(picture, language)
    longest = set(picture.critical)
    for span in picture.spans:
        outcome = _outcome(span, language)
        if span.key in longest:
            outcome += f" · {word('critical', language)}"
        cells = (
            escape(service_name(span.service, language)),
            escape(span.operation),
            _instant(span.started_ns),
            lasted(span.duration_ns),
            "<br>".join(causes.get(span.key, [])) or "—",
            escape(outcome),
        )
        inside = "".join(f"<td>{cell}</td>" for cell in cells)
        yield f'<tr id="s-{span.span_id}">{inside}</tr>'


def _causes(picture: Picture, language: Language) -> dict[Key, list[str]]:
    by_key = {span.key: span for span in picture.spans}
    found: dict[Key, list[str]] = {}
    for edge in picture.edges:
        cause = by_key[edge.cause]
        types = f" ({', '.join(edge.event_types)})" if edge.event_types else ""
        said = f"{word(edge.why, language)} {cause.service}: {cause.operation}{types}"
        found.setdefault(edge.effect, []).append(
            f'<a href="#s-{cause.span_id}">{escape(said)}</a>'
        )
    return found


def _outcome(span: StoredSpan, language: Language) -> str:
    if span.failed:
        kind = span.attributes.get("error.type", "")
        return f"{word('failed', language)} {kind}".strip()
    code = span.attributes.get("qingxin.rejected")
    if code is not None:
        return word("rejected", language, code=code)
    return word("done", language)


def _instant(nanoseconds: int) -> str:
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{nanoseconds // 1_000_000 % 1000:03d}"
