"""`qingxin keys`: the vault's keys under the current master key, after a rotation."""

import argparse
import os
from typing import Any

from deploy.cli import DONE, WRONG, show
from deploy.cli.asking import asked, door
from deploy.cli.clock import OPERATOR
from deploy.local import running
from deploy.local.plan import Plan


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    parser.add_argument(
        "verb",
        nargs="?",
        default="status",
        choices=("status", "rewrap"),
        help="say what is left under retired master keys, or wrap it anew",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is left; exit 4 while something is, for cron."""
    settings = running.settings(Plan.of(os.environ).state)
    with door(settings, "intake", OPERATOR) as client:
        if arguments.verb == "rewrap":
            answer = asked(client, "POST", "/operator/vault/rewrap")
        else:
            answer = asked(client, "GET", "/operator/vault/keys")
    show(answer, _words(answer), as_json=arguments.json)
    return WRONG if answer["persons"] or answer["files"] else DONE


def _words(answer: dict[str, Any]) -> str:
    lines = []
    if "rewrapped" in answer:
        lines.append(
            "wrapped anew: {persons} persons' keys, {files} files' keys".format_map(
                answer["rewrapped"]
            )
        )
    still = "under other master keys: {persons} persons' keys, {files} files' keys"
    lines.append(still.format_map(answer))
    if not answer["persons"] and not answer["files"] and answer["retired"]:
        lines.append("The retired master keys can be dropped from the settings.")
    return "\n".join(lines)
