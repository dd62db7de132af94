"""`qingxin verify`: journal = topic = chain, for each service."""

import argparse
import asyncio
import os
from dataclasses import asdict

import asyncpg

from deploy.cli import DONE, WRONG, show
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.settings import Settings
from deploy.local.stack import Plan
from libs.events.audit.topic import NoSuchTopic
from libs.events.audit.verify import Verdict, verify
from libs.events.journal.journal import Journal
from libs.events.stream.topics import Topics


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--service", choices=SERVICES, help="one service only")
    parser.add_argument("--topic", help="a copy of the topic, instead of the service's")


def run(arguments: argparse.Namespace) -> int:
    """Print a line a service; exit 4 when one does not agree."""
    if arguments.topic and not arguments.service:
        raise Cannot("Say whose topic it is a copy of: --service NAME.")
    settings = running.settings(Plan.of(os.environ).state)
    names = [arguments.service] if arguments.service else list(SERVICES)
    try:
        found = asyncio.run(_verify(settings, names, arguments.topic))
    except NoSuchTopic as reason:
        message = f"Nothing to compare with: {reason}."
        raise Cannot(message) from None
    answer = {one.service: asdict(one) | {"agrees": one.agrees} for one in found}
    show(answer, "\n".join(map(_line, found)), as_json=arguments.json)
    return DONE if all(one.agrees for one in found) else WRONG


async def _verify(
    settings: Settings, names: list[str], topic: str | None
) -> list[Verdict]:
    found = []
    for name in names:
        async with asyncpg.create_pool(
            settings.app_dsn(name), min_size=1, max_size=2
        ) as pool:
            against = topic or Topics(settings.prefix).events(name)
            journal = Journal(pool, name)
            found.append(await verify(journal, settings.servers.kafka, against))
    return found


def _line(found: Verdict) -> str:
    if found.wrong:
        return f"{found.service:12} WRONG · {found.wrong}"
    said = f"{found.service:12} OK · journal = topic = chain · {found.rows:,} events"
    return f"{said} · {found.foreign} foreign" if found.foreign else said
