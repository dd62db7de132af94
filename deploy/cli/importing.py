"""`qingxin import`: hand an agency's sheet in, follow it, print what it came to."""

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.cli import DONE, WRONG, show
from deploy.cli.clock import operator_token
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.plan import Plan
from libs.money import format_minor

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 1800.0
ENDS = frozenset({"done", "refused"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the file, its profile, and who hands it in."""
    parser.add_argument("file", type=Path, metavar="FILE", help="xlsx, xls or csv")
    parser.add_argument("--profile", required=True, metavar="P", help="its layout")
    parser.add_argument("--dry-run", action="store_true", help="record nothing")
    parser.add_argument("--as", dest="subject", default="do-01", metavar="OFFICER")
    parser.add_argument("--key", help="the Idempotency-Key, to go on after a break")
    parser.add_argument("--errors", type=Path, help="write the error workbook here")


def run(arguments: argparse.Namespace) -> int:
    """Do it; 4 when a row was an ERROR."""
    if not arguments.file.is_file():
        message = f"{arguments.file}: there is no such file."
        raise Cannot(message)
    settings = running.settings(Plan.of(os.environ).state)
    address = settings.address("intake")
    token = operator_token(settings, arguments.subject)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as door:
        said = _followed(door, _handed_in(door, arguments))
        if arguments.errors is not None:
            book = door.get(said["error_workbook_url"]).raise_for_status()
            arguments.errors.write_bytes(book.content)
    if said["state"] == "refused":
        raise Cannot(said["refused"]["message"]["en"])
    show(said, table(said), as_json=arguments.json)
    return WRONG if said["counts"].get("error") else DONE


def _handed_in(door: httpx.Client, arguments: argparse.Namespace) -> str:
    mode = "dry_run" if arguments.dry_run else "apply"
    with arguments.file.open("rb") as content:
        answer = door.post(
            "/v1/imports",
            data={"profile": arguments.profile, "mode": mode},
            files={"file": (arguments.file.name, content)},
            headers={
                "Idempotency-Key": arguments.key or str(uuid4()),
                "Accept-Language": "en",
            },
        )
    if answer.is_error:
        said = answer.json()
        details = [error["detail"] for error in said.get("errors", ())]
        raise Cannot(" ".join(details) or said["detail"])
    return str(answer.headers["Location"])


def _followed(door: httpx.Client, place: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        said: dict[str, Any] = door.get(place).raise_for_status().json()
        if said["state"] in ENDS:
            return said
        time.sleep(LOOK_SECONDS)
    message = f"The import is still under way: look at {place} later."
    raise Cannot(message)


def table(said: Mapping[str, Any]) -> str:
    """Return an import's counts and sums, by sheet, for a person."""
    report = said["report"]
    counts = "  ".join(f"{name} {count}" for name, count in said["counts"].items())
    lines = [f"{said['profile']} v{said['profile_version']}  {counts}", ""]
    sheets = report["as_read"]["sheets"]
    lines += [_line(name, one, report["currency"]) for name, one in sheets.items()]
    if len(sheets) > 1:
        lines.append(_line("=", report["as_read"]["totals"], report["currency"]))
    lines.append("")
    found = report["finding_counts"].items()
    lines += [f"{count:>7}  {code}" for code, count in found]
    return "\n".join(lines)


def _line(name: str, totals: Mapping[str, Any], currency: str) -> str:
    sums = "  ".join(
        f"{meaning} {format_minor(sum_['minor'], currency)} {currency}"
        f" ({sum_['numeric']})"
        for meaning, sum_ in totals["amounts"].items()
    )
    return f"{name:<28} {totals['rows']:>7}  {sums}"
