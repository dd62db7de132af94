"""Live rows: each good row of a channel's list is registered as a clue, once.

Unlike history, a row is asked of the rules as an officer's form is: its persons go into
the vault, its receipt is drawn, its channel's clock runs. The channel's number makes
the act and the clue, so the same list again, or a longer one, registers what is new.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from libs import ids
from libs.events.command import Stamp
from libs.events.decider import Rejected
from libs.events.event import Source
from libs.events.journal.words import Overloaded
from libs.events.perform import CommandKeyReused
from libs.web.callers import Officer, SignedIn
from libs.web.idempotency import Repeatable
from libs.web.problems import Problem
from services.intake import clue
from services.intake.checking import check
from services.intake.importing.jobs import Job
from services.intake.profiles.result import CellFinding, Fields, Outcome, RowResult
from services.intake.profiles.rows import SheetFile
from services.intake.registering import Form, register
from services.intake.said import ComplaintSaid, ReportSaid
from services.intake.window import Window

KNOWN = """
SELECT stream, command_id, request_hmac, causation_id
FROM journal.event WHERE stream = ANY($1) AND version = 1"""
PATIENCE = 0.2
"""Seconds to wait before an overloaded writer is asked again."""
MEANINGS = {
    "/employer/name": "employer",
    "/employer/credit_code": "credit_code",
    "/workers/0/name": "reporter_name",
    "/workers/0/id_number": "reporter_id_number",
    "/workers/0/phone": "reporter_phone",
    "/item/received_on": "received_on",
    "/item/order_kind": "order_kind",
    "/item/petition_form": "petition_form",
    "/item/people": "workers",
}
"""In which column stands what a form's check points at."""


@dataclass(frozen=True)
class RowAct(Repeatable):
    """A row as an act: stamped as an import's, caused by its opening."""

    opened: UUID | None = None

    def stamp(self, at: datetime) -> Stamp:
        """Return the stamp of the command at the deployment's time `at`."""
        stamp = super().stamp(at)
        return replace(stamp, source=Source.IMPORT, causation_id=self.opened)


def row_command(site: str, channel: str, number: str) -> UUID:
    """Return the id of the command that registers a channel's number from a sheet."""
    return ids.named("row-of-channel", site, channel, number)


def said_of(channel: str, fields: Fields) -> ComplaintSaid | ReportSaid:
    """Return the form that a row fills in; raises ValidationError.

    Without a name nobody complains: then it is a report, unnamed.
    """
    body: dict[str, Any] = {
        "channel": channel,
        "channel_number": fields.channel_number,
        "employer": _employer(fields),
        "item": _item(channel, fields),
        "summary": fields.private.get("notes"),
    }
    if "reporter_name" not in fields.private:
        return ReportSaid.model_validate(body)
    worker = {
        "name": fields.private["reporter_name"],
        "phone": fields.private.get("reporter_phone"),
        "claimed": _claimed(fields),
    }
    document = fields.private.get("reporter_id_number")
    if document is not None:
        worker["id_number"] = {"number": document}
    body |= {"workers": [worker], "reporter": {"worker": 1}}
    return ComplaintSaid.model_validate(body)


def _employer(fields: Fields) -> dict[str, Any] | None:
    read = fields.employer
    if read is None:
        return None
    code = read.credit_code
    return {"name": read.name, "credit_code": code, "individual": read.individual}


def _claimed(fields: Fields) -> dict[str, Any] | None:
    amount = fields.amounts.get("claimed")
    return None if amount is None else {"minor": amount.minor}


def _item(channel: str, fields: Fields) -> dict[str, Any] | None:
    """Return what the channel's register says; an order's kind may come later."""
    day = fields.days.get("received_on")
    received = {"received_on": None if day is None else day.on}
    match channel:
        case "12345" if kind := fields.codes.get("order_kind"):
            return {"item": "work_order", "order_kind": kind, **received}
        case "petition" if form := fields.codes.get("petition_form"):
            people = fields.workers or 1
            return {
                "item": "petition",
                "petition_form": form,
                "people": people,
                "representatives": 1,
                **received,
            }
        case "platform":
            return {"item": "platform_clue", **received}
        case _:
            return None


