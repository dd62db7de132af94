"""Seeding: the rulebooks of the data files are adopted when routing first opens."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files

from libs import ids
from libs.calendar import day_of
from libs.events.command import Stamp
from libs.events.event import Source
from libs.events.reactions import system_actor
from libs.owner_rules import load_owner_rules, version_of
from libs.service.parts import Running
from services.routing.owner_rules import SeedOwnerRules
from services.routing.rulebook import AdoptRulebook, Book, digest

RULES = files("services.routing").joinpath("rules")


def books() -> Mapping[Book, Mapping[str, str]]:
    """Return the data files of each book, by name."""
    calendar = RULES.joinpath("calendar").iterdir()
    return {
        "clocks": {
            name: RULES.joinpath(name).read_text("utf-8")
            for name in ("clocks.toml", "channel_clocks.toml")
        },
        "calendar": {
            path.name: path.read_text("utf-8")
            for path in sorted(calendar, key=lambda path: path.name)
            if path.name.endswith(".toml")
        },
        "organisation": {
            "organisation.toml": RULES.joinpath("organisation.toml").read_text("utf-8")
        },
    }


async def seed(running: Running) -> None:
    """Adopt each book, and the owner rules, where they are not the ones in force."""
    for book, texts in books().items():
        now = await running.now()
        await running.desk.do(
            _adopt(book, texts, day_of(now)), _stamp(book, digest(texts), now)
        )
    await _seed_owner_rules(running)


async def _seed_owner_rules(running: Running) -> None:
    rules = load_owner_rules(RULES.joinpath("owners.toml").read_text("utf-8"))
    version, now = version_of(rules), await running.now()
    command = SeedOwnerRules(rules_version=version, known_on=day_of(now), rules=rules)
    await running.desk.do(command, _stamp("owner-rules", version, now))


def _adopt(book: Book, texts: Mapping[str, str], on: date) -> AdoptRulebook:
    return AdoptRulebook(
        book=book,
        version=digest(texts)[:16],
        known_on=on,
        in_force_from=on,
        files=texts,
    )


def _stamp(book: str, version: str, now: datetime) -> Stamp:
    command_id = ids.named("seed", book, version)
    return Stamp(
        command_id=command_id,
        request_hmac=sha256(command_id.bytes).digest(),
        actor=system_actor("routing"),
        at=now,
        source=Source.IMPORT,
    )
