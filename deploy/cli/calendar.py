"""`qingxin calendar`: adopted holiday notices, a new one, and what each moved."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from deploy.cli import DONE, show
from deploy.cli.asking import AUDITOR, asked, door
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.calendar.tables import YearTable, load_year

OFFICE = "lg-01"
CALENDARS = "/v1/calendars"
MOST = 500


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what is to be done."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("list", help="adopted calendars, their papers, what they moved")
    adopt = verbs.add_parser("adopt", help="put a year's notice in force")
    adopt.add_argument("file", type=Path, help="the notice, as rules/calendar has it")
    adopt.add_argument("--as", dest="officer", default=OFFICE, help="who adopts it")
    moved = verbs.add_parser("affected", help="cases whose date a calendar moved")
    moved.add_argument("version", nargs="?", help="a calendar's version; else the last")


def run(arguments: argparse.Namespace) -> int:
    """Do it, and print what came of it."""
    settings = running.settings(Plan.of(os.environ).state)
    match arguments.verb:
        case "adopt":
            found = adopted(settings, notice_of(arguments.file), arguments.officer)
            text = "adopted: what runs is being counted anew · qingxin calendar"
        case "affected":
            found = affected(settings, arguments.version)
            text = "\n".join(map(_moved, found["items"])) or "no date was moved"
        case _:
            found = listed(settings)
            text = "\n".join(map(_adoption, found["items"])) or "none is adopted"
    show(found, text, as_json=arguments.json)
    return DONE


def notice_of(path: Path) -> YearTable:
    """Read a notice's file; raises Cannot with what is wrong with it."""
    try:
        return load_year(path.read_text("utf-8"))
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise Cannot(f"{path} is no TOML: {error}") from None
    except ValidationError as error:
        wrong = error.errors(include_input=False)[0]
        where = ".".join(map(str, wrong["loc"]))
        raise Cannot(f"{path}: {where} {wrong['msg']}".replace("  ", " ")) from None


def adopted(settings: Settings, notice: YearTable, officer: str) -> Any:
    """Adopt a notice in an officer's name; raises Cannot when the rule refuses."""
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"notice": notice.model_dump(mode="json")}
    with door(settings, "routing", officer) as client:
        return asked(client, "POST", CALENDARS, json=body, headers=headers)


def listed(settings: Settings) -> Any:
    """Return the adopted calendars, the one in force first."""
    with door(settings, "reporting", AUDITOR) as client:
        return asked(client, "GET", CALENDARS)


def affected(settings: Settings, version: str | None) -> Any:
    """Return every deadline that a calendar moved or made firm."""
    lines: list[Any] = []
    with door(settings, "reporting", AUDITOR) as client:
        items = asked(client, "GET", CALENDARS)["items"]
        if version is None and not items:
            return {"calendar_version": None, "items": []}
        wanted = version or items[0]["calendar_version"]
        path, cursor = f"{CALENDARS}/{wanted}/deadlines", None
        while True:
            query = {"limit": MOST, **({"cursor": cursor} if cursor else {})}
            found = asked(client, "GET", path, params=query)
            lines += found["items"]
            cursor = found["next"]
            if cursor is None:
                return {"calendar_version": wanted, "items": lines}


def _adoption(one: Mapping[str, Any]) -> str:
    moved = one["moved"]
    said = [
        f"{one['calendar_version']} · known {one['known_on']}",
        f"{moved['deadlines']} deadlines of {moved['cases']} cases recomputed",
        f"{moved['later']} later, {moved['earlier']} earlier, {moved['firm']} now firm",
    ]
    papers = [f"  {p['year']}.{p['version']} {p['number']}" for p in one["papers"]]
    return "\n".join([" · ".join(said), *papers])


def _moved(line: Mapping[str, Any]) -> str:
    firm = " · now firm" if line["old_provisional"] and not line["provisional"] else ""
    dates = f"{line['old_due_on']} → {line['due_on']}"
    return f"{line['number'] or line['case_id']} · {line['clock']} · {dates}{firm}"
