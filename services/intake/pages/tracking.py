"""Tracking: a code opens one clue or one claim for fifteen minutes, and no more."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from libs import ids
from libs.web.callers import Worker
from libs.web.languages import Said
from libs.web.problems import Problem
from libs.web.worker_tokens import LIFETIME, mint_worker_token, verified_worker
from services.intake import clue, known
from services.intake.pages.due import ByWhen, Term, acceptance_term, by_when
from services.intake.pages.money import Holder, OwnWord, claim_money, say
from services.intake.pages.news import UNTRIED, Tried, news, take_choice
from services.intake.pages.own_words import (
    NOT_TRUE,
    REASONS,
    Fields,
    payment_word,
    roster_word,
)
from services.intake.pages.page import (
    Shown,
    language_of,
    page,
    page_routes,
    typed,
    unit_name,
)
from services.intake.pages.story import Story, story
from services.intake.pages.told import with_messages
from services.intake.routes.clues import replies
from services.intake.routes.codes import UNKNOWN, opened
from services.intake.window import Window

COOKIE = "qingxin_worker"
SEE_OTHER = 303
TOLD = frozenset(
    {
        *("confirmed", "disputed", "named", "disclaimed"),
        *("changed", "down", "ended", "refused", "chosen", "chosen_none"),
    }
)
CLUE_OF = "SELECT clue_id FROM vault.code WHERE kind = $1 AND subject_id = $2 LIMIT 1"
EMPTY = Said("请输入回执上的查询码。", "Enter the query code of your receipt.")


@dataclass(frozen=True)
class Opened:
    """What a code opened: a worker, the token, and the clue it belongs to."""

    worker: Worker
    token: str
    clue_id: UUID

    @property
    def case_id(self) -> UUID:
        return ids.case_id(self.clue_id)

    @property
    def claim_id(self) -> UUID | None:
        """Return the claim of a claim's code."""
        return self.worker.subject_id if self.worker.kind == "claim" else None


def router(window: Window) -> APIRouter:
    """Return the routes of tracking."""
    routes = page_routes()

    @routes.get("/track")
    async def look(request: Request) -> Response:
        found = await _open(window, request)
        if found is None:
            return _ask(request)
        return await _shown(window, request, found)

    @routes.post("/track")
    async def show_code(request: Request) -> Response:
        return await _exchanged(window, request, (await typed(request)).get("code", ""))

    @routes.post("/track/word")
    async def word(request: Request) -> Response:
        return await _word(window, request, payment_word, await typed(request))

    @routes.post("/track/roster")
    async def named(request: Request) -> Response:
        return await _word(window, request, roster_word, await typed(request))

    @routes.post("/track/news")
    async def told_where(request: Request) -> Response:
        return await _chosen(window, request, await typed(request))

    @routes.post("/track/leave")
    async def leave() -> Response:
        answer = RedirectResponse("/track?told=ended", SEE_OTHER)
        answer.delete_cookie(COOKIE, path="/track", httponly=True, samesite="strict")
        return answer

    return routes


def _ask(request: Request, wrong: Said | None = None, status: int = 200) -> Response:
    language = language_of(request)
    values = {
        "trouble": wrong.to(language) if wrong else None,
        "told": _told(request),
    }
    return page(request, Shown("code.html", values, status))


def _told(request: Request) -> str | None:
    told = request.query_params.get("told", "")
    return told if told in TOLD else None


