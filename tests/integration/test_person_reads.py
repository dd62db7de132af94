"""Who read persons' data, for the auditor; and names that hide themselves again."""

from types import SimpleNamespace
from typing import Any

import pytest

from libs.events.contracts.intake import (
    PersonDataErased,
    PersonDataRead,
    ReportReceived,
)
from libs.ids import named
from services.reporting.console.routes import cases
from tests.console_scene import console_scene
from tests.figures_story import EMPLOYER, Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

NAME, PHONE = "遮盖金丝雀", "13900000077"
ONE, TWO = named("person", 1), named("person", 2)
REPORTER = named("informant")


def told() -> tuple[Story, Matter]:
    """Two readings, one of two persons, then one of them is erased."""
    story = Story()
    matter = Matter(story, 1)
    matter.registered(on(11, 20))
    matter.verified(on(11, 21), {1: 740})
    for number, persons in enumerate(((ONE, TWO), (ONE,)), start=1):
        read_id = named("read", number)
        read = PersonDataRead(
            read_id=read_id,
            person_ids=persons,
            fields=("name", "phone"),
            reason="handling",
            outlet="page",
        )
        story.say("intake", f"vaultread-{read_id}", read, on(11, 21 + number))
    erased = PersonDataErased(person_id=ONE, reason="own-request")
    story.say("intake", f"person-{ONE}", erased, on(11, 24))
    return story, matter


async def test_an_auditor_lists_each_reading_with_its_reason_and_no_person(
    fresh_database: FreshDatabases,
) -> None:
    """PIPL 54: who, when, of how many, which fields, why; sums keep repeats."""
    story, _ = told()
    async with console_scene(fresh_database, story.said) as console:
        auditor, _ = await console.signed_in("au-01")
        page = await auditor.get("/console/person-reads")
        assert page.status_code == 200
        assert "姓名、电话" in page.text
        assert '<a href="/console/person-reads" aria-current="page">' in page.text
        assert str(ONE) not in page.text
        assert page.text.count("本人要求") == 1, "an erasure's reason in words"
        api = console.api("au-01")
        said = (await api.get("/v1/person-reads")).json()
        of_two = (await api.get(f"/v1/person-reads?person={TWO}")).json()
        unit = (await api.get("/v1/person-reads?unit=LC")).json()
        before = (await api.get("/v1/person-reads?as_of=2023-11-22T12:00:00Z")).json()
        bad = await auditor.get("/console/person-reads?kind=CaseOpened")
        inspector, _ = await console.signed_in("li-01")
        refused = await inspector.get("/console/person-reads")
    kinds = [(one["kind"], one["persons"]) for one in said["lines"]]
    assert kinds == [
        ("PersonDataErased", 1),
        ("PersonDataRead", 1),
        ("PersonDataRead", 2),
    ]
    assert said["sums"] == [
        {"unit": "LI", "reason": "handling", "readings": 2, "persons": 3}
    ]
    assert (len(of_two["lines"]), unit["lines"], len(before["lines"])) == (1, [], 1)
    assert (bad.status_code, refused.status_code) == (422, 403)


async def test_what_was_unmasked_is_masked_again_by_itself(
    fresh_database: FreshDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A right, a reason, ten minutes: the page leads back to the masked one."""
    story, matter = told()
    person = {
        "person_id": str(matter.person(1)),
        "fields": {"name": NAME, "phone": PHONE},
        "unreadable": [],
    }

    async def intake(*_: Any) -> SimpleNamespace:
        return SimpleNamespace(done=True, body={"persons": [person]})

    monkeypatch.setattr(cases, "call", intake)
    path = f"/console/cases/{matter.case_id}"
    async with console_scene(fresh_database, story.said) as console:
        browser, session = await console.signed_in("lc-01")
        masked = (await browser.get(path)).text
        form = {"csrf": session.csrf, "reason": "handling", "key": "k" * 20}
        shown = (await browser.post(f"{path}/persons", data=form)).text
    leads_back = f'<meta http-equiv="refresh" content="600; url={path}">'
    assert (NAME in masked, "http-equiv" in masked) == (False, False)
    assert NAME in shown
    assert PHONE in shown
    assert leads_back in shown


def reported() -> tuple[Story, Matter]:
    """The same, and the case began with a report whose author was read."""
    story, matter = told()
    read_id = named("read", "informant")
    report = ReportReceived(
        clue_id=matter.clue_id,
        case_id=matter.case_id,
        channel="window",
        mode="named",
        reporter_id=REPORTER,
        first_asked_unit="LC",
        employer=EMPLOYER,
    )
    story.say("intake", f"clue-{matter.clue_id}", report, on(11, 25))
    read = PersonDataRead(
        read_id=read_id,
        person_ids=(REPORTER,),
        fields=("name",),
        reason="handling",
        outlet="page",
        kept_in="informants",
    )
    story.say("intake", f"vaultread-{read_id}", read, on(11, 26))
    return story, matter


async def test_an_informant_is_asked_for_apart_and_listed_so(
    fresh_database: FreshDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LIR 9 ¶3: the page with names neither asks for who reported nor shows them."""
    story, matter = reported()
    bodies = []

    async def intake(_: Any, asked: Any) -> SimpleNamespace:
        bodies.append(asked.json)
        fields = {"fields": {"name": NAME, "phone": PHONE}, "unreadable": []}
        found = [{"person_id": one, **fields} for one in asked.json["person_ids"]]
        return SimpleNamespace(done=True, body={"persons": found})

    monkeypatch.setattr(cases, "call", intake)
    path = f"/console/cases/{matter.case_id}"
    async with console_scene(fresh_database, story.said) as console:
        browser, session = await console.signed_in("lc-01")
        form = {"csrf": session.csrf, "reason": "handling", "key": "k" * 20}
        masked = (await browser.get(path)).text
        await browser.post(f"{path}/persons", data=form)
        form |= {"kept_in": "informants"}
        shown = (await browser.post(f"{path}/persons", data=form)).text
        form |= {"kept_in": "others"}
        refused = await browser.post(f"{path}/persons", data=form)
        auditor, _ = await console.signed_in("au-01")
        listed = (await auditor.get("/console/person-reads")).text
    assert 'name="kept_in"' in masked
    assert NAME not in masked
    assert [str(REPORTER) in one["person_ids"] for one in bodies] == [False, True]
    assert (bodies[1]["kept_in"], len(bodies[1]["person_ids"])) == ("informants", 1)
    assert shown.count(NAME) == 1
    assert refused.status_code == 422
    assert "查看个人信息 · 举报人" in listed
