"""`qingxin keys`: what still lies under retired keys, after a rotation."""

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
    answer: dict[str, Any] = {"retired": 0, "rewrapped": {}}
    for service, kept in KEPT.items():
        with door(settings, service, OPERATOR) as client:
            if arguments.verb == "rewrap":
                said = asked(client, "POST", f"/operator/{kept}/rewrap")
                answer["rewrapped"] |= said.pop("rewrapped")
            else:
                said = asked(client, "GET", f"/operator/{kept}/keys")
        answer |= said | {"retired": answer["retired"] + said["retired"]}
    if arguments.verb != "rewrap":
        del answer["rewrapped"]
    show(answer, _words(answer), as_json=arguments.json)
    return WRONG if any(answer[what] for what in WHOSE) else DONE


KEPT = {"intake": "vault", "enforcement": "objects"}
"""What each service keeps under keys that can be retired."""
WHOSE = {
    "persons": "persons' keys",
    "files": "files' keys",
    "photos": "photos of patrols",
    "objects": "evidence files",
}


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{found[what]} {words}" for what, words in WHOSE.items())


def _words(answer: dict[str, Any]) -> str:
    lines = []
    if "rewrapped" in answer:
        lines.append(f"wrapped anew: {_counts(answer['rewrapped'])}")
    lines.append(f"under other keys: {_counts(answer)}")
    if answer["retired"] and not any(answer[what] for what in WHOSE):
        lines.append("The retired keys can be dropped from the settings.")
    return "\n".join(lines)
