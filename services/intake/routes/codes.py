"""The route of query codes: shown once, a code becomes a short-lived token."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from libs import ids
from libs.web.languages import Said as Words
from libs.web.limits import TRACK_BY_CODE, Limiter, limit_by_address
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
    limited = limit_by_address(Limiter(TRACK_BY_CODE))
    routes = APIRouter(dependencies=[Depends(limited)])

    @routes.post("/v1/codes/exchange")
    async def exchange(shown: CodeShown, response: Response) -> WorkerToken:
        """Exchange a query code for a token of fifteen minutes."""
        digest = window.codes.digest(shown.code) or NO_MATCH
        row = await window.pool.fetchrow(FIND, digest)
        if row is None:
            raise Problem("not-found", UNKNOWN)
        kind: Literal["clue", "claim"] = row["kind"]
        subject = UUID(int=row["subject_id"].int)
        clue_id = UUID(int=row["clue_id"].int)
        minted = mint_worker_token(window.worker_key, kind, subject)
        response.headers["Cache-Control"] = "no-store"
        return WorkerToken(
            token=minted.token,
            expires_at=minted.expires_at.isoformat(),
            kind=kind,
            clue_id=clue_id,
            case_id=ids.case_id(clue_id),
            claim_id=subject if kind == "claim" else None,
        )

    return routes
