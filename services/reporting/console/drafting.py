"""Drafting: one officer writes rules as TOML on a page, another puts them in force."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.deed import shown
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Desk, Sheet, blank, refused
from services.reporting.console.visit import Visit, Visiting


@dataclass(frozen=True)
class Paper:
    """Rules that are drafted: their page's name, and the body of a draft.

    `body` makes it of what the TOML says; `page` shows them with their two forms.
    """

    name: str
    body: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    page: Callable[[Visit, Sheet], Awaitable[Response]]


def add_paper(router: APIRouter, paper: Paper) -> None:
    """Add the page of some rules: in force, drafted, put in force by another person."""
    doors = f"/v1/{paper.name}/drafts"
    desk = Desk("routing", doors, f"/console/{paper.name}", paper.page)

    @router.get(f"/{paper.name}")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await paper.page(visit, blank())

    @router.post(f"/{paper.name}")
    async def draft(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        try:
            said = tomllib.loads(typed.one("rules"))
        except tomllib.TOMLDecodeError as reason:
            words = visit.words("owner-rules.unreadable", why=str(reason))
            return await paper.page(visit, refused(typed, words))
        # TOML's dates are the API's texts.
        return await desk.act(
            visit, typed, **orjson.loads(orjson.dumps(paper.body(said)))
        )

    @router.post(f"/{paper.name}/adoption")
    async def adopt(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        return await desk.act(visit, typed, f"/{typed.one('draft_id')}/adoption")
