"""`qingxin explain`: a number, its facts, their events, who acted and by which rule."""

import argparse
import os
from collections.abc import Mapping
from typing import Any

from deploy.cli import DONE, show
from deploy.cli.asking import AUDITOR, asked, door, instant, shown
from deploy.local import running
from deploy.local.plan import Plan
from libs.money import format_minor

# What an event cites for itself: article of law, version of rule or calendar.
CITED = ("article", "clock", "rule_version", "calendar_version", "reason", "code")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare which number is meant."""
    parser.add_argument("indicator", metavar="INDICATOR", help="such as S18-amount")
    parser.add_argument("--week", type=int, metavar="N", help="else the campaign")
    parser.add_argument("--unit", metavar="U", help="else all units together")
    parser.add_argument("--total", action="store_true", help="up to the week's end")
    parser.add_argument("--as-of", type=instant, metavar="T", help="as known then")


def run(arguments: argparse.Namespace) -> int:
    """Print the number and what it is made of."""
    settings = running.settings(Plan.of(os.environ).state)
    path = f"/v1/figures/{arguments.indicator}/facts"
    with door(settings, "reporting", AUDITOR) as client:
        found = asked(client, "GET", path, params=_query(arguments))
    show(found, text(found, _cell(arguments)), as_json=arguments.json)
    return DONE


def _query(arguments: argparse.Namespace) -> dict[str, str]:
    said = {
        "week": arguments.week,
        "unit": arguments.unit,
        "column": "total" if arguments.total else "new",
        "as_of": arguments.as_of.isoformat() if arguments.as_of else None,
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def _cell(arguments: argparse.Namespace) -> str:
    when = f"week {arguments.week}" if arguments.week else "the campaign"
    until = " up to its end" if arguments.week and arguments.total else ""
    return f"{when}{until}, {arguments.unit or 'all units'}"


def text(found: Mapping[str, Any], cell: str) -> str:
    """Return an explained number for a person."""
    events = {event["event_id"]: event for event in found["events"]}
    lines = [
        f"{found['indicator']} · {cell} = {_value(found)}",
        f"counts: {found['definition']['en']}",
        (
            f"as known at {shown(found['known_at'])},"
            f" complete up to {shown(found['complete_up_to'])}"
        ),
    ]
    for fact in found["facts"]:
        lines += ["", _fact(fact, found["measure"])]
        event = events.get(fact["event_id"])
        if event is not None:
            lines += [f"  {line}" for line in _event(event)]
    return "\n".join(lines)


def _value(found: Mapping[str, Any]) -> str:
    value: int = found["value"]
    return _yuan(value) if found["measure"] == "fen" else f"{value:,}"


def _yuan(fen: int) -> str:
    return f"{format_minor(fen, 'CNY')} CNY"


def _fact(fact: Mapping[str, Any], measure: str) -> str:
    amount = f"  {_yuan(fact['amount'])}" if measure in {"fen", "people"} else ""
    unit = fact["unit"] or "no unit"
    return f"{shown(fact['at'])}  {unit}{amount}  case {fact['case_id']}"


def _event(event: Mapping[str, Any]) -> list[str]:
    said = event["said"]
    cited = [f"{name} {said[name]}" for name in CITED if said.get(name) is not None]
    number = f"  {event['serial']}" if event["serial"] else ""
    lines = [
        (
            f"{event['type']}  {event['service']}:{event['seq']}{number}"
            f"  recorded {shown(event['recorded_at'])}"
        ),
        (
            f"by {event['role']} of {event['unit']} ({event['actor_id']}),"
            f" came by {event['source']}"
        ),
    ]
    if cited:
        lines.append(f"under {', '.join(cited)}")
    if event["causation_id"]:
        lines.append(f"because of event {event['causation_id']}")
    return lines
