"""The checker: what was answered against what was recorded, each promise a function."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.operation import RefillOrdered
from libs.events.event import Recorded, Source
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from tests.chaos.broken import Broken, Check
from tests.chaos.client import REPEAT_DIFFERS
from tests.chaos.facts import SERVED, Facts, answered
from tests.chaos.figures import figures, told
from tests.chaos.history import Op
from tests.chaos.owners import owned
from tests.chaos.sheets import imported


def checked(facts: Facts, ops: Sequence[Op]) -> list[Broken]:
    """Return every broken promise, kind by kind."""
    return [found for check in CHECKS for found in check(facts, ops)]


def lost(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """What was acknowledged is in the journal, where its answer said."""
    known = _commands(facts)
    for op in ops:
        if op.phase != "ok" or op.kind == "import":
            continue
        if op.command_id not in known[op.service]:
            yield Broken("lost", f"{op.kind} {op.key}")
            continue
        place = op.answer.get("position")
        if place and place["sequence"] not in known[op.service][op.command_id]:
            yield Broken("lost", f"{op.kind} {op.key} is not at {place['sequence']}")


def invented(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """No act is recorded that no client sent, nor one that was refused.

    A refill is no client's: whoever mends a lost topic orders it.
    """
    sent = {(op.service, op.command_id): op for op in ops}
    for service, rows in facts.journals.items():
        for row in rows:
            op = sent.get((service, row.command_id))
            is_act = row.source is Source.DOOR and row.type != RefillOrdered.name
            if is_act and op is None:
                yield Broken("invented", f"{service} {row.seq} {row.type}")
            if op is not None and op.phase == "fail":
                yield Broken("invented", f"{op.kind} {op.key}: refused, {op.code}")


def repeated(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """The same key gets the first answer."""
    del facts
    for op in ops:
        if op.code == REPEAT_DIFFERS:
            yield Broken("doubled", f"{op.kind} {op.key}: another answer")


def doubled(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """One fact, one event: by unique amount, payment, and cause."""
    del ops
    for service, rows in facts.journals.items():
        causes = Counter(
            (row.causation_id, row.type, row.stream, row.data)
            for row in rows
            if row.source is Source.REACTION
        )
        for (cause, name, *_), count in causes.items():
            if count > 1:
                yield Broken("doubled", f"{service} {name} of {cause}: {count}")
    paid = Counter(_payments(facts.journals["enforcement"]))
    registered = Counter(_amounts(facts.journals["intake"]))
    for value, count in (*paid.items(), *registered.items()):
        if count > 1:
            yield Broken("doubled", f"{value}: {count} times")


def _payments(rows: Sequence[Recorded]) -> Iterator[int]:
    for row in rows:
        if isinstance(row.event, WagesPaid) and not row.event.history:
            yield row.event.amount.minor


def _amounts(rows: Sequence[Recorded]) -> Iterator[str]:
    for row in rows:
        if row.type == "ComplaintReceived":
            said: Any = row.event
            claimed = said.workers[0].claimed
            # A canary names no amount.
            if claimed is not None:
                yield f"registered {claimed.minor}"


def ordered(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """The topic holds the journal's rows, dense and in order, repeats held to it."""
    del ops
    for service, copies in facts.topics.items():
        first: dict[tuple[int, int], Any] = {}
        last = [-1] * PARTITIONS
        for copy in copies:
            at = (copy.partition, copy.index)
            if first.setdefault(at, copy.recorded.id) != copy.recorded.id:
                yield Broken("reordered", f"{service} {at}: two events")
            # What stands before its turn has to come again in its turn.
            last[copy.partition] += copy.index == last[copy.partition] + 1
        for partition, index in first:
            if index > last[partition]:
                yield Broken("skipped", f"{service} {(partition, index)}: no turn")
        verdict = facts.verdicts[service]
        if not verdict.agrees:
            yield Broken("verify", f"{service}: {verdict.wrong}")


def skipped(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Every consumer stands at the end of every partition it reads."""
    del ops
    ends: dict[tuple[str, int], int] = defaultdict(lambda: -1)
    for service, rows in facts.journals.items():
        for row in rows:
            ends[Topics("").events(service), partition_of(row.partition_key)] += 1
    for service, positions in facts.positions.items():
        for row in positions:
            at, end = row["idx"], ends[row["topic"], row["partition"]]
            if at != end and "@" not in row["consumer"]:
                where = f"{row['consumer']} {row['topic']}/{row['partition']}"
                yield Broken("skipped", f"{service} {where} at {at} of {end}")
        for row in facts.parked[service]:
            named = f"{row['consumer']} {row['event_id']} {row['error_code']}"
            yield Broken("parked", f"{service} {named}")
    if facts.unbuilt:
        yield Broken("skipped", f"no view can be rebuilt: {facts.unbuilt}")


def outcomes(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Every reaction has decided on every event it looks at, and said so once."""
    del ops
    for name, service in SERVED.items():
        kept = {(row["reaction"], row["event_id"]) for row in facts.outcomes[name]}
        for heard in service.hears:
            for row in facts.journals[heard]:
                for reaction in service.reactions:
                    if reaction.fires(row) and (reaction.name, row.id) not in kept:
                        yield Broken("skipped", f"{name}: {reaction.name} of {row.id}")


def serials(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Numbers of a series have no gap and none twice."""
    del ops
    series: dict[str, list[int]] = defaultdict(list)
    for service, rows in facts.journals.items():
        for row in rows:
            if row.serial:
                area, day, kind, number = row.serial.split("-")
                series[f"{service} {area} {day[:4]} {kind}"].append(int(number))
    for name, numbers in series.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield Broken("serial-gap", name)


def _commands(facts: Facts) -> dict[str, dict[Any, range]]:
    return {
        service: {row["id"]: answered(row) for row in rows}
        for service, rows in facts.commands.items()
    }


CHECKS: tuple[Check, ...] = (
    lost,
    imported,
    invented,
    repeated,
    doubled,
    ordered,
    skipped,
    outcomes,
    serials,
    owned,
    figures,
    told,
)
