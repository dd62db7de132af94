"""`qingxin parked`: what a service could not apply: list, show, retry or drop it."""

import argparse
import os
from typing import Any
from uuid import UUID, uuid5

from deploy.cli import DONE, WRONG, confirming, show
from deploy.cli.asking import asked, door
from deploy.cli.clock import OPERATOR
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.ids import ROOT

Row = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    parser.add_argument("verb", choices=("list", "show", "retry", "drop"))
    parser.add_argument("--service", choices=SERVICES, help="whose consumers")
    parser.add_argument("--consumer", metavar="C", help="such as claim_v1, reactions")
    parser.add_argument("--event", type=UUID, metavar="ID", help="the parked event")
    parser.add_argument("--stream", metavar="S", help="retry this stream only")
    parser.add_argument("--reason", metavar="CODE", help="why it is dropped")
    confirming.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it; `list` exits 4 when something is parked, for cron."""
    settings = running.settings(Plan.of(os.environ).state)
    match arguments.verb:
        case "list":
            return _list(settings, arguments)
        case "show":
            return _show(settings, arguments)
        case "retry":
            return _retry(settings, arguments)
        case _:
            return _drop(settings, arguments)


def _list(settings: Settings, arguments: argparse.Namespace) -> int:
    found = _parked(settings, arguments)
    lines = [_line(row) for row in found] or ["Nothing is parked."]
    show({"parked": found}, "\n".join(lines), as_json=arguments.json)
    return WRONG if found else DONE


def _show(settings: Settings, arguments: argparse.Namespace) -> int:
    row = _one(settings, arguments)
    text = "\n".join(f"{name:<12} {value}" for name, value in row.items())
    show(row, text, as_json=arguments.json)
    return DONE


def _retry(settings: Settings, arguments: argparse.Namespace) -> int:
    wanted = {"consumer": arguments.consumer, "stream": arguments.stream}
    given = {name: value for name, value in wanted.items() if value is not None}
    counts = {
        service: _counted(settings, service, "/operator/parked/retry", given)
        for service in _services(arguments)
    }
    total = sum(counts.values())
    about = f"{total} parked events are to be tried again."
    if not confirming.goes_on(arguments, about):
        show({"count": total, "counts": counts}, about, as_json=arguments.json)
        return DONE
    asked_for = 0
    for service, count in counts.items():
        if count:
            asked_for += _retried(settings, service, {**wanted, "count": count})
    text = f"{asked_for} parked events are tried again: see `qingxin parked list`."
    show({"asked": asked_for}, text, as_json=arguments.json)
    return DONE


def _counted(settings: Settings, service: str, path: str, query: dict[str, str]) -> int:
    with door(settings, service, OPERATOR) as client:
        return int(asked(client, "GET", path, params=query)["count"])


def _retried(settings: Settings, service: str, wanted: dict[str, Any]) -> int:
    path, act = "/operator/parked/retry", confirming.new_act()
    with door(settings, service, OPERATOR) as client:
        return int(asked(client, "POST", path, json=wanted, headers=act)["asked"])


def _drop(settings: Settings, arguments: argparse.Namespace) -> int:
    if not arguments.reason:
        raise Cannot("Say why: --reason CODE, such as written-by-a-test.")
    row = _one(settings, arguments)
    consumer, event_id, service = row["consumer"], row["event_id"], row["consumed_by"]
    path = f"/operator/parked/{consumer}/{event_id}/drop"
    count = _counted(settings, service, path, {})
    said = f"{row['type']} {event_id} is dropped for {consumer}"
    about = (
        f"{row['type']} {event_id} will never be applied by {service}/{consumer};"
        f" {count - 1} later events of its stream are tried again."
    )
    if not confirming.goes_on(arguments, about):
        show({"count": count}, about, as_json=arguments.json)
        return DONE
    # The same drop again is the same act: it ends what a crash broke off.
    key = str(uuid5(ROOT, f"drop {consumer} {event_id} {arguments.reason} {count}"))
    body = {"reason": arguments.reason, "count": count}
    headers = {"Idempotency-Key": key}
    with door(settings, service, OPERATOR) as client:
        answer = asked(client, "POST", path, json=body, headers=headers)
    text = f"{said}; the rest of its stream is tried again."
    show(answer, text, as_json=arguments.json)
    return DONE


def _parked(settings: Settings, arguments: argparse.Namespace) -> list[Row]:
    found: list[Row] = []
    query = {"consumer": arguments.consumer} if arguments.consumer else {}
    for service in _services(arguments):
        with door(settings, service, OPERATOR) as client:
            found += asked(client, "GET", "/operator/parked", params=query)["parked"]
    return found


def _one(settings: Settings, arguments: argparse.Namespace) -> Row:
    """Return the one parked event meant; the event alone is enough if it is one."""
    if arguments.event is None:
        raise Cannot("Say which: --event ID, as `qingxin parked list` shows it.")
    wanted = str(arguments.event)
    found = [row for row in _parked(settings, arguments) if row["event_id"] == wanted]
    if not found:
        message = f"{wanted} is not parked."
        raise Cannot(message)
    if len(found) > 1:
        names = ", ".join(f"{row['consumed_by']}/{row['consumer']}" for row in found)
        message = f"{wanted} is parked for {names}: say --service and --consumer."
        raise Cannot(message)
    return found[0]


def _services(arguments: argparse.Namespace) -> tuple[str, ...]:
    return (arguments.service,) if arguments.service else tuple(SERVICES)


def _line(row: Row) -> str:
    fault = row["error_code"] or row["reason"]
    return (
        f"{row['consumed_by']}/{row['consumer']}  {row['event_id']}  {row['type']}"
        f" ({row['service']}:{row['seq']})  {fault}  tried {row['attempts']}"
    )
