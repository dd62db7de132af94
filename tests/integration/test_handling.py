"""Handlers in the console: the case page, the form, Today, and as known before."""

from uuid import UUID

import httpx

from libs.events.contracts.supervision import HandlerAssigned
from libs.events.event import Recorded
from libs.ids import actor_id, named
from services.reporting.console.session import Session
from tests.console_scene import Console, console_scene
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.matters import ASSIGNED, OPENED, moved
from tests.unit.offices import on
from tests.unit.web_door import ISSUER

MINE, NOBODYS, NEW, GONE = (named("test-handled", n) for n in range(4))
OFFICER = actor_id(ISSUER, "lc-01")


def story() -> list[Recorded]:
    """One case is handled, one is not, one came today, one moved from its handler."""
    told = Story()
    for case, day in ((MINE, 13), (NOBODYS, 13), (GONE, 13), (NEW, 20)):
        opened = OPENED.model_copy(update={"case_id": case, "clue_id": case})
        assigned = ASSIGNED.model_copy(update={"case_id": case})
        for one in (opened, assigned):
            told.say("routing", f"case-{case}", one, on(12, day))
    for case in (MINE, GONE):
        event = HandlerAssigned(case_id=case, handler_id=OFFICER, unit="LC")
        told.say("routing", f"handling-{case}", event, on(12, 20, 10))
    for move in moved(1, "LC", "LI"):
        gone = move.model_copy(update={"case_id": GONE})
        told.say("routing", f"case-{GONE}", gone, on(12, 20, 11))
    return told.said


async def test_a_handler_stands_on_the_case_and_on_their_own_morning(
    fresh_database: FreshDatabases,
) -> None:
    """F-2.2.2a: and what nobody answers for stands on its unit's."""
    async with console_scene(fresh_database, story()) as console:
        handler, session = await console.signed_in("lc-01")
        async with handler:
            await _on_pages(handler)
            await _on_the_form(handler, session)
        await _on_anothers(console)
        async with console.api("lg-01") as client:
            said = (await client.get(f"/v1/cases/{MINE}")).json()
            assert said["handler"]["officer_id"] == str(OFFICER)
            before = {"as_of": "2023-12-20T09:30:00+08:00"}
            then = await client.get(f"/v1/cases/{MINE}", params=before)
            assert then.json()["handler"] is None


async def _on_pages(handler: httpx.AsyncClient) -> None:
    mine = (await handler.get(f"/console/cases/{MINE}")).text
    assert "演示员·中心一" in mine
    assert "我负责" in mine
    for case in (NOBODYS, GONE):
        assert "未明确责任人" in (await handler.get(f"/console/cases/{case}")).text
    today = (await handler.get("/console")).text
    assert sections(today, "handled") == {MINE}
    assert sections(today, "no-handler") == {NOBODYS}
    # Also where it stands in the unit's queue it is marked as one's own.
    assert today.count("我负责</span>") == 2


async def _on_the_form(handler: httpx.AsyncClient, session: Session) -> None:
    """Sent without a choice it is shown again, whoever may be chosen beside it."""
    typed = {"csrf": session.csrf, "tag": '"v2"', "saw": "{}"}
    path = f"/console/cases/{NOBODYS}/acts/AssignHandler"
    sent = await handler.post(path, data=typed)
    assert sent.status_code == 422
    form = sent.text
    choices = form[form.index('name="handler_id"') :].split("</select>")[0]
    assert str(OFFICER) in choices, "an officer may name oneself"
    assert str(actor_id(ISSUER, "lc-02")) in choices
    assert str(actor_id(ISSUER, "li-01")) not in choices


async def _on_anothers(console: Console) -> None:
    """A colleague answers for none; who took the case over has a day to name one."""
    for subject, waiting in (("lc-02", {NOBODYS}), ("li-01", set[UUID]())):
        other, _ = await console.signed_in(subject)
        async with other:
            today = (await other.get("/console")).text
            assert sections(today, "handled") == set()
            assert sections(today, "no-handler") == waiting
            assert "我负责</span>" not in today


def sections(page: str, name: str) -> set[UUID]:
    """Return the cases of one section of Today."""
    _, found, rest = page.partition(f'<section aria-labelledby="{name}">')
    lines = rest.split("</section>")[0].split('data-case="')[1:] if found else []
    return {UUID(line[:36]) for line in lines}
