"""Every event has a page in both languages, with all that is promised of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace

import httpx
import orjson
import pytest
from fastapi import FastAPI

from libs.events.catalogue.entries import Version, entries
from libs.web.app import DoorSettings, make_app
from libs.web.health import Probes
from libs.web.languages import Language
from services.reporting.console.routes import catalogue
from services.reporting.console.words import words

BOTH: tuple[Language, ...] = ("zh", "en")
TAGS = frozenset({"h1", "h2", "p", "dt", "dd", "li", "pre", "th", "td"})


class Shown(HTMLParser):
    """What a page shows, by the tag that it stands in, and its tables row by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.by_tag: dict[str, list[str]] = {}
        self.rows: list[list[str]] = []
        self._open: list[list[str]] = []
        self.feed(text)

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],  # noqa: ARG002 -- the parser gives it
    ) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in TAGS:
            self._open.append([])

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in TAGS:
            said = " ".join("".join(self._open.pop()).split())
            self.by_tag.setdefault(tag, []).append(said)
            if tag in {"th", "td"}:
                self.rows[-1].append(said)


@cache
def door() -> FastAPI:
    """Return the catalogue's pages as the console serves them to whoever asks."""
    settings = DoorSettings("console", Probes("reporting", "0"), b"k" * 32)
    app = make_app(settings, [catalogue.routes()])
    app.state.running = SimpleNamespace(
        settings=SimpleNamespace(mode="real"), last_now=datetime.now(UTC)
    )
    return app


async def shown(name: str, language: Language) -> Shown:
    """Return an event's page in a language."""
    transport = httpx.ASGITransport(app=door())
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        answer = await client.get(f"/catalogue/{name}", params={"lang": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Language"].startswith(language)
    return Shown(answer.text)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("name", entries())
async def test_a_page_says_all_that_is_promised(name: str, language: Language) -> None:
    entry, t, page = entries()[name], words(language), await shown(name, language)
    assert page.by_tag["h1"] == [f"{t.of('event', name)} {name}"]
    assert page.by_tag["p"][1] == entry.meaning.to(language)
    facts = dict(zip(page.by_tag["dt"], page.by_tag["dd"], strict=True))
    said_by = t("page.comma").join(f"{t.of('service', s)} {s}" for s in entry.producers)
    assert facts[t("catalogue.producer")] == " ".join(said_by.split())
    assert facts[t("catalogue.topic")] == " ".join(entry.topics)
    assert facts["ce_type"] == " ".join(entry.types)
    assert facts[t("catalogue.stream")] == entry.stream
    assert facts[t("catalogue.key")] == t(f"catalogue.keys.{entry.key}")
    assert facts[t("catalogue.order-promised")] == t("catalogue.order")
    assert facts[t("catalogue.personal")] == t(f"catalogue.classes.{entry.personal}")
    assert page.by_tag.get("li", []) == [
        f"{t.of('service', one.service)} {one.service}"
        f" · {t(f'catalogue.kinds.{one.kind}')} {one.name}"
        for one in entry.consumers
    ]


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("name", entries())
async def test_a_page_shows_each_version_with_its_fields_and_an_example(
    name: str, language: Language
) -> None:
    versions, t = entries()[name].versions, words(language)
    page = await shown(name, language)
    head = [
        t(f"catalogue.{one}") for one in ("field", "type", "unit", "meaning", "names")
    ]
    assert page.rows == [
        row for each in versions for row in (head, *lines(each, language))
    ]
    numbers = [t("catalogue.of-version", n=each.number) for each in versions]
    numbers[0] += f" {t('catalogue.newest')}"
    assert page.by_tag["h2"][1:] == numbers
    for each in versions:
        if each.number > 1:
            assert each.change is not None
            on = t("catalogue.changed", on=each.change.on)
            assert f"{on} {each.change.what.to(language)}" in page.by_tag["p"]
    examples = [orjson.loads(text) for text in page.by_tag["pre"]]
    assert examples == [each.example for each in versions]
    assert all(examples)


def lines(version: Version, language: Language) -> Iterator[list[str]]:
    """Yield a version's fields as the page has them."""
    t = words(language)
    for field in version.fields:
        path = (
            field.path if field.required else f"{field.path} {t('catalogue.may-lack')}"
        )
        type_ = (
            f"{field.type} {t('catalogue.or-null')}" if field.nullable else field.type
        )
        named = t.of("catalogue.named", field.names)
        yield [path, type_, field.unit or "", field.meaning.to(language), named]


async def test_a_transfers_page_in_the_very_words() -> None:
    zh, en = await shown("CaseTransferred", "zh"), await shown("CaseTransferred", "en")
    assert zh.by_tag["h1"] == ["签收转办 CaseTransferred"]
    assert zh.rows[5] == ["hop", "integer", "ordinal from 1", "本案第几次转办", ""]
    assert zh.by_tag["p"][2].startswith("2026-11-28 起： 提出转办的 reason")
    assert "受理 intake · 反应 note-fact" in zh.by_tag["li"]
    assert en.by_tag["h1"] == ["Transfer accepted CaseTransferred"]
    assert en.rows[7][1] == "text or null"
    assert "Version 2 newest" in en.by_tag["h2"]
    assert "Routing routing" in en.by_tag["dd"]


async def test_a_payments_page_says_unit_key_and_whom_it_names() -> None:
    zh, en = await shown("WagesPaid", "zh"), await shown("WagesPaid", "en")
    assert "案件编号：一案的事件都在同一分区" in zh.by_tag["dd"]
    assert "假名：含人员的不透明编号，姓名只在保险库" in zh.by_tag["dd"]
    amount = next(row for row in en.rows if row[0] == "amount")
    assert amount[1:3] == ["Money", "minor units of the currency (fen for CNY)"]
    person = next(row for row in en.rows if row[0] == "person_id")
    assert person[4] == "a person (opaque id)"


async def test_an_event_that_nobody_says_has_no_page() -> None:
    transport = httpx.ASGITransport(app=door())
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        assert (await client.get("/catalogue/NobodySaysThis")).status_code == 404
