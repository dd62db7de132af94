"""Whatever somebody typed into a form of the console is still there when it is refused.

Every route that a form is sent to is asked, over the pages that show the forms: a new
form without a row in `FORMS` fails here, and so does one that loses a field.
"""

from collections.abc import Awaitable, Mapping

import httpx
from fastapi.routing import iter_route_contexts

from libs.ids import case_id
from tests.console_forms import Form, forms
from tests.console_scene import Console, console_scene
from tests.fake_doors import FAULT, INVALID, REFUSAL, Doors, fake_doors
from tests.integration.typed_story import CASE, IDS, NUMBER, OTHERS, A, B, story
from tests.stack import FreshDatabases

FORMS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "/cases/{case_id}/acts/{act}": ("li-01", f"/cases/{CASE}/acts/ProposeTransfer", {}),
    "/cases/{case_id}/persons": ("li-01", f"/cases/{CASE}", {}),
    "/cases/{case_id}/persons/{person_id}": (
        "lg-01",
        "/cases/{case_id}/persons/{person_id}",
        {},
    ),
    "/cases/{case_id}/notification": (
        "lc-01",
        f"/cases/{CASE}/notification",
        {"notify": "sms", "phone": "13800000001"},
    ),
    "/cases/{case_id}/urges/{urge_id}/receipt": ("lc-01", "/supervision", {}),
    "/cases/{case_id}/urges/{urge_id}/answer": ("lc-01", "/supervision", {}),
    "/duplicates/{clue_id}/{of_clue_id}": (
        "li-01",
        f"/duplicates/{A}/{B}",
        {"act": "link"},
    ),
    "/erasures/{person_id}": ("lg-01", "/erasures/{person_id}", {}),
    "/evidence/{case_id}": ("li-01", f"/evidence/{CASE}", {}),
    "/find": ("li-01", "/find", {}),
    "/register": ("lc-01", "/register", {"channel_number": "H-1", "occurred_at": ""}),
    "/receptions": ("li-01", "/receptions", {}),
    "/signals": ("lc-01", "/signals", {}),
    "/opinions": ("lc-01", "/signals", {}),
    "/signals/{signal_id}/dismissal": ("lc-01", "/signals", {}),
    "/signals/{item_id}/clue": ("lc-01", "/signals", {"number": NUMBER}),
    "/opinions/{item_id}/clue": ("lc-01", "/signals", {"number": NUMBER}),
    "/early-warnings": ("lc-01", "/early-warnings", {}),
    "/early-warnings/{warning_id}/acknowledgement": ("lc-01", "/early-warnings", {}),
    "/incidents": ("lg-01", "/incidents", {"what": "report"}),
    "/incidents/{incident_id}/reports": ("lg-01", "/incidents", {}),
    "/incidents/{incident_id}/response": ("lg-01", "/incidents", {}),
    "/incidents/{incident_id}/cases": ("lg-01", "/incidents", {"number": NUMBER}),
    "/incidents/{incident_id}/closing": ("lg-01", "/incidents", {}),
    "/patrols": ("lg-01", "/patrols", {}),
    "/patrols/{patrol_id}": ("lc-01", "/patrols/{patrol_id}", {}),
    "/patrols/{patrol_id}/photos": ("lc-01", "/patrols/{patrol_id}", {}),
    "/patrols/{patrol_id}/clue": ("lc-01", "/patrols/{patrol_id}", {"number": NUMBER}),
    "/tasks": ("lg-01", "/tasks", {}),
    "/tasks/{task_id}/completion": ("lg-01", "/tasks", {}),
    "/tasks/{task_id}/rectification": ("lg-01", "/tasks", {}),
    "/responsibility/areas": ("lg-01", "/responsibility", {}),
    "/responsibility/industries": ("lg-01", "/responsibility", {}),
    "/notice-boards": ("li-01", "/notice-boards", {}),
    "/publicity": ("li-01", "/publicity", {}),
    "/messages/{message_id}": ("li-01", "/messages/{message_id}", {}),
    "/messages/{message_id}/text": ("li-01", "/messages/{message_id}", {}),
    "/risks/{employer_id}/assessment": ("lg-01", "/risks/{employer_id}", {}),
    "/risks/{employer_id}/override": ("lg-01", "/risks/{employer_id}", {}),
    "/risks/{employer_id}/override-end": ("lg-01", "/risks/{employer_id}", {}),
    "/owner-rules": ("lg-01", "/owner-rules", {}),
    "/owner-rules/adoption": ("lg-01", "/owner-rules", {}),
    "/risk-rules": ("lg-01", "/risk-rules", {}),
    "/risk-rules/adoption": ("lg-01", "/risk-rules", {}),
    "/imports": ("lg-01", "/imports", {}),
    "/workbench": ("lg-01", "/workbench", {}),
    "/workbench/adoption": ("lg-01", "/workbench", {}),
    "/workbench/drafts": ("lg-01", f"/imports/{CASE}", {}),
    "/workbench/{sample_id}": ("lg-01", f"/workbench/{CASE}", {}),
    "/orders/{name}": (
        "op-01",
        f"/orders/drop?service=routing&consumer=view-case&event_id={CASE}",
        {},
    ),
}
"""Who sends a form, on which page, and what is typed where not anything will do."""
RESULTS = "/console/bulk/results"
STALE = "刚才有人动过这件事"
NOTHING_TYPED = {"/sign-out", "/bulk", "/bulk/results"}
"""What ends a session, and the two steps of a bulk: it has a test of its own."""
OWN = {"/ledger/views", "/ledger/views/removal"}
"""What no other service is asked for."""
WITHHELD = {"/find": {"id_number", "phone"}}
"""A person's numbers are not said again: a page stays on the screen."""


