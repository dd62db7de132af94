"""Checking a draft: typed words become a form, and what is wrong is said at its field.

The rules are those of the interface (`said`, `checking`); only what a person types
otherwise than a program sends it, amounts and months, is read here.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.money import MoneyRefused, parse_money
from libs.web.field_errors import accepted
from libs.web.languages import Said
from libs.web.problems import Problem
from services.intake.checking import check
from services.intake.pages.draft import MODES, STEPS, Draft, step_of
from services.intake.said import ClueSaid, ComplaintSaid, ReportSaid

NOTIFY = ("sms", "email")
LONGEST = {"place": 200, "summary": 2000}
MONTH = re.compile(r"(\d{4})\s*(?:-|/|\.|年)\s*(\d{1,2})\s*月?", re.ASCII)
AMOUNT_TRIM = re.compile(
    r"^(?:[¥￥]|RMB|CNY)\s*|\s*(?:元整?|块钱?|RMB|CNY)$", re.IGNORECASE
)
MONEY_SAID = {
    "money-negative": Said("金额不能是负数。", "The amount cannot be negative."),
    "money-fraction": Said(
        "金额最多写到分，也就是小数点后两位。", "Two digits after the point at most."
    ),
    "money-absurd": Said(
        "金额太大了，请核对。", "The amount is too large; please check it."
    ),
    "money-format": Said(
        "请只写数字，例如 12000 或 12000.50。",
        "Write digits only, for example 12000 or 12000.50.",
    ),
}
BAD_MONTH = Said("请写成年和月，例如 2023-07。", "Write year and month, e.g. 2023-07.")
MISSING = {
    "employer": Said(
        "请写是谁欠您的工资。不知道全名，写您知道的叫法也可以。",
        "Say who owes the wages. The name you know it by will do.",
    ),
    "mode": Said("请选一种方式。", "Choose one."),
    "name": Said(
        "请写这位工友的姓名，或回上一步选“匿名”。",
        "Write this worker's name, or go back and choose anonymous.",
    ),
    "reporter_name": Said(
        "您是替别人反映，请写您的姓名或电话。",
        "You report for somebody else: give your name or telephone.",
    ),
}
TOO_LONG = Said("太长了，最多 {0} 个字。", "Too long: {0} characters at most.")
POINTERS: Mapping[str, str] = {
    "/employer/name": "employer",
    "/employer/credit_code": "credit_code",
    "/project/name": "project",
    "/summary": "summary",
    "/reporter": "reporter_name",
    "/reporter/name": "reporter_name",
    "/reporter/phone": "phone",
    "/reporter/email": "email",
    "/notify": "notify",
    "/reporter/role": "role",
}
WORKER_POINTERS: Mapping[str, str] = {
    "name": "name",
    "id_number": "number",
    "claimed": "amount",
    "months_from": "from",
    "months_to": "to",
}

Troubles = Mapping[str, Said]
"""What to correct, by field; the field "" is for what has none."""


@dataclass
class Reading:
    """A draft read into the form that it makes, with what could not be read."""

    draft: Draft
    upto: int
    troubles: dict[str, Said] = field(default_factory=dict)

    def body(self) -> Mapping[str, Any]:
        """Return the form's parts up to a step."""
        typed = self.draft
        said: dict[str, Any] = {"employer": self._employer()}
        if typed["project"]:
            said["project"] = {"name": typed["project"]}
        if self.upto > STEPS.index("who"):
            said["mode"] = typed.mode
            said["workers"] = [self._worker(row) for row in rows_of(typed)]
        if self.upto > STEPS.index("contact"):
            said |= self._contact(said["workers"])
        return said

    def own(self) -> None:
        """Find what the interface's rules don't know of: fields a person must fill."""
        typed = self.draft
        if not typed["employer"]:
            self.troubles["employer"] = MISSING["employer"]
        if self.upto > STEPS.index("how") and typed["mode"] not in MODES:
            self.troubles["mode"] = MISSING["mode"]
        if self.upto > STEPS.index("who") and not typed.anonymous:
            for row in range(1, typed.rows + 1):
                if not typed[f"w{row}_name"] and (row == 1 or has(typed, row)):
                    self.troubles[f"w{row}_name"] = MISSING["name"]
        for name, most in LONGEST.items():
            if len(typed[name]) > most:
                zh, en = TOO_LONG.zh.format(most), TOO_LONG.en.format(most)
                self.troubles[name] = Said(zh, en)

    def _employer(self) -> Mapping[str, Any]:
        typed = self.draft
        said: dict[str, Any] = {
            "name": typed["employer"],
            "individual": typed["individual"] == "yes",
        }
        if typed["credit_code"]:
            said["credit_code"] = typed["credit_code"]
        return said

    def _worker(self, row: int) -> Mapping[str, Any]:
        typed = self.draft.worker(row)
        said: dict[str, Any] = {
            "claimed": self._amount(f"w{row}_amount", typed["amount"]),
            "months_from": self._month(f"w{row}_from", typed["from"]),
            "months_to": self._month(f"w{row}_to", typed["to"]),
        }
        if self.draft.anonymous:
            return said
        if typed["name"]:
            said["name"] = typed["name"]
        if typed["number"]:
            kind = typed["document"] or "citizen"
            said["id_number"] = {"type": kind, "number": typed["number"]}
        return said

    def _contact(self, workers: list[dict[str, Any]]) -> Mapping[str, Any]:
        typed, said = self.draft, dict[str, Any]()
        told = [typed["place"] and f"地点：{typed['place']}", typed["summary"]]
        if any(told):
            said["summary"] = "\n\n".join(part for part in told if part)
        if typed.anonymous:
            return said
        if typed["notify"] in NOTIFY:
            said["notify"] = typed["notify"]
            said["notify_language"] = "en" if typed["told_in"] == "en" else "zh"
        if typed["role"] in {"", "worker"}:
            for name in ("phone", "email"):
                if typed[name] and workers:
                    workers[0][name] = typed[name]
            return said
        if not (typed["reporter_name"] or typed["phone"] or typed["email"]):
            self.troubles["reporter_name"] = MISSING["reporter_name"]
        reporter = {"role": typed["role"]}
        own = {"name": "reporter_name", "phone": "phone", "email": "email"}
        reporter |= {name: typed[value] for name, value in own.items() if typed[value]}
        return {**said, "reporter": reporter}

    def _amount(self, name: str, text: str) -> Mapping[str, Any] | None:
        if not text:
            return None
        plain = AMOUNT_TRIM.sub("", unicodedata.normalize("NFKC", text).strip())
        try:
            return {"minor": parse_money(plain).minor, "currency": "CNY"}
        except MoneyRefused as refused:
            said = MONEY_SAID.get(refused.code, MONEY_SAID["money-format"])
            self.troubles[name] = said
            return None

    def _month(self, name: str, text: str) -> str | None:
        if not text:
            return None
        found = MONTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None or not 1 <= int(found[2]) <= 12:  # noqa: PLR2004 -- months
            self.troubles[name] = BAD_MONTH
            return None
        return f"{found[1]}-{int(found[2]):02}"


