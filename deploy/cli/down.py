"""`qingxin down`: end the system in order."""

import argparse
import os

from deploy.cli import DONE, NOTHING_RUNS, show
from deploy.local import detached
from deploy.local.plan import Plan


def configure(_parser: argparse.ArgumentParser) -> None:
    """There are no arguments of its own."""


def run(arguments: argparse.Namespace) -> int:
    """End it; 3 when nothing ran."""
    ended = detached.down(Plan.of(os.environ).state)
    words = "Everything has ended." if ended else "Nothing is running."
    show({"ended": ended}, words, as_json=arguments.json)
    return DONE if ended else NOTHING_RUNS
