"""Supervision without scripts: urged, signed for, answered; listed and struck off."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import httpx

from tests.end_to_end.complaint import complain, officer
from tests.end_to_end.test_operating import HIDDEN, browser
from tests.end_to_end.whole import Whole
from tests.eventually import eventually

TODAY = re.compile(r'min="(\d{4}-\d\d-\d\d)"')
RECEIPT = re.compile(r'action="(/console/cases/[^"]+/urges/[^"]+/receipt)"')


async def acted(
    client: httpx.AsyncClient, case_id: str, act: str, **fields: Any
) -> httpx.Response:
    """Fill in an act's form as it is shown, and send it."""
    path = f"/console/cases/{case_id}/acts/{act}"
    page = await client.get(path)
    assert page.status_code == 200, page.text
    form = page.text[page.text.index('class="act"') :]
    today = TODAY.search(form)
    if today is not None:
        day = date.fromisoformat(today.group(1)) + timedelta(days=7)
        fields |= {name: day.isoformat() for name in fields if fields[name] is None}
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(form)}
    return await client.post(path, data=hidden | fields)


async def seen(
    client: httpx.AsyncClient, sent: httpx.Response, word: str, *, gone: bool = False
) -> None:
    """Go where an act leads, until the page shows a word, or shows it no more."""
    assert sent.status_code == 303, sent.text

    async def is_shown() -> bool:
        page = await client.get(sent.headers["location"])
        assert page.status_code == 200, page.text
        assert (word in page.text) != gone, f"{word} on {page.url}"
        return True

    await eventually(is_shown, 30)


async def test_an_urge_is_signed_and_a_listed_case_struck_off_by_two(
    whole: Whole,
) -> None:
    """F-2.4.0, F-2.4.1b, by the console's forms and at routing's doors."""
    case_id = str((await complain(whole)).case_id)
    await whole.settled()
    async with browser(whole, "lg-01") as (office, _):
        said = {"level": "supervise", "reason": "slow", "answer_by": None}
        sent = await acted(office, case_id, "UrgeCase", **said)
        await seen(office, sent, "not signed for")
        leader = {"leader_id": officer(whole, "hd-01")}
        sent = await acted(office, case_id, "AssignCaseLeader", **leader)
        await seen(office, sent, "Case leader")
        handler = {"handler_id": officer(whole, "li-01")}
        sent = await acted(office, case_id, "AssignHandler", **handler)
        await seen(office, sent, "no handler yet", gone=True)
        sent = await acted(office, case_id, "FormTaskForce", units=["LI", "PS"])
        await seen(office, sent, "Demo police")
        sent = await acted(office, case_id, "ListForSupervision", due_on=None)
        await seen(office, sent, "To be solved by")
        unread = await office.get("/console/supervision?urges=unread")
        assert f"/console/cases/{case_id}" in unread.text
    await _signed_and_answered(whole, case_id)
    await _struck_off(whole, case_id)
    async with whole.client("reporting", "ps-01") as police:
        # A unit of the task force sees the case from now on.
        assert (await police.get(f"/v1/cases/{case_id}")).status_code == 200


async def _signed_and_answered(whole: Whole, case_id: str) -> None:
    async with browser(whole, "li-01") as (unit, session):
        today = (await unit.get("/console")).text
        own = (p for p in RECEIPT.findall(today) if case_id in p)
        path = next(own)
        form = {"csrf": session.csrf, "back": "today"}
        early = await unit.post(path.replace("receipt", "answer"), data=form)
        assert early.status_code == 422
        sent = await unit.post(path, data=form)
        await seen(unit, sent, path, gone=True)
        again = await unit.post(path, data=form)
        assert again.status_code == 409
        assert "Your unit has signed for it already." in again.text
        told = {**form, "answer": "in_hand", "back": "case"}
        sent = await unit.post(path.replace("receipt", "answer"), data=told)
        await seen(unit, sent, "in hand")
        sent = await acted(unit, case_id, "EscalateCase", reason="group")
        await seen(unit, sent, "a crowd gathers")
        sent = await acted(unit, case_id, "ProposeDelisting", result="settled")
        await seen(unit, sent, "awaits a second person")


async def _struck_off(whole: Whole, case_id: str) -> None:
    async with browser(whole, "lg-01") as (office, _):
        sent = await acted(office, case_id, "DelistSupervision")
        await seen(office, sent, "Struck off on")
    await whole.settled()
    found = await whole.get("lg-01", "reporting", f"/v1/cases/{case_id}")
    clocks = {one["clock"]: one for one in found["deadlines"]}
    assert (clocks["CLK-99"]["running"], clocks["CLK-99"]["in_time"]) == (False, True)
