"""`qingxin erasures`: whose data no file keeps any more; nobody is erased by it."""

import argparse
import os

from deploy.cli import DONE, show
from deploy.cli.asking import AUDITOR, asked, door
from deploy.local import running
from deploy.local.plan import Plan


def configure(_parser: argparse.ArgumentParser) -> None:
    """Declare nothing: the list is whole, by the service's day."""


def run(arguments: argparse.Namespace) -> int:
    """Print who is due, the longest first: ids and days alone."""
    settings = running.settings(Plan.of(os.environ).state)
    with door(settings, "intake", AUDITOR) as client:
        answer = asked(client, "GET", "/v1/erasures/due")
    lines = [
        f"{one['since']}  {one['person_id']}  in {one['clues']} clue(s)"
        for one in answer["items"]
    ]
    text = "\n".join(lines) or "Nobody is due: every file is still to be kept."
    show(answer, text, as_json=arguments.json)
    return DONE
