"""The command `qingxin`: one table of sub-commands, one way to print and to fail.

Exit codes: 0 done · 1 it cannot be done, with one line why · 2 wrong usage ·
3 nothing is running · 4 something is wrong with what was looked at.
"""

import argparse
import errno
import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from deploy.local.cannot import Cannot
from libs.collecting import collect_seldom

DONE, CANNOT, USAGE, NOTHING_RUNS, WRONG = 0, 1, 2, 3, 4


class Command(Protocol):
    """What the module of a sub-command holds."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the sub-command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; return the exit code. Raise `Cannot` to fail in one line."""


@dataclass(frozen=True)
class Entry:
    """A row of the table: where the sub-command is and what it is for."""

    module: str
    purpose: str


# One row a sub-command; its module is read only when it is asked for.
COMMANDS: Mapping[str, Entry] = {
    "up": Entry("deploy.cli.up", "start the whole system on this machine"),
    "down": Entry("deploy.cli.down", "end it in order; what was recorded stays"),
    "demo": Entry("deploy.cli.demo", "load the demonstration campaign"),
    "clock": Entry("deploy.cli.clock", "move a simulated deployment's clock"),
    "calendar": Entry("deploy.cli.calendar", "holiday notices: list, adopt, affected"),
    "import": Entry("deploy.cli.importing", "hand in an agency's sheet"),
    "answers": Entry("deploy.cli.answers", "a channel's answers for its platform"),
    "verify": Entry("deploy.cli.verify", "journal = topic = chain, or say where not"),
    "seals": Entry("deploy.cli.seals", "signed roots of the logs: list, make, rotate"),
    "prove": Entry("deploy.cli.prove", "that an event is under a signed seal"),
    "export": Entry("deploy.cli.export", "a case or a topic, to be checked off-line"),
    "explain": Entry("deploy.cli.explain", "a number: its facts, events, who and why"),
    "as-of": Entry("deploy.cli.as_of", "a case or a week as it was known at a time"),
    "rebuild": Entry("deploy.cli.rebuild", "read models anew from the topics"),
    "alarms": Entry("deploy.cli.alarms", "what needs somebody; every lag; for cron"),
    "resend": Entry("deploy.cli.resend", "a topic's partition again from an index"),
    "refill": Entry("deploy.cli.refill", "a topic made anew, from its journal"),
    "parked": Entry("deploy.cli.parked", "list, show, retry or drop parked events"),
    "restart": Entry("deploy.cli.restart", "one service: drained, ended, begun again"),
    "replica": Entry("deploy.cli.replica", "one more process of a service"),
    "backup": Entry("deploy.cli.backup", "the databases at one cut, into a folder"),
    "restore": Entry("deploy.cli.restore", "services from a backup"),
    "events": Entry("deploy.cli.events", "a service's events by position"),
    "keys": Entry("deploy.cli.keys", "the vault's keys after a new master key"),
    "erasures": Entry("deploy.cli.erasures", "whose data no file keeps any more"),
    "token": Entry("deploy.cli.token", "an access token of the local issuer"),
    "status": Entry("deploy.cli.status", "what runs, where, ready or not, memory"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command; return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = _parser(words[0] if words else "")
    arguments = parser.parse_args(words)
    collect_seldom()
    try:
        return _module(arguments.command).run(arguments)
    except Cannot as reason:
        return _fail(str(reason), as_json=arguments.json)
    except KeyboardInterrupt:
        return CANNOT
    except OSError as error:
        return _fail(_in_words(error), as_json=arguments.json)


def _module(name: str) -> Command:
    # Checked against the protocol by a test over the whole table.
    module: Command = importlib.import_module(COMMANDS[name].module)
    return module


def show(answer: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print an answer for a program or for a person."""
    line = json.dumps(answer, ensure_ascii=False, default=str) if as_json else text
    sys.stdout.write(f"{line}\n")


def _parser(wanted: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qingxin", description="Qingxin 清薪")
    rows = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, entry in COMMANDS.items():
        row = rows.add_parser(name, help=entry.purpose, description=entry.purpose)
        row.add_argument("--json", action="store_true", help="answer in JSON")
        if name == wanted:
            _module(name).configure(row)
    return parser


def _fail(reason: str, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps({"error": reason}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"qingxin: {reason}\n")
    return CANNOT


def _in_words(error: OSError) -> str:
    where = error.filename or "a file"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk of {where} is full: free some space."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"No right to {where}: give this user the right."
        case _:
            return f"{where}: {os.strerror(error.errno or 0)}"
