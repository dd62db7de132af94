"""Sending: a real SMTP server, a real HTTP gateway, intake's real database."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from libs.events.contracts.messages import MessageQueued
from services.intake.sending.letter import SENT, Letter, Outcome, failed, refused
from services.intake.sending.outlets import outlets
from services.intake.sending.sender import Sender, waiting
from services.intake.sending.sms import Gateway, Sms
from services.intake.sending.smtp import Mailbox, Smtp
from services.intake.window import Window
from tests.intake_forms import complaint, worker
from tests.intake_scene import Scene, intake, set_up_database, settings
from tests.stack import FreshDatabases

PHONE = "13800000001"
THIS = UUID(int=5)
LETTER = Letter(THIS, "gong@example.org", "已收到", "编号 1，查询码 A。")
TEXT = Letter(THIS, PHONE, "已收到", "编号 1，查询码 A。")
SECRET = SecretStr("only-for-tests")


@dataclass
class Box:
    """What a mail server took; `answer` is what it says to a recipient."""

    answer: str = "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 -- the server's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _: object
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.answer

    async def handle_DATA(  # noqa: N802 -- the server's own name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@asynccontextmanager
async def mail_server(box: Box) -> AsyncIterator[Smtp]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, hostname="mail.invalid"), "127.0.0.1", 0
    )
    try:
        port = server.sockets[0].getsockname()[1]
        yield Smtp(Mailbox("127.0.0.1", port, "none", "window@example.org"))
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Asked:
    """What a gateway was asked, and what it answers in turn, the last one for ever."""

    answers: list[tuple[int, Mapping[str, str]]]
    said: list[tuple[Mapping[str, str], Mapping[str, str]]] = field(
        default_factory=list
    )


@contextmanager
def gateway(*answers: tuple[int, Mapping[str, str]]) -> Iterator[tuple[Sms, Asked]]:
    asked = Asked(list(answers) or [(202, {})])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.said.append((dict(self.headers), json.loads(body)))
            status, headers = asked.answers[0]
            if len(asked.answers) > 1:
                asked.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Sms(Gateway(f"http://127.0.0.1:{server.server_port}/send", SECRET)), asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_a_mail_arrives_with_an_id_that_a_repeat_keeps() -> None:
    box = Box()
    async with mail_server(box) as smtp:
        assert [await smtp.send(LETTER), await smtp.send(LETTER)] == [SENT, SENT]
    first, again = box.taken
    assert first["Message-ID"] == again["Message-ID"] == f"<{THIS}@example.org>"
    assert (first["To"], first["Subject"]) == (LETTER.to, LETTER.subject)
    assert first.get_content().strip() == LETTER.text
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 no such user", refused("mailbox-refused")),
        ("450 busy", failed("mail-deferred")),
    ],
)
async def test_a_mailbox_refuses_for_good_or_for_now(
    answer: str, outcome: Outcome
) -> None:
    box = Box(answer)
    async with mail_server(box) as smtp:
        assert await smtp.send(LETTER) == outcome
    assert box.taken == []


async def test_where_nobody_listens_it_is_tried_again() -> None:
    async with mail_server(Box()) as smtp:
        pass
    assert await smtp.send(LETTER) == failed("unreachable")
    with gateway() as (sms, _):
        pass
    assert await sms.send(TEXT) == failed("unreachable")


async def test_a_text_message_is_handed_in_under_its_key() -> None:
    with gateway() as (sms, asked):
        assert [await sms.send(TEXT), await sms.send(TEXT)] == [SENT, SENT]
    headers, body = asked.said[0]
    assert body == {"id": str(THIS), "to": PHONE, "text": TEXT.text}
    assert headers["Authorization"] == f"Bearer {SECRET.get_secret_value()}"
    assert {said["Idempotency-Key"] for said, _ in asked.said} == {str(THIS)}


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (422, {}, refused("number-refused")),
        (401, {}, failed("gateway-failing")),
        (500, {}, failed("gateway-failing")),
        (503, {"Retry-After": "600"}, failed("gateway-busy", 600)),
        (429, {"Retry-After": "999999"}, failed("gateway-busy", 86_400)),
        (429, {"Retry-After": "soon"}, failed("gateway-failing")),
        (302, {"Location": "http://127.0.0.1:1/"}, failed("gateway-failing")),
    ],
)
async def test_what_a_gateway_says(
    status: int, headers: Mapping[str, str], outcome: Outcome
) -> None:
    with gateway((status, headers)) as (sms, asked):
        assert await sms.send(TEXT) == outcome
    assert len(asked.said) == 1


def test_no_secret_and_no_text_is_shown(tmp_path: Path) -> None:
    told = settings(
        "postgresql://x", tmp_path, mode="real", start_at=None,
        sms_url="https://sms.invalid", sms_token=SECRET, smtp_host="mail.invalid",
        smtp_user="u", smtp_password=SECRET, mail_from="window@example.org",
    )  # fmt: skip
    ways = outlets(told)
    assert set(ways) == {"sms", "email"}
    shown = f"{told!r} {ways!r} {LETTER!r}"
    for secret in (SECRET.get_secret_value(), LETTER.to, LETTER.text):
        assert secret not in shown


def test_a_rehearsal_writes_to_nobody(tmp_path: Path) -> None:
    told = settings("postgresql://x", tmp_path, sms_url="https://sms.invalid")
    assert outlets(told) == {}
    wrong = {"mode": "real", "start_at": None, "smtp_host": "mail.invalid"}
    with pytest.raises(ValueError, match="QINGXIN_MAIL_FROM"):
        outlets(settings("postgresql://x", tmp_path, **wrong))


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
    """Register a complaint whose author chose a text message; return the message."""
    said = complaint(workers=[worker()], notify="sms", **changed)
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
