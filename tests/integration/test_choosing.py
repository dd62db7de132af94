"""Where news go is chosen anew: through the real door, the vault and a real gateway."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from libs.events.command import Stamp
from libs.events.event import Actor
from libs.events.reactions import system_actor
from libs.ids import case_id, named
from services.intake.app import SERVICE
from services.intake.choosing import ChooseNotification
from services.intake.sending.writing import written
from services.intake.telling import QueueMessage
from services.intake.vault.contacts import replay_choices
from services.intake.window import Window
from tests.intake_forms import complaint, worker
from tests.intake_scene import Scene, intake, set_up_database
from tests.integration.test_sending import queued, sender, types
from tests.stack import FreshDatabases
from tests.text_gateway import gateway

FIRST, SECOND, MAIL = "13800000001", "13900000092", "canary@example.org"
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
WORKER = Actor(named("test-worker"), "worker", "public")
MOVED = ("MessageQueued", "MessageRedirected")
NOTIFY = ("notify_phone", "notify_email")
FIELDS = "SELECT * FROM vault.field WHERE field = ANY($1) ORDER BY field, kept_at"
PUT_BACK = "INSERT INTO vault.field VALUES ($1, $2, $3, $4, $5)"
ONE = "SELECT right(stream, 36) FROM journal.event WHERE type = 'MessageQueued'"
MATCH = "SELECT phone_hmac FROM vault.person WHERE phone_hmac IS NOT NULL"


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def looked(scene: Scene, code: str) -> httpx.Response:
    """Open the page behind a code."""
    answer = await scene.door.post("/track", data={"code": code})
    scene.door.cookies.update(answer.cookies)
    return await scene.door.get("/track")


async def chosen(scene: Scene, page: httpx.Response, **said: str) -> httpx.Response:
    """Send the page's own form, as a browser without a script does."""
    form = page.text.partition('action="/track/news"')[2].partition("</form>")[0]
    return await scene.door.post(
        "/track/news", data={**dict(HIDDEN.findall(form)), **said}
    )


async def in_vault(scene: Scene, *fields: str) -> list[Any]:
    return list(await scene.pool.fetch(FIELDS, list(fields)))


async def nothing_comes_back(scene: Scene, older: Any) -> None:
    """A reply is no news any more, and an older copy of the vault is gone through."""
    clue_id = await scene.pool.fetchval("SELECT clue_id FROM vault.code LIMIT 1")
    reply = {"form": "online", "conclusion": "paid", "text": "钱已经发了"}
    path = f"/v1/clues/{clue_id}/reply"
    assert (await scene.post(path, reply, by="lc-01", version=3)).status_code == 200
    assert await types(scene) == [*MOVED, "MessageDelivered"]
    await scene.pool.execute(PUT_BACK, *older)
    assert SERVICE.prepare is not None
    await SERVICE.prepare(scene.running)
    assert await in_vault(scene, *NOTIFY) == []
    await scene.pool.execute(PUT_BACK, *older)
    journal = scene.running.desk.log.journal
    assert (await replay_choices(journal), await replay_choices(journal)) == (1, 0)
    assert await in_vault(scene, *NOTIFY) == []
    rows = await scene.pool.fetch("SELECT data FROM journal.event")
    assert SECOND not in "".join(row["data"] for row in rows)


async def test_pipl_15_47_the_author_moves_news_and_then_wants_none(
    scene: Scene,
) -> None:
    """F-2.2.1a: what waits goes to the new number alone; after "nothing" nowhere."""
    this = await queued(scene, reporter={"worker": 1}, notify_language="en")
    clue_id = await scene.pool.fetchval("SELECT clue_id FROM vault.code LIMIT 1")
    code = Window.of(scene.running).codes.of("clue", clue_id)
    matched = await scene.pool.fetchval(MATCH)
    page = await looked(scene, code)
    assert FIRST not in page.text
    wrong = await chosen(scene, page, notify="sms", phone="12345")
    assert (wrong.status_code, 'value="12345"' in wrong.text) == (422, True)
    assert 'id="phone-trouble"' in wrong.text
    done = await chosen(scene, wrong, notify="sms", phone=SECOND, email="not kept")
    assert done.headers["location"] == "/track?told=chosen"
    assert len(await in_vault(scene, *NOTIFY)) == 1
    with gateway() as (sms, asked):
        at_work = sender(scene, sms)
        assert await at_work.round() == 1
        assert await at_work.round() == 0
    ((headers, body),) = asked.said
    assert (headers["Idempotency-Key"], body["to"]) == (str(this), f"+86{SECOND}")
    older = await in_vault(scene, *NOTIFY)
    page = await scene.door.get("/track")
    assert SECOND not in page.text
    gone = await chosen(scene, page, notify="none")
    assert gone.headers["location"] == "/track?told=chosen_none"
    # Whoever goes back and sends the first form again is told that it does not count.
    back = await chosen(scene, wrong, notify="sms", phone=SECOND, email="not kept")
    assert back.headers["location"] == "/track?told=changed"
    assert await in_vault(scene, *NOTIFY) == []
    await nothing_comes_back(scene, older[0])
    # What the complaint said stays under its floor, and is matched as before.
    assert len(await in_vault(scene, "phone")) == 1
    assert await scene.pool.fetchval(MATCH) == matched


