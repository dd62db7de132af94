"""Whatever is raised behind the door, answered as a problem."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from libs.events.decider import NotVisible, NotYours, Rejected
from libs.events.journal.gone import LOST
from libs.events.journal.words import Overloaded, PayloadTooLarge
from libs.events.perform import CommandKeyReused, Contended, PreconditionFailed
from libs.web.etags import stale
from libs.web.field_errors import field_error, invalid
from libs.web.languages import Said
from libs.web.problem_kinds import KINDS, RULE, ProblemKind
from libs.web.problems import (
    More,
    Problem,
    RuleProblem,
    limited,
    problem_response,
)
from libs.web.refusals import english

log = structlog.get_logger()

X = TypeVar("X", bound=Exception)
# What `perform` and the writer say besides a rule's refusal.
PERFORMING: Mapping[type[Exception], Callable[[Exception], Problem]] = {
    CommandKeyReused: lambda _: Problem("key-reused"),
    Contended: lambda _: Problem("rival-act"),
    Overloaded: lambda _: limited("overloaded", 1),
    PayloadTooLarge: lambda _: Problem("body-too-large"),
}
# Not every OSError: a file that is missing does not come by waiting.
AWAY: tuple[type[Exception], ...] = (ConnectionError, *LOST)
AWAY_SECONDS = 2
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BY_STATUS = {
    400: "bad-request",
    401: "token-missing",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    412: "stale",
    413: "body-too-large",
    415: "media-type",
    422: "invalid",
    428: "if-match-missing",
    429: "too-many-requests",
    503: "overloaded",
}


def add_handlers(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(Rejected, _answer(Rejected, as_problem))
    app.add_exception_handler(
        RequestValidationError, _answer(RequestValidationError, _not_valid)
    )
    app.add_exception_handler(Problem, _answer(Problem, lambda error: error))
    app.add_exception_handler(
        PreconditionFailed,
        _answer(PreconditionFailed, lambda error: stale(error.version)),
    )
    for gone in AWAY:
        app.add_exception_handler(gone, _answer(gone, _away))
    for raised, told in PERFORMING.items():
        app.add_exception_handler(raised, _answer(raised, told))
    app.add_exception_handler(HTTPException, _plain)


def _away(error: Exception) -> Problem:
    log.warning("database_away", error=type(error).__name__)
    return limited("database-away", AWAY_SECONDS)


def as_problem(error: Rejected) -> Problem:
    """Return a rule's refusal as 409, not visible as 404, not yours as 403.

    Its Chinese is the rule's own sentence, its English the one of the code.
    """
    members: dict[str, object] = {}
    kind: ProblemKind = RULE
    match error:
        case NotVisible():
            return Problem("not-found")
        case NotYours(may=may):
            kind, members = KINDS["not-yours"], {"may": list(may)}
        case Rejected(article=str(article)):
            members = {"article": article}
        case _:
            pass
    sentence = Said(error.message, english(error.code, error.message))
    return RuleProblem(error.code, sentence, kind, more=More(members=members))


def _answer(
    raised: type[X], as_told: Callable[[X], Problem]
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        if not isinstance(error, raised):
            raise error
        return problem_response(as_told(error), request.scope)

    return handle


def _not_valid(error: RequestValidationError) -> Problem:
    # FastAPI hands over the raw bytes only when the body was not sent as JSON.
    if isinstance(error.body, bytes) or _form_was_json(error):
        return Problem("media-type")
    rows = error.errors()
    if any(row["type"] == "json_invalid" for row in rows):
        return Problem("json-malformed", more=More([field_error(row) for row in rows]))
    return invalid(rows)


def _form_was_json(error: RequestValidationError) -> bool:
    empty = isinstance(error.body, FormData) and not error.body
    return empty and any(row["loc"][0] == "body" for row in error.errors())


async def _plain(request: Request, error: Exception) -> Response:
    """Answer Starlette's own refusals: 404, 405 and unreadable bodies."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == 405:  # noqa: PLR2004 -- the status itself
        headers["Allow"] = ", ".join(allowed(request))
    code = BY_STATUS.get(error.status_code, "bad-request")
    problem = Problem(code, more=More(headers=headers))
    return problem_response(problem, request.scope)


def allowed(request: Request) -> list[str]:
    """Return the methods that this path answers, over all its routes."""
    found = [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.router.routes
        )
    ]
    return [*found, "HEAD"] if "GET" in found else found
