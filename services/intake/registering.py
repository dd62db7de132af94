"""Registering: persons into the vault, then the clue into the log, then the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from libs import ids
from libs.codes import check_credit_code
from libs.events.contracts.intake import ComplaintReceived, ReportReceived
from libs.events.contracts.parts import Employer, Project, WorkerLine
from libs.events.decider import NotVisible, Rejected
from libs.events.event import Recorded
from libs.events.perform import Done
from libs.money import Money
from libs.web.callers import Caller, SignedIn
from libs.web.field_errors import accepted
from libs.web.idempotency import Repeatable
from libs.web.languages import Said as Words
from libs.web.problem_kinds import RULE
from libs.web.problems import FieldError, More, Problem, RuleProblem
from services.intake import known
from services.intake.checking import Checked, check
from services.intake.clue import RegisterClue
from services.intake.duplicates import Advice
from services.intake.likeness.index import noticed, profile_of
from services.intake.likeness.weights import weights
from services.intake.persons import Persons, persons
from services.intake.said import ClueSaid, WorkerSaid
from services.intake.vault.keeping import keep
from services.intake.window import Window

PUBLIC = "web"
KINDS = {"12345": "work_order", "platform": "platform_clue", "petition": "petition"}
KEEP_CODES = """
INSERT INTO vault.code (digest, kind, subject_id, clue_id, command_id)
SELECT * FROM unnest($1::bytea[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[])
ON CONFLICT DO NOTHING
"""
KNOWN = Words(
    "该渠道的这个编号已经登记过；重办、催单和补充情况请在原线索上办理。",
    "This number of the channel is registered already: an order that came again, an"
    " urging and what is added belong to the clue there is.",
)


@dataclass(frozen=True)
class Form:
    """A form as it was handed in: by whom, as which act, as complaint or report."""

    said: ClueSaid
    kind: Literal["complaint", "report"]
    caller: Caller
    act: Repeatable


@dataclass(frozen=True)
class Registered:
    """What came of a form: the events, what it was warned about, what it is like."""

    done: Done
    checked: Checked
    likely: Sequence[tuple[UUID, Advice]] = ()

    @property
    def received(self) -> ComplaintReceived | ReportReceived:
        """Return what was said, as recorded."""
        fact = self.done.events[0].fact()
        if not isinstance(fact, ComplaintReceived | ReportReceived):
            raise TypeError(fact.name)
        return fact

    @property
    def receipt(self) -> Recorded:
        """Return the receipt with its number."""
        return self.done.events[-1]


async def register(window: Window, form: Form) -> Registered:
    """Register a form once; a repeat gets the first answer and adds nothing.

    Raises the 422 of everything to correct, and 409 for a number that is known.
    """
    now = await window.desk.now()
    _own_channel(form)
    _area_stands(window, form)
    checked = check(form.said, now)
    stamp = form.act.stamp(now)
    kept = await window.desk.log.journal.kept(form.act.command_id)
    found = persons(window, form, _clue_id(window, form))
    if kept is None:
        found = await _kept(window, form, found)
    command = _command(window, form, found, now)
    try:
        done = await window.desk.do(command, stamp)
    except Rejected as refusal:
        raise await _named(window, form.caller, command, refusal) from None
    return Registered(done, checked, await _likely(window, done))


async def _likely(window: Window, done: Done) -> Sequence[tuple[UUID, Advice]]:
    """Index the clue and return which others may tell the same fact (F-2.2.3c)."""
    first = done.events[0]
    received = first.fact()
    if not isinstance(received, ComplaintReceived | ReportReceived):
        return ()
    async with window.pool.acquire() as connection, connection.transaction():
        said = await profile_of(connection, received, first)
        return await noticed(connection, said, weights())


def _own_channel(form: Form) -> None:
    """Let the public speak for itself: on the web, without another's number."""
    if isinstance(form.caller, SignedIn):
        return
    errors = []
    if form.said.channel != PUBLIC:
        words = Words("公众提交的渠道只能是 web。", "The public's channel is web.")
        errors.append(FieldError("pointer", "/channel", "channel-of-officers", words))
    if form.said.channel_number is not None:
        words = Words("渠道编号由经办人填写。", "A channel's number is an officer's.")
        errors.append(
            FieldError("pointer", "/channel_number", "channel-of-officers", words)
        )
    if errors:
        raise Problem("invalid", more=More(errors))


def _clue_id(window: Window, form: Form) -> UUID:
    said = form.said
    if said.channel_number is None:
        # Not random: whoever retries the act gets the same clue.
        return ids.named("clue", form.act.command_id)
    return ids.clue_id(window.site, said.channel, said.channel_number)


async def _kept(window: Window, form: Form, found: Persons) -> Persons:
    async with window.pool.acquire() as connection, connection.transaction():
        owners = await keep(connection, window.keys, found.keepings)
        await _keep_codes(connection, window, form, found.clue_id)
    return found.kept_as(owners)


async def _keep_codes(
    connection: asyncpg.Connection, window: Window, form: Form, clue_id: UUID
) -> None:
    claims = [
        ids.claim_id(clue_id, ordinal)
        for ordinal in range(1, len(form.said.workers) + 1)
    ]
    subjects = [("clue", clue_id), *(("claim", claim) for claim in claims)]
    digests = [
        window.codes.digest_of("clue" if kind == "clue" else "claim", subject)
        for kind, subject in subjects
    ]
    many = len(subjects)
    await connection.execute(
        KEEP_CODES,
        digests,
        [kind for kind, _ in subjects],
        [subject for _, subject in subjects],
        [clue_id] * many,
        [form.act.command_id] * many,
    )


def _area_stands(window: Window, form: Form) -> None:
    """Let a clue name a residential area that there is, or none (F-1.2)."""
    area = form.said.site_area
    if area is None or window.running.unit_kind(area) == "residential":
        return
    words = Words(
        "没有这个居民区，请从列表中选。", "There is no such residential area."
    )
    error = FieldError("pointer", "/site_area", "no-such-area", words)
    raise Problem("invalid", more=More([error]))


def _command(window: Window, form: Form, found: Persons, now: datetime) -> RegisterClue:
    said = form.said
    unit = window.first_asked(form.caller, now)
    kind = "report" if form.kind == "report" else KINDS.get(said.channel, form.kind)
    fields: Mapping[str, object] = {
        "clue_id": found.clue_id,
        "kind": kind,
        "channel": said.channel,
        "channel_number": said.channel_number,
        "episode": said.episode,
        "mode": getattr(said, "mode", "named"),
        "reporter_id": found.reporter,
        "reporter_role": said.reporter.role if said.reporter else "worker",
        "first_asked_unit": unit,
        "area": window.organisation.unit(unit).area,
        "employer": _employer(window, form, found),
        "project": _project(window, form),
        "workers": _lines(form, found),
        "reference": said.reference,
        "site_area": said.site_area,
        "item": said.item,
        "notify": said.notify,
        "notify_language": said.notify_language,
        "occurred_at": said.occurred_at,
    }
    return accepted(RegisterClue, fields)


def _employer(window: Window, form: Form, found: Persons) -> Employer:
    said = form.said.employer
    code, check_result = None, "none"
    if said.credit_code is not None:
        verdict = check_credit_code(said.credit_code)
        code, check_result = verdict.value, "warned" if verdict.warned else "ok"
    employer_id = found.employer or ids.employer_id(window.site, code, said.name)
    return Employer.model_validate(
        {
            "employer_id": employer_id,
            "name": None if said.individual else said.name,
            "credit_code": code,
            "code_check": check_result,
            "individual": said.individual,
            "industry": said.industry,
        }
    )


def _project(window: Window, form: Form) -> Project | None:
    said = form.said.project
    if said is None:
        return None
    project_id = ids.named("project", window.site, said.number or said.name.casefold())
    return Project(project_id=project_id, name=said.name)


def _lines(form: Form, found: Persons) -> tuple[WorkerLine, ...]:
    return tuple(
        WorkerLine(
            ordinal=ordinal,
            person_id=person,
            claimed=_claimed(worker),
            rural_migrant=worker.rural_migrant,
            months_from=worker.months_from,
            months_to=worker.months_to,
            roster_only=worker.roster_only or _named_by_another(form, ordinal),
        )
        for ordinal, (worker, person) in enumerate(
            zip(form.said.workers, found.workers, strict=True), start=1
        )
    )


def _named_by_another(form: Form, ordinal: int) -> bool:
    """Say whether a crew leader names the worker: whose own word is still to come."""
    reporter = form.said.reporter
    if reporter is None or reporter.role != "crew_leader":
        return False
    return reporter.worker != ordinal


def _claimed(worker: WorkerSaid) -> Money | None:
    said = worker.claimed
    return None if said is None else Money(minor=said.minor, currency=said.currency)


async def _named(
    window: Window, caller: Caller, command: RegisterClue, refusal: Rejected
) -> Exception:
    """Return the refusal; it names the clue there is to those who may see it."""
    if refusal.code != "channel-number-known":
        return refusal
    clue_id = command.clue_id
    held, noted = await window.clue(clue_id)
    try:
        known.visible(noted, held.first_asked, caller.actor)
    except NotVisible:
        return RuleProblem(refusal.code, KNOWN, RULE)
    members = {"clue_id": str(clue_id), "case_id": str(ids.case_id(clue_id))}
    return RuleProblem(refusal.code, KNOWN, RULE, more=More(members=members))
