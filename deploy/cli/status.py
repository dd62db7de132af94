"""`qingxin status`: what runs and whether it serves."""

import argparse
import os
from dataclasses import asdict

from deploy.cli import DONE, NOTHING_RUNS, WRONG, show
from deploy.local.stack import Plan
from deploy.local.status import Status, status

MIB = 1024 * 1024


def configure(_parser: argparse.ArgumentParser) -> None:
    """There are no arguments of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Show it; 3 when nothing runs, 4 when a part is not ready."""
    found = status(Plan.of(os.environ).state)
    show(asdict(found), table(found), as_json=arguments.json)
    if found.supervisor is None:
        return NOTHING_RUNS
    return DONE if found.is_ready else WRONG


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
