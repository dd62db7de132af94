"""SMTP: a message by e-mail, in a thread, with a Message-ID that a repeat keeps."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as LINES
from typing import Literal

import structlog
from pydantic import SecretStr

from services.intake.sending.letter import SENT, Letter, Outcome, failed, refused

TIMEOUT_SECONDS = 20.0
PERMANENT = 500
log = structlog.get_logger()


@dataclass(frozen=True)
class Mailbox:
    """The server that takes our mail, and as whom we write."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str | None = None
    password: SecretStr | None = field(default=None, repr=False)
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class Smtp:
    """Sends through one server; a try is one connection."""

    mailbox: Mailbox

    async def send(self, letter: Letter) -> Outcome:
        """Try once: 5xx is for good, 4xx and what the network does is for now."""
        return await asyncio.to_thread(self._sent, letter)

    def _sent(self, letter: Letter) -> Outcome:
        try:
            with self._connected() as server:
                server.send_message(self._mail(letter))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return _said(max(codes, default=0), "mailbox-refused")
        except smtplib.SMTPAuthenticationError:
            # Ours to mend, not the mailbox's fault: it is tried again.
            return failed("sign-in-refused")
        except smtplib.SMTPResponseException as error:
            return _said(error.smtp_code, "mail-refused")
        except (smtplib.SMTPException, OSError) as error:
            log.warning("smtp_unreachable", error=type(error).__name__)
            return failed("unreachable")
        return SENT

    def _connected(self) -> smtplib.SMTP:
        box = self.mailbox
        if box.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                box.host, box.port, timeout=box.timeout, context=context
            )
        else:
            server = smtplib.SMTP(box.host, box.port, timeout=box.timeout)
        try:
            if box.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if box.user is not None and box.password is not None:
                server.login(box.user, box.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def _mail(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage(policy=LINES)
        domain = self.mailbox.sender.rpartition("@")[2]
        mail["From"], mail["To"] = self.mailbox.sender, letter.to
        mail["Subject"] = letter.subject
        mail["Message-ID"] = f"<{letter.message_id}@{domain}>"
        # No out-of-office answers come back (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text)
        return mail


def _said(code: int, reason: str) -> Outcome:
    return refused(reason) if code >= PERMANENT else failed("mail-deferred")
