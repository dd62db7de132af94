"""Answers: what somebody typed into an act's form, read as the body of the act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from libs.calendar.local_days import SHANGHAI
from libs.money import MoneyRefused, parse_money
from services.reporting.console.acts import ActForm, Field
from services.reporting.console.forms import Typed
from services.reporting.reading.case_page import CasePage
from services.reporting.views.claim import ClaimRow


@dataclass(frozen=True)
class Body:
    """A request's body, and by field the key of what is wrong with it."""

    said: Mapping[str, Any]
    wrong: Mapping[str, str] = field(default_factory=dict)


class Mistyped(ValueError):
    """A field cannot be read: the key of what to do, below `wrong.`."""


@dataclass(frozen=True)
class Asked:
    """One field of one form about one case."""

    field: Field
    typed: Typed
    page: CasePage
    claim: ClaimRow | None


def read(form: ActForm, typed: Typed, page: CasePage, claim: ClaimRow | None) -> Body:
    """Read every field; what was left empty and is not needed is not said."""
    said: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for one in form.fields:
        asked = Asked(one, typed, page, claim)
        try:
            value = READERS[one.kind](asked)
        except Mistyped as mistyped:
            wrong[one.name] = str(mistyped)
            continue
        if value is not None:
            said[one.name] = value
        elif one.required:
            wrong[one.name] = "missing"
    return Body(said, wrong)


def _text(asked: Asked) -> str | None:
    return asked.typed.one(asked.field.name) or None


def _choice(asked: Asked) -> str | None:
    said = asked.typed.one(asked.field.name)
    if said and said not in asked.field.codes:
        raise Mistyped("choice")
    return said or None


def _count(asked: Asked) -> int | None:
    said = asked.typed.one(asked.field.name)
    if said and not (said.isascii() and said.isdecimal()):
        raise Mistyped("count")
    return int(said) if said else None


def _date(asked: Asked) -> str | None:
    said = asked.typed.one(asked.field.name)
    if not said:
        return None
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise Mistyped("date") from None


def _moment(asked: Asked) -> str | None:
    said = asked.typed.one(asked.field.name)
    return moment_said(said) if said else None


def moment_said(said: str) -> str:
    """Return a typed moment with its offset, Shanghai's if none; raises Mistyped."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise Mistyped("moment") from None
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()


def _money(asked: Asked) -> dict[str, Any] | None:
    said = asked.typed.one(asked.field.name)
    return amount(said, asked.claim.currency if asked.claim else "CNY")


def amount(said: str, currency: str) -> dict[str, Any] | None:
    """Return a typed amount as the doors take it; None for nothing typed."""
    if not said:
        return None
    try:
        money = parse_money(said, currency)
    except MoneyRefused as refused:
        raise Mistyped(refused.code) from None
    return {"minor": money.minor, "currency": money.currency}


def _several(asked: Asked) -> Sequence[str] | None:
    return [one for one in asked.typed.many(asked.field.name) if one] or None


def _proof(asked: Asked) -> dict[str, str] | None:
    kind = _choice(asked)
    return {"kind": kind} if kind else None


def _proofs(asked: Asked) -> list[dict[str, str]]:
    kinds = asked.typed.many(asked.field.name)
    return [{"kind": kind} for kind in kinds if kind in asked.field.codes]


def _claims(asked: Asked) -> list[str] | None:
    """Return the claims of the case that were ticked."""
    ticked = set(asked.typed.many(asked.field.name))
    every = [str(one.claim_id) for one in asked.page.claims]
    return [one for one in every if one in ticked] or None


def _workers(asked: Asked) -> list[str] | None:
    """Return the workers of the case who were ticked, each once."""
    ticked = set(asked.typed.many(asked.field.name))
    every = dict.fromkeys(str(one.person_id) for one in asked.page.claims)
    return [one for one in every if one in ticked] or None


def _lines(asked: Asked) -> list[dict[str, Any]] | None:
    """Return an order's lines: each claim with the amount typed beside it."""
    lines = []
    for claim in asked.page.claims:
        said = asked.typed.one(f"{asked.field.name}.{claim.claim_id}")
        money = amount(said, claim.currency)
        if money is not None:
            lines.append({"claim_id": str(claim.claim_id), "amount": money})
    return lines or None


def _clue(asked: Asked) -> str | None:
    held = asked.page.case
    return str(held.clue_id) if held else None


READERS: Mapping[str, Callable[[Asked], Any]] = {
    "text": _text,
    "long": _text,
    "date": _date,
    "moment": _moment,
    "choice": _choice,
    "money": _money,
    "unit": _text,
    "officer": _text,
    "handler": _text,
    "officers": _several,
    "lines": _lines,
    "claims": _claims,
    "workers": _workers,
    "proof": _proof,
    "proofs": _proofs,
    "deadline": _text,
    "running": _text,
    "units": _several,
    "count": _count,
    "clue": _clue,
}