def sent_to(console: Console) -> set[str]:
    """Return every path of the console that a form is sent to."""
    return {
        (one.path or "").removeprefix("/console")
        for one in iter_route_contexts(console.app.routes)
        if "POST" in (one.methods or ()) and (one.path or "").startswith("/console")
    }


def path_of(route: str, address: str) -> str:
    """Return an address of the console with the ids of the route's record in it."""
    ids = {**IDS, **OTHERS.get(route, {})}
    return "/console" + address.format_map(ids)


def the_form(page: httpx.Response, path: str) -> Form | None:
    """Return the form of a page that is sent to a path."""
    shown = forms(page.text, page.url.path)
    return next((one for one in shown if one.path == path), None)


def send(browser: httpx.AsyncClient, form: Form) -> Awaitable[httpx.Response]:
    """Send a form as a browser does, with a file where one is asked for."""
    files = {
        one.name: ("a.xlsx", b"content", "application/octet-stream")
        for one in form.controls
        if one.kind == "file" and form.multipart
    }
    return browser.post(form.address, data=form.sent, files=files or None)


async def lost(console: Console, doors: Doors, route: str) -> list[str]:
    """Send a route's form twice, stale and then with a fault; return what is lost."""
    officer, page, said = FORMS[route]
    path, nothing = path_of(route, route), False
    missing: list[str] = []
    browser, _ = await console.signed_in(officer)
    async with browser:
        shown = await browser.get(path_of(route, page))
        for status in (412, 422):
            form = the_form(shown, path)
            if form is None and nothing and missing == []:
                # Only a button: what it did not do is said on another page.
                break
            if form is None:
                return [*missing, f"{route}: no form on a {shown.status_code} page"]
            form.fill(said)
            nothing = not form.typed
            doors.refuse(status, next(iter(form.typed), "field"))
            shown = await send(browser, form)
            told = [] if shown.status_code == status else [str(shown.status_code)]
            told += not_said(shown, status) if doors.done else ["no door was asked"]
            told += not_kept(form, the_form(shown, path), WITHHELD.get(route, set()))
            missing += [f"{route}: after {status}: {one}" for one in told]
    return missing


def not_said(answer: httpx.Response, status: int) -> list[str]:
    """Return what a page lacks: the refusal's words, or those of a field's fault."""
    words = (FAULT,) if status == INVALID else (REFUSAL, STALE)
    said = any(word in answer.text for word in words)
    return [] if said else [f"none of {words} is said"]


def plain(texts: list[str]) -> list[str]:
    """Return what is written there: a form has empty lines for more."""
    return [text.strip() for text in texts if text.strip()]


