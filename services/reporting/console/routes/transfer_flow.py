"""The transfer flow 转办流向: from channel over each hop to the end, and its table."""

from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.flow_drawing import Named, sankey
from services.reporting.console.render import page
from services.reporting.console.routes.ledger import CHANNELS, filters_of
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.hops import NOBODY, OPEN
from services.reporting.reading.ledger import Filters
from services.reporting.reading.transfer_flow import Flow, transfer_flow


def add_routes(router: APIRouter) -> None:
    """Add the picture and its table."""

    @router.get("/transfer-flow")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        said = {k: v for k, v in request.query_params.items() if k != "flow"}
        filters = filters_of(said)
        answer = await transfer_flow(visit.running, visit.asking, filters)
        named: dict[str, Named] = {
            "title": lambda _: finding(visit, answer.found),
            "column": partial(_column, visit),
            "place": partial(_place, visit),
            "strand": partial(_strand, visit, answer.found),
        }
        link = partial(_link, request, filters)
        values = {
            "answer": answer,
            "flow": answer.found,
            "filters": filters,
            "channels": CHANNELS,
            "finding": finding(visit, answer.found),
            "named": named,
            "link": link,
            "picture": sankey(answer.found, named, link),
        }
        return page(visit, "transfer_flow.html", values)


def finding(visit: Visit, flow: Flow) -> str:
    """Return what the picture shows, in one sentence."""
    return visit.words(
        "transfer-flow.finding",
        cases=f"{flow.cases:,}",
        moved=f"{flow.moved:,}",
        bounced=f"{flow.bounced:,}",
    )


def _column(visit: Visit, column: str) -> str:
    kind, _, number = column.partition("-")
    return visit.words(f"transfer-flow.column-{kind}", n=number)


def _place(visit: Visit, place: str) -> str:
    column, _, code = place.partition(":")
    if code == NOBODY:
        return visit.words("transfer-flow.nobody")
    match column:
        case "channel":
            return visit.words.of("channel", code)
        case "outcome" if code == OPEN:
            return visit.words("state-filter.open")
        case "outcome":
            return visit.words.of("end", code)
        case _:
            return visit.unit(code)


def _strand(visit: Visit, flow: Flow, strand: str) -> str:
    number = {str(one): cases for one, cases in flow.strands.items()}[strand]
    start, _, rest = strand.partition(">")
    end, _, kind = rest.rpartition(":")
    return visit.words(
        "transfer-flow.strand",
        start=_place(visit, start),
        end=_place(visit, end),
        kind=visit.words(f"transfer-flow.kind-{kind}"),
        n=f"{number:,}",
    )


def _link(request: Request, filters: Filters, through: str) -> str:
    """Return the ledger's address of exactly the cases of a place or a strand."""
    query = {**filters.marks(), "flow": through}
    if request.query_params.get("as_of"):
        query["as_of"] = request.query_params["as_of"]
    return f"/console/ledger?{urlencode(query)}"
