"""The intake form: what an officer typed, read as the body that intake's door takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from libs.calendar.local_days import SHANGHAI
from services.reporting.console.answers import Mistyped, amount
from services.reporting.console.forms import Typed

WORKER = ("name", "id_number", "phone", "claimed", "months_from", "months_to")
# What a roster says besides; the form carries it along unseen.
FROM_ROSTER = ("bank_card", "rural_migrant", "roster_only")
COLUMNS = (*WORKER, *FROM_ROSTER)
NOTIFY = ("sms", "email")
MODES = ("named", "confidential", "anonymous")


@dataclass(frozen=True)
class Said:
    """The body and its door; `rows` are the form's rows of the workers sent."""

    door: Literal["complaint", "report"]
    body: Mapping[str, Any]
    rows: tuple[int, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)


def read(typed: Typed) -> Said:
    """Read the form; a worker's row without anything typed is left out."""
    wrong: dict[str, str] = {}
    door: Literal["complaint", "report"] = (
        "report" if typed.one("door") == "report" else "complaint"
    )
    body: dict[str, Any] = {
        "channel": typed.one("channel") or "window",
        "mode": _mode(typed, door),
        "employer": _employer(typed, wrong),
    }
    for name in ("channel_number", "reference", "summary", "site_area"):
        if typed.one(name):
            body[name] = typed.one(name)
    if typed.one("project"):
        body["project"] = {"name": typed.one("project")}
    item = _item(typed, body["channel"], wrong)
    if item:
        body["item"] = item
    at = _moment(typed, wrong)
    if at:
        body["occurred_at"] = at
    rows, workers = _workers(typed, wrong)
    body["workers"] = workers
    reporter = _reporter(typed)
    body |= _to_tell(typed, body["mode"], reporter, workers)
    if not workers and not reporter and door == "complaint":
        wrong["worker.name.0"] = "no-worker"
    return Said(door, body, rows, wrong)


def _to_tell(
    typed: Typed, mode: str, reporter: dict[str, Any], workers: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return who complains, and how they want to be told of news.

    A mailbox alone names nobody else: it is the first worker's.
    """
    said: dict[str, Any] = {}
    if typed.one("notify") in NOTIFY:
        said["notify"] = typed.one("notify")
    if mode == "anonymous" or not reporter:
        return said
    if workers and [*reporter] == ["email", "role"]:
        workers[0]["email"] = reporter["email"]
        return said
    return {**said, "reporter": reporter}


def _item(typed: Typed, channel: str, wrong: dict[str, str]) -> dict[str, Any] | None:
    """Return what the channel's own register says, once its kind or day is given."""
    day = typed.one("received_on")
    match channel:
        case "12345" if kind := typed.one("order_kind"):
            said: dict[str, Any] = {"item": "work_order", "order_kind": kind}
        case "petition" if form := typed.one("petition_form"):
            said = {"item": "petition", "petition_form": form}
            for name in ("people", "representatives"):
                text = typed.one(name) or "1"
                if not (text.isascii() and text.isdecimal()):
                    wrong[name] = "count"
                    continue
                said[name] = int(text)
        case "platform" if day:
            said = {"item": "platform_clue"}
        case _:
            return None
    if not day:
        wrong["received_on"] = "missing"
    return {**said, "received_on": day}


def _mode(typed: Typed, door: str) -> str:
    said = typed.one("mode")
    if said not in MODES or (said == "anonymous" and door == "complaint"):
        return "named"
    return said


def _employer(typed: Typed, wrong: dict[str, str]) -> dict[str, Any]:
    if not typed.one("employer"):
        wrong["employer"] = "missing"
    said: dict[str, Any] = {"name": typed.one("employer")}
    for name in ("credit_code", "industry"):
        if typed.one(name):
            said[name] = typed.one(name)
    if typed.one("individual"):
        said["individual"] = True
    return said


def _moment(typed: Typed, wrong: dict[str, str]) -> str | None:
    said = typed.one("occurred_at")
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        wrong["occurred_at"] = "moment"
        return None
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()


def _workers(
    typed: Typed, wrong: dict[str, str]
) -> tuple[tuple[int, ...], list[dict[str, Any]]]:
    rows: list[int] = []
    workers: list[dict[str, Any]] = []
    for row, texts in enumerate(lines(typed)):
        if any(texts[name] for name in WORKER):
            rows.append(row)
            workers.append(_worker(texts, row, wrong))
    return tuple(rows), workers


def lines(typed: Typed) -> list[dict[str, str]]:
    """Return the rows of workers as typed, every column of each."""
    columns = {name: typed.many(f"worker.{name}") for name in COLUMNS}
    count = max((len(column) for column in columns.values()), default=0)
    return [
        {
            name: column[row] if row < len(column) else ""
            for name, column in columns.items()
        }
        for row in range(count)
    ]


def _worker(
    texts: Mapping[str, str], row: int, wrong: dict[str, str]
) -> dict[str, Any]:
    said: dict[str, Any] = {name: texts[name] for name in PLAIN if texts[name]}
    if texts["roster_only"]:
        said["roster_only"] = True
    if texts["id_number"]:
        said["id_number"] = {"type": "citizen", "number": texts["id_number"]}
    try:
        claimed = amount(texts["claimed"], "CNY")
    except Mistyped as mistyped:
        wrong[f"worker.claimed.{row}"] = str(mistyped)
        claimed = None
    if claimed is not None:
        said["claimed"] = claimed
    return said


def _reporter(typed: Typed) -> dict[str, Any]:
    said = {
        name: typed.one(f"reporter.{name}")
        for name in ("name", "phone", "email")
        if typed.one(f"reporter.{name}")
    }
    if not said:
        return {}
    role = typed.one("reporter.role")
    return {**said, "role": role if role in ROLES else "other"}


PLAIN = ("name", "phone", "months_from", "months_to", "bank_card", "rural_migrant")
ROLES = ("worker", "crew_leader", "family", "other")


def pointers(problem: Mapping[str, Any], said: Said) -> dict[str, str]:
    """Return a problem's words by the form's own field: `/workers/1/phone` → row 2."""
    found: dict[str, str] = {}
    for error in problem.get("errors") or ():
        parts = str(error.get("pointer", "")).strip("/").split("/")
        name = _field(parts, said)
        if name:
            found.setdefault(name, str(error.get("detail", "")))
    return found


def _field(parts: list[str], said: Said) -> str:
    match parts:
        case ["workers", index, name, *_] if index.isdigit():
            at = int(index)
            row = said.rows[at] if at < len(said.rows) else at
            return f"worker.{name}.{row}"
        case ["employer", "credit_code", *_]:
            return "credit_code"
        case ["reporter", name, *_]:
            return f"reporter.{name}"
        case [name, *_]:
            return name
        case _:
            return ""
