"""A roster sheet 名册, read into the workers of a complaint's form; kept nowhere."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from libs.codes import check_bank_card, check_citizen_id, check_phone
from libs.codes.findings import Verdict
from libs.money import DECIMALS, MAX_MINOR, MoneyRefused, parse_money
from libs.sheets.book import Sheet, open_book
from libs.sheets.cell import Cell, CellKind, SheetRow, column_letters
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from services.intake.said import MOST_WORKERS

HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "工人姓名", "劳动者姓名", "name"),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "id number"),
    "phone": ("电话", "手机", "手机号", "联系电话", "phone"),
    "bank_card": ("银行卡号", "银行卡", "银行账号", "bank card"),
    "claimed": ("欠薪金额", "欠薪金额(元)", "金额", "金额(元)", "amount"),
    "months_from": ("欠薪起月", "起始月份", "起月", "from"),
    "months_to": ("欠薪止月", "截止月份", "止月", "to"),
    "rural_migrant": ("是否农民工", "农民工", "rural migrant"),
}
WITHIN = 20
"""So many rows are looked at for the header."""
YES_NO = {"是": "yes", "否": "no", "yes": "yes", "no": "no"}
MONTH = re.compile(r"((?:19[89]|20\d)\d)[-/.年](0?[1-9]|1[0-2])月?")
EXACT_DIGITS = 15


@dataclass(frozen=True)
class Trouble:
    """One cell to correct: where it stands, a code, what to do."""

    row: int
    column: str
    code: str
    zh: str
    en: str

    def to_json(self) -> dict[str, object]:
        """Return it as plain JSON, without the cell's words."""
        message = {"zh": self.zh, "en": self.en}
        place = {"row": self.row, "column": self.column}
        return {**place, "code": self.code, "message": message}


@dataclass
class Roster:
    """The workers that were read, and the cells to correct."""

    today: date
    workers: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def read_roster(source: Source, today: date) -> Roster:
    """Read the first sheet that has a name column; raises SheetRefused."""
    for sheet in open_book(source).sheets:
        places, header = _header(sheet)
        if "name" in places:
            return _read(sheet, places, header, Roster(today))
    raise SheetRefused(
        "wrong-template",
        "名册中找不到“姓名”一栏；请在表头写明 姓名、身份证号、电话、欠薪金额。",
        "The roster has no column “name”: head its columns name, id number, phone,"
        " amount.",
    )


def _header(sheet: Sheet) -> tuple[dict[str, int], int]:
    for looked, row in enumerate(sheet.rows()):
        if looked >= WITHIN:
            break
        places = {
            meaning: index
            for index, cell in row.cells.items()
            for meaning, names in HEADERS.items()
            if _folded(cell.text) in names
        }
        if "name" in places:
            return places, row.number
    return {}, 0


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(plain.replace("*", "").split())


def _read(
    sheet: Sheet, places: Mapping[str, int], header: int, roster: Roster
) -> Roster:
    for row in sheet.rows():
        cells = {meaning: row.at(index) for meaning, index in places.items()}
        filled = any(not cell.blank for cell in cells.values())
        if row.number <= header or not filled:
            continue
        if len(roster.workers) == MOST_WORKERS:
            raise SheetRefused(
                "too-large",
                f"名册超过 {MOST_WORKERS} 人；请分成几份。",
                f"The roster has over {MOST_WORKERS} workers: split it.",
            )
        reading = _Row(roster, row, places)
        roster.workers.append(dict(reading.worker()))
    return roster


@dataclass(frozen=True)
class _Row:
    roster: Roster
    row: SheetRow
    places: Mapping[str, int]

    def worker(self) -> Iterator[tuple[str, Any]]:
        """Yield the fields that could be read; the others are troubles."""
        yield "roster_only", True
        for meaning, index in self.places.items():
            cell = self.row.at(index)
            if cell.blank:
                continue
            value = self._value(meaning, cell)
            if value is not None:
                yield meaning, value

    def _value(self, meaning: str, cell: Cell) -> Any:  # plain JSON
        if cell.kind not in {CellKind.TEXT, CellKind.NUMBER, CellKind.DATE}:
            return self._trouble(
                meaning, "cell-not-value", "单元格不是值。", "No value."
            )
        checks: Mapping[str, Callable[[str], Verdict]] = {
            "phone": check_phone,
            "bank_card": check_bank_card,
            "id_number": lambda text: check_citizen_id(text, self.roster.today),
        }
        match meaning:
            case "claimed":
                return self._money(cell)
            case "months_from" | "months_to":
                return self._month(meaning, cell)
            case "rural_migrant":
                return YES_NO.get(_folded(cell.text), "unknown")
            case "name":
                return unicodedata.normalize("NFC", cell.display).strip()[:100]
            case _:
                return self._number(meaning, cell, checks[meaning])

    def _number(
        self, meaning: str, cell: Cell, check: Callable[[str], Verdict]
    ) -> Any:  # plain JSON
        if cell.kind is CellKind.NUMBER and len(cell.display) > EXACT_DIGITS:
            zh = "号码按数值存放，末位已丢失；请设为文本格式重填。"
            en = "Stored as a number, its last digits are lost: make the cell text."
            return self._trouble(meaning, "digits-lost", zh, en)
        verdict = check(cell.display)
        for found in verdict.findings:
            self._trouble(meaning, found.code, found.message_zh, found.message_en)
        if verdict.refused:
            return None
        return {"number": verdict.value} if meaning == "id_number" else verdict.value

    def _money(self, cell: Cell) -> Any:  # plain JSON
        if cell.kind is CellKind.NUMBER:
            return self._minor(cell.decimal)
        try:
            return parse_money(cell.text).model_dump()
        except MoneyRefused as refusal:
            zh = "金额无法读取；请填写如 1234.56。"
            return self._trouble("claimed", refusal.code, zh, refusal.message)

    def _minor(self, number: Decimal) -> Any:  # plain JSON
        minor = number.scaleb(DECIMALS["CNY"])
        if minor != minor.to_integral_value() or not 0 <= minor <= MAX_MINOR:
            zh, en = (
                "金额须为非负、至多两位小数。",
                "Zero or more, two decimals at most.",
            )
            return self._trouble("claimed", "money-fraction", zh, en)
        return {"minor": int(minor), "currency": "CNY"}

    def _month(self, meaning: str, cell: Cell) -> Any:  # plain JSON
        text = cell.text[:7] if cell.kind is CellKind.DATE else _folded(cell.text)
        found = MONTH.fullmatch(text)
        if found is None:
            zh, en = "月份须写作 2023-07。", "Write a month as 2023-07."
            return self._trouble(meaning, "month-form", zh, en)
        return f"{found[1]}-{int(found[2]):02d}"

    def _trouble(self, meaning: str, code: str, zh: str, en: str) -> None:
        column = column_letters(self.places[meaning])
        self.roster.troubles.append(Trouble(self.row.number, column, code, zh, en))
