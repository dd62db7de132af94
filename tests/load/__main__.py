"""`python -m tests.load overload|soak|poison`: on a system of its own, then gone."""

import argparse
import asyncio
import platform
import sys
from datetime import UTC, datetime

from tests.end_to_end.whole import running_whole
from tests.load.overload import overload, say
from tests.load.poison import poison
from tests.load.soak import soak
from tests.stack import temporary_folder


def main() -> int:
    """Run one; 1 when something was lost or somebody was not told when to come."""
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument("what", choices=("overload", "soak", "poison"))
    parser.add_argument("--seconds", type=float, default=60, help="of the overload")
    parser.add_argument("--minutes", type=float, default=30, help="of soak and poison")
    parser.add_argument("--rate", type=float, default=5, help="complaints a second")
    given = parser.parse_args()
    say(f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z · Python {platform.python_version()}")
    with temporary_folder() as folder, running_whole(folder / "load") as whole:
        match given.what:
            case "overload":
                fine = asyncio.run(overload(whole, given.seconds))
            case "soak":
                fine = asyncio.run(soak(whole, given.minutes, given.rate))
            case _:
                fine = asyncio.run(poison(whole, given.minutes, given.rate))
    say("as promised" if fine else "NOT as promised")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
