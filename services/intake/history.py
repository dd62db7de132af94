"""History: what an agency's sheet says happened, recorded as fact, a stream a row.

Nothing is asked of a rule here: what would be refused today is a finding.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.intake import (
    HistoryImported,
    ImportFinished,
    ImportOpened,
)
from libs.events.contracts.parts import Code, Sha256
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Event, New, Precision


@dataclass(frozen=True)
class Import:
    """What decisions ask of an import."""

    opened: bool = False
    finished: bool = False


@dataclass(frozen=True)
class Row:
    """What decisions ask of a row: by which import it came in."""

    import_id: UUID | None = None


def evolve(state: Import, event: Event) -> Import:
    """Fold one event of an import's stream."""
    match event:
        case ImportOpened():
            return replace(state, opened=True)
        case ImportFinished():
            return replace(state, finished=True)
        case _:
            return state


def evolve_row(row: Row, event: Event) -> Row:
    """Fold one event of a row's stream."""
    match event:
        case HistoryImported():
            return Row(event.import_id)
        case _:
            return row


KIND = Kind("import", Import(), evolve)
ROW = Kind("row", Row(), evolve_row)


class OpenImport(Command):
    """Take in an agency's sheet under a profile."""

    import_id: UUID
    profile: Code
    profile_version: int
    file_sha256: Sha256
    unit: Code


class ImportRow(Command):
    """Record one row as what happened then."""

    fact: HistoryImported
    occurred_at: datetime | None
    precision: Precision


class FinishImport(Command):
    """Say how an import ended: its rows by result."""

    import_id: UUID
    success: int
    error: int
    duplicate: int
    skipped: int


def open_import(command: OpenImport, _stamp: Stamp, states: States) -> list[New]:
    """Open once."""
    if states.of(KIND, command.import_id).opened:
        return []
    said = ImportOpened.model_validate(command.model_dump())
    return [New(KIND.stream(command.import_id), said)]


def import_row(command: ImportRow, _stamp: Stamp, states: States) -> list[New]:
    """Record a row once: the same claim in a later file changes nothing."""
    fact = command.fact
    if states.of(ROW, fact.row_id).import_id is not None:
        return []
    stream = ROW.stream(fact.row_id)
    return [New(stream, fact, command.occurred_at, command.precision)]


def finish(command: FinishImport, _stamp: Stamp, states: States) -> list[New]:
    """Finish once."""
    if states.of(KIND, command.import_id).finished:
        return []
    said = ImportFinished.model_validate(command.model_dump())
    return [New(KIND.stream(command.import_id), said)]


IMPORT_ROW = Rule(ImportRow, lambda asked: [Read(ROW, asked.fact.row_id)], import_row)
RULES = (
    Rule(OpenImport, lambda asked: [Read(KIND, asked.import_id)], open_import),
    IMPORT_ROW,
    Rule(FinishImport, lambda asked: [Read(KIND, asked.import_id)], finish),
)
