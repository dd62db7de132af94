"""`qingxin up`: start the whole system, here or detached from the terminal."""

import argparse
import os
from dataclasses import asdict

from deploy.cli import DONE, show
from deploy.cli.status import table
from deploy.local import detached, supervisor
from deploy.local.plan import Plan
from deploy.local.status import status

DEMONSTRATION = ("-m", "deploy.cli", "demo")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--detach", action="store_true", help="return when ready")
    parser.add_argument("--demo", action="store_true", help="load the demonstration")


def run(arguments: argparse.Namespace) -> int:
    """Start; without --detach, stay until Ctrl-C."""
    plan = Plan.of(os.environ)
    if not arguments.detach:
        return supervisor.up(plan, DEMONSTRATION if arguments.demo else ())
    extra = ("--demo",) if arguments.demo else ()
    detached.up(plan, ("-m", "deploy.local", "up", *extra))
    found = status(plan.state)
    show(asdict(found), table(found), as_json=arguments.json)
    return DONE
