"""SMTP: a message by e-mail, in a thread, with a Message-ID that a repeat keeps.

With TLS nothing but the greeting is said before the server's certificate was checked:
an authority that we trust vouches for it, and it names the host that was asked for.
"""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as LINES
from pathlib import Path
from typing import Literal

import structlog
from pydantic import SecretStr

from services.intake.sending.letter import SENT, Letter, Outcome, failed, refused

TIMEOUT_SECONDS = 20.0
PERMANENT = 500
MEND = {
    "certificate-refused": "set QINGXIN_SMTP_HOST to the name in the certificate, or"
    " QINGXIN_SMTP_CA_FILE to the authority that issued it",
    "encryption-refused": "set QINGXIN_SMTP_SECURITY and QINGXIN_SMTP_PORT to what the"
    " server offers: starttls (587) or tls (465)",
}
"""What the operator does about a server that is not safe to write to."""
log = structlog.get_logger()


class NoStartTls(ssl.SSLError):
    """The server does not offer STARTTLS, or does not go on with it."""


@dataclass(frozen=True)
class Mailbox:
    """The server that takes our mail, and as whom we write.

    `ca_file`: who vouches for it, in PEM; None: whom the system trusts.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str | None = None
    password: SecretStr | None = field(default=None, repr=False)
    ca_file: Path | None = None
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
        except ssl.SSLCertVerificationError as error:
            return _not_safe("certificate-refused", error.verify_message)
        except ssl.SSLError as error:
            return _not_safe("encryption-refused", type(error).__name__)
        except (smtplib.SMTPException, OSError) as error:
            log.warning("smtp_unreachable", error=type(error).__name__)
            return failed("unreachable")
        return SENT

    def _connected(self) -> smtplib.SMTP:
        box = self.mailbox
        # Both the chain to an authority and the host's name are checked.
        context = ssl.create_default_context(cafile=box.ca_file)
        if box.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                box.host, box.port, timeout=box.timeout, context=context
            )
        else:
            server = smtplib.SMTP(box.host, box.port, timeout=box.timeout)
        try:
            if box.security == "starttls":
                _encrypt(server, context)
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


def _encrypt(server: smtplib.SMTP, context: ssl.SSLContext) -> None:
    """Go on under TLS; raises NoStartTls where the server does not."""
    server.ehlo_or_helo_if_needed()
    try:
        server.starttls(context=context)
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
        raise NoStartTls from None


def _not_safe(reason: str, why: str) -> Outcome:
    """Return that it may be tried again, and tell the operator what to mend.

    No try goes on without TLS: whoever stands between could just take the offer away.
    """
    log.warning("smtp_not_safe", reason=reason, why=why, mend=MEND[reason])
    return failed(reason)


def _said(code: int, reason: str) -> Outcome:
    return refused(reason) if code >= PERMANENT else failed("mail-deferred")
