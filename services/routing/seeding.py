"""Seeding: the rulebooks of the data files are adopted when routing first opens."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from libs import ids, risk_rules
from libs.calendar import day_of, known_since, load_year
from libs.events.command import Stamp
from libs.events.event import Source
from libs.events.reactions import system_actor
from libs.owner_rules import load_owner_rules, version_of
from libs.service.parts import Running
from services.routing.owner_rules import SeedOwnerRules
from services.routing.risk_rules import SeedRiskRules
from services.routing.rulebook import AdoptRulebook, Book, digest

RULES = files("services.routing").joinpath("rules")


def books() -> Mapping[Book, Mapping[str, str]]:
    """Return the data files of each book, by name."""
    return {
        "clocks": _texts(RULES, "clocks"),
        "calendar": _texts(RULES.joinpath("calendar")),
        "organisation": _texts(RULES, "organisation"),
    }


def _texts(folder: Traversable, begins: str = "") -> dict[str, str]:
    """Return a folder's data files whose name begins so: one more is one more file."""
    paths = sorted(folder.iterdir(), key=lambda path: path.name)
    return {
        path.name: path.read_text("utf-8")
        for path in paths
        if path.name.startswith(begins) and path.name.endswith(".toml")
    }


def clocks_known(texts: Mapping[str, str], on: date) -> dict[str, str]:
    """Return the clocks' files that were known on a day: a simulated past has no more.

    One that does not say since when it is known always was.
    """
    return {name: text for name, text in texts.items() if known_since(text) <= on}


def years_begun(texts: Mapping[str, str], on: date) -> dict[str, str]:
    """Return the notices of years that have begun on a day.

    A simulated past starts without the next year's, which may be out already: the
    office adopts it on the way, as it was adopted in life.
    """
    return {n: text for n, text in texts.items() if load_year(text).year <= on.year}


async def seed(running: Running) -> None:
    """Adopt each book, the owner and risk rules, where they are not those in force."""
    for book, every in books().items():
        now = await running.now()
        on = day_of(now)
        texts = every
        if book == "clocks":
            texts = clocks_known(every, on)
        elif book == "calendar" and running.settings.mode == "simulated":
            texts = years_begun(every, on)
        await running.desk.do(_adopt(book, texts, on), _stamp(book, digest(texts), now))
    await _seed_owner_rules(running)
    await _seed_risk_rules(running)


async def _seed_owner_rules(running: Running) -> None:
    rules = load_owner_rules(RULES.joinpath("owners.toml").read_text("utf-8"))
    version, now = version_of(rules), await running.now()
    command = SeedOwnerRules(rules_version=version, known_on=day_of(now), rules=rules)
    await running.desk.do(command, _stamp("owner-rules", version, now))


async def _seed_risk_rules(running: Running) -> None:
    rules = risk_rules.load_risk_rules(RULES.joinpath("risk.toml").read_text("utf-8"))
    version, now = risk_rules.version_of(rules), await running.now()
    command = SeedRiskRules(rules_version=version, known_on=day_of(now), rules=rules)
    await running.desk.do(command, _stamp("risk-rules", version, now))


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
