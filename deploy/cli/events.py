"""`qingxin events`: a service's events by position, as its change feed gives them."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import httpx

from deploy.cli import DONE
from deploy.cli.asking import AUDITOR, asked, door, shown
from deploy.local import running
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan

PAGE = 200
WAIT_SECONDS = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--service", choices=SERVICES, default="intake")
    parser.add_argument("--after", default="", metavar="P", help="such as intake:41")
    parser.add_argument("--types", default="", metavar="A,B", help="these events only")
    parser.add_argument("--limit", type=int, metavar="N", help="so many at most")
    parser.add_argument("--follow", action="store_true", help="and those to come")


def run(arguments: argparse.Namespace) -> int:
    """Print an event a line, until the end or, with --follow, until Ctrl-C."""
    settings = running.settings(Plan.of(os.environ).state)
    with door(settings, arguments.service, AUDITOR) as client:
        for item in _items(client, arguments):
            line = (
                json.dumps(item, ensure_ascii=False) if arguments.json else text(item)
            )
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return DONE


def _items(
    client: httpx.Client, arguments: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    after, left = arguments.after, arguments.limit
    wait = WAIT_SECONDS if arguments.follow else 0
    while left is None or left > 0:
        query = {
            "after": after,
            "types": arguments.types,
            "limit": PAGE if left is None else min(PAGE, left),
            "wait": wait,
        }
        page = asked(client, "GET", "/v1/events", params=query)
        items = page["items"]
        yield from items
        left = None if left is None else left - len(items)
        if not items and not arguments.follow:
            return
        after = page["next"]


def text(item: dict[str, Any]) -> str:
    """Return an event as one line for a person."""
    actor = item["actor"]
    said = json.dumps(item["data"], ensure_ascii=False)
    return (
        f"{item['position']}  {shown(item['recorded_at'])}  {item['type']}"
        f"  {actor['role']}/{actor['unit']}  {item['stream']}  {said}"
    )
