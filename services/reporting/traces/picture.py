"""One picture of what happened: spans as nodes, causes as edges, services as lanes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.reporting.traces.span import Key, Link, StoredSpan

Why = Literal["parent", "link"]


@dataclass(frozen=True)
class Edge:
    """`cause` made `effect` happen, inside it (parent) or by a message (link)."""

    cause: Key
    effect: Key
    why: Why
    event_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Spans in the order they started, their edges, and what took longest.

    `missing` are causes that are named but not kept: the picture is incomplete. `cut`
    says that there was more than a picture holds.
    """

    spans: tuple[StoredSpan, ...]
    edges: tuple[Edge, ...]
    lanes: tuple[str, ...]
    critical: tuple[Key, ...]
    missing: frozenset[Key]
    cut: bool

    def edge_set(self) -> set[tuple[str, str, str, str]]:
        """Return the edges by what they join: (service, operation) twice."""
        named = {span.key: (span.service, span.operation) for span in self.spans}
        return {(*named[edge.cause], *named[edge.effect]) for edge in self.edges}


def picture_of(
    spans: Sequence[StoredSpan], links: Iterable[Link], *, cut: bool = False
) -> Picture:
    """Join spans by parents and links into one picture."""
    ordered = tuple(sorted(spans, key=lambda span: (span.started_ns, span.span_id)))
    present = {span.key for span in ordered}
    edges = [*_parent_edges(ordered, present), *_link_edges(links, present)]
    return Picture(
        spans=ordered,
        edges=tuple(edges),
        lanes=tuple(dict.fromkeys(span.service for span in ordered)),
        critical=_critical(ordered, edges),
        missing=frozenset(
            span.parent
            for span in ordered
            if span.parent and span.parent not in present
        ),
        cut=cut,
    )


def _parent_edges(spans: Iterable[StoredSpan], present: set[Key]) -> list[Edge]:
    return [
        Edge(span.parent, span.key, "parent")
        for span in spans
        if span.parent is not None and span.parent in present
    ]


def _link_edges(links: Iterable[Link], present: set[Key]) -> list[Edge]:
    """Return one edge a pair of spans, with the types of all the messages between."""
    types: dict[tuple[Key, Key], list[str]] = {}
    for link in links:
        if link.owner in present and link.target in present:
            told = types.setdefault((link.target, link.owner), [])
            if link.event_type is not None and link.event_type not in told:
                told.append(link.event_type)
    return [
        Edge(cause, effect, "link", tuple(told))
        for (cause, effect), told in types.items()
    ]


def _critical(spans: Sequence[StoredSpan], edges: Iterable[Edge]) -> tuple[Key, ...]:
    """Return the chain of causes that leads to what ended last.

    Of several causes the one that ended last is followed: without it the effect could
    have started sooner.
    """
    if not spans:
        return ()
    by_key = {span.key: span for span in spans}
    causes: dict[Key, list[Key]] = {}
    for edge in edges:
        causes.setdefault(edge.effect, []).append(edge.cause)
    chain = [max(spans, key=lambda span: span.ended_ns).key]
    seen = set(chain)
    while found := [key for key in causes.get(chain[-1], []) if key not in seen]:
        chain.append(max(found, key=lambda key: by_key[key].ended_ns))
        seen.add(chain[-1])
    return tuple(reversed(chain))
