"""`python -m tests.load office|lists|overload|soak|poison`: on a system of its own."""

import argparse
import asyncio
import platform
import sys
from datetime import UTC, datetime

from tests.end_to_end.whole import running_whole
from tests.load.lists import lists
from tests.load.office import office
from tests.load.overload import overload, say
from tests.load.poison import poison
from tests.load.soak import soak
from tests.stack import temporary_folder

WHAT = ("overload", "soak", "poison", "lists", "office")


def main() -> int:
    """Run one; 1 when something was lost or somebody was not told when to come."""
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument(
        "what", choices=("overload", "soak", "poison", "lists", "office")
    )
    parser.add_argument("--seconds", type=float, default=60, help="of one rate")
    parser.add_argument("--minutes", type=float, default=30, help="of soak and poison")
    parser.add_argument("--rate", type=float, default=5, help="complaints a second")
    parser.add_argument("--cases", type=int, help="in the ledger")
    given = parser.parse_args()
    say(f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z · Python {platform.python_version()}")
    with temporary_folder() as folder, running_whole(folder / "load") as whole:
        match given.what:
            case "overload":
                fine = asyncio.run(overload(whole, given.seconds))
            case "soak":
                fine = asyncio.run(soak(whole, given.minutes, given.rate))
            case "lists":
                fine = asyncio.run(lists(whole, given.cases or 100_000))
            case "office":
                fine = asyncio.run(office(whole, given.cases or 3_000, given.seconds))
            case _:
                fine = asyncio.run(poison(whole, given.minutes, given.rate))
    say("as promised" if fine else "NOT as promised")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
