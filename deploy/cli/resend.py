"""`qingxin resend`: a partition of a service's topic sent again from an index."""

import argparse
import os

from deploy.cli import DONE, confirming, show
from deploy.cli.asking import asked, door
from deploy.cli.clock import OPERATOR
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan

PER_SECOND = 2000


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare whose topic, which partition, from where, and how fast."""
    parser.add_argument("verb", nargs="?", default="order", choices=("order", "list"))
    parser.add_argument("--service", choices=SERVICES, help="who wrote the topic")
    parser.add_argument("--partition", type=int, metavar="N")
    parser.add_argument("--from-index", type=int, metavar="N", help="the first wanted")
    parser.add_argument(
        "--per-second",
        type=int,
        default=PER_SECOND,
        metavar="N",
        help="records a second",
    )
    confirming.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Count, ask, order; or list what was ordered. Who has a record drops it."""
    if arguments.verb == "list":
        return _list(arguments)
    if None in (arguments.service, arguments.partition, arguments.from_index):
        raise Cannot("Say which: --service NAME --partition N --from-index N.")
    place = {"partition": arguments.partition, "from_index": arguments.from_index}
    settings = running.settings(Plan.of(os.environ).state)
    with door(settings, arguments.service, OPERATOR) as client:
        count = asked(client, "GET", "/operator/resend", params=place)["count"]
        about = (
            f"{count} records of {arguments.service}, partition {arguments.partition},"
            f" from index {arguments.from_index} are to be sent again."
        )
        if not confirming.goes_on(arguments, about):
            show({"count": count}, about, as_json=arguments.json)
            return DONE
        body = {**place, "count": count, "per_second": arguments.per_second}
        act = confirming.new_act()
        answer = asked(client, "POST", "/operator/resend", json=body, headers=act)
    text = (
        f"{answer['records']} records are being sent again: see `qingxin resend list`."
    )
    show(answer, text, as_json=arguments.json)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    settings = running.settings(Plan.of(os.environ).state)
    chosen = (arguments.service,) if arguments.service else tuple(SERVICES)
    found = []
    for service in chosen:
        with door(settings, service, OPERATOR) as client:
            found += asked(client, "GET", "/operator/resends")["resends"]
    lines = [
        f"{one['topic']}/{one['partition']} from {one['from_index']}:"
        f" {one['done']} of {one['records']}"
        f" {'done' if one['finished_at'] else 'under way'}"
        for one in found
    ] or ["Nothing was sent again."]
    show({"resends": found}, "\n".join(lines), as_json=arguments.json)
    return DONE
