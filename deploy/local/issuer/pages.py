"""The sign-in page: choose whom to be in the demonstration; there is no password."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from deploy.local.issuer.grants import Asked
from deploy.local.issuer.minting import AGENCY, Issuer
from libs.organisation import Officer, Unit
from libs.web.languages import Language

STYLE = """:root{color-scheme:light;font-family:system-ui,"Noto Sans CJK SC",sans-serif}
body{margin:0;background:#fff;color:#1b1b1b;line-height:1.5}
main{max-width:56rem;margin:0 auto;padding:1rem}
.demo{background:#7a1f00;color:#fff;margin:0;padding:.5rem 1rem;font-weight:600}
h2{font-size:1rem;margin:1.25rem 0 .5rem}
ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.5rem}
button{font:inherit;min-height:2.75rem;padding:.4rem .9rem;border:1px solid #1d4e89;
border-radius:.4rem;background:#fff;color:#123a68;cursor:pointer;text-align:left}
button:hover{background:#e8f0fa}
button:focus-visible,a:focus-visible{outline:3px solid #b35900;outline-offset:2px}
a{color:#123a68}code{font-size:.9em}
"""
WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "lang": "zh-CN",
        "title": "登录 · 清薪 演示",
        "demo": "演示：以下人员、单位均为虚构，无需密码。",
        "head": "请选择以谁的身份登录",
        "other": "English",
        "refused": "不能登录",
    },
    "en": {
        "lang": "en",
        "title": "Sign in · Qingxin demonstration",
        "demo": "演示 Demonstration: everybody is fictional, and needs no password.",
        "head": "Choose whom to sign in as",
        "other": "中文",
        "refused": "Sign-in refused",
    },
}
FRAME = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/style.css"></head>
<body><p class="demo" role="note">{demo}</p><main>{body}</main></body></html>
"""


def choose_page(issuer: Issuer, asked: Asked, language: Language) -> str:
    """Return the page with one button for each officer, by unit."""
    words = WORDS[language]
    other = {**asked.fields(), "ui_locales": "en" if language == "zh" else "zh"}
    switch = escape(f"/authorize?{urlencode(other)}")
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in asked.fields().items()
    )
    units = "".join(_unit(issuer, unit, language) for unit in issuer.organisation.units)
    to = "zh-CN" if language == "en" else "en"
    body = (
        f'<p><a href="{switch}" lang="{to}" hreflang="{to}">{words["other"]}</a></p>'
        f"<h1>{words['head']}</h1>"
        f'<form method="post" action="/authorize">{hidden}{units}</form>'
    )
    return _framed(language, body)


def refusal_page(why: str, language: Language) -> str:
    """Return the page that says why nobody can sign in this way."""
    words = WORDS[language]
    return _framed(language, f"<h1>{words['refused']}</h1><p>{escape(why)}</p>")


def _framed(language: Language, body: str) -> str:
    words = WORDS[language]
    return FRAME.format(
        lang=words["lang"], title=words["title"], demo=words["demo"], body=body
    )


def _unit(issuer: Issuer, unit: Unit, language: Language) -> str:
    own = [
        officer
        for officer in issuer.officers().values()
        if officer.unit == unit.code and officer.role != AGENCY
    ]
    if not own:
        return ""
    head = escape(unit.name_zh if language == "zh" else unit.name_en)
    rows = "".join(_button(officer, language) for officer in own)
    return f"<section><h2>{head}</h2><ul>{rows}</ul></section>"


def _button(officer: Officer, language: Language) -> str:
    title = escape(officer.title_zh if language == "zh" else officer.title_en)
    subject = escape(officer.subject)
    return (
        f'<li><button name="subject" value="{subject}">{title} '
        f"<code>{subject}</code></button></li>"
    )
