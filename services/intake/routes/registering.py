"""Routes that register: a complaint, a report, each answered with its receipt."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from libs import ids
from libs.acts import Answer, answered
from libs.web import permissions
from libs.web.auth import AnyCaller
from libs.web.callers import SignedIn
from libs.web.etags import etag
from libs.web.idempotency import Creation
from services.intake import clue
from services.intake.registering import Form, Registered, register
from services.intake.routes.likeness import Likely, visible
from services.intake.routes.limiting import limit_the_public
from services.intake.said import ComplaintSaid, ReportSaid
from services.intake.window import Window


class ClaimReceipt(BaseModel):
    """One worker's claim, with the code that confirms or disputes its money."""

    ordinal: int
    claim_id: str
    query_code: str
    person_id: str | None = Field(default=None, description="For officers only.")


class Receipt(Answer):
    """A dated receipt: its number, the codes, what was warned about."""

    clue_id: str
    case_id: str
    receipt: str | None
    recorded_at: str
    kind: str
    first_asked_unit: str
    employer_id: str
    query_code: str
    claims: list[ClaimReceipt]
    warnings: list[dict[str, Any]]
    likely: list[Likely] = Field(
        default=[], description="Clues that may tell the same fact; for officers only."
    )


def router(window: Window) -> APIRouter:
    """Return the two routes by which anything comes in."""
    routes = APIRouter(dependencies=[Depends(limit_the_public(window.reports))])

    @routes.post("/v1/complaints", status_code=201, response_model=Receipt)
    async def complaint(
        said: ComplaintSaid, caller: AnyCaller, act: Creation
    ) -> JSONResponse:
        """Register a complaint 投诉 with its workers."""
        permissions.require(caller, "RegisterComplaint")
        form = Form(said, "complaint", caller, act)
        return await receipt(window, form, await register(window, form))

    @routes.post("/v1/reports", status_code=201, response_model=Receipt)
    async def report(
        said: ReportSaid, caller: AnyCaller, act: Creation
    ) -> JSONResponse:
        """Register a report 举报, also an anonymous one."""
        permissions.require(caller, "RegisterReport")
        form = Form(said, "report", caller, act)
        return await receipt(window, form, await register(window, form))

    return routes


async def receipt(window: Window, form: Form, found: Registered) -> JSONResponse:
    """Answer with the receipt; the codes are computed anew, they are kept nowhere."""
    said = found.received
    stream = clue.KIND.stream(said.clue_id)
    body, version = answered(window.desk, found.done, stream)
    body.pop("reporter_id", None)
    is_officer = isinstance(form.caller, SignedIn)
    claims = [
        {
            "ordinal": line.ordinal,
            "claim_id": str(claim := ids.claim_id(said.clue_id, line.ordinal)),
            "query_code": window.codes.of("claim", claim),
            "person_id": str(line.person_id) if is_officer else None,
        }
        for line in said.workers
    ]
    answer = {
        **body,
        "clue_id": str(said.clue_id),
        "case_id": str(said.case_id),
        "receipt": found.receipt.serial,
        "recorded_at": found.receipt.recorded_at.isoformat(),
        "kind": getattr(said, "kind", "report"),
        "first_asked_unit": said.first_asked_unit,
        "employer_id": str(said.employer.employer_id),
        "query_code": window.codes.of("clue", said.clue_id),
        "claims": claims,
        "warnings": found.checked.warned(),
        "likely": await _likely(window, form, found),
    }
    headers = {
        "ETag": etag(version),
        "Location": f"/v1/clues/{said.clue_id}",
        "Cache-Control": "no-store",
    }
    return JSONResponse(answer, 201, headers)


async def _likely(
    window: Window, form: Form, found: Registered
) -> list[dict[str, Any]]:
    if not isinstance(form.caller, SignedIn):
        return []
    own = found.received.clue_id
    shown = await visible(window, form.caller, own, found.likely)
    return [one.model_dump(mode="json") for one in shown]
