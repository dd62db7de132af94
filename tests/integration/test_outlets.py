"""Outlets: a real SMTP server and a real HTTP gateway, and what they answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from services.intake.sending.letter import SENT, Letter, Outcome, failed, refused
from services.intake.sending.outlets import outlets
from services.intake.sending.smtp import Mailbox, Smtp
from tests.intake_scene import settings
from tests.mail_server import Box, mail_server
from tests.text_gateway import SECRET, gateway

PHONE = "13800000001"
THIS = UUID(int=5)
LETTER = Letter(THIS, "gong@example.org", "已收到", "编号 1，查询码 A。")
TEXT = Letter(THIS, PHONE, "已收到", "编号 1，查询码 A。")


@asynccontextmanager
async def mail(box: Box) -> AsyncIterator[Smtp]:
    async with mail_server(box) as port:
        yield Smtp(Mailbox("127.0.0.1", port, "none", "window@example.org"))


async def test_a_mail_arrives_with_an_id_that_a_repeat_keeps() -> None:
    box = Box()
    async with mail(box) as smtp:
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
    async with mail(box) as smtp:
        assert await smtp.send(LETTER) == outcome
    assert box.taken == []


async def test_where_nobody_listens_it_is_tried_again() -> None:
    async with mail(Box()) as smtp:
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
