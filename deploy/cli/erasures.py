"""`qingxin erasures`: whose data no file keeps any more; nobody is erased by it."""

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deploy.cli import DONE, show
from deploy.cli.asking import AUDITOR, asked, door
from deploy.local import running
from deploy.local.plan import Plan


def configure(_parser: argparse.ArgumentParser) -> None:
    """Declare nothing: the list is whole, by the service's day."""


def run(arguments: argparse.Namespace) -> int:
    """Print who is due, the longest first, and what kept each: no name, no number."""
    settings = running.settings(Plan.of(os.environ).state)
    with door(settings, "intake", AUDITOR) as client:
        answer = asked(client, "GET", "/v1/erasures/due")
    show(answer, written(answer["items"]), as_json=arguments.json)
    return DONE


def written(items: Iterable[Mapping[str, Any]]) -> str:
    """Return the list as text: a line for each person, below it one for each file."""
    lines = [line for one in items for line in _lines(one)]
    return "\n".join(lines) or "Nobody is due: every file is still to be kept."


def _lines(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"{one['since']}  {one['person_id']}  in {one['clues']} clue(s)"
    for file in one["files"]:
        yield (
            f"  kept to {file['last_day']} by {file['rule']} v{file['version']}"
            f" ({file['law']}), closed {file['closed_on']}"
        )
