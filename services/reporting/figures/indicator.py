"""An indicator: what a figure counts, of which list, in which unit of measure."""

from dataclasses import dataclass
from typing import Literal

from libs.web.languages import Said

Measure = Literal["items", "people", "fen", "minutes", "days"]
MEASURES = {
    "items": "COUNT(DISTINCT subject) FILTER (WHERE {of})",
    # A worker whose payments were all reversed was not paid.
    "people": "COUNT(DISTINCT subject) FILTER (WHERE {of} AND {net} > 0)",
    "fen": "COALESCE(SUM(amount) FILTER (WHERE {of}), 0)::bigint",
    "minutes": "COALESCE(SUM(amount) FILTER (WHERE {of}), 0)::bigint",
    "days": "COALESCE(SUM(amount) FILTER (WHERE {of}), 0)::bigint",
}
"""Measures of the facts that are `of` a period; `net` is a subject's sum in it."""


@dataclass(frozen=True)
class Indicator:
    """One figure; `flow` figures have a value of the period, others only at its end."""

    id: str
    name: Said
    definition: Said
    list: str
    measure: Measure
    flow: bool = True
