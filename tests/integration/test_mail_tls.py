"""Mail over TLS: a real server, certificates of one's own, and the wire before it."""

from base64 import b64encode
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr
from structlog.testing import capture_logs

from libs.settings import SettingsRefused, read
from libs.telemetry.plain import plain_value
from services.intake.sending.letter import SENT, Letter, failed
from services.intake.sending.outlets import outlets
from services.intake.sending.smtp import MEND, Mailbox, Smtp
from services.reporting.console.words import words
from tests.intake_scene import settings
from tests.mail_server import Authority, Box, Offered, mail_server

HOST, OTHER = "localhost", "other.invalid"
USER, PASSWORD = "window", "kept-under-the-counter"
LETTER = Letter(UUID(int=5), "gong@example.org", "Received", "Query code ABCD-EFGH.")
# As SMTP says them: a password is base64, and no secret without TLS.
CANARIES = (
    LETTER.to,
    LETTER.subject,
    LETTER.text,
    USER,
    PASSWORD,
    b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode(),
    b64encode(PASSWORD.encode()).decode(),
)


class Fickle(Box):
    """A server that offers STARTTLS and then does not do it."""

    async def handle_EHLO(  # noqa: N802 -- the server's own name
        self, _server: SMTP, session: Session, _: Envelope, name: str, said: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*said[:-1], "250-STARTTLS", said[-1]]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("ours"), "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("theirs"), "theirs")


def smtp(port: int, security: Offered, ca_file: Path | None = None) -> Smtp:
    password = SecretStr(PASSWORD)
    sender = "window@example.org"
    return Smtp(Mailbox(HOST, port, security, sender, USER, password, ca_file))


def overheard(heard: bytes | bytearray) -> list[str]:
    return [one for one in CANARIES if one.encode() in heard]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_over_tls_a_mail_arrives_and_who_listens_hears_nothing(
    security: Offered, ours: Authority
) -> None:
    box = Box()
    async with mail_server(box, security, ours.server(HOST)) as port:
        assert await smtp(port, security, ours.file).send(LETTER) == SENT
    (mail,) = box.taken
    assert (mail["To"], mail.get_content().strip()) == (LETTER.to, LETTER.text)
    assert box.signed_in == [(USER, PASSWORD)]
    assert overheard(box.heard) == []
    assert len(box.heard) > len(LETTER.text)


async def test_without_tls_who_listens_hears_it_all() -> None:
    """So the test before proves something, and `none` is for one's own machine."""
    box = Box()
    async with mail_server(box) as port:
        assert await smtp(port, "none").send(LETTER) == SENT
    heard = overheard(box.heard)
    assert {LETTER.to, LETTER.subject, LETTER.text, CANARIES[5]} <= set(heard)


class Unsafe(NamedTuple):
    """What is offered and asked for, who is trusted, how it is called, and the word."""

    offered: Offered
    security: Offered
    trusted: str
    host: str
    reason: str


UNSAFE = [
    one
    for security in ("starttls", "tls")
    for one in (
        Unsafe(security, security, "theirs", HOST, "certificate-refused"),
        Unsafe(security, security, "system", HOST, "certificate-refused"),
        Unsafe(security, security, "ours", OTHER, "certificate-refused"),
        Unsafe("none", security, "ours", HOST, "encryption-refused"),
    )
]


@pytest.mark.parametrize("case", UNSAFE, ids="-".join)
async def test_a_server_that_is_not_safe_is_told_nothing(
    case: Unsafe, ours: Authority, theirs: Authority
) -> None:
    """By an authority nobody knows, under another's name, or without TLS at all."""
    box, files = Box(), {"ours": ours.file, "theirs": theirs.file}
    with capture_logs() as lines:
        async with mail_server(box, case.offered, ours.server(case.host)) as port:
            told = smtp(port, case.security, files.get(case.trusted))
            assert await told.send(LETTER) == failed(case.reason)
    _told_nothing(box)
    _says_what_to_do(lines, case.reason)


async def test_starttls_that_is_offered_and_not_done_is_told_nothing(
    ours: Authority,
) -> None:
    box = Fickle()
    with capture_logs() as lines:
        async with mail_server(box) as port:
            told = smtp(port, "starttls", ours.file)
            assert await told.send(LETTER) == failed("encryption-refused")
    assert b"STARTTLS" in box.heard
    _told_nothing(box)
    _says_what_to_do(lines, "encryption-refused")


def _told_nothing(box: Box) -> None:
    assert (box.taken, box.signed_in, overheard(box.heard)) == ([], [], [])
    assert box.heard, "the server was reached"


def _says_what_to_do(lines: list[MutableMapping[str, Any]], reason: str) -> None:
    """In the log for the operator, in the message's state for the officer."""
    (line,) = [one for one in lines if one["event"] == "smtp_not_safe"]
    assert (line["reason"], line["mend"]) == (reason, MEND[reason])
    assert line["mend"].startswith("set QINGXIN_SMTP_")
    assert plain_value(line["mend"]) == line["mend"], "the log withholds nothing of it"
    assert overheard(repr(lines).encode()) == []
    for language in ("zh", "en"):
        assert words(language).knows(f"message-reason.{reason}")


def test_a_deployment_names_its_own_authority_or_is_refused(
    ours: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = {"mode": "real", "start_at": None, "mail_from": "window@example.org"}
    told = settings(
        "postgresql://x", tmp_path, **real, smtp_host=HOST, smtp_ca_file=ours.file
    )
    mail = outlets(told)["email"]
    assert isinstance(mail, Smtp)
    assert mail.mailbox.ca_file == ours.file
    no_pem = tmp_path / "no.pem"
    no_pem.write_text("no certificate")
    for wrong in (no_pem, tmp_path / "missing.pem", tmp_path):
        monkeypatch.setenv("QINGXIN_SMTP_CA_FILE", str(wrong))
        with pytest.raises(SettingsRefused, match=r"SMTP_CA_FILE.*no file of PEM"):
            read()
