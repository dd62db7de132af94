"""What enforcement says of notice boards 维权告示牌 at building sites."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code, Text
from libs.events.event import Event, Fields

BoardDuty = Literal[
    "displayed", "parties", "authority", "labour_clerk", "minimum_wage", "pay_day",
    "hotlines", "arbitration", "legal_aid", "public_service",
]  # fmt: skip


class BoardItem(Fields):
    """One item of the checklist, and whether the board meets it."""

    item: BoardDuty
    met: bool


class NoticeBoardChecked(Event, name="NoticeBoardChecked"):
    """A site's notice board was checked, item by item (WPR 34; F-2.2.1b).

    `corrected`: what did not comply at the check before and does now. `checked_at` is
    the envelope's own time, for rules, which fold without an envelope. Stream
    `noticeboard-<project_id>`.
    """

    project_id: UUID
    project_name: Text
    area: Code | None
    by_unit: Code
    items: tuple[BoardItem, ...]
    compliant: bool
    corrected: tuple[BoardDuty, ...]
    checklist_version: int
    checked_at: datetime


class NoticeBoardDefectFound(Event, name="NoticeBoardDefectFound"):
    """A board does not meet an item that it met, or that nobody had checked.

    It stands until a later check finds the item met (WPR 56, item 4: the penalty).
    """

    project_id: UUID
    item: BoardDuty
    article: Text
    penalty: Text
    by_unit: Code
