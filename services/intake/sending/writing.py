"""Writing: a message's text and where it goes, put together only to be sent or told."""

from dataclasses import dataclass, field
from uuid import UUID

from libs.events.contracts.intake import (
    ComplaintReceived,
    ReceiptIssued,
    ReportReceived,
)
from libs.events.contracts.messages import MessageQueued, NotificationChosen
from libs.messages import template_told
from libs.organisation import UnknownUnit
from services.intake import clue, notice
from services.intake.notice import MESSAGE, Message
from services.intake.vault.contacts import contact_of
from services.intake.vault.reading import read
from services.intake.window import Window

FIELDS = {"sms": "phone", "email": "email"}


@dataclass(frozen=True)
class Written:
    """A message as it is told; `chosen`: what its reader wants now, None: nothing.

    `version`: how many events its stream has. `to` is None where the vault holds no
    contact any more, `text` where the book does not have the version that was queued.
    """

    queued: MessageQueued
    state: Message
    version: int
    chosen: NotificationChosen | None
    subject: str | None = field(repr=False)
    text: str | None = field(repr=False)
    to: str | None = field(repr=False)

    @property
    def contact(self) -> str:
        """Return which field of its reader `to` is."""
        return FIELDS[(self.chosen or self.queued).channel]


async def written(window: Window, message_id: UUID, *, to: bool) -> Written | None:
    """Return a message with its text, and its address if asked for; None: unknown."""
    journal = window.desk.log.journal
    name = MESSAGE.stream(message_id)
    records = (await journal.read_streams([name]))[name]
    state = MESSAGE.fold(record.fact() for record in records)
    queued = state.queued
    if queued is None:
        return None
    (chosen,) = await window.folded([(notice.KIND, queued.case_id)])
    found = (queued, state, len(records), chosen)
    kind = (queued.purpose, queued.language, queued.channel)
    template = template_told(kind, queued.template_version)
    if template is None or template.sha256 != queued.template_sha256:
        return Written(*found, None, None, None)
    values = await _values(window, queued)
    subject, text = template.filled(values, discreet=queued.discreet)
    address = await _address(window, queued, chosen) if to else None
    return Written(*found, subject, text, address)


async def _values(window: Window, queued: MessageQueued) -> dict[str, str]:
    stream = clue.KIND.stream(queued.clue_id)
    records = (await window.desk.log.journal.read_streams([stream]))[stream]
    said = records[0].fact()
    receipt = next(r for r in records if isinstance(r.fact(), ReceiptIssued))
    employer = None
    if isinstance(said, ComplaintReceived | ReportReceived) and not queued.discreet:
        employer = said.employer.name
    return {
        "number": receipt.serial or "",
        "code": window.codes.of("clue", queued.clue_id),
        "unit": _unit(window, queued),
        "employer": employer or "",
        "address": _page(window),
    }


def _page(window: Window) -> str:
    told = window.running.settings
    base = told.worker_address or told.url("intake")
    return f"{base.rstrip('/')}/track"


def _unit(window: Window, queued: MessageQueued) -> str:
    try:
        found = window.organisation.unit(queued.unit)
    except UnknownUnit:
        return queued.unit
    return found.name_zh if queued.language == "zh" else found.name_en


async def _address(
    window: Window, queued: MessageQueued, chosen: NotificationChosen | None
) -> str | None:
    """Return the contact that was chosen last; None where nothing is wanted any more.

    Of what the complaint said: as corrected, as this clue said it, or as said first.
    """
    if chosen is None:
        return None
    if chosen.contact is not None:
        return await contact_of(window.desk.log.journal, window.keys, chosen)
    name = FIELDS[queued.channel]
    async with window.pool.acquire() as connection:
        readers = [queued.person_id]
        found = await read(connection, window.keys, readers, [name], secret=True)
    said = [one for holding in found for one in holding.fields.get(name, ())]
    put_right = [one for one in said if one.corrected]
    own = [one for one in said if one.clue_id == queued.clue_id]
    return next((one.value for one in [*put_right, *own, *said]), None)
