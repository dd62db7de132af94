"""Who chose to be told is told, from filing to the worker's page, on all services."""

from typing import Any

from tests.end_to_end.complaint import Carried, complain
from tests.end_to_end.test_operating import HIDDEN, browser
from tests.end_to_end.whole import Act, Whole

PHONE = "13800000001"
WORKER = {"name": "张试七", "phone": PHONE, "claimed": None}


async def of_case(whole: Whole, case_id: object) -> list[Any]:
    await whole.settled()
    page = await whole.get("li-01", "reporting", f"/v1/cases/{case_id}")
    found: list[Any] = page["messages"]
    return found


async def test_news_wait_in_the_outbox_and_are_told_by_hand(whole: Whole) -> None:
    """A5, F-2.2.1a: a rehearsal has no gateway, so an officer tells by hand."""
    chosen = await complain(whole, workers=[WORKER], notify="sms")
    silent = await complain(whole, workers=[WORKER])
    ruling = {"to_unit": "DO", "article": "信访工作条例第二十四条"}
    for case_id in (chosen.case_id, silent.case_id):
        path = f"/v1/cases/{case_id}/ruling"
        await whole.do(Act("lg-01", "routing", path, ruling))
    assert await of_case(whole, silent.case_id) == []
    waiting = await of_case(whole, chosen.case_id)
    assert [one["purpose"] for one in waiting] == ["received", "moved"]
    assert {one["state"] for one in waiting} == {"waiting"}
    assert waiting[1]["unit"] == "DO"
    this = waiting[0]["message_id"]
    async with browser(whole, "li-01") as (client, _):
        outbox = await client.get("/console/messages")
        assert f"/console/messages/{this}" in outbox.text
        page = await client.get(f"/console/messages/{this}")
        assert PHONE not in page.text
        reading = page.text[: page.text.index('class="act ')]
        fields = dict(HIDDEN.findall(reading))
        opened = await client.post(f"/console/messages/{this}/text", data=fields)
        assert f"+86{PHONE}" in opened.text, opened.text
        assert str(chosen.answer["query_code"]) in opened.text
        fields = dict(HIDDEN.findall(page.text[page.text.index('class="act') :]))
        told = await client.post(
            f"/console/messages/{this}", data={**fields, "means": "phone"}
        )
        assert told.status_code == 303, told.text
        shown = await client.get(f"/console/cases/{chosen.case_id}")
        assert f"/console/messages/{waiting[1]['message_id']}" in shown.text
    first, _ = await of_case(whole, chosen.case_id)
    assert (first["state"], first["means"]) == ("delivered", "phone")
    await _news_end(whole, chosen)
    await _and_go_elsewhere(whole, chosen.case_id)


async def _news_end(whole: Whole, chosen: Carried) -> None:
    """PIPL 15: by the code alone; nobody is told any more, no office is asked to."""
    async with whole.client("intake") as public:
        code = {"code": str(chosen.answer["query_code"])}
        public.cookies.update((await public.post("/track", data=code)).cookies)
        page = await public.get("/track?lang=en")
        assert "We told you: received" in page.text
        form = page.text[page.text.index('action="/track/news"') :]
        fields = dict(HIDDEN.findall(form[: form.index("</form>")]))
        done = await public.post("/track/news", data={**fields, "notify": "none"})
    assert done.headers["location"] == "/track?told=chosen_none", done.text
    states = [one["state"] for one in await of_case(whole, chosen.case_id)]
    assert states == ["delivered", "withdrawn"]


async def _and_go_elsewhere(whole: Whole, case_id: object) -> None:
    """An office takes down where they go now: what comes next goes there."""
    path = f"/console/cases/{case_id}/notification"
    async with browser(whole, "do-01") as (client, _):
        case = await client.get(f"/console/cases/{case_id}")
        assert path in case.text
        fields = dict(HIDDEN.findall((await client.get(path)).text.split("<main")[1]))
        choice = {"notify": "email", "email": "a@example.org", "language": "en"}
        done = await client.post(path, data={**fields, **choice})
    assert done.status_code == 303, done.text
    back = {"to_unit": "LI", "article": "信访工作条例第二十四条"}
    await whole.do(Act("lg-01", "routing", f"/v1/cases/{case_id}/ruling", back))
    *_, last = await of_case(whole, case_id)
    assert (last["purpose"], last["channel"]) == ("moved", "email")
    assert (last["state"], last["unit"]) == ("waiting", "LI")
