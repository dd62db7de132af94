"""`qingxin status`: what runs and whether it serves."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import asdict

from deploy.cli import DONE, NOTHING_RUNS, WRONG, alarms, show
from deploy.local import running
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.status import Status, status

MIB = 1024 * 1024


def configure(_parser: argparse.ArgumentParser) -> None:
    """There are no arguments of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Show it; 3 when nothing runs, 4 when a part is not ready or alarmed."""
    found = status(Plan.of(os.environ).state)
    told = _told(found)
    lines = [table(found), *(alarms.raised_lines(told) if told else ())]
    answer = asdict(found) | ({"services": told} if told else {})
    show(answer, "\n".join(lines), as_json=arguments.json)
    if found.supervisor is None:
        return NOTHING_RUNS
    raised = any(one["alarms"] for one in told.values())
    return DONE if found.is_ready and not raised else WRONG


def _told(found: Status) -> Mapping[str, alarms.Told]:
    """Ask the services for alarms and lags, once they are all there."""
    if not found.parts or not {part.name for part in found.parts} >= {*SERVICES}:
        return {}
    return alarms.look(running.settings(Plan.of(os.environ).state))


def table(found: Status) -> str:
    """Return the status as lines for a person."""
    if found.supervisor is None:
        return "Nothing is running."
    if not found.parts:
        return f"Starting, or ending (process {found.supervisor})."
    lines = [f"supervisor    process {found.supervisor}"]
    lines += [
        f"{part.name:<13} {'ready' if part.ready else 'NOT READY':<10}"
        f" {part.memory_bytes // MIB:>5} MiB  process {part.pid:<7} {part.address}"
        for part in found.parts
    ]
    return "\n".join([*lines, f"memory in all {found.memory_bytes // MIB} MiB"])
