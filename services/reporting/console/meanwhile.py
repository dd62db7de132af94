"""Meanwhile: what others did to a thing after a form about it was shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from services.reporting.console.forms import Typed
from services.reporting.console.visit import Visit
from services.reporting.reading.trail import Happened, since

CHANGED = frozenset({409, 412})
"""The answers that say that a thing is no longer what the form was shown with."""


async def meanwhile(visit: Visit, typed: Typed) -> Sequence[Happened]:
    """Return the events on what a form is about since it was shown, the latest first.

    The form says up to when its page was complete (`since`); what it is about are the
    ids of its address and of its own fields.
    """
    try:
        shown_at = datetime.fromisoformat(typed.one("since"))
    except ValueError:
        return ()
    if shown_at.tzinfo is None:
        return ()
    return await since(visit.running.pool, sorted(set(_ids(visit, typed))), shown_at)


def _ids(visit: Visit, typed: Typed) -> Iterator[UUID]:
    named = [
        text
        for name in typed.fields
        if name.endswith("_id")
        for text in typed.many(name)
    ]
    address = visit.request
    for text in (*address.path_params.values(), *address.query_params.values(), *named):
        try:
            yield UUID(str(text))
        except ValueError:
            continue
