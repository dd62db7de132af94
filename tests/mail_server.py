"""A real mail server on this machine, with TLS or without, and the wire before it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

Offered = Literal["starttls", "tls", "none"]
A_DAY = timedelta(days=1)


@dataclass
class Box:
    """What a mail server took; `answer` is what it says to a recipient.

    `signed_in` are the names and passwords that it was told; `heard` is every byte
    that came over the wire to it, as whoever listens there has it.
    """

    answer: str = "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)

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
        self.taken.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    def sign_in(self, *asked: object) -> AuthResult:
        """Let in whoever says a name and a password."""
        said = asked[-1]
        assert isinstance(said, LoginPassword)
        self.signed_in.append((said.login.decode(), said.password.decode()))
        return AuthResult(success=True)


@dataclass(frozen=True)
class Authority:
    """Who vouches for servers: its certificate's file, and its key."""

    file: Path
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    @classmethod
    def made(cls, folder: Path, name: str) -> "Authority":
        """Make one, with its certificate in a file of the folder."""
        key, own = generate_private_key(SECP256R1()), _named(name)
        extension = x509.BasicConstraints(ca=True, path_length=None)
        made = _begun(own, own, key).add_extension(extension, critical=True)
        signed = made.sign(key, SHA256())
        file = folder / f"{name}.pem"
        file.write_bytes(signed.public_bytes(Encoding.PEM))
        return cls(file, signed, key)

    def server(self, host: str) -> ssl.SSLContext:
        """Return what a server needs that is called so: a certificate, and its key."""
        key = generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = _begun(_named(host), self.certificate.subject, key)
        signed = made.add_extension(names, critical=False).sign(self.key, SHA256())
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = self.file.with_suffix(f".{host}.pem")
        file.write_bytes(plain + signed.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        issuer,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - A_DAY,
        now + A_DAY,
    )


@asynccontextmanager
async def mail_server(
    box: Box, offered: Offered = "none", context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve mail on this machine; yield the port. It asks nobody to sign in."""

    def server() -> SMTP:
        return SMTP(
            box,
            hostname="mail.invalid",
            authenticator=box.sign_in,
            auth_require_tls=False,
            tls_context=context if offered == "starttls" else None,
        )

    loop = asyncio.get_running_loop()
    inner = context if offered == "tls" else None
    serving = await loop.create_server(server, "127.0.0.1", 0, ssl=inner)
    try:
        async with _overheard(box, serving.sockets[0].getsockname()[1]) as port:
            yield port
    finally:
        serving.close()
        await serving.wait_closed()


@asynccontextmanager
async def _overheard(box: Box, port: int) -> AsyncIterator[int]:
    """Pass every byte on to a port, and keep those that go there."""

    async def passed(own: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass(own, asks, box.heard), _pass(answers, back))

    # To its end: what was on its way when somebody hung up is heard, too.
    async with asyncio.TaskGroup() as under_way:

        def begun(own: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
            under_way.create_task(passed(own, back))

        wire = await asyncio.start_server(begun, "127.0.0.1", 0)
        try:
            yield wire.sockets[0].getsockname()[1]
        finally:
            wire.close()
            await wire.wait_closed()


async def _pass(
    source: asyncio.StreamReader,
    to: asyncio.StreamWriter,
    kept: bytearray | None = None,
) -> None:
    try:
        while said := await source.read(65536):
            if kept is not None:
                kept += said
            to.write(said)
            await to.drain()
    except ConnectionError:
        pass
    finally:
        to.close()
