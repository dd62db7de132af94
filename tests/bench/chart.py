"""A chart of rates as bars, a bar a contender and setting, drawn as SVG."""

from collections.abc import Sequence
from html import escape

from tests.bench.measure import Sample

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 320, 90, 20, 34
COLOURS = ("#2b6cb0", "#a0aec0", "#c05621", "#6b46c1", "#2f855a", "#b7791f", "#718096")
BAR = """<rect x="{x}" y="{y}" width="{width:.1f}" height="14" fill="{colour}"/>"""
TEXT = """<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{text}</text>"""


def draw(title: str, samples: Sequence[Sample]) -> str:
    """Return the chart; times where there is no rate to tell apart."""
    most = max((sample.rate for sample in samples), default=1.0) or 1.0
    names = list(dict.fromkeys(sample.who for sample in samples))
    height = TOP + ROW * len(samples) + 10
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
            ' font-family="sans-serif" font-size="12">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(10, 20, "start", f"{title}: a second"),
    ]
    for number, sample in enumerate(samples):
        y = TOP + ROW * number
        width = sample.rate / most * (WIDTH - LEFT - RIGHT)
        colour = COLOURS[names.index(sample.who) % len(COLOURS)]
        bar = {"x": LEFT, "y": y, "width": max(width, 1.0), "colour": colour}
        lines += [
            _text(LEFT - 8, y + 12, "end", f"{sample.who} · {sample.at}"),
            BAR.format_map(bar),
            _text(LEFT + width + 6, y + 12, "start", f"{sample.rate:,.0f}"),
        ]
    return "\n".join([*lines, "</svg>"])


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return TEXT.format_map({"x": x, "y": y, "anchor": anchor, "text": escape(text)})
