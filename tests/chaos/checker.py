"""The checker: what was answered against what was recorded, each promise a function."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.events.contracts.enforcement import CaseFactNoted, WagesPaid
from libs.events.contracts.operation import RefillOrdered
from libs.events.contracts.routing import (
    CaseAssigned,
    CaseOpened,
    CaseTransferred,
    OwnershipRuled,
)
from libs.events.event import Recorded, Source
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from tests.chaos.facts import SERVED, Facts, answered
from tests.chaos.history import Op


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept: which kind, and where."""

    kind: str
    where: str


Check = Callable[[Facts, Sequence[Op]], Iterator[Broken]]


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


def imported(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Each row of each sheet that was taken in is there, once."""
    rows = [r for r in facts.journals["intake"] if r.type == "HistoryImported"]
    wanted = sum(op.minor for op in ops if op.kind == "import" and op.phase == "ok")
    most = sum(op.minor for op in ops if op.kind == "import")
    if not wanted <= len(rows) <= most:
        yield Broken("lost", f"{len(rows)} imported rows of {wanted} to {most}")


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
        if op.code == "repeat-differs":
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


def owned(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Each case has one owner, the same for all who know of it."""
    del ops
    owner = dict(filter(None, map(_owner, facts.journals["routing"])))
    known = dict(filter(None, map(_noted, facts.journals["enforcement"])))
    shown = {row["case_id"]: row["unit"] for row in facts.cases}
    for case, unit in owner.items():
        if shown.get(case) != unit:
            yield Broken("owner", f"{case}: {unit}, shown {shown.get(case)}")
        if known.get(case, unit) != unit:
            yield Broken("owner", f"{case}: {unit}, enforcement says {known[case]}")
    for row in facts.journals["intake"]:
        opens = row.type in {"ClueRegistered", "HistoryImported"}
        if opens and getattr(row.event, "case_id", None) not in owner:
            yield Broken("owner", f"{row.stream}: nobody's")


def _owner(row: Recorded) -> tuple[UUID, str] | None:
    match row.event:
        case CaseOpened():
            return row.event.case_id, row.event.first_asked_unit
        case CaseAssigned():
            return row.event.case_id, row.event.unit
        case CaseTransferred() | OwnershipRuled():
            return row.event.case_id, row.event.to_unit
        case _:
            return None


def _noted(row: Recorded) -> tuple[UUID, str | None] | None:
    said = row.event
    if isinstance(said, CaseFactNoted) and said.fact in {"opened", "owned"}:
        return said.case_id, said.unit
    return None


def figures(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """What is counted is what was paid; rebuilt views are those that were live."""
    paid = Counter(
        str(row.event.payment_id)
        for row in facts.journals["enforcement"]
        if isinstance(row.event, WagesPaid)
    )
    counted = Counter(str(row["payment_id"]) for row in facts.paid)
    for payment in (paid - counted) | (counted - paid):
        yield Broken("figure", f"payment {payment}: {counted[payment]} in the register")
    total = sum(row["minor"] for row in facts.paid)
    asked = [op for op in ops if op.kind == "pay" and op.phase == "ok"]
    if total < sum(op.minor for op in asked):
        yield Broken("figure", f"{total} paid, more was acknowledged")
    for one in facts.rebuilt:
        if not one.compared.same:
            where = ", ".join(one.compared.different[:3])
            yield Broken("figure", f"view {one.name} differs from its events: {where}")


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
)
