"""Checking a form: what must be corrected, what is only warned about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from libs.calendar.local_days import EARLIEST, day_of
from libs.codes import (
    Verdict,
    check_bank_card,
    check_citizen_id,
    check_credit_code,
    check_phone,
    find_personal,
)
from libs.codes.findings import tidy
from libs.web.languages import Said as Words
from libs.web.problems import FieldError, More, Problem
from services.intake.notice import NOBODY
from services.intake.said import ClueSaid, IdNumber, PersonSaid, WorkerSaid

AHEAD = timedelta(minutes=5)
# An ID or telephone number in these would travel in events.
PUBLIC_TEXTS = ("/employer/name", "/project/name", "/reference")


@dataclass
class Checked:
    """The findings on one form, by JSON pointer; each value as it will be kept."""

    today: date
    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)

    def refuse(self, pointer: str, code: str, zh: str, en: str) -> None:
        """Note what must be corrected."""
        self.errors.append(FieldError("pointer", pointer, code, Words(zh, en)))

    def take(self, pointer: str, verdict: Verdict) -> str:
        """Note a check's findings; return the value as it will be kept."""
        for found in verdict.findings:
            words = Words(found.message_zh, found.message_en)
            error = FieldError("pointer", pointer, found.code, words)
            (self.errors if found.severity == "error" else self.warnings).append(error)
        return verdict.value

    def document(self, pointer: str, said: IdNumber) -> str:
        """Check an identity document; return its number as it will be kept."""
        if said.type == "citizen":
            return self.take(
                f"{pointer}/number", check_citizen_id(said.number, self.today)
            )
        value = tidy(said.number)
        if not (value.isascii() and value.isalnum()):
            self.refuse(
                f"{pointer}/number",
                "document-number-shape",
                "证件号码只含字母和数字；请核对。",
                "A document's number has letters and digits only; check it.",
            )
        return value

    def settle(self) -> None:
        """Raise the 422 that lists what must be corrected, if anything must."""
        if self.errors:
            raise Problem("invalid", more=More(self.errors[:50]))

    def warned(self) -> list[Mapping[str, Any]]:
        """Return the warnings as plain JSON, in both languages."""
        return [
            {
                "pointer": warning.where,
                "code": warning.code,
                "message": {"zh": warning.detail.zh, "en": warning.detail.en},
            }
            for warning in self.warnings
        ]


def check(said: ClueSaid, now: datetime) -> Checked:
    """Check a form at the deployment's time; raises the 422 of all its errors."""
    checked = Checked(day_of(now))
    _time(checked, said, now)
    _public_texts(checked, said)
    if said.employer.credit_code is not None:
        verdict = check_credit_code(said.employer.credit_code)
        checked.take("/employer/credit_code", verdict)
    for number, worker in enumerate(said.workers):
        _person(checked, f"/workers/{number}", worker)
        _months(checked, f"/workers/{number}", worker)
    _repeated(checked, said)
    _reporter(checked, said)
    _notify(checked, said)
    checked.settle()
    return checked


def _time(checked: Checked, said: ClueSaid, now: datetime) -> None:
    at = said.occurred_at
    if at is None:
        return
    if at.tzinfo is None:
        checked.refuse(
            "/occurred_at",
            "time-zone",
            "请写明时区，如 +08:00。",
            "Give the time zone, such as +08:00.",
        )
    elif not EARLIEST <= at <= now + AHEAD:
        checked.refuse(
            "/occurred_at",
            "time-out-of-range",
            "时间须在 1980 年以后、不晚于现在。",
            "The time must be after 1980 and not in the future.",
        )


def _public_texts(checked: Checked, said: ClueSaid) -> None:
    project = said.project.name if said.project else None
    texts = (said.employer.name, project, said.reference)
    for pointer, text in zip(PUBLIC_TEXTS, texts, strict=True):
        if text and find_personal(text):
            checked.refuse(
                pointer,
                "personal-number",
                "这里不能填写身份证、电话或银行卡号码；请填入劳动者的相应栏目。",
                "No ID, telephone or card number here: enter it with the person.",
            )