async def test_an_office_takes_it_down_and_a_repeat_brings_no_contact_back(
    scene: Scene,
) -> None:
    form = complaint(workers=[worker(email=MAIL)], notify="email")
    said = (await scene.post("/v1/complaints", form, by="lc-01")).json()
    path = f"/v1/clues/{said['clue_id']}/notification"
    claims = await looked(scene, said["claims"][0]["query_code"])
    assert "/track/news" not in claims.text
    asked = await chosen(scene, claims, notify="none")
    assert 'name="code"' in asked.text
    token = {"code": said["claims"][0]["query_code"]}
    claim = (await scene.post("/v1/codes/exchange", token)).json()["token"]
    foreign = await scene.post(path, {"notify": "none"}, by=claim)
    assert (foreign.status_code, await types(scene)) == (404, ["MessageQueued"])
    for bad in ({"notify": "sms"}, {"notify": "email", "email": "a b"}):
        refused = await scene.post(path, bad, by="lc-01")
        assert refused.status_code == 422, refused.text
    (mail,) = await in_vault(scene, "email")
    key, by_text = str(uuid4()), {"notify": "sms", "phone": SECOND}
    first = await scene.post(path, by_text, by="lc-01", key=key)
    assert first.status_code == 200, first.text
    assert (await in_vault(scene, "email"), len(await in_vault(scene, *NOTIFY))) == (
        [],
        1,
    )
    this = await scene.pool.fetchval(ONE)
    text = {"reason": "telling"}
    shown = await scene.post(f"/v1/messages/{this}/text", text, by="lc-01")
    assert (shown.json()["channel"], shown.json()["to"]) == ("sms", f"+86{SECOND}")
    await scene.pool.execute(PUT_BACK, *mail)
    assert await replay_choices(scene.running.desk.log.journal) == 1
    await scene.post(path, {"notify": "none"}, by="lc-01")
    again = await scene.post(path, by_text, by="lc-01", key=key)
    assert again.json()["repeated"] is True
    assert await in_vault(scene, *NOTIFY) == []
    assert await types(scene) == [*MOVED, "MessageWithdrawn"]


async def test_whatever_is_queued_meanwhile_nothing_waits_after_nothing(
    scene: Scene,
) -> None:
    """News that come in beside the choice either see it or are taken back by it."""
    this = await queued(scene)
    window = Window.of(scene.running)
    clue_id = await scene.pool.fetchval("SELECT clue_id FROM vault.code LIMIT 1")
    case = case_id(UUID(int=clue_id.int))
    path = f"/v1/clues/{clue_id}/notification"
    await asyncio.gather(
        *(news_of(window, case, key) for key in range(20)),
        scene.post(path, {"notify": "none"}, by="lc-01"),
        *(news_of(window, case, key) for key in range(20, 40)),
    )
    said = await types(scene)
    assert said.count("MessageQueued") == said.count("MessageWithdrawn") >= 1
    with gateway() as (sms, asked):
        assert await sender(scene, sms).round() == 0
    assert asked.said == []
    told = await written(window, this, to=True)
    assert told is not None
    assert (told.to, told.state.withdrawn) == (None, True)


async def news_of(window: Window, case: UUID, key: int) -> None:
    """Queue news of an occasion, as a reaction does."""
    command = QueueMessage(
        subject=case, purpose="urge_answered", key=f"k{key}", unit="LC", tells=uuid4()
    )
    await window.desk.do(command, by_system(await window.desk.now()))


def by_system(at: datetime) -> Stamp:
    return Stamp(uuid4(), b"", system_actor("intake"), at)


async def test_the_sender_asks_the_last_choice_before_each_try(scene: Scene) -> None:
    """What no door moved on is withdrawn, or goes the new way, before it is sent."""
    await queued(scene)
    window = Window.of(scene.running)
    clue_id = await scene.pool.fetchval("SELECT clue_id FROM vault.code LIMIT 1")
    anew = ChooseNotification(clue_id=UUID(int=clue_id.int), notify="none")
    stamp = replace(by_system(await window.desk.now()), actor=WORKER)
    await window.desk.do(anew, stamp)
    assert await types(scene) == ["MessageQueued"]
    with gateway() as (sms, asked):
        assert await sender(scene, sms).round() == 0
        assert await sender(scene, sms).round() == 0
    assert (asked.said, await types(scene)) == (
        [],
        ["MessageQueued", "MessageWithdrawn"],
    )
