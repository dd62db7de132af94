"""The page behind a problem's type: what the code means and what to do."""

import re
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.web.languages import Language, Said, preferred
from libs.web.problem_kinds import RULE, ProblemKind
from libs.web.problems import ALL_KINDS, Problem
from libs.web.refusals import english

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,9}")
LONGEST = 64
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {code}</title></head>
<body><main><h1>{title}</h1><p><code>{code}</code> · HTTP {status}</p>
<p>{todo}</p></main></body></html>
"""
LANGS = {"zh": "zh-CN", "en": "en"}


def problem_pages() -> APIRouter:
    """Return the route of the pages; a rule's code says what its refusal says."""
    router = APIRouter()

    @router.get(
        "/problems/{code}", response_class=HTMLResponse, include_in_schema=False
    )
    async def problem_page(request: Request, code: str) -> HTMLResponse:
        if len(code) > LONGEST or not KEBAB.fullmatch(code):
            raise Problem("not-found")
        kind = ALL_KINDS.get(code, RULE)
        language = preferred(request.headers.get("accept-language"))
        todo = Said(kind.todo.zh, english(code, kind.todo.en))
        page = _page(code, kind, todo, language)
        return HTMLResponse(
            page, headers={"Content-Language": language, "Vary": "Accept-Language"}
        )

    return router


def _page(code: str, kind: ProblemKind, todo: Said, language: Language) -> str:
    return PAGE.format(
        lang=LANGS[language],
        code=escape(code),
        status=kind.status,
        title=escape(kind.title.to(language)),
        todo=escape(todo.to(language)),
    )
