"""The case page: all that is known of one case, as it stands or as known then."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs import message_view
from libs.calendar.local_days import day_of
from libs.events.views.history import rows
from libs.events.views.view import View
from libs.service.parts import Running
from libs.visibility import sees
from services.reporting.reading.asking import (
    Answer,
    Asking,
    Statement,
    completed,
    day_asked,
    reading,
    statement,
)
from services.reporting.reading.grouped import VIEWS as GROUPED
from services.reporting.reading.grouped import Grouped, grouped
from services.reporting.reading.handling import Handler, handler_of
from services.reporting.reading.listed import OWN_AND_LINKED
from services.reporting.reading.responsibility import NOTHING_SAID, Concerned, concerned
from services.reporting.reading.stage import Stage, stage_of
from services.reporting.reading.suggesting import Suggested, in_force, suggested
from services.reporting.reading.tracks import Tracks, tracks_of
from services.reporting.reading.trail import Happened, of_case
from services.reporting.views import (
    case,
    channel_item,
    claim,
    clue,
    deadline,
    dossier,
    imported,
    proceeding,
    urge,
)
from services.reporting.views.supervised import VIEW as WATCHED
from services.reporting.views.supervised import SupervisedRow

VIEWS = (
    "clue", "case_file", "claim", "proceeding", "deadline", "trail", "imported",
    "channel_item", "owner_rules", "clue_link", "supervised", "urge",
    "responsibility", "message", "handler", "dossier", "track_change", "rulebook",
    *GROUPED,
)  # fmt: skip
EXTENSIBLE = ("CLK-05", "CLK-73")
"""The clocks that an article lets be extended: 60 + 30 days each."""
AMOUNTS = ("claimed", "verified", "ordered", "paid", "confirmed", "unpaid", "overpaid")


def _of(name: str, order: str) -> Statement:
    text = f"SELECT * FROM {{{name}}} WHERE {{at}} AND case_id = $2 ORDER BY {order}"  # noqa: S608 -- constants
    return statement(text)


def _linked(name: str, order: str) -> Statement:
    """Ask for what goes on in the case that a clue's case was merged into, too."""
    text = f"""
SELECT * FROM {{{name}}} WHERE {{at}} AND case_id = ANY(ARRAY(
    {OWN_AND_LINKED.format(case="$2::uuid")})) ORDER BY {order}"""  # noqa: S608 -- constants
    return statement(text)


CLUES = _of("clue", "registered_at, stream")
CASES = _of("case_file", "stream")
CLAIMS = _of("claim", "ordinal, claim_id")
PROCEEDINGS = _of("proceeding", "stream")
DEADLINES = _linked("deadline", "due_at, stream")
URGES = _linked("urge", "sent_at, stream")
MESSAGES = _linked("message", "queued_at, stream")
LINKED = statement("""
SELECT k.* FROM {clue} k JOIN {clue_link} l ON l.clue_id = k.clue_id
WHERE {at} AND l.of_case_id = $2 ORDER BY k.registered_at, k.stream""")
MERGED = statement("""
SELECT l.of_case_id, f.parties FROM {clue_link} l
JOIN {case_file} own ON own.case_id = l.case_id AND own.closed = 'merged'
JOIN {case_file} f ON f.case_id = l.of_case_id
WHERE {at} AND l.case_id = $2""")
IMPORTED = _of("imported", "stream")
ITEMS = _of("channel_item", "stream")
SUPERVISED = _of("supervised", "stream")
DOSSIERS = _of("dossier", "stream")


@dataclass(frozen=True)
class Sum:
    """A case's amounts in minor units of one currency; None is unknown."""

    currency: str
    workers: int
    claimed: int | None
    verified: int | None
    ordered: int | None
    paid: int
    confirmed: int
    unpaid: int | None
    overpaid: int | None


Clues = Sequence[clue.ClueRow]


