"""From a row that was read to the fact that is recorded, and what the vault keeps."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID, uuid5

from libs import ids
from libs.calendar import start_of_day
from libs.codes import find_personal
from libs.events.contracts.intake import HistoryImported
from libs.events.contracts.parts import Employer
from libs.events.event import Precision
from services.intake.history import ImportRow
from services.intake.persons import Keyed, individual
from services.intake.profiles.result import Day, EmployerRead, Fields, RowResult
from services.intake.vault import matching
from services.intake.vault.keeping import Keeping

# What makes a row the same row for ever: the profile and its key, hidden by an HMAC.
ROWS = ids.named("rows")
BATCHED = 1024
"""Ids of the rows at hand are asked for several times; each is a hash."""
SUMS = ("claimed", "verified", "ordered", "paid")
DAYS = ("received_on", "ordered_on", "served_on", "paid_on", "closed_on")


@dataclass(frozen=True)
class Batch:
    """Whose import it is, under which profile."""

    import_id: UUID
    profile: str
    profile_version: int
    channel: str
    unit: str


@lru_cache(BATCHED)
def row_id(profile: str, key_digest: str) -> UUID:
    """Return a row's id: the same for the same claim in every file of the profile."""
    return uuid5(ROWS, f"{profile}\x1f{key_digest}")


@lru_cache(BATCHED)
def command_id(row: UUID) -> UUID:
    """Return the id of the command that records a row."""
    return uuid5(row, "import")


def kept_of(keyed: Keyed, row: UUID, fields: Fields) -> list[Keeping]:
    """Return what the vault keeps of a row: an individual's name, remarks, numbers."""
    act, clue = command_id(row), clue_of(row)
    found: list[Keeping] = []
    employer = fields.employer
    if employer is not None and withheld(employer):
        code = employer.credit_code
        found.append(individual(keyed, employer.name, code, act, clue))
    if fields.private:
        number = fields.private.get("reporter_id_number")
        phone = fields.private.get("reporter_phone")
        found.append(
            Keeping(
                proposed=row,
                kind="row",
                act=act,
                clue=clue,
                role="row",
                fields=fields.private,
                id_hmac=matching.of_id(keyed.keys, "citizen", number)
                if number
                else None,
                phone_hmac=matching.of_phone(keyed.keys, phone) if phone else None,
            )
        )
    return found


def withheld(employer: EmployerRead) -> bool:
    """Tell whether an employer's name must stay in the vault."""
    return employer.individual or bool(find_personal(employer.name))


@lru_cache(BATCHED)
def clue_of(row: UUID) -> UUID:
    """Return the id of a row's clue: agencies repeat numbers, rows are told apart."""
    return ids.named("clue-of-row", row)


def command_of(
    batch: Batch, site: str, result: RowResult, owner: UUID | None
) -> ImportRow:
    """Return the command of a good row; `owner` is an individual employer's id.

    Raises ValueError for a row that is not a good one.
    """
    fields = result.fields
    if fields is None:
        raise ValueError(result.outcome)
    row = row_id(batch.profile, result.key_digest)
    clue = clue_of(row)
    days = {name: _on(fields.days.get(name)) for name in DAYS}
    said = {
        "row_id": row,
        "clue_id": clue,
        "case_id": ids.case_id(clue),
        "claim_id": ids.claim_id(clue, 1),
        "import_id": batch.import_id,
        "profile": batch.profile,
        "profile_version": batch.profile_version,
        "sheet": result.sheet,
        "row": result.row,
        "unit": batch.unit,
        "channel": fields.codes.get("channel", batch.channel),
        "channel_number": fields.channel_number,
        "employer": _employer(site, row, fields, owner),
        "worker_count": fields.workers,
        **{name: fields.amounts.get(name) for name in SUMS},
        **days,
        "closed": fields.closed,
        "month": _month(fields.days.get("received_on")),
        "status": fields.codes.get("status"),
        "notes": fields.notes,
        "findings": tuple(dict.fromkeys(finding.code for finding in result.findings)),
    }
    at, precision = _when(fields.days.get("received_on"))
    fact = HistoryImported.model_validate(said)
    return ImportRow(fact=fact, occurred_at=at, precision=precision)


def _employer(site: str, row: UUID, fields: Fields, owner: UUID | None) -> Employer:
    read = fields.employer
    if read is None:
        # Nobody was named: then it is nobody else's employer either.
        return Employer(employer_id=ids.named("employer-of-row", row), name=None)
    hidden = withheld(read)
    employer_id = owner or ids.employer_id(site, read.credit_code, read.name)
    check: Literal["ok", "warned", "none"] = read.code_check
    return Employer(
        employer_id=employer_id,
        name=None if hidden else read.name or None,
        credit_code=read.credit_code,
        code_check=check,
        individual=hidden,
        industry=fields.codes.get("industry"),
    )


def _on(day: Day | None) -> object:
    return None if day is None else day.on


def _month(day: Day | None) -> str | None:
    if day is None or day.precision != "month":
        return None
    return f"{day.on:%Y-%m}"


def _when(day: Day | None) -> tuple[datetime | None, Precision]:
    if day is None:
        return None, Precision.UNKNOWN
    return start_of_day(day.on), Precision(day.precision)
