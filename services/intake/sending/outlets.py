"""Outlets: the adapters that a deployment's settings make, by channel."""

from collections.abc import Mapping

from libs.events.contracts.messages import MessageChannel
from libs.settings import Settings
from services.intake.sending.letter import Adapter
from services.intake.sending.sms import Gateway, Sms
from services.intake.sending.smtp import Mailbox, Smtp

Outlets = Mapping[MessageChannel, Adapter]


def outlets(settings: Settings) -> Outlets:
    """Return what messages go out by; without any, an officer tells them by hand.

    A simulated deployment writes to nobody, whatever its settings say. Raises
    ValueError for a mail server without an address to write from.
    """
    if settings.mode == "simulated":
        return {}
    found: dict[MessageChannel, Adapter] = {}
    if settings.sms_url is not None:
        found["sms"] = Sms(Gateway(settings.sms_url, settings.sms_token))
    if settings.smtp_host is not None:
        if settings.mail_from is None:
            raise ValueError("QINGXIN_SMTP_HOST needs QINGXIN_MAIL_FROM.")
        box = Mailbox(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.mail_from,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_ca_file,
        )
        found["email"] = Smtp(box)
    return found
