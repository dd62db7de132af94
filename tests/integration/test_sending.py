"""Sending: what waits in intake's real database leaves by a real HTTP gateway."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from libs.events.contracts.messages import MessageQueued
from services.intake.sending.sender import Sender, waiting
from services.intake.sending.sms import Sms
from services.intake.sending.smtp import Mailbox, Smtp
from services.intake.window import Window
from tests.intake_forms import complaint, worker
from tests.intake_scene import Scene, intake, set_up_database
from tests.mail_server import Authority, Box, mail_server
from tests.stack import FreshDatabases
from tests.text_gateway import gateway

PHONE = "13800000001"


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


ROW = """
INSERT INTO message_v1 (stream, version, recorded_at, gone, message_id, clue_id,
    case_id, purpose, channel, language, discreet, template_version, unit, queued_at,
    next_at, state, attempts)
VALUES ($1, 1, $11, false, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11,
    'waiting', 0)"""


async def queued(scene: Scene, **changed: object) -> UUID:
    """Register a complaint whose author chose to be told; return the message."""
    said = complaint(**{"workers": [worker()], "notify": "sms", **changed})
    answer = await scene.post("/v1/complaints", said, by="lc-01")
    assert answer.status_code == 201, answer.text
    stream = await scene.pool.fetchval(
        "SELECT stream FROM journal.event WHERE type = 'MessageQueued'"
    )
    records = await scene.running.desk.log.journal.read_streams([stream])
    (record,) = records[stream]
    fact = record.fact()
    assert isinstance(fact, MessageQueued)
    # The view that subscriptions keep from the topic: here by hand.
    await scene.pool.execute(
        ROW, stream, fact.message_id, fact.clue_id, fact.case_id, fact.purpose,
        fact.channel, fact.language, fact.discreet, fact.template_version, fact.unit,
        record.recorded_at,
    )  # fmt: skip
    await _later(scene, "2023-11-13T01:31:00Z")
    return fact.message_id


async def types(scene: Scene) -> list[str]:
    return [name for name in await scene.events() if name.startswith("Message")]


def sender(scene: Scene, sms: Sms) -> Sender:
    return Sender(Window.of(scene.running), {"sms": sms})


@pytest.mark.parametrize("mode", ["named", "confidential"])
async def test_what_waits_is_sent_once_with_number_and_code(
    scene: Scene, mode: str
) -> None:
    """A confidential complaint's text names no employer (LIR 9)."""
    this = await queued(scene, mode=mode)
    with gateway() as (sms, asked):
        at_work = sender(scene, sms)
        assert await at_work.round() == 1
        # The view may lag: the message's own stream says that it was sent.
        assert await at_work.round() == 0
    assert await types(scene) == ["MessageQueued", "MessageDelivered"]
    ((headers, body),) = asked.said
    assert (headers["Idempotency-Key"], body["to"]) == (str(this), f"+86{PHONE}")
    assert ("演示甲" in body["text"]) is (mode == "named")
    assert "310199001-" in body["text"]
    rows = await scene.pool.fetch("SELECT data FROM journal.event")
    text = "".join(str(row["data"]) for row in rows)
    assert PHONE not in text
    assert body["text"] not in text


async def test_a_gateway_that_is_busy_is_left_alone_and_a_refusal_is_final(
    scene: Scene,
) -> None:
    await queued(scene)
    with gateway((503, {"Retry-After": "3600"}), (400, {})) as (sms, asked):
        at_work = sender(scene, sms)
        assert await at_work.round() == 1
        assert await at_work.round() == 0
        assert len(asked.said) == 1
        await _later(scene, "2023-11-13T02:32:00Z")
        assert await at_work.round() == 1
    assert await types(scene) == [
        "MessageQueued",
        "MessageAttemptFailed",
        "MessageRefused",
    ]


async def test_at_night_it_is_held_and_in_the_morning_sent(scene: Scene) -> None:
    await queued(scene)
    with gateway() as (sms, asked):
        at_work = sender(scene, sms)
        await _later(scene, "2023-11-13T13:00:00Z")
        assert await at_work.round() == 0
        assert (await waiting(at_work.window))["messages_waiting"] == 1
        await _later(scene, "2023-11-14T00:00:00Z")
        assert await at_work.round() == 1
    assert len(asked.said) == 1


async def test_without_a_contact_it_is_refused_and_an_officer_sees_it(
    scene: Scene,
) -> None:
    this = await queued(scene)
    await scene.pool.execute("DELETE FROM vault.field WHERE field = 'phone'")
    with gateway() as (sms, asked):
        assert await sender(scene, sms).round() == 1
    assert asked.said == []
    assert await types(scene) == ["MessageQueued", "MessageRefused"]
    told = {"means": "in_person"}
    done = await scene.post(f"/v1/messages/{this}/telling", told, by="lc-01")
    assert done.status_code == 201, done.text
    assert (await types(scene))[-1] == "MessageDelivered"


async def test_a_mail_waits_until_somebody_vouches_for_the_server(
    scene: Scene, tmp_path: Path
) -> None:
    """The message says why it was not sent; told whom to trust, it leaves over TLS."""
    author = {"name": "演示工001", "email": "gong@example.org", "role": "worker"}
    await queued(scene, notify="email", reporter=author)
    ours, box = Authority.made(tmp_path, "ours"), Box()
    async with mail_server(box, "starttls", ours.server("localhost")) as port:
        for trusted in (None, ours.file):
            server = Mailbox("localhost", port, "starttls", "window@example.org")
            mail = Smtp(replace(server, ca_file=trusted))
            at_work = Sender(Window.of(scene.running), {"email": mail})
            assert await at_work.round() == 1
            await _later(scene, "2023-11-13T03:32:00Z")
    said = ["MessageQueued", "MessageAttemptFailed", "MessageDelivered"]
    assert await types(scene) == said
    why = "SELECT data FROM journal.event WHERE type = 'MessageAttemptFailed'"
    assert '"certificate-refused"' in await scene.pool.fetchval(why)
    assert [one["To"] for one in box.taken] == ["gong@example.org"]


async def test_text_and_telephone_are_read_by_right_and_written_down(
    scene: Scene,
) -> None:
    this = await queued(scene, mode="confidential")
    path, why = f"/v1/messages/{this}/text", {"reason": "telling"}
    hidden = await scene.post(path, why, by="do-01")
    assert hidden.status_code in {403, 404}
    shown = await scene.post(path, why, by="lc-01")
    assert shown.status_code == 200, shown.text
    assert shown.json()["to"] == f"+86{PHONE}"
    assert "查询码" in shown.json()["text"]
    assert (await scene.events())[-1] == "PersonDataRead"
    unknown = await scene.post(f"/v1/messages/{uuid4()}/text", why, by="lc-01")
    assert unknown.status_code == 404


async def _later(scene: Scene, at: str) -> None:
    """Move the deployment's clock."""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    await scene.running.desk.log.journal.advance_clock(moment)