async def _exchanged(window: Window, request: Request, code: str) -> Response:
    """Open what a code stands for; every wrong one gets the same answer."""
    if not code.strip():
        return _ask(request, EMPTY, 422)
    address = request.client.host if request.client else "unknown"
    try:
        window.tries.take(address)
        row = await opened(window, code)
    except Problem as problem:
        answer = _ask(request, problem.said, problem.status_code)
        answer.headers.update(problem.more.headers)
        return answer
    if row is None:
        return _ask(request, UNKNOWN, 404)
    minted = mint_worker_token(window.worker_key, row.kind, row.subject_id)
    answer = RedirectResponse("/track", SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        minted.token,
        max_age=int(LIFETIME.total_seconds()),
        path="/track",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


async def _open(window: Window, request: Request) -> Opened | None:
    """Return what the cookie still opens; None asks for the code again."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    try:
        worker = verified_worker(token, window.worker_key)
    except Problem:
        return None
    found = await window.pool.fetchval(CLUE_OF, worker.kind, worker.subject_id)
    return None if found is None else Opened(worker, token, UUID(int=found.int))


async def _shown(
    window: Window, request: Request, found: Opened, tried: Tried = UNTRIED
) -> Response:
    language = language_of(request)
    names = [clue.KIND.stream(found.clue_id), known.KIND.stream(found.case_id)]
    streams = await window.desk.log.journal.read_streams(names)
    said, noted = (streams[name] for name in names)
    held = clue.KIND.fold(record.fact() for record in said)
    facts = known.KIND.fold(record.fact() for record in noted)
    if not said:
        return _ask(request)
    told = story(said, noted, found.claim_id)
    if found.claim_id is None:
        told = await with_messages(window.pool, found.clue_id, told)
    answers = [] if found.claim_id else await replies(window, found.clue_id, held)
    due = await by_when(window.pool, found.case_id)
    values = {
        "story": told,
        "kind": held.kind,
        "mode": held.mode,
        "holder": unit_name(window, facts.unit or held.first_asked, language),
        "units": {
            line.unit: unit_name(window, line.unit, language) for line in told.lines
        },
        "replies": answers,
        "is_claim": found.claim_id is not None,
        "due": due,
        "term": await _term(window, held, due, told),
        "money": await _money(window, found),
        "news": await news(window, held, found.claim_id, tried),
        "csrf": csrf(window, found.token),
        "key": str(uuid4()),
        "reasons": REASONS,
        "not_true": NOT_TRUE,
        "told": _told(request),
    }
    return page(request, Shown("track.html", values, tried.status))


async def _term(
    window: Window, held: clue.Clue, due: ByWhen, told: Story
) -> Term | None:
    """Return by when it is taken up, as long as no clock says more."""
    if due.known or held.closed_not_wage:
        return None
    return await acceptance_term(window.pool, held.kind or "report", told.received_at)


async def _money(window: Window, found: Opened) -> Mapping[str, Any] | None:
    """Return the claim's money: None without a claim's code, {} when unknown now."""
    if found.claim_id is None:
        return None
    holder = Holder(found.case_id, found.claim_id, found.token)
    base = window.running.settings.url("enforcement")
    called = await claim_money(base, holder)
    if called.status != 200:  # noqa: PLR2004 -- the status itself
        return {"status": called.status}
    payments = [
        {**payment, "paid_at": _instant(payment.get("occurred_at"))}
        for payment in called.body["payments"]
    ]
    return {**called.body, "status": called.status, "payments": payments}


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def csrf(window: Window, token: str) -> str:
    """Return what every form of a tracking page carries."""
    key = window.running.settings.door_key
    return hmac.digest(key, f"worker page\0{token}".encode(), sha256).hex()


async def _word(
    window: Window,
    request: Request,
    read: Callable[[Fields], OwnWord],
    fields: Fields,
) -> Response:
    """Take the worker's word to enforcement, then show how it stands."""
    found = await _open(window, request)
    if found is None or found.claim_id is None:
        return _ask(request)
    _ours(window, found, fields)
    said = read(fields)
    holder = Holder(found.case_id, found.claim_id, found.token)
    called = await say(window.running.settings.url("enforcement"), holder, said)
    match called.status:
        case 200:
            told = said.told
        case 409 | 412:
            told = "changed"
        case 401:
            return _ask(request)
        case 503:
            told = "down"
        case _:
            told = "refused"
    return RedirectResponse(f"/track?told={told}", SEE_OTHER)


def _ours(window: Window, found: Opened, fields: Fields) -> None:
    """Raise 403 for a form that no page of ours sent."""
    sent = fields.get("csrf", "")
    if not hmac.compare_digest(sent.encode(), csrf(window, found.token).encode()):
        raise Problem("not-permitted")


async def _chosen(window: Window, request: Request, fields: Fields) -> Response:
    """Take where news go from now on; what cannot be right comes back as typed."""
    found = await _open(window, request)
    if found is None or found.claim_id is not None:
        return _ask(request)
    _ours(window, found, fields)
    taken = await take_choice(window, request, (found.worker, found.clue_id), fields)
    if isinstance(taken, Tried):
        return await _shown(window, request, found, taken)
    return RedirectResponse(f"/track?told={taken}", SEE_OTHER)
