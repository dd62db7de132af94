"""`qingxin as-of T`: a case or a weekly table as it was known at a time."""

import argparse
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from deploy.cli import DONE, show
from deploy.cli.asking import AUDITOR, asked, door, instant, shown
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.plan import Plan
from libs.money import format_minor

AMOUNTS = ("claimed", "verified", "ordered", "paid", "confirmed", "unpaid", "overpaid")
ALL = "*"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the time and what is to be seen."""
    help_ = "2023-12-03T18:00+08:00, or a day: its end"
    parser.add_argument("time", type=instant, metavar="T", help=help_)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--case", metavar="NUMBER", help="receipt or channel number")
    wanted.add_argument("--week", type=int, metavar="N", help="a campaign week")


def run(arguments: argparse.Namespace) -> int:
    """Print it, with how complete it is."""
    settings = running.settings(Plan.of(os.environ).state)
    at: datetime = arguments.time
    with door(settings, "reporting", AUDITOR) as client:
        if arguments.case is not None:
            found = case_of(client, arguments.case, at)
            words = case_text(found)
        else:
            path = f"/v1/statistics/weeks/{arguments.week}"
            found = asked(client, "GET", path, params={"as_of": at.isoformat()})
            words = week_text(found)
    show(found, f"{words}\n\n{_complete(found, at)}", as_json=arguments.json)
    return DONE


def case_of(client: httpx.Client, number: str, at: datetime | None) -> Any:
    """Return a case by its number, as known at a time or now; raises Cannot."""
    then = {} if at is None else {"as_of": at.isoformat()}
    query = {"number": number, "source": "all", **then}
    listed = asked(client, "GET", "/v1/ledger", params=query)["items"]
    if not listed:
        message = f"No case of number {number} was known then."
        raise Cannot(message)
    if len(listed) > 1:
        cases = ", ".join(str(line["number"]) for line in listed)
        message = f"Several cases have {number}: {cases}. Give a receipt's number."
        raise Cannot(message)
    return asked(client, "GET", f"/v1/cases/{listed[0]['case_id']}", params=then)


def case_text(found: Mapping[str, Any]) -> str:
    """Return a case for a person: where it stood, its money, what had happened."""
    unit = (found["case"] or {}).get("unit") or "nobody yet"
    lines = [f"{found['number']} · {found['stage']} · with {unit}"]
    lines += [_sum(sum_) for sum_ in found["sums"]]
    lines += [_running(one) for one in found["deadlines"] if one["running"]]
    lines.append("")
    lines += [
        f"{shown(event['recorded_at'])}  {event['type']}"
        f"  {event['role']}/{event['unit']}"
        for event in found["trail"]
    ]
    return "\n".join(lines)


def _running(one: Mapping[str, Any]) -> str:
    stands = one["paused_on"]
    when = f"paused since {stands}" if stands else f"due {one['due_on']}"
    return f"{one['clock']}: {when}"


def _sum(sum_: Mapping[str, Any]) -> str:
    said = [
        f"{name} {format_minor(sum_[name], sum_['currency'])}"
        for name in AMOUNTS
        if sum_[name] is not None
    ]
    return f"{sum_['currency']}, {sum_['workers']} workers: {', '.join(said)}"


def week_text(found: Mapping[str, Any]) -> str:
    """Return a weekly table for a person: all units, new and up to the end."""
    week = found["week"]
    published = found["published_at"]
    lines = [
        (
            f"week {week['number']} · {week['starts_on']} to {week['ends_on']} ·"
            f" {'published ' + shown(published) if published else 'not published'}"
        ),
        f"{'':14}{'new':>16}{'total':>16}{'as published':>16}",
    ]
    lines += [_row(figure) for figure in found["figures"]]
    if found["corrections"]:
        lines.append(f"{len(found['corrections'])} corrections stand beside it")
    return "\n".join(lines)


def _row(figure: Mapping[str, Any]) -> str:
    published = figure["published_new"] or figure["published_total"] or {}
    values = (figure["new"], figure["total"], published)
    cells = [str(value[ALL]) if ALL in value else "·" for value in values]
    return f"{figure['id']:14}" + "".join(f"{cell:>16}" for cell in cells)


def _complete(found: Mapping[str, Any], at: datetime) -> str:
    told = found["complete_up_to"]
    if told is not None and datetime.fromisoformat(told) >= at:
        return "complete: this answer is final"
    return f"complete up to {shown(told)} only: facts may still arrive"
