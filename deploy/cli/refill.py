"""`qingxin refill`: a topic that was lost and made anew, filled from its journal."""

import argparse
import asyncio
import os
import sys

import asyncpg

from deploy.cli import DONE, confirming, show
from deploy.cli.asking import asked, door
from deploy.cli.clock import OPERATOR
from deploy.local import kept, running
from deploy.local.alone import only_one
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.progress import speaker
from deploy.local.settings import Settings
from deploy.local.stack import Stack
from libs.events.stream.leadership import from_the_start
from libs.events.stream.topics import Topics

HEAD = "SELECT seq FROM journal.head"
PATH = "/operator/relay/refill"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare whose topic."""
    parser.add_argument(
        "--service", choices=SERVICES, action="append", help="else all four"
    )
    confirming.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Count, ask, fill. Records that are there still are repeated and dropped.

    A service whose topic was lost does not start, so it is done at rest too: then
    PostgreSQL alone is started for it, and `qingxin up` fills the topics.
    """
    plan = Plan.of(os.environ)
    if running.is_up(plan.state):
        return _refilled(running.settings(plan.state), arguments, at_rest=False)
    kept.open_folder(plan.state)
    with only_one(plan.state):
        stack = Stack(plan, speaker())
        try:
            return _refilled(stack.start_database(), arguments, at_rest=True)
        finally:
            stack.stop()


def _refilled(
    settings: Settings, arguments: argparse.Namespace, *, at_rest: bool
) -> int:
    chosen = arguments.service or list(SERVICES)
    heads = {
        name: asyncio.run(_head(settings, name)) if at_rest else _shown(settings, name)
        for name in chosen
    }
    events = sum(heads.values())
    about = f"{events} events of {', '.join(chosen)} are to be sent from the first."
    if not confirming.goes_on(arguments, about):
        show({"counts": heads}, about, as_json=arguments.json)
        return DONE
    for name in chosen:
        if at_rest:
            asyncio.run(_from_the_start(settings, name))
        else:
            _order(settings, name, heads[name])
    if at_rest:
        sys.stderr.write("Not on record: no service runs that could say so.\n")
    then = "`qingxin up` fills them" if at_rest else "see `qingxin alarms lags`"
    text = f"{events} events go to the topics again: {then}."
    show({"counts": heads}, text, as_json=arguments.json)
    return DONE


def _shown(settings: Settings, service: str) -> int:
    with door(settings, service, OPERATOR) as client:
        return int(asked(client, "GET", PATH)["count"])


def _order(settings: Settings, service: str, count: int) -> None:
    act = confirming.new_act()
    with door(settings, service, OPERATOR) as client:
        asked(client, "POST", PATH, json={"count": count}, headers=act)


async def _head(settings: Settings, service: str) -> int:
    connection = await asyncpg.connect(settings.app_dsn(service))
    try:
        seq: int = await connection.fetchval(HEAD)
    finally:
        await connection.close()
    return seq


async def _from_the_start(settings: Settings, service: str) -> None:
    connection = await asyncpg.connect(settings.app_dsn(service))
    try:
        await from_the_start(connection, Topics(settings.prefix).events(service))
    finally:
        await connection.close()
