"""Page: templates with the reader's words; a refusal is a page too."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from libs.calendar.local_days import SHANGHAI
from libs.codes import mask
from libs.events.decider import Rejected
from libs.events.journal.words import Overloaded, PayloadTooLarge
from libs.events.perform import Contended, PreconditionFailed
from libs.money import format_minor
from libs.organisation import UnknownUnit
from libs.telemetry.traceparent import current_trace_id
from libs.web.guards import FORM, media_type
from libs.web.languages import Language
from libs.web.pages.words import Words, catalogue
from libs.web.problem_handlers import PERFORMING, as_problem
from libs.web.problems import Problem
from services.intake.window import Window

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "qingxin_language"
YEAR_SECONDS = 31_536_000
STATIC: Mapping[str, str] = {
    "worker.css": "text/css; charset=utf-8",
    "print.js": "text/javascript; charset=utf-8",
}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def _marked(name: str) -> str:
    """Return a file's address; it changes with the file, so that it may be kept."""
    digest = sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def day_words(on: date, language: Language) -> str:
    """Return a day as people write it."""
    if language == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {on:%B} {on.year}"


def moment_words(at: datetime, language: Language) -> str:
    """Return an instant to the minute, in Shanghai's time."""
    local = at.astimezone(SHANGHAI)
    return f"{day_words(local.date(), language)} {local:%H:%M}"


ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["yuan"] = format_minor
ENVIRONMENT.filters["masked"] = lambda value, kind: mask(kind, value)
ENVIRONMENT.filters["day"] = day_words
ENVIRONMENT.filters["moment"] = moment_words
ENVIRONMENT.globals["static"] = {name: _marked(name) for name in STATIC}


@dataclass(frozen=True)
class Shown:
    """What is shown: a template with its values, perhaps in another language."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    language: Language | None = None


def page(request: Request, shown: Shown) -> HTMLResponse:
    """Return a page in the reader's language, which is kept for the next one."""
    running = request.app.state.running
    words = catalogue(HERE / "words", shown.language or language_of(request))
    values = {
        "t": words,
        "language": words.language,
        "path": request.url.path,
        "simulated": running.settings.mode == "simulated",
        "today": running.today(),
        "switch_form": None,
        **shown.values,
    }
    text = ENVIRONMENT.get_template(shown.template).render(values)
    headers = {"Content-Language": "zh-CN" if words.language == "zh" else "en"}
    answer = HTMLResponse(text, shown.status, headers)
    if shown.language or "lang" in request.query_params:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            words.language,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="lax",
        )
    return answer


def language_of(request: Request) -> Language:
    """Return the language that was switched to, else Chinese.

    The browser's own wish is not asked: many phones of workers speak English menus.
    """
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if asked == "en" else "zh"


def words_of(request: Request) -> Words:
    """Return the catalogue that a request is answered in."""
    return catalogue(HERE / "words", language_of(request))


def unit_name(window: Window, code: str | None, language: Language) -> str:
    """Return a unit's name; of an unknown unit its code."""
    if code is None:
        return ""
    try:
        found = window.organisation.unit(code)
    except UnknownUnit:
        return code
    return found.name_zh if language == "zh" else found.name_en


async def typed(request: Request) -> Mapping[str, str]:
    """Return a form's fields, each name's last; raises 415 for another media type."""
    if media_type(request.headers) != FORM:
        raise Problem("media-type")
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


class PageRoute(APIRoute):
    """A route whose refusals are pages in the reader's words."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return refusal(request, problem)
            except Rejected as refused:
                return refusal(request, as_problem(refused))
            except RequestValidationError:
                return refusal(request, Problem("not-found"))
            except (Overloaded, Contended, PayloadTooLarge) as refused:
                return refusal(request, PERFORMING[type(refused)](refused))
            except PreconditionFailed:
                return refusal(request, Problem("stale"))

        return shown


def page_routes() -> APIRouter:
    """Return a router for pages: refusals are pages, and no interface lists them."""
    return APIRouter(
        route_class=PageRoute,
        default_response_class=HTMLResponse,
        include_in_schema=False,
    )


def refusal(request: Request, problem: Problem) -> HTMLResponse:
    """Return what is wrong and what to do, as a page."""
    language = language_of(request)
    values = {
        "title": problem.kind.title.to(language),
        "detail": problem.said.to(language),
        "trace_id": current_trace_id(),
    }
    answer = page(request, Shown("problem.html", values, problem.status_code))
    answer.headers.update(problem.more.headers)
    return answer
