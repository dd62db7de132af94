"""`qingxin backup DIR`: the four databases at one cut, the files, the topics' ends."""

import argparse
import asyncio
import os
from pathlib import Path

from deploy.cli import DONE, show
from deploy.local import backup, running
from deploy.local.plan import Plan


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare where it goes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder")


def run(arguments: argparse.Namespace) -> int:
    """Take it while the system runs, and print what is in it."""
    settings = running.settings(Plan.of(os.environ).state)
    taken = asyncio.run(backup.take(settings, arguments.folder.resolve()))
    lines = [
        f"{name:<12} up to event {entry['head']:,} · {entry['bytes']:,} bytes"
        for name, entry in taken.manifest["services"].items()
    ]
    lines.append(f"{taken.folder} is whole. Keep secrets.json apart from it:")
    lines.append(f"without the keys of {settings.state} no name can be read again.")
    show(taken.manifest, "\n".join(lines), as_json=arguments.json)
    return DONE
