"""Rendering: templates with the reader's words, and refusals as pages."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from libs.events.decider import Rejected
from libs.telemetry.traceparent import current_trace_id
from libs.web.problem_handlers import as_problem
from libs.web.problems import Problem
from services.reporting.console.formats import FILTERS
from services.reporting.console.menu import menu, paper
from services.reporting.console.visit import (
    LANGUAGE_COOKIE,
    SignInNeeded,
    Visit,
    language_of,
    words_of,
)

HERE = Path(__file__).parent
SEE_OTHER = 303
YEAR_SECONDS = 31_536_000
A_YEAR = timedelta(days=365)
UNMASKED_MINUTES = 10
"""How long a page shows names: then it leads back to the masked one by itself."""

ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters.update({**FILTERS, "paper": paper})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def page(
    visit: Visit, template: str, values: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """Return a page of somebody signed in."""
    said = {
        "visit": visit,
        "menu": menu(visit),
        "as_of": visit.as_of if status < 400 else None,  # noqa: PLR2004 -- refusals
        "simulated": visit.simulated,
        "now": visit.running.last_now,
        "today": visit.running.today(),
        "a_year_on": visit.running.today() + A_YEAR,
        "unmasked_minutes": UNMASKED_MINUTES,
        **values,
    }
    return _answer(visit.request, template, said, status)


def plain_page(
    request: Request, template: str, values: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """Return a page of nobody signed in."""
    running = request.app.state.running
    said = {
        "visit": None,
        "menu": {},
        "as_of": None,
        "simulated": running.settings.mode == "simulated",
        "now": running.last_now,
        **values,
    }
    return _answer(request, template, said, status)


def _answer(
    request: Request, template: str, values: Mapping[str, Any], status: int
) -> HTMLResponse:
    words = words_of(request)
    text = ENVIRONMENT.get_template(template).render(
        t=words,
        words=words,
        language=words.language,
        request=request,
        here=_address(request),
        **values,
    )
    headers = {"Content-Language": "zh-CN" if words.language == "zh" else "en"}
    answer = HTMLResponse(text, status, headers)
    remember_language(request, answer)
    return answer


def remember_language(request: Request, answer: Response) -> None:
    """Keep a language that was switched to for the pages that follow."""
    asked = request.query_params.get("lang")
    if asked in {"zh", "en"}:
        answer.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=YEAR_SECONDS, httponly=True, samesite="lax"
        )


def _address(request: Request) -> Callable[..., str]:
    """Return how to name this page again with other parameters; None drops one."""

    def here(**changed: object) -> str:
        said = {**request.query_params, **changed}
        kept = {name: value for name, value in said.items() if value is not None}
        kept.pop("seen", None)
        return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path

    return here


def see(address: str) -> RedirectResponse:
    """Return the answer that sends a browser to a page after a form."""
    return RedirectResponse(address, SEE_OTHER)


class PageRoute(APIRoute):
    """A route whose refusals are pages in the reader's words."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except SignInNeeded:
                return _to_sign_in(request)
            except Problem as problem:
                return _refusal(request, problem)
            except Rejected as refused:
                return _refusal(request, as_problem(refused))
            except RequestValidationError:
                return _refusal(request, Problem("not-found"))

        return shown


def _to_sign_in(request: Request) -> Response:
    # A form cannot be sent again after signing in: its page is shown instead.
    back = request.url.path if request.method == "GET" else "/console"
    query = f"?{request.url.query}" if request.url.query and back != "/console" else ""
    return see(f"/console/sign-in?{urlencode({'next': back + query})}")


def _refusal(request: Request, problem: Problem) -> Response:
    language = language_of(request)
    values = {
        "title": problem.kind.title.to(language),
        "detail": problem.said.to(language),
        "status": problem.status_code,
        "trace_id": current_trace_id(),
        "typed": getattr(request.state, "typed", None),
    }
    return plain_page(request, "problem.html", values, problem.status_code)