def not_kept(sent: Form, shown: Form | None, withheld: set[str]) -> list[str]:
    """Return which fields lost what was typed, or a key that was not renewed."""
    again = shown.sent if shown else {}
    lost = [
        f"{name} was {texts}, is {again.get(name)}"
        for name, texts in sent.typed.items()
        if name not in withheld and plain(again.get(name, [])) != plain(texts)
    ]
    same_key = "key" in sent.sent and sent.sent["key"] == again.get("key")
    return [*lost, "the same key for another act"] if same_key else lost


async def test_every_form_keeps_what_was_typed_when_it_is_refused(
    fresh_database: FreshDatabases,
) -> None:
    """Product §4: stale or with a fault in a field, the page comes back as it was."""
    doors = Doors()
    with fake_doors(doors) as urls:
        async with console_scene(fresh_database, story(), urls) as console:
            assert sent_to(console) - NOTHING_TYPED - OWN == FORMS.keys()
            found = [one for to in FORMS for one in await lost(console, doors, to)]
            assert found == []
            await _told_what_happened(console, doors)
            await _a_view_without_a_name(console)
            await _urged_in_bulk(console, doors)


async def _told_what_happened(console: Console, doors: Doors) -> None:
    """Who did what and when since the form was shown, and nothing from before."""
    doors.refuse(412, "")
    act = "/cases/{case_id}/acts/{act}"
    closing = "/incidents/{incident_id}/closing"
    for route, event in ((act, "期限升级告知"), (closing, "报告突发事件")):
        officer, page, said = FORMS[route]
        browser, _ = await console.signed_in(officer)
        async with browser:
            shown = await browser.get(path_of(route, page))
            for since, told in (("", False), ("2023-11-01T00:00:00+08:00", True)):
                form = the_form(shown, path_of(route, route))
                assert form is not None
                form.fill({**said, "since": since} if since else said)
                shown = await send(browser, form)
                changes = shown.text.partition('id="meanwhile"')[2].split("</table>")[0]
                assert (event in changes, bool(changes)) == (told, told), route
                assert ("街道劳动监察" in changes) == told


async def _a_view_without_a_name(console: Console) -> None:
    """What reporting itself refuses stands on the page that it was sent from."""
    browser, session = await console.signed_in("li-01")
    name = "很长的名称" * 9
    typed = {"csrf": session.csrf, "name": name, "query": "unit=LI"}
    async with browser:
        answer = await browser.post("/console/ledger/views", data=typed)
    assert (answer.status_code, name in answer.text) == (409, True)
    assert "请给视图起一个" in answer.text


async def _urged_in_bulk(console: Console, doors: Doors) -> None:
    """F-2.4.1b: each case is urged by its own command, on the version seen of it."""
    browser, session = await console.signed_in("lg-01")
    cases = [str(CASE), str(case_id(B))]
    ticked = {"csrf": session.csrf, "act": "UrgeCase", "case": cases}
    async with browser:
        shown = await browser.post("/console/bulk", data=ticked)
        form = the_form(shown, RESULTS)
        assert form is not None
        assert set(form.typed) == {"level", "reason", "answer_by"}
        form.fill({"answer_by": "2023-12-22"})
        doors.accept()
        results = await send(browser, form)
        assert (results.status_code, results.text.count("mark good")) == (200, 2)
        urged = {one.path: one for one in doors.done}
        assert urged.keys() == {f"/v1/cases/{one}/urges" for one in cases}
        body = {name: texts[0] for name, texts in form.typed.items()}
        assert [one.body for one in doors.done] == [body, body]
        assert {one.headers["If-Match"] for one in doors.done} == {'"v1"'}
        await send(browser, form)
        keys = [one.headers["Idempotency-Key"] for one in doors.done]
        assert len(set(keys)) == len(cases), "sent again it is the same two commands"
        doors.refuse(412, "")
        refused = await send(browser, form)
        assert (refused.status_code, refused.text.count("mark bad")) == (412, 2)
        again = the_form(refused, "/console/bulk")
        assert again is not None
        once_more = the_form(await send(browser, again), RESULTS)
    assert once_more is not None
    assert once_more.typed == form.typed
    assert once_more.sent["key"] != form.sent["key"]