@dataclass(frozen=True)
class CasePage:
    """One case with its clue, people and money, dates and trail.

    `linked`: the clues that repeat its own; `merged_into`: the case that it went into,
    which the units `merged_parties` may see.
    """

    case_id: UUID
    clue: clue.ClueRow | None
    case: case.CaseRow | None
    claims: Sequence[claim.ClaimRow]
    proceeding: proceeding.ProceedingRow
    deadlines: Sequence[deadline.DeadlineRow]
    imported: imported.ImportedRow | None
    trail: Sequence[Happened]
    linked: Clues = ()
    merged_into: UUID | None = None
    merged_parties: tuple[str, ...] = ()
    suggested: Suggested | None = None
    items: Sequence[channel_item.ChannelItemRow] = ()
    supervised: SupervisedRow | None = None
    urges: Sequence[urge.UrgeRow] = ()
    messages: Sequence[message_view.MessageRow] = ()
    grouped: Grouped = Grouped()  # noqa: RUF009 -- frozen
    concerned: Concerned = NOTHING_SAID
    handler: Handler | None = None
    handed_over: dossier.DossierRow | None = None
    tracks: Tracks = ()

    @property
    def item(self) -> channel_item.ChannelItemRow:
        """Return what the clue's channel asked of it; nothing, if nothing was said."""
        clue_id = self.clue.clue_id if self.clue else self.case_id
        found = (one for one in self.items if one.clue_id == clue_id)
        return next(found, channel_item.ChannelItemRow(clue_id, self.case_id))

    @property
    def told(self) -> bool:
        """Say whether its clue has an author who may be told of news."""
        said = self.clue
        return said is not None and said.reporter_id is not None

    @property
    def answer_owed_again(self) -> bool:
        """Say whether the order came again after it was answered."""
        return self.item.redispatched > 0 and self.item.answered_at is None

    @property
    def number(self) -> str:
        """Return the printed number: the receipt's, else the agency's own."""
        if self.clue and self.clue.receipt:
            return self.clue.receipt
        if self.imported:
            return self.imported.channel_number
        part = self.grouped.part
        return (part and part.number) or str(self.case_id)

    @property
    def employer_name(self) -> str | None:
        """Return the employer's name; None is an individual's."""
        said = self.clue or self.imported or next(iter(self.claims), None)
        return said.employer_name if said else None

    @property
    def parties(self) -> tuple[str, ...]:
        """Return the units that may see the case."""
        first = (self.clue.first_asked_unit,) if self.clue else ()
        own = self.case.parties if self.case else first
        return (*own, *self.merged_parties)

    @property
    def running(self) -> deadline.DeadlineRow | None:
        """Return the next deadline that runs."""
        waiting = (one for one in self.deadlines if one.running and not one.paused_on)
        return next(waiting, None)

    @property
    def extensible(self) -> deadline.DeadlineRow | None:
        """Return the running deadline that may be extended next, if there is one."""
        running = (d for d in self.deadlines if d.running and d.clock in EXTENSIBLE)
        return next((one for one in running if not one.extended), None)

    @property
    def stage(self) -> Stage:
        """Return how far the case has come."""
        return stage_of(
            {
                "closed": self.case.closed if self.case else None,
                "concluded": self.proceeding.concluded,
                "filed_at": self.proceeding.filed_at,
                "clue_verified": self.clue.verified if self.clue else None,
                "accepted_at": self.proceeding.accepted_at,
                "matter": self.clue.matter if self.clue else None,
                "filing_proposed_at": self.proceeding.filing_proposed_at,
                "filing_declined": self.proceeding.filing_declined,
            }
        )

    def sums(self) -> Sequence[Sum]:
        """Return the amounts of all claims that stand, by currency."""
        codes = sorted({one.currency for one in self.claims})
        return [_sum(code, self.claims) for code in codes]


def _sum(currency: str, claims: Sequence[claim.ClaimRow]) -> Sum:
    of = [one for one in claims if one.currency == currency]
    standing = [one for one in of if one.counted]
    # What was paid stays counted, also where the worker withdrew.
    said = {
        name: _total(of if name in {"paid", "confirmed"} else standing, name)
        for name in AMOUNTS
    }
    paid, confirmed = said.pop("paid") or 0, said.pop("confirmed") or 0
    return Sum(currency, len(standing), paid=paid, confirmed=confirmed, **said)


def _total(claims: Sequence[claim.ClaimRow], name: str) -> int | None:
    known = [v for v in (getattr(one, name) for one in claims) if v is not None]
    return sum(known) if known else None


async def case_page(
    running: Running, asking: Asking, case_id: UUID
) -> Answer[CasePage] | None:
    """Return a case, or None when there is none that the asker may see."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        page = await _read(connection, case_id, asking.as_of)
        if page is None or not sees(asking.actor, page.parties):
            return None
        on = day_asked(running, asking)
        held = await running.officers.as_known(connection, asking.as_of)
        about = await concerned(connection, asking.as_of, (held, on), page.trail)
    return Answer(replace(page, concerned=about), of)


async def _read(
    connection: asyncpg.Connection, case_id: UUID, as_of: datetime | None
) -> CasePage | None:
    async def all_of(said: Statement, view: View[Any]) -> list[Any]:
        return rows(view, await connection.fetch(said.at(as_of), as_of, case_id))

    clues = await all_of(CLUES, clue.VIEW)
    files = await all_of(CASES, case.VIEW)
    if not clues and not files:
        return None
    held = await all_of(PROCEEDINGS, proceeding.VIEW)
    merged = await connection.fetchrow(MERGED.at(as_of), as_of, case_id)
    claims = await all_of(CLAIMS, claim.VIEW)
    return CasePage(
        case_id=case_id,
        clue=clues[0] if clues else None,
        case=files[0] if files else None,
        claims=claims,
        proceeding=held[0] if held else proceeding.ProceedingRow(case_id),
        deadlines=await all_of(DEADLINES, deadline.VIEW),
        imported=next(iter(await all_of(IMPORTED, imported.VIEW)), None),
        trail=await of_case(connection, case_id, as_of),
        items=await all_of(ITEMS, channel_item.VIEW),
        supervised=next(iter(await all_of(SUPERVISED, WATCHED)), None),
        urges=await all_of(URGES, urge.VIEW),
        messages=await all_of(MESSAGES, message_view.VIEW),
        grouped=await grouped(connection, as_of, case_id, claims),
        handler=await handler_of(connection, as_of, case_id),
        handed_over=next(iter(await all_of(DOSSIERS, dossier.VIEW)), None),
        tracks=await tracks_of(connection, as_of, case_id),
        suggested=await _suggested(connection, as_of, clues, files),
        linked=await all_of(LINKED, clue.VIEW),
        merged_into=merged["of_case_id"] if merged else None,
        merged_parties=tuple(json.loads(merged["parties"])) if merged else (),
    )


async def _suggested(
    connection: asyncpg.Connection,
    as_of: datetime | None,
    clues: Sequence[clue.ClueRow],
    files: Sequence[case.CaseRow],
) -> Suggested | None:
    """Return whom the rules name for a clue whose case is under way."""
    over = files and (files[0].closed or files[0].history)
    if not clues or over or clues[0].registered_at is None:
        return None
    rules = await in_force(connection, as_of)
    return suggested(rules, clues[0], day_of(clues[0].registered_at))
