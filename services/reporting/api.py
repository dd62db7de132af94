"""The JSON twins of the pages: ledger, case, weekly table, the facts of a figure."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.calendar.local_days import EARLIEST
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.cursor import Cursors, listing, next_link
from libs.web.languages import Said
from libs.web.permissions import Power
from libs.web.problems import Problem
from services.reporting.reading.asking import LATEST, Answer, Asking
from services.reporting.reading.case_page import case_page
from services.reporting.reading.explaining import Cell, explained
from services.reporting.reading.findings import findings
from services.reporting.reading.ledger import Filters, Mark, Place, ledger
from services.reporting.reading.statistics import RatioFigure, week_table

SEEING = frozenset({Power.VIEW, Power.DECIDE})
LEDGER = "/v1/ledger"

AsOf = Annotated[
    AwareDatetime | None,
    Field(ge=EARLIEST, le=LATEST, description="As known then; else as it stands."),
]
IfNoneMatch = Annotated[str | None, Header(max_length=400)]


class Timed(BaseModel):
    """A question that may be asked as of a time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


class LedgerAsked(Filters):
    """The ledger's filters, its page and its time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class FactsAsked(Timed):
    """Which number of a figure: of a week (else the campaign), of a unit (else all)."""

    week: Annotated[int | None, Field(ge=1, le=60)] = None
    unit: Annotated[str | None, Field(max_length=8, pattern="^[A-Z0-9]+$")] = None
    column: Annotated[str, Field(pattern="^(new|total)$")] = "new"


router = APIRouter(tags=["reading"])


@router.get(LEDGER)
async def read_ledger(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[LedgerAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return visible cases by filter, a page at a time; the first page has totals."""
    permissions.require(caller, "ReadLedger", SEEING)
    cursors: Cursors = request.app.state.cursors
    listed = listing(LEDGER, asked.model_dump(mode="json"))
    after = _mark(cursors.unseal(listed, asked.cursor)) if asked.cursor else None
    answer = await ledger(
        running(request),
        asking(caller, asked.as_of),
        Filters(**asked.model_dump(include=set(Filters.model_fields))),
        Place(after, asked.limit),
    )
    found = answer.found
    following = None
    if found.after is not None:
        mark = (found.after[0].isoformat(), str(found.after[1]))
        following = cursors.seal(listed, mark)
    said = {
        "items": [asdict(line) for line in found.lines],
        "totals": [asdict(total) for total in found.totals] if found.is_first else None,
        "next": following,
    }
    headers = {"Link": next_link(request, following)} if following else {}
    return answered(answer, said, (if_none_match, asked.as_of), headers)


@router.get("/v1/cases/{case_id}")
async def read_case(
    request: Request,
    case_id: UUID,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return one case: clue, claims, proceeding, deadlines and trail."""
    permissions.require(caller, "ReadCases", SEEING)
    answer = await case_page(running(request), asking(caller, asked.as_of), case_id)
    if answer is None:
        raise Problem("not-found")
    page = answer.found
    said = {"number": page.number, "stage": page.stage, **asdict(page)}
    said["sums"] = [asdict(one) for one in page.sums()]
    said["findings"] = findings(page)
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/statistics/weeks/{week}")
async def read_week(
    request: Request,
    week: Annotated[int, Path(ge=1, le=60)],
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a week's table: as published, as known now, and its corrections."""
    permissions.require(caller, "ReadStatistics", SEEING)
    answer = await week_table(running(request), asking(caller, asked.as_of), week)
    if answer is None:
        raise Problem("not-found")
    said = asdict(answer.found)
    said["figures"] = [
        {"id": one.indicator.id, **_without(asdict(one), "indicator")}
        for one in answer.found.figures
    ]
    said["ratios"] = [_ratio(one) for one in answer.found.ratios]
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/figures/{indicator}/facts")
async def read_facts(
    request: Request,
    indicator: Annotated[str, Path(max_length=40)],
    caller: OfficerCaller,
    asked: Annotated[FactsAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the facts that a number counts, with the event behind each."""
    permissions.require(caller, "Explain", SEEING)
    cell = Cell(indicator, asked.week, asked.unit, asked.column)
    answer = await explained(running(request), asking(caller, asked.as_of), cell)
    if answer is None:
        raise Problem("not-found")
    found = answer.found
    said = {
        "indicator": indicator,
        "definition": asdict(found.indicator.definition),
        "value": found.value,
        "measure": found.indicator.measure,
        "known_at": found.known_at,
        "facts": [asdict(fact) for fact in found.facts],
        "hidden": found.hidden,
        "events": [asdict(event) for event in found.events.values()],
    }
    return answered(answer, said, (if_none_match, asked.as_of))


def _ratio(one: RatioFigure) -> dict[str, Any]:
    ratio = one.ratio
    return {
        "id": ratio.id,
        "name": ratio.name,
        "definition": ratio.definition,
        "kind": ratio.kind,
        "over": ratio.over,
        "under": ratio.under,
        "new": asdict(one.new) if one.new else None,
        "total": {unit: asdict(found) for unit, found in one.total.items()},
    }


def running(request: Request) -> Running:
    """Return the service at work."""
    found: Running = request.app.state.running
    return found


def asking(caller: SignedIn, as_of: datetime | None) -> Asking:
    """Return who asks, and as known when, which needs a right of its own."""
    if as_of is not None:
        permissions.require(caller, "AsOf", SEEING)
    return Asking(caller.actor, as_of)


def _mark(mark: list[str | int]) -> Mark:
    return datetime.fromisoformat(str(mark[0])), UUID(str(mark[1]))


def _without(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != name}


def answered(
    answer: Answer[Any],
    said: Mapping[str, Any],
    asked: tuple[str | None, datetime | None],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with the views' version and completeness; 304 when nothing changed.

    `asked` is If-None-Match and the time. Up to the watermark an answer is final, and
    says no more than its own time: it is the same bytes for ever.
    """
    if_none_match, as_of = asked
    complete = answer.of.complete_up_to
    if as_of is not None and answer.of.final_at(as_of):
        complete = as_of
    content = orjson.dumps(
        {
            **said,
            "view_version": answer.of.view_version,
            "complete_up_to": complete,
        },
        default=_plain,
        option=orjson.OPT_NON_STR_KEYS,
    )
    # What was read decides the tag, not until when it is known to be complete.
    read = orjson.dumps(said, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    tag = f'"{sha256(read).hexdigest()[:32]}"'
    told = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    if if_none_match is not None and tag in if_none_match:
        return Response(status_code=304, headers=told)
    return Response(content, media_type="application/json", headers=told)


def _plain(value: object) -> object:
    match value:
        case UUID():
            # asyncpg's own subclass, which orjson does not know.
            return str(value)
        case frozenset() | set():
            return sorted(value)
        case Said():
            return {"zh": value.zh, "en": value.en}
        case BaseModel():
            return value.model_dump(mode="json")
        case date():
            return value.isoformat()
        case _ if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        case _:
            raise TypeError(type(value).__name__)
