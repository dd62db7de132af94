"""The transfer flow as a picture: columns of places, strands as wide as their cases.

A strand that came back (退回、回流) is hatched, outlined and counted on the spot: it is
told apart without its colour, and missed by nobody however thin it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from services.reporting.reading.hops import Place, Strand
from services.reporting.reading.transfer_flow import Flow

COLUMN, BAR, TOP, BOTTOM, GAP = 190, 14, 46, 16, 22
HEIGHT = 420
THINNEST = 1.5
"""Pixels: a single case among thousands is seen, too."""
SEEN = 6.0
"""Pixels from which the hatching of what came back is seen."""

Named = Callable[[str], str]


@dataclass
class Layout:
    """Where each place stands, and up to where its strands have filled it."""

    flow: Flow
    tops: Mapping[Place, float] = field(default_factory=dict)
    scale: float = 1.0
    left: dict[Place, float] = field(default_factory=dict)
    right: dict[Place, float] = field(default_factory=dict)

    def x(self, place: Place) -> float:
        return 8 + COLUMN * self.flow.columns.index(place.column)

    def high(self, cases: int) -> float:
        return max(THINNEST, cases * self.scale)

    @property
    def width(self) -> int:
        return COLUMN * (len(self.flow.columns) - 1) + BAR + 150


def laid_out(flow: Flow) -> Layout:
    """Return where everything stands: each column from the top, the fullest first."""
    most = max((len(flow.of(one)) for one in flow.columns), default=1)
    room = HEIGHT - TOP - BOTTOM - GAP * (most - 1)
    scale = max(room, HEIGHT / 3) / max(1, flow.cases)
    layout = Layout(flow, scale=scale)
    tops: dict[Place, float] = {}
    for column in flow.columns:
        y = float(TOP)
        for place, number in flow.of(column):
            tops[place] = layout.left[place] = layout.right[place] = y
            y += layout.high(number) + GAP
    layout.tops = tops
    return layout


def sankey(flow: Flow, named: Mapping[str, Named], link: Named) -> Markup:
    """Return the picture; `named` gives words for each kind of column and thing.

    `link` gives the address of the cases behind a place or a strand.
    """
    if not flow.cases:
        return Markup("")
    layout = laid_out(flow)
    strands = _strands(layout, named, link)
    high = max(y + layout.high(flow.places[p]) for p, y in layout.tops.items()) + BOTTOM
    parts = [
        Markup(
            '<svg class="sankey" width="{0}" height="{1:.0f}" viewBox="0 0 {0} {1:.0f}"'
            ' role="group" aria-labelledby="flow-title"'
            ' xmlns="http://www.w3.org/2000/svg"><title id="flow-title">{2}</title>'
            '<defs><pattern id="hatch" width="7" height="7"'
            ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<rect class="hatch-ground" width="7" height="7"/>'
            '<rect class="hatch" width="3" height="7"/></pattern></defs>'
        ).format(layout.width, high, named["title"]("")),
        *_heads(layout, named),
        *strands,
        *_places(layout, named, link),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


def _heads(layout: Layout, named: Mapping[str, Named]) -> Iterator[Markup]:
    for column in layout.flow.columns:
        x = layout.x(Place(column, ""))
        yield Markup(
            '<text class="column" x="{}" y="16">{}</text>'
            '<text x="{}" y="32">{:,}</text>'
        ).format(x, named["column"](column), x, layout.flow.sum(column))


def _strands(layout: Layout, named: Mapping[str, Named], link: Named) -> list[Markup]:
    # From top to bottom at both ends, so that few strands cross.
    order = sorted(
        layout.flow.strands,
        key=lambda one: (layout.tops[one.start], layout.tops[one.end], one.kind),
    )
    drawn = [(one, _strand(layout, one, named, link)) for one in order]
    # What came back lies on top of all others.
    drawn.sort(key=lambda one: one[0].kind == "bounced")
    return [mark for _, mark in drawn]


def _strand(
    layout: Layout, strand: Strand, named: Mapping[str, Named], link: Named
) -> Markup:
    number = layout.flow.strands[strand]
    high = layout.high(number)
    y1, y2 = layout.right[strand.start], layout.left[strand.end]
    layout.right[strand.start] += high
    layout.left[strand.end] += high
    if strand.kind == "bounced":
        high = max(high, SEEN)
    x1, x2 = layout.x(strand.start) + BAR, layout.x(strand.end)
    middle = (x1 + x2) / 2
    path = (
        f"M{x1:.1f} {y1:.1f} C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f}"
        f" {x2:.1f} {y2:.1f} V{y2 + high:.1f} C{middle:.1f} {y2 + high:.1f}"
        f" {middle:.1f} {y1 + high:.1f} {x1:.1f} {y1 + high:.1f} Z"
    )
    said = named["strand"](str(strand))
    fill = Markup(' fill="url(#hatch)"') if strand.kind == "bounced" else ""
    mark = Markup("")
    if strand.kind == "bounced":
        mark = Markup('<text class="back" x="{:.1f}" y="{:.1f}">↺ {:,}</text>').format(
            middle, (y1 + y2 + high) / 2 + 5, number
        )
    return Markup(
        '<a href="{}" aria-label="{}"><path class="strand {}"{} d="{}">'
        "<title>{}</title></path>{}</a>"
    ).format(link(str(strand)), said, strand.kind, fill, path, said, mark)


def _places(
    layout: Layout, named: Mapping[str, Named], link: Named
) -> Iterator[Markup]:
    for place, y in layout.tops.items():
        number = layout.flow.places[place]
        yield Markup(
            '<a href="{}"><rect class="place" x="{}" y="{:.1f}" width="{}"'
            ' height="{:.1f}"/><text x="{}" y="{:.1f}">{} {:,}</text></a>'
        ).format(
            link(str(place)),
            layout.x(place),
            y,
            BAR,
            layout.high(number),
            layout.x(place) + BAR + 4,
            y + min(layout.high(number) / 2 + 4, 14),
            named["place"](str(place)),
            number,
        )