def rows_of(draft: Draft) -> list[int]:
    """Return the rows that say something: they become the form's workers, in order."""
    return [row for row in range(1, draft.rows + 1) if has(draft, row)]


def has(draft: Draft, row: int) -> bool:
    """Say whether a worker's row says anything; anonymous, only money counts."""
    typed = draft.worker(row)
    personal = () if draft.anonymous else ("name", "number")
    return any(typed[name] for name in (*personal, "amount", "from", "to"))


@dataclass(frozen=True)
class Checked:
    """What a check found: troubles by field, hints that ask for nothing, the form."""

    troubles: Troubles
    hints: Troubles = field(default_factory=dict)
    said: ClueSaid | None = None

    def first_step(self, rows: int) -> int | None:
        """Return the first step with something to correct."""
        return min((step_of(name, rows) for name in self.troubles), default=None)


def check_draft(draft: Draft, now: datetime, upto: int = len(STEPS)) -> Checked:
    """Check a draft up to a step (1…5), at the deployment's time."""
    reading = Reading(draft, upto)
    reading.own()
    body = reading.body()
    try:
        is_report = upto <= STEPS.index("who") or draft.anonymous
        said = accepted(ReportSaid if is_report else ComplaintSaid, body)
        found = check(said, now)
    except Problem as problem:
        for name, words in _placed(problem, rows_of(draft)):
            reading.troubles.setdefault(name, words)
        return Checked(reading.troubles)
    hints = {
        field_of(hint.where, rows_of(draft)): hint.detail for hint in found.warnings
    }
    return Checked(reading.troubles, hints, None if reading.troubles else said)


def _placed(problem: Problem, rows: Sequence[int]) -> Iterator[tuple[str, Said]]:
    for error in problem.more.errors:
        yield field_of(error.where, rows), error.detail
    if not problem.more.errors:
        yield "", problem.said


def field_of(pointer: str, rows: Sequence[int]) -> str:
    """Return the field of the pages behind a pointer into the form; "" for none."""
    if pointer in POINTERS:
        return POINTERS[pointer]
    found = re.fullmatch(r"/workers/(\d+)/(\w+)(?:/.*)?", pointer, re.ASCII)
    if found is None or int(found[1]) >= len(rows):
        return ""
    if found[2] in {"phone", "email"}:
        return found[2]
    name = WORKER_POINTERS.get(found[2])
    return f"w{rows[int(found[1])]}_{name}" if name else ""
