"""`qingxin answers`: a channel's answers as the sheet that its platform takes back."""

import argparse
import os
from pathlib import Path

from deploy.cli import DONE, show
from deploy.cli.asking import asked, door, fetched
from deploy.local import running
from deploy.local.plan import Plan

CHANNELS = ("12345", "petition", "platform")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the channel, the file, and who asks."""
    parser.add_argument("file", type=Path, metavar="FILE.xlsx")
    parser.add_argument("--channel", required=True, choices=CHANNELS)
    parser.add_argument("--unit", metavar="U", help="what this unit holds alone")
    parser.add_argument("--as", dest="subject", default="lg-01", metavar="OFFICER")


def run(arguments: argparse.Namespace) -> int:
    """Write the workbook; say how many items are answered and how many wait."""
    settings = running.settings(Plan.of(os.environ).state)
    path = f"/v1/channels/{arguments.channel}"
    query = {"unit": arguments.unit} if arguments.unit else {}
    with door(settings, "reporting", arguments.subject) as client:
        said = asked(client, "GET", f"{path}/items", params={**query, "limit": 1})
        book = fetched(client, f"{path}/answers.xlsx", query)
    arguments.file.write_bytes(book)
    sums = said["sums"]
    left = sums["items"] - sums["answered"]
    text = f"{sums['answered']} answered in {arguments.file}; {left} not answered yet"
    show({"file": str(arguments.file), **sums}, text, as_json=arguments.json)
    return DONE
