"""Two steps before an act that changes something: what it is about, then yes."""

import argparse
import sys
from uuid import uuid4

from deploy.local.cannot import Cannot


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare `--dry-run` and `--yes`."""
    parser.add_argument(
        "--dry-run", action="store_true", help="count only; change nothing"
    )
    parser.add_argument(
        "--yes", action="store_true", help="go on without being asked (for scripts)"
    )


def goes_on(arguments: argparse.Namespace, about: str) -> bool:
    """Say whether to go on, after a look at what it is about.

    A terminal is asked. Without one it needs --yes: raises Cannot.
    """
    if arguments.dry_run:
        return False
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise Cannot(f"{about} Say --yes to do it, or --dry-run to look only.")
    sys.stderr.write(f"{about} Go on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def new_act() -> dict[str, str]:
    """Return the header that makes a request an act of its own."""
    return {"Idempotency-Key": str(uuid4())}