def _person(checked: Checked, pointer: str, person: PersonSaid) -> None:
    if person.id_number is not None:
        checked.document(f"{pointer}/id_number", person.id_number)
    if person.phone is not None:
        checked.take(f"{pointer}/phone", check_phone(person.phone))
    if person.bank_card is not None:
        checked.take(f"{pointer}/bank_card", check_bank_card(person.bank_card))


def _months(checked: Checked, pointer: str, worker: WorkerSaid) -> None:
    this_month = f"{checked.today:%Y-%m}"
    for name in ("months_from", "months_to"):
        month: str | None = getattr(worker, name)
        if month is not None and month > this_month:
            checked.refuse(
                f"{pointer}/{name}",
                "month-in-future",
                "欠薪月份不能晚于本月。",
                "The month must not lie in the future.",
            )
    first, last = worker.months_from, worker.months_to
    if first is not None and last is not None and first > last:
        checked.refuse(
            f"{pointer}/months_to",
            "months-out-of-order",
            "止月不能早于起月。",
            "The last month must not come before the first.",
        )


def _repeated(checked: Checked, said: ClueSaid) -> None:
    seen: set[tuple[str, str]] = set()
    for number, document in _documents(said):
        key = (document.type, tidy(document.number))
        if key in seen:
            checked.refuse(
                f"/workers/{number}/id_number",
                "worker-repeated",
                "这名劳动者在名单中重复；请合并为一行。",
                "This worker stands in the list twice: make it one line.",
            )
        seen.add(key)


def _documents(said: ClueSaid) -> Iterator[tuple[int, IdNumber]]:
    for number, worker in enumerate(said.workers):
        if worker.id_number is not None:
            yield number, worker.id_number


def _notify(checked: Checked, said: ClueSaid) -> None:
    """Whoever wants to be told says where; an anonymous report is told nothing."""
    if said.notify is None:
        return
    if getattr(said, "mode", "named") == "anonymous":
        checked.refuse(
            "/notify",
            "notify-anonymous",
            NOBODY,
            "Nobody is told of an anonymous report: choose confidential to be told.",
        )
        return
    person = told_person(said)
    where = "phone" if said.notify == "sms" else "email"
    if person is None or getattr(person, where) is None:
        checked.refuse(
            "/notify",
            "notify-without-contact",
            "选择了接收通知，请填写手机号码或电子邮箱。",
            "To be told, give the telephone or the e-mail address.",
        )


def told_person(said: ClueSaid) -> PersonSaid | None:
    """Return who is told: who reports, else the first worker, as `persons` has it."""
    reporter = said.reporter
    if reporter is not None and reporter.worker is not None:
        known = said.workers[reporter.worker - 1 : reporter.worker]
        return known[0] if known else None
    if reporter is not None and fields_said(reporter):
        return reporter
    return said.workers[0] if said.workers else None


def fields_said(person: PersonSaid) -> bool:
    """Say whether anything by which a person is known was said."""
    said = (person.name, person.id_number, person.phone, person.email, person.bank_card)
    return any(said)


def _reporter(checked: Checked, said: ClueSaid) -> None:
    mode: str = getattr(said, "mode", "named")
    reporter = said.reporter
    if reporter is None:
        if mode != "anonymous" and not said.workers:
            checked.refuse(
                "/reporter",
                "reporter-missing",
                "请填写反映人，或至少一名劳动者。",
                "Name who complains, or one worker at least.",
            )
        return
    if mode == "anonymous":
        checked.refuse(
            "/reporter",
            "reporter-anonymous",
            "匿名举报不要填写反映人；愿留联系方式请选“保密”。",
            "An anonymous report names nobody; to leave a contact choose confidential.",
        )
    if reporter.worker is not None and reporter.worker > len(said.workers):
        checked.refuse(
            "/reporter/worker",
            "worker-unknown",
            "名单中没有这个序号的劳动者。",
            "No worker of that number stands in the list.",
        )
    _person(checked, "/reporter", reporter)
