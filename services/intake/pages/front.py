"""The first page, the notice on personal data, and the files that pages need."""

from pathlib import Path

from fastapi import APIRouter, Request, Response

from libs.web.problems import Problem
from services.intake.pages import report, tracking
from services.intake.pages.page import STATIC, Shown, page, page_routes
from services.intake.window import Window

FILES = Path(__file__).parent / "static"
KEEP = "public, max-age=31536000, immutable"


def front() -> APIRouter:
    """Return the routes that need no window."""
    routes = page_routes()

    @routes.get("/")
    async def home(request: Request) -> Response:
        return page(request, Shown("home.html", {}))

    @routes.get("/notice")
    async def notice(request: Request) -> Response:
        return page(request, Shown("notice.html", {}))

    @routes.get("/static/{name}")
    async def file(name: str) -> Response:
        if name not in STATIC:
            raise Problem("not-found")
        content = (FILES / name).read_bytes()
        return Response(
            content, media_type=STATIC[name], headers={"Cache-Control": KEEP}
        )

    return routes


def pages(window: Window) -> tuple[APIRouter, ...]:
    """Return the worker's pages."""
    return front(), report.router(window), tracking.router(window)
