"""`qingxin export`: a case or a whole topic as a zip that is checked off-line."""

import argparse
import asyncio
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.cli import DONE, show
from deploy.cli.as_of import case_of
from deploy.cli.asking import AUDITOR, door
from deploy.cli.evidence import evidence_of, journal_of, row_of, seal_now
from deploy.cli.packing import Pack, write
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.events.audit.proving import Evidence, bundle, record_line
from libs.events.audit.signing import Document
from libs.events.event import Recorded
from libs.events.stream.topics import Topics
from libs.events.views.source import TopicSource

BEFORE_ALL = -1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what is exported, and to where."""
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--case", metavar="NUMBER", help="receipt or channel number")
    wanted.add_argument("--topic", choices=SERVICES, help="a service's whole topic")
    parser.add_argument("file", type=Path, metavar="FILE.zip")


def run(arguments: argparse.Namespace) -> int:
    """Seal what is not sealed yet, prove each event, and write the zip."""
    settings = running.settings(Plan.of(os.environ).state)
    if arguments.case is not None:
        places = _places(settings, arguments.case)
        pack = asyncio.run(_case(settings, arguments.case, places))
    else:
        seal_now(settings, arguments.topic)
        pack = asyncio.run(_topic(settings, arguments.topic))
    write(arguments.file, pack)
    events = len(pack.bundle["proofs"]) + sum(map(len, pack.topics.values()))
    answer = {"file": str(arguments.file), "events": events}
    keys = [f"{k['service']}: key {k['key_id']}" for k in pack.bundle["keys"]]
    text = "\n".join([f"{events} events, provable, in {arguments.file}", *keys])
    show(answer, text, as_json=arguments.json)
    return DONE


def _places(settings: Settings, number: str) -> Mapping[str, Sequence[int]]:
    """Return the sequences of a case's events by service, all sealed."""
    with door(settings, "reporting", AUDITOR) as client:
        case = case_of(client, number, None)
    places: dict[str, list[int]] = defaultdict(list)
    for event in case["trail"]:
        places[event["service"]].append(event["seq"])
    for service in places:
        seal_now(settings, service)
    return places


async def _case(
    settings: Settings, number: str, places: Mapping[str, Sequence[int]]
) -> Pack:
    known, proofs = [], list[tuple[datetime, Document]]()
    for service, sequences in sorted(places.items()):
        async with journal_of(settings, service) as journal:
            one = await evidence_of(settings, journal)
            rows = [await row_of(journal, seq) for seq in sorted(sequences)]
        known.append(one)
        proofs += [(row.recorded_at, _proof(one, row)) for row in rows]
    told = [proof for _, proof in sorted(proofs, key=lambda each: each[0])]
    return Pack(bundle(known, told, _growth(known)), title=f"案件 {number}")


def _proof(known: Evidence, row: Recorded) -> Document:
    try:
        return known.inclusion(row)
    except LookupError:
        message = f"{known.service}:{row.seq} is not sealed: see `qingxin status`."
        raise Cannot(message) from None


def _growth(known: Sequence[Evidence]) -> list[Document]:
    return [
        one.consistency(first, second)
        for one in known
        for first, second in zip(one.seals, one.seals[1:], strict=False)
    ]


async def _topic(settings: Settings, service: str) -> Pack:
    async with journal_of(settings, service) as journal:
        known = await evidence_of(settings, journal)
    lines = await _records(settings, service)
    told = bundle([known], consistency=_growth([known]))
    return Pack(told, title=f"主题 {service}", topics={service: lines})


async def _records(settings: Settings, service: str) -> list[Mapping[str, Any]]:
    source = TopicSource(settings.servers.kafka, Topics(settings.prefix))
    return [
        record_line(copy)
        for part in await source.parts([service])
        async for page in source.read(part.partition, BEFORE_ALL)
        for copy in page
    ]