@dataclass(frozen=True)
class Registering:
    """One import at work: where to, whose, caused by which event."""

    window: Window
    job: Job
    file: SheetFile
    opened: UUID | None = None

    @property
    def channel(self) -> str:
        return self.file.profile.channel

    async def judged(self, results: Sequence[RowResult]) -> list[RowResult]:
        """Return the results beside what is registered, and as the checks say."""
        known = await self._known(results)
        now = await self.window.desk.now()
        return [self._judged(result, known, now) for result in results]

    async def record(self, results: Sequence[RowResult]) -> list[RowResult]:
        """Register the good rows one by one; return the results as they ended."""
        return [await self._recorded(one) for one in await self.judged(results)]

    async def _known(self, results: Sequence[RowResult]) -> Mapping[str, Any]:
        streams = {self._stream(one.fields): one for one in results if one.fields}
        rows = await self.window.pool.fetch(KNOWN, list(streams))
        return {row["stream"]: row for row in rows}

    def _clue_id(self, fields: Fields) -> UUID:
        return ids.clue_id(self.window.site, self.channel, fields.channel_number)

    def _stream(self, fields: Fields) -> str:
        return clue.KIND.stream(self._clue_id(fields))

    def _judged(
        self, result: RowResult, known: Mapping[str, Any], now: datetime
    ) -> RowResult:
        fields = result.fields
        if result.outcome is not Outcome.SUCCESS or fields is None:
            return result
        row = known.get(self._stream(fields))
        if row is not None:
            return self._again(result, fields, row)
        try:
            check(said_of(self.channel, fields), now)
        except ValidationError as wrong:
            places = ["/" + "/".join(map(str, one["loc"])) for one in wrong.errors()]
            return self._refused(result, places)
        except Problem as problem:
            return self._refused(result, [one.where for one in problem.more.errors])
        return result

    def _again(
        self, result: RowResult, fields: Fields, row: asyncpg.Record
    ) -> RowResult:
        """Judge a row whose number is registered; this import's own stays good."""
        command = row_command(self.window.site, self.channel, fields.channel_number)
        if row["command_id"] != command:
            return _ended(result, Outcome.SKIPPED, "already-registered")
        if row["request_hmac"].hex() != result.fingerprint:
            return _ended(result, Outcome.DUPLICATE, "imported-differs")
        if self.opened is not None and row["causation_id"] == self.opened:
            return result
        return _ended(result, Outcome.SKIPPED, "already-imported")

    async def _recorded(self, result: RowResult) -> RowResult:
        fields = result.fields
        if result.outcome is not Outcome.SUCCESS or fields is None:
            return result
        form = self._form(result, fields)
        while True:
            try:
                await register(self.window, form)
            except Overloaded:
                await asyncio.sleep(PATIENCE)
                continue
            except CommandKeyReused:
                return _ended(result, Outcome.DUPLICATE, "imported-differs")
            except Problem as problem:
                if problem.code == "channel-number-known":
                    return _ended(result, Outcome.SKIPPED, "already-registered")
                return self._refused(result, [])
            except Rejected:
                return self._refused(result, [])
            return result

    def _form(self, result: RowResult, fields: Fields) -> Form:
        actor = self.job.actor
        said = said_of(self.channel, fields)
        act = RowAct(
            command_id=row_command(
                self.window.site, self.channel, fields.channel_number
            ),
            request_hmac=bytes.fromhex(result.fingerprint),
            actor=actor,
            opened=self.opened,
        )
        caller = SignedIn(actor, Officer("import", actor.role, actor.unit))
        kind = "report" if isinstance(said, ReportSaid) else "complaint"
        return Form(said, kind, caller, act)  # type: ignore[arg-type]  # one of the two

    def _refused(self, result: RowResult, pointers: Sequence[str]) -> RowResult:
        """Return the row as an error, at the cells that a check points at."""
        meanings = {m for p in pointers for m in _meanings(p)}
        layouts = {one.sheet.name: one for one in self.file.layouts}
        places = layouts[result.sheet].places
        found = [
            CellFinding(
                result.sheet,
                result.row,
                places[one].letters,
                places[one].header,
                "row-refused",
            )
            for one in sorted(meanings)
            if one in places
        ]
        whole = [CellFinding(result.sheet, result.row, "", "", "row-refused")]
        findings = (*result.findings, *(found or whole))
        return replace(result, outcome=Outcome.ERROR, findings=findings)


def _meanings(pointer: str) -> list[str]:
    # A discriminated part names itself on the way: /item/work_order/received_on.
    plain = pointer
    for tag in ("/work_order", "/petition/", "/platform_clue"):
        plain = plain.replace(tag, "/" if tag.endswith("/") else "")
    return [name for place, name in MEANINGS.items() if plain.startswith(place)]


def _ended(result: RowResult, outcome: Outcome, code: str) -> RowResult:
    finding = CellFinding(result.sheet, result.row, "", "", code)
    return replace(result, outcome=outcome, findings=(*result.findings, finding))
