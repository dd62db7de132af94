"""`qingxin restore DIR`: services from a backup; the rest comes from the topics."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from deploy.cli import DONE, confirming, show
from deploy.local import backup, kept
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.progress import speaker
from deploy.local.restore import restore


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare from where, and which services."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a backup")
    parser.add_argument(
        "--service", choices=SERVICES, action="append", help="else all four"
    )
    confirming.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the backup, ask, restore; the present databases are kept aside."""
    plan = Plan.of(os.environ)
    folder = arguments.folder.resolve()
    manifest = backup.read(folder)
    chosen = arguments.service or list(SERVICES)
    about = (
        f"The databases of {', '.join(chosen)} are to be as they were at"
        f" {manifest['made_at']}; later events come back from the topics."
    )
    if not confirming.goes_on(arguments, about):
        show(manifest, about, as_json=arguments.json)
        return DONE
    kept.open_folder(plan.state)
    done = restore(plan, folder, chosen, speaker())
    lines = [
        f"{one.service:<12} as of event {one.head:,}"
        + (f" · the old one is kept as {one.kept_as}" if one.kept_as else "")
        for one in done
    ]
    answer = {"restored": [asdict(one) for one in done]}
    show(answer, "\n".join(lines), as_json=arguments.json)
    return DONE
