"""`qingxin restart SERVICE`: let it drain and end; it is started again at once."""

import argparse
import os
import signal
import time

from deploy.cli import DONE, show
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.children import POLL_SECONDS
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.stack import is_ready

SECONDS = 120


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare which one."""
    parser.add_argument("service", choices=SERVICES)


def run(arguments: argparse.Namespace) -> int:
    """Restart it; return once it serves again. No act that was let in is lost."""
    state, service = Plan.of(os.environ).state, arguments.service
    settings = running.settings(state)
    before = int(str(running.parts(state)[service]["pid"]))
    os.kill(before, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS
    while True:
        part = running.parts(state).get(service, {})
        if part.get("pid") != before and is_ready(settings.address(service)):
            break
        if time.monotonic() > deadline:
            log = state / "logs" / f"{service}.log"
            raise Cannot(f"{service} is not ready after {SECONDS} s: see {log}.")
        time.sleep(POLL_SECONDS * 5)
    show({"restarted": service}, f"{service} serves again.", as_json=arguments.json)
    return DONE
