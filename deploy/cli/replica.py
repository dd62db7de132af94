"""`qingxin replica SERVICE`: one more process of a service, on a port of its own."""

import argparse
import os
import sys

from deploy.local import ports, running
from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from deploy.local.plan import Plan


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare which service, and where."""
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--port", type=int, metavar="N", help="else a free one")


def run(arguments: argparse.Namespace) -> int:
    """Become that process: it shares partitions and waits to lead; Ctrl-C drains it."""
    settings = running.settings(Plan.of(os.environ).state)
    port = arguments.port or ports.free_port()
    told = settings.of_service(arguments.service) | {"QINGXIN_PORT": str(port)}
    sys.stderr.write(f"{arguments.service} at http://{ports.LOOPBACK}:{port}\n")
    sys.stderr.flush()
    os.chdir(REPOSITORY)
    words = [sys.executable, "-m", f"services.{arguments.service}", "serve"]
    os.execve(sys.executable, words, told)  # noqa: S606 -- ourselves, no shell.
