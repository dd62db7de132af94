"""`qingxin clock`: read or move the clock of a simulated deployment."""

import argparse
import asyncio
import os
from datetime import datetime

import httpx

from deploy.cli import DONE, show
from deploy.clockwork import Clockwork, Moved
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.issuer.minting import token_for
from deploy.local.issuer.settings import settings_from
from deploy.local.plan import Plan
from deploy.local.settings import Settings

OPERATOR = "op-01"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", choices=("advance",))
    parser.add_argument("to", help="an instant such as 2023-11-20T09:30+08:00")


def run(arguments: argparse.Namespace) -> int:
    """Move the clock; print where it stands and what was due on the way."""
    try:
        to = datetime.fromisoformat(arguments.to)
    except ValueError:
        raise Cannot("Write the time as 2023-11-20T09:30+08:00.") from None
    if to.tzinfo is None:
        raise Cannot("Write the offset from UTC too, as in 2023-11-20T09:30+08:00.")
    settings = running.settings(Plan.of(os.environ).state)
    moved = asyncio.run(_advance(settings, to))
    answer = {"now": moved.now.isoformat(), "done": moved.done}
    text = f"now {moved.now.isoformat()} · {moved.done} due on the way"
    show(answer, text, as_json=arguments.json)
    return DONE


async def _advance(settings: Settings, to: datetime) -> Moved:
    token = operator_token(settings)
    async with httpx.AsyncClient() as client:
        return await Clockwork(client, settings.address, token).advance(to)


def operator_token(settings: Settings, subject: str = OPERATOR) -> str:
    """Return a token of the local issuer for one of its officers."""
    return token_for(settings_from(settings.of_issuer()), subject)
