"""Rosters 名册: a sheet of workers read at intake's door into the rows of the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from starlette.datastructures import UploadFile
from xlsxwriter import Workbook

from libs.money import format_minor
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import Typed
from services.reporting.console.intake_form import COLUMNS, lines
from services.reporting.console.visit import Visit

DOOR = "/v1/rosters"
MOST_TROUBLES = 50
TEXT = "@"
# The headings by which intake knows a roster's columns.
HEADINGS = (
    "姓名", "身份证号", "电话", "欠薪金额", "欠薪起月", "欠薪止月", "银行卡号",
    "是否农民工",
)  # fmt: skip


@dataclass(frozen=True)
class RosterRead:
    """What came of a sheet: the form with its rows, and what to correct by hand."""

    typed: Typed
    workers: int = 0
    troubles: Sequence[Mapping[str, Any]] = ()
    refusal: str | None = None


async def read_roster(visit: Visit, typed: Typed) -> RosterRead:
    """Read the uploaded sheet; rows typed by hand stay, those of a sheet are replaced.

    Nothing is registered yet: the rows stand in the form to be looked through.
    """
    file = typed.files.get("roster")
    if file is None or not file.filename:
        return RosterRead(typed, refusal=visit.words("wrong.roster-file"))
    answer = await call(visit, await _asked(file))
    if not answer.done:
        said = answer.body.get("detail") or visit.words("wrong.service-down")
        return RosterRead(typed, refusal=str(said))
    found = [_line(worker) for worker in answer.body["workers"]]
    kept = [line for line in lines(typed) if line["name"] and not line["roster_only"]]
    rows = [*kept, *found]
    columns = {f"worker.{name}": tuple(row[name] for row in rows) for name in COLUMNS}
    filled = Typed({**typed.fields, **columns}, {})
    return RosterRead(filled, len(found), answer.body["troubles"][:MOST_TROUBLES])


async def _asked(file: UploadFile) -> Call:
    name, kind = str(file.filename), file.content_type or "application/octet-stream"
    return Call("intake", "POST", DOOR, file=(name, await file.read(), kind))


def _line(worker: Mapping[str, Any]) -> dict[str, str]:
    """Return a worker of a roster as the form's texts."""
    number = worker.get("id_number") or {}
    claimed = worker.get("claimed")
    said = {name: str(worker.get(name) or "") for name in COLUMNS}
    return {
        **said,
        "id_number": str(number.get("number", "")),
        "claimed": format_minor(claimed["minor"]) if claimed else "",
        "roster_only": "1",
    }


def blank_roster() -> bytes:
    """Return an empty roster whose cells are text: numbers keep their last digits."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1})
    sheet = book.add_worksheet("名册")
    sheet.set_column(0, len(HEADINGS) - 1, 20, book.add_format({"num_format": TEXT}))
    for index, heading in enumerate(HEADINGS):
        sheet.write_string(0, index, heading, head)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
