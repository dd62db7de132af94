"""Notice boards 维权告示牌: checked item by item; a later check closes a defect.

The general contractor shows them at the site (WPR 34). A board that is not there shows
nothing: then no item is met (F-2.2.1b).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.codes import find_personal
from libs.events.command import Command, Stamp
from libs.events.contracts.notice_boards import (
    BoardDuty,
    BoardItem,
    NoticeBoardChecked,
    NoticeBoardDefectFound,
)
from libs.events.contracts.parts import Code, Text
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.enforcement.board_checklist import Checklist, checklist_on

NOT_DISPLAYED: BoardDuty = "displayed"


class InspectNoticeBoard(Command):
    """Check a site's board: what it does not meet; everything else it does.

    `project_number` is the number under which a complaint names the project, if any.
    """

    project_id: UUID
    project_name: Text
    project_number: Text | None = None
    area: Code | None = None
    by_unit: Code
    defects: frozenset[BoardDuty] = frozenset()
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Board:
    """What decisions ask of a board: what it did not meet when it was checked last."""

    defects: frozenset[BoardDuty] = frozenset()
    checked_at: datetime | None = None


def evolve(board: Board, event: Event) -> Board:
    """Fold one check: its items say all."""
    if not isinstance(event, NoticeBoardChecked):
        return board
    missing = frozenset(one.item for one in event.items if not one.met)
    return Board(missing, event.checked_at)


KIND = Kind("noticeboard", Board(), evolve)


def inspect(command: InspectNoticeBoard, stamp: Stamp, states: States) -> list[New]:
    """Write a check down, each new defect with its article, and what was corrected."""
    if find_personal(command.project_name):
        raise Rejected("personal-number", "这里不能填写身份证、电话或银行卡号码。")
    at, board = command.occurred_at or stamp.at, states.of(KIND, command.project_id)
    if board.checked_at is not None and at < board.checked_at:
        raise Rejected("check-older", "这块告示牌有更晚的检查，以最近一次检查为准。")
    checklist = checklist_on(day_of(at))
    if checklist is None:
        raise Rejected("no-checklist", "这一天还没有生效的检查表，请核对检查时间。")
    missing = _missing(checklist, command.defects)
    checked = _checked(command, checklist, missing, (board.defects, at))
    found = [
        NoticeBoardDefectFound(
            project_id=command.project_id,
            item=one.item,
            article=one.article,
            penalty=checklist.penalty,
            by_unit=command.by_unit,
        )
        for one in checklist.items
        if one.item in missing - board.defects
    ]
    stream = KIND.stream(command.project_id)
    return [New(stream, said, command.occurred_at) for said in (checked, *found)]


def _missing(
    checklist: Checklist, defects: frozenset[BoardDuty]
) -> frozenset[BoardDuty]:
    """Return what a board does not meet: everything, where there is none."""
    every = frozenset(one.item for one in checklist.items)
    return every if NOT_DISPLAYED in defects else defects & every


def _checked(
    command: InspectNoticeBoard,
    checklist: Checklist,
    missing: frozenset[BoardDuty],
    before: tuple[frozenset[BoardDuty], datetime],
) -> NoticeBoardChecked:
    defects, at = before
    every = [one.item for one in checklist.items]
    return NoticeBoardChecked(
        project_id=command.project_id,
        project_name=command.project_name,
        area=command.area,
        by_unit=command.by_unit,
        items=tuple(BoardItem(item=one, met=one not in missing) for one in every),
        compliant=not missing,
        corrected=tuple(one for one in every if one in defects - missing),
        checklist_version=checklist.version,
        checked_at=at,
    )


RULES = (
    Rule(InspectNoticeBoard, lambda asked: [Read(KIND, asked.project_id)], inspect),
)
