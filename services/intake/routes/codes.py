"""The route of query codes: shown once, a code becomes a short-lived token."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from libs import ids
from libs.web.languages import Said as Words
from libs.web.limits import limit_by_address
from libs.web.problems import Problem
from libs.web.worker_tokens import mint_worker_token
from services.intake.said import CodeShown
from services.intake.window import Window

FIND = """
SELECT k.kind, k.subject_id, k.clue_id FROM vault.code k
JOIN journal.command c ON c.id = k.command_id WHERE k.digest = $1
"""
UNKNOWN = Words(
    "没有这个查询码；请逐字核对回执上的查询码。",
    "No such query code: check it against the receipt, character by character.",
)
NO_MATCH = bytes(32)


@dataclass(frozen=True)
class Leads:
    """Where a code leads: to a receipt's clue, or to one claim of it."""

    kind: Literal["clue", "claim"]
    subject_id: UUID
    clue_id: UUID


class WorkerToken(BaseModel):
    """A token for one receipt or one claim, and what it is for."""

    token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- a scheme's name
    expires_at: str
    kind: Literal["clue", "claim"]
    clue_id: UUID
    case_id: UUID
    claim_id: UUID | None


def router(window: Window) -> APIRouter:
    """Return the route; every wrong code gets the same answer."""
    limited = limit_by_address(window.tries)
    routes = APIRouter(dependencies=[Depends(limited)])

    @routes.post("/v1/codes/exchange")
    async def exchange(shown: CodeShown, response: Response) -> WorkerToken:
        """Exchange a query code for a token of fifteen minutes."""
        found = await opened(window, shown.code)
        if found is None:
            raise Problem("not-found", UNKNOWN)
        minted = mint_worker_token(window.worker_key, found.kind, found.subject_id)
        response.headers["Cache-Control"] = "no-store"
        return WorkerToken(
            token=minted.token,
            expires_at=minted.expires_at.isoformat(),
            kind=found.kind,
            clue_id=found.clue_id,
            case_id=ids.case_id(found.clue_id),
            claim_id=found.subject_id if found.kind == "claim" else None,
        )

    return routes


async def opened(window: Window, code: str) -> Leads | None:
    """Return where a code leads; None for every wrong one."""
    digest = window.codes.digest(code) or NO_MATCH
    row = await window.pool.fetchrow(FIND, digest)
    if row is None:
        return None
    subject, clue_id = (UUID(int=row[name].int) for name in ("subject_id", "clue_id"))
    return Leads(row["kind"], subject, clue_id)
