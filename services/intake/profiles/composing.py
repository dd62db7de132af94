"""Composing a profile from choices on the workbench that need no mending."""

import tomllib
from collections.abc import Mapping
from typing import Any

from services.intake.profiles.choices import SCALES, Choices, ColumnChoice
from services.intake.profiles.code_tables import is_usual, usual_table
from services.intake.profiles.layout import folded
from services.intake.profiles.looking import HEADER_WITHIN, ColumnSeen, SheetSeen
from services.intake.profiles.meanings import SORTS, Sort
from services.intake.profiles.shelf import released_text
from services.intake.profiles.writing import profile_toml

# A total, an example or a signature at the foot of a paper ledger is no claim.
NO_CLAIMS = "(合计|总计|小计|共计|累计|示例|填表|制表|审核).*"
NEEDED = ("channel_number", "received_on", "employer")
"""A row without these headers is not the header."""
NOT_BEFORE = ("verified_on", "ordered_on", "paid_on", "closed_on")
PLAUSIBLE = "50000000"
CELL = "qingxin_template"


def composed(
    choices: Choices, seen: SheetSeen, version: int, base: str | None = None
) -> str:
    """Return the TOML of choices that need no mending; `base` is a profile's TOML."""
    before = tomllib.loads(base) if base else {}
    live = choices.registers == "live"
    key = ["channel_number", *choices.key]
    required = ["channel_number"]
    if live:
        key = list(dict.fromkeys([*key, "received_on"]))
        required.append("received_on")
    said: dict[str, Any] = {
        "name": choices.name,
        "version": version,
        "title": {"zh": choices.title_zh, "en": choices.title_en},
        "kinds": ["xlsx", "xls", "csv"],
        "channel": choices.channel,
        "registers": choices.registers,
        "unmapped": choices.unmapped,
        "ignored": _ignored(choices, seen),
        "sheets": [{"name": choices.sheet}] if choices.only_this else [{}],
        "notes": before.get("notes") or tomllib.loads(released_text("ledger"))["notes"],
        "header": {"within": HEADER_WITHIN},
        "dates": {
            "window": {"first": choices.first_on, "last": choices.last_on},
            "formats": list(choices.formats),
        },
        "money": before.get("money") or _money(),
        "key": {"columns": key, "required": required},
        "rows": _rows(choices, before.get("rows", {})),
        "employer": {
            **before.get("employer", {"language": "chinese"}),
            "individual": choices.individual,
        },
        "template": {"cell": CELL, "value": f"{choices.name}/{version}"},
        "columns": _written(choices, seen, before.get("columns", {})),
        "codes": _codes(choices, before.get("codes", {})),
    }
    return profile_toml(said)


def _ignored(choices: Choices, seen: SheetSeen) -> list[str]:
    """Return the headers that were seen and have no meaning: known, not wanted."""
    mapped = {one.column for one in choices.columns}
    left = [c.header for c in seen.columns if c.letters not in mapped and c.header]
    return list(dict.fromkeys(left))


def _money() -> dict[str, Any]:
    return {
        "currency": "CNY",
        "text": True,
        "thousands": ",",
        "strip": ["¥", "元"],
        "plausible_max": PLAUSIBLE,
    }


def _rows(choices: Choices, before: Mapping[str, Any]) -> dict[str, Any]:
    meanings = {one.meaning for one in choices.columns}
    said: dict[str, Any] = {**before, "skip": [{"matches": NO_CLAIMS}]}
    said["closed_when_filled"] = ["closed_on"] if "closed_on" in meanings else []
    older = before.get("closed_when", {})
    states = {"status": ["closed"], **older}
    said["closed_when"] = {one: states[one] for one in states if one in meanings}
    return said


def _written(
    choices: Choices, seen: SheetSeen, before: Mapping[str, Any]
) -> dict[str, Any]:
    meanings = {one.meaning for one in choices.columns}
    said = {}
    for one in choices.columns:
        column = seen.column(one.column)
        if column is not None:
            older = _older(before.get(one.meaning, {}), seen)
            said[one.meaning] = _column(one, column, older)
            if one.meaning in NOT_BEFORE and "received_on" in meanings:
                said[one.meaning]["not_before"] = "received_on"
    return said


def _older(before: Mapping[str, Any], seen: SheetSeen) -> dict[str, Any]:
    """Return an older column without headers that this sheet uses itself."""
    own = {folded(column.header) for column in seen.columns}
    headers = [head for head in before.get("headers", ()) if folded(head) not in own]
    return {**before, "headers": headers}


def _column(
    one: ColumnChoice, column: ColumnSeen, before: Mapping[str, Any]
) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if column.by_place:
        said["at"] = column.letters
    if column.header:
        older = [] if column.by_place else before.get("headers", [])
        said["headers"] = [column.header, *older]
    if not column.by_place and one.meaning in NEEDED:
        said["required"] = True
    if "pattern" in before:
        said["pattern"] = before["pattern"]
    if SORTS[one.meaning] is Sort.MONEY and one.unit != "yuan":
        said["scale"], said["per"] = SCALES[one.unit]
    return said


def _codes(choices: Choices, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the usual words, the chosen ones, and a base's codes nobody can choose."""
    tables: dict[str, Any] = {}
    for one in choices.columns:
        own = {w.words: w.code for w in choices.words if w.meaning == one.meaning}
        kept = {
            word: code
            for word, code in before.get(one.meaning, {}).items()
            if not is_usual(one.meaning, code)
        }
        table = {**usual_table(one.meaning), **kept, **own}
        if table and SORTS[one.meaning] is Sort.CODE:
            tables[one.meaning] = table
    return tables
