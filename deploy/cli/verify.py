"""`qingxin verify`: journal = topic = chain = seals; on request views and the vault."""

import argparse
import asyncio
import os
from dataclasses import asdict

import asyncpg

from deploy.cli import DONE, WRONG, show
from deploy.cli.asking import AUDITOR, asked, door
from deploy.cli.viewed import compared
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.events.audit.seal_store import Folder
from libs.events.audit.sealed import Where
from libs.events.audit.topic import NoSuchTopic
from libs.events.audit.verify import Also, Verdict, verify
from libs.events.journal.journal import Journal
from libs.events.stream.topics import Topics

VAULTED = "intake"
"""The service that holds persons; its running process alone can open what it holds."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--service", choices=SERVICES, help="one service only")
    parser.add_argument("--topic", help="a copy of the topic, instead of the service's")
    parser.add_argument(
        "--views", action="store_true", help="also rebuild the views aside and compare"
    )
    parser.add_argument(
        "--vault", action="store_true", help="also open all that the vault holds"
    )


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
    lines = [_line(one) for one in found]
    is_right = all(one.agrees for one in found)
    if arguments.views:
        for name in names:
            views = compared(settings, name)
            answer[name]["views"] = [view.said() for view in views]
            lines += [f"{name:12} {view.line()}" for view in views]
            is_right &= all(view.same for view in views)
    if arguments.vault and VAULTED in names:
        with door(settings, VAULTED, AUDITOR) as client:
            held = asked(client, "GET", "/operator/vault/check")
        answer[VAULTED]["vault"] = held
        lines.append(f"{VAULTED:12} {_held(held['values'], held['wrong'])}")
        is_right &= held["wrong"] is None
    show(answer, "\n".join(lines), as_json=arguments.json)
    return DONE if is_right else WRONG


async def _verify(
    settings: Settings, names: list[str], topic: str | None
) -> list[Verdict]:
    topics, kafka = Topics(settings.prefix), settings.servers.kafka
    found = []
    for name in names:
        dsn = settings.app_dsn(name)
        seals = Where(kafka, topics.audit, Folder(settings.seal_folder(name)))
        async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
            journal, against = Journal(pool, name), topic or topics.events(name)
            also = Also(seals, dsn)
            found.append(await verify(journal, kafka, against, also=also))
    return found


def _held(values: int, wrong: str | None) -> str:
    return (
        f"WRONG · vault: {wrong}" if wrong else f"OK · vault · {values:,} values open"
    )


def _line(found: Verdict) -> str:
    if found.wrong:
        by = f" · {found.disproved_by} disproves it" if found.disproved_by else ""
        told = "" if found.disproved_by and found.disproved_by in found.wrong else by
        return f"{found.service:12} WRONG · {found.wrong}{told}"
    said = f"{found.service:12} OK · journal = topic = chain · {found.rows:,} events"
    said += f" · {found.seals} seals" if found.seals else ""
    return f"{said} · {found.foreign} foreign" if found.foreign else said
