"""`qingxin prove`: that an event is under a signed seal, for who trusts nobody."""

import argparse
import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.cli import DONE, show
from deploy.cli.evidence import evidence_of, found, journal_of, row_of
from deploy.cli.packing import Pack, write
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.events.audit.proving import NotSealed, bundle


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the event, and where the proof may go with its checker."""
    parser.add_argument("event", metavar="EVENT", help="its id, or intake:41")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE.zip")


def run(arguments: argparse.Namespace) -> int:
    """Print the proof; with a file also pack it for checking off-line."""
    settings = running.settings(Plan.of(os.environ).state)
    answer = asyncio.run(_proved(settings, arguments.event))
    if arguments.file is not None:
        write(arguments.file, Pack(answer, title=f"事件 {arguments.event}"))
    show(answer, _text(answer), as_json=arguments.json)
    return DONE


async def _proved(settings: Settings, reference: str) -> Mapping[str, Any]:
    service, seq = await found(settings, reference)
    async with journal_of(settings, service) as journal:
        row = await row_of(journal, seq)
        known = await evidence_of(settings, journal)
    try:
        proof = known.inclusion(row)
    except NotSealed:
        message = (
            f"{service}:{seq} is under no seal yet: wait for the next one, or"
            f" run `qingxin seals make --service {service}`."
        )
        raise Cannot(message) from None
    only = frozenset({(service, int(proof["seal"]))})
    return bundle([known], [proof], only=only)


def _text(answer: Mapping[str, Any]) -> str:
    (proof,), (seal,) = answer["proofs"], answer["seals"]
    return (
        f"{proof['service']}:{proof['seq']} {proof['id']}\n"
        f"is under seal {seal['number']} of {seal['at']} over {seal['size']} events,"
        f" by {len(proof['path'])} steps to root {seal['root']}\n"
        f"signed with key {seal['key_id']}"
    )
