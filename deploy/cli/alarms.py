"""`qingxin alarms`: what needs somebody, and every number behind it. For cron."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.cli import DONE, NOTHING_RUNS, WRONG, show
from deploy.cli.asking import asked, door
from deploy.cli.clock import OPERATOR
from deploy.local import running
from deploy.local.alone import supervisor
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.service.alarms import alarms, silent

Told = Mapping[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what is shown."""
    parser.add_argument(
        "verb", nargs="?", default="raised", choices=("raised", "lags", "table")
    )


def run(arguments: argparse.Namespace) -> int:
    """Show it; 4 when an alarm is raised, 3 when nothing runs."""
    if arguments.verb == "table":
        return _table(arguments)
    state = Plan.of(os.environ).state
    if supervisor(state) is None:
        sys.stderr.write("Nothing is running.\n")
        return NOTHING_RUNS
    found = look(running.settings(state))
    lines = lag_lines(found) if arguments.verb == "lags" else raised_lines(found)
    show({"services": found}, "\n".join(lines), as_json=arguments.json)
    return WRONG if any(one["alarms"] for one in found.values()) else DONE


def look(settings: Settings) -> dict[str, Told]:
    """Ask each service for its alarms, numbers and lags; silence is an alarm too."""
    return {service: _asked(settings, service) for service in SERVICES}


def _asked(settings: Settings, service: str) -> Told:
    try:
        with door(settings, service, OPERATOR) as client:
            told: Told = asked(client, "GET", "/operator/alarms")
    except Cannot:
        return {"alarms": [silent().to_json()], "vitals": {}, "lags": {}}
    return told


def raised_lines(found: Mapping[str, Told]) -> Sequence[str]:
    """Return a line an alarm: who, what, since when, and what to do."""
    lines = []
    for service, told in found.items():
        for one in told["alarms"]:
            head = f"{service:<12} {one['severity'].upper():<8} {one['alarm']}"
            lines.append(f"{head}  ({one['condition']}; now {one['value']:g})")
            lines.append(f"{'':<13}{one['meaning']['en']} {one['todo']['en']}")
    return lines or ["No alarm."]


def lag_lines(found: Mapping[str, Told]) -> Sequence[str]:
    """Return a line a relay or reader: events and seconds behind."""
    return [
        f"{service:<12} {name:<44} {lag['events']:>8} events {lag['seconds']:>8.1f} s"
        for service, told in found.items()
        for name, lag in told["lags"].items()
    ]


def _table(arguments: argparse.Namespace) -> int:
    every = {
        code: {
            "condition": alarm.bound,
            "severity": alarm.severity,
            "meaning": {"zh": alarm.meaning.zh, "en": alarm.meaning.en},
            "todo": {"zh": alarm.todo.zh, "en": alarm.todo.en},
        }
        for code, alarm in alarms().items()
    }
    lines = [
        f"{code:<18} {alarm.severity:<9} {alarm.bound}\n{'':<19}{alarm.meaning.en}"
        for code, alarm in alarms().items()
    ]
    show({"alarms": every}, "\n".join(lines), as_json=arguments.json)
    return DONE
