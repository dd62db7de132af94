"""Pydantic's complaints as field errors that never repeat what was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from libs.web.languages import Said
from libs.web.problems import FieldError, More, Problem

M = TypeVar("M", bound=BaseModel)

# A key that the sender made up may be a name or a number of a person.
SAFE_STEP = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]{0,63}")
GENERIC = Said("这一项不符合要求。", "This value does not meet the rules.")
SENTENCES = {
    "missing": ("缺少这一项。", "This is missing."),
    "extra_forbidden": ("没有这一项，请删去。", "No such field: remove it."),
    "json_invalid": ("JSON 格式错误。", "Malformed JSON."),
    "string_type": ("须为文字。", "Send text."),
    "string_too_short": (
        "至少 {min_length} 个字。",
        "At least {min_length} characters.",
    ),
    "string_too_long": (
        "至多 {max_length} 个字。",
        "At most {max_length} characters.",
    ),
    "string_pattern_mismatch": (
        "格式不符：{pattern}",
        "It does not fit the pattern {pattern}",
    ),
    "int_type": ("须为整数。", "Send a whole number."),
    "int_parsing": ("须为整数。", "Send a whole number."),
    "int_from_float": (
        "须为整数，不能有小数（金额以分为单位）。",
        "Send a whole number without a fraction (money in fen).",
    ),
    "greater_than": ("须大于 {gt}。", "Must be greater than {gt}."),
    "greater_than_equal": ("不得小于 {ge}。", "Must be at least {ge}."),
    "less_than": ("须小于 {lt}。", "Must be less than {lt}."),
    "less_than_equal": ("不得大于 {le}。", "Must be at most {le}."),
    "enum": ("须为其中之一：{expected}", "Must be one of {expected}"),
    "literal_error": ("须为其中之一：{expected}", "Must be one of {expected}"),
    "too_short": ("至少 {min_length} 项。", "At least {min_length} items."),
    "too_long": ("至多 {max_length} 项。", "At most {max_length} items."),
    "list_type": ("须为列表。", "Send a list."),
    "model_attributes_type": ("须为 JSON 对象。", "Send a JSON object."),
    "model_type": ("须为 JSON 对象。", "Send a JSON object."),
    "dict_type": ("须为 JSON 对象。", "Send a JSON object."),
    "bool_type": ("须为 true 或 false。", "Send true or false."),
    "bool_parsing": ("须为 true 或 false。", "Send true or false."),
    "uuid_parsing": ("须为 UUID。", "Send a UUID."),
    "uuid_type": ("须为 UUID。", "Send a UUID."),
    "date_from_datetime_parsing": (
        "日期须写作 2023-11-10。",
        "Write a date as 2023-11-10.",
    ),
    "date_parsing": ("日期须写作 2023-11-10。", "Write a date as 2023-11-10."),
    "date_type": ("日期须写作 2023-11-10。", "Write a date as 2023-11-10."),
    "datetime_parsing": (
        "时间须写作 2023-11-10T01:30:00Z。",
        "Write an instant as 2023-11-10T01:30:00Z.",
    ),
    "datetime_from_date_parsing": (
        "时间须写作 2023-11-10T01:30:00Z。",
        "Write an instant as 2023-11-10T01:30:00Z.",
    ),
    "timezone_aware": (
        "时间须带时区，如 Z 或 +08:00。",
        "Give the time zone, such as Z or +08:00.",
    ),
    "union_tag_invalid": (
        "须为其中之一：{expected_tags}",
        "Must be one of {expected_tags}",
    ),
}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """Map one pydantic error; `loc` starts with body, query, path, header or cookie."""
    place, *steps = error["loc"] or ("body",)
    code = str(error["type"]).replace("_", "-")
    detail = _sentence(error)
    if place == "header":
        return FieldError("header", ".".join(map(str, steps)), code, detail)
    if place in {"query", "path", "cookie"}:
        return FieldError("parameter", ".".join(_safe(steps)), code, detail)
    if error["type"] == "json_invalid":
        return FieldError("pointer", "", code, detail)
    pointer = "".join(f"/{step}" for step in _safe(steps))
    return FieldError("pointer", pointer, code, detail)


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the 422 that lists at most fifty things to correct."""
    return Problem("invalid", more=More([field_error(error) for error in errors[:50]]))


def accepted(model: type[M], fields: Mapping[str, Any]) -> M:
    """Read fields that came through the door as a model, or raise the 422.

    For commands put together from path and body; a ValidationError from anywhere
    else is a defect of ours and is answered as 500.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        rows = error.errors(include_url=False)
        placed = [{**row, "loc": ("body", *row["loc"])} for row in rows]
        raise invalid(placed) from None


def _safe(steps: Iterable[int | str]) -> list[str]:
    """Return the steps up to the first that may hold what was sent."""
    kept: list[str] = []
    for step in steps:
        if isinstance(step, str) and not SAFE_STEP.fullmatch(step):
            break
        kept.append(str(step))
    return kept


def _sentence(error: Mapping[str, Any]) -> Said:
    context = error.get("ctx") or {}
    known = SENTENCES.get(error["type"])
    if known is not None:
        try:
            return Said(*(text.format(**context) for text in known))
        except (KeyError, IndexError):
            return GENERIC
    message = str(error.get("msg", "")).removeprefix("Value error, ")
    if not message or _repeats(message, error.get("input")):
        return GENERIC
    return Said(message, str(context.get("en", message)))


def _repeats(message: str, sent: object) -> bool:
    """Tell whether a validator's message holds any of what was sent."""
    match sent:
        case Mapping():
            return any(_repeats(message, part) for part in (*sent, *sent.values()))
        case list() | tuple() | set():
            return any(_repeats(message, part) for part in sent)
        case None | bool():
            return False
        case _:
            return bool(str(sent)) and str(sent) in message
