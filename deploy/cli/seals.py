"""`qingxin seals`: the signed roots of the logs: list, make, compare, rotate a key."""

import argparse
import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deploy.cli import DONE, WRONG, show
from deploy.cli.evidence import evidence_of, journal_of, seal_now
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.events.audit.proving import bundle
from libs.events.audit.rotating import rotate
from libs.events.audit.seal import Seal
from libs.events.audit.sealer import SealSettings
from libs.events.audit.signing import KeyRefused, Keyring
from libs.events.stream.topics import Topics

Answer = tuple[Mapping[str, Any], str, int]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what is to be done with which service's seals."""
    parser.add_argument(
        "verb", choices=tuple(VERBS), nargs="?", default="list", help="list if left out"
    )
    parser.add_argument("numbers", nargs="*", type=int, metavar="N", help="of seals")
    parser.add_argument("--service", choices=SERVICES)
    parser.add_argument(
        "--lost", action="store_true", help="rotate: the old key is lost or stolen"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do it; exit 4 when a listed seal is not signed by its key."""
    settings = running.settings(Plan.of(os.environ).state)
    answer, text, code = VERBS[arguments.verb](settings, arguments)
    show(answer, text, as_json=arguments.json)
    return code


def _list(settings: Settings, arguments: argparse.Namespace) -> Answer:
    found: dict[str, Any] = {}
    lines, is_right = [], True
    for service in _services(arguments):
        keys, seals = asyncio.run(_kept(settings, service))
        entries = [_entry(seal, keys) for seal in seals]
        found[service] = {"keys": list(keys.documents), "seals": entries}
        lines += [_line(service, entry) for entry in entries]
        lines += [] if entries else [f"{service:12} no seal yet"]
        is_right &= all(entry["signed"] for entry in entries)
    return found, "\n".join(lines), DONE if is_right else WRONG


async def _kept(settings: Settings, service: str) -> tuple[Keyring, Sequence[Seal]]:
    async with journal_of(settings, service) as journal:
        known = await evidence_of(settings, journal)
    return known.keys, known.seals


def _entry(seal: Seal, keys: Keyring) -> dict[str, Any]:
    return {**seal.document, "signed": seal.is_signed_by(keys)}


def _line(service: str, entry: Mapping[str, Any]) -> str:
    words = (
        f"{service:12} {entry['number']:>5}  {entry['size']:>9,} events"
        f"  {entry['at'][:19]}Z  {entry['why']:6} {entry['root'][:16]}"
    )
    return words if entry["signed"] else f"{words}  NOT SIGNED by its key"


def _make(settings: Settings, arguments: argparse.Namespace) -> Answer:
    made = {service: seal_now(settings, service) for service in _services(arguments)}
    lines = [
        f"{name:12} {', '.join(map(str, numbers)) or 'nothing new'}"
        for name, numbers in made.items()
    ]
    return {"made": made}, "\n".join(lines), DONE


def _consistency(settings: Settings, arguments: argparse.Namespace) -> Answer:
    service, numbers = _one(arguments), arguments.numbers
    if len(numbers) not in {0, 2}:
        raise Cannot("Give the numbers of two seals, or none for first and last.")
    return asyncio.run(_grown(settings, service, numbers))


async def _grown(settings: Settings, service: str, numbers: Sequence[int]) -> Answer:
    async with journal_of(settings, service) as journal:
        known = await evidence_of(settings, journal)
    by_number = {seal.number: seal for seal in known.seals}
    first, second = sorted(numbers or [1, len(by_number)])
    if not {first, second} <= by_number.keys() or first == second:
        message = f"{service} has {len(by_number)} seals: name two of them."
        raise Cannot(message)
    proof = known.consistency(by_number[first], by_number[second])
    only = frozenset({(service, first), (service, second)})
    roots = (known.tree.root(by_number[n].size) for n in (first, second))
    holds = list(roots) == [by_number[n].root for n in (first, second)]
    text = (
        f"{service}: seal {second} ({by_number[second].size:,} events) goes on from"
        f" seal {first} ({by_number[first].size:,}), by {len(proof['path'])} steps"
    )
    wrong = f"{service}: the journal is not what seals {first} and {second} say"
    answer = bundle([known], consistency=[proof], only=only)
    return answer, text if holds else wrong, DONE if holds else WRONG


def _rotate(settings: Settings, arguments: argparse.Namespace) -> Answer:
    service = _one(arguments)
    try:
        key = asyncio.run(_rotated(settings, service, lost=arguments.lost))
    except KeyRefused as reason:
        raise Cannot(str(reason)) from None
    told = "Tell auditors its fingerprint yourself: no key vouches for it."
    text = f"{service}: new seal key {key}"
    answer = {"service": service, "key_id": key, "vouched": not arguments.lost}
    return answer, f"{text}\n{told}" if arguments.lost else text, DONE


async def _rotated(settings: Settings, service: str, *, lost: bool) -> str:
    where = SealSettings(
        service,
        settings.servers.kafka,
        Topics(settings.prefix).audit,
        settings.seal_key(service),
        settings.seal_folder(service),
    )
    async with journal_of(settings, service) as journal:
        return (await rotate(journal.pool, where, lost=lost)).id


def _services(arguments: argparse.Namespace) -> list[str]:
    return [arguments.service] if arguments.service else list(SERVICES)


def _one(arguments: argparse.Namespace) -> str:
    if arguments.service is None:
        raise Cannot("Say whose: --service NAME.")
    service: str = arguments.service
    return service


VERBS: Mapping[str, Callable[[Settings, argparse.Namespace], Answer]] = {
    "list": _list,
    "make": _make,
    "consistency": _consistency,
    "rotate": _rotate,
}
