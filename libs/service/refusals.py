"""What the log refuses, said at the door as problems."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from libs.events.journal.words import Overloaded, PayloadTooLarge
from libs.events.perform import CommandKeyReused, Contended, PreconditionFailed
from libs.web.etags import stale
from libs.web.problems import Problem, limited, problem_response

Handler = Callable[[Request, Exception], Awaitable[Response]]


def add_refusals(app: FastAPI) -> None:
    """Answer what the log refuses: 422, 412, 409, 413, 503 as problems."""
    made: dict[type[Exception], Callable[[Exception], Problem]] = {
        CommandKeyReused: lambda _: Problem("key-reused"),
        PreconditionFailed: _stale,
        Contended: lambda _: Problem("conflict"),
        PayloadTooLarge: lambda _: Problem("body-too-large"),
        Overloaded: lambda _: limited("overloaded", 1),
    }
    for kind, make in made.items():
        app.add_exception_handler(kind, _answer(make))


def _stale(error: Exception) -> Problem:
    return stale(error.version if isinstance(error, PreconditionFailed) else 0)


def _answer(make: Callable[[Exception], Problem]) -> Handler:
    async def handler(request: Request, error: Exception) -> Response:
        return problem_response(make(error), request.scope)

    return handler
