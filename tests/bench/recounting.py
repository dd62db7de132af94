"""How long an amended calendar takes: `python -m tests.bench.recounting [DEADLINES]`.

Pure: each running deadline is folded, counted by the amended calendar and said as an
event, in two processes; what a journal adds to it, the bench's page of appends has.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time
from uuid import uuid4

from libs.calendar import year_text
from libs.events.contracts.clocks import DeadlineSet
from libs.events.decider import States
from libs.events.testing import stamp
from libs.ids import named
from services.routing import deadline, recomputing, rulebook
from services.routing.deadline import Heard, started
from tests.unit.matters import CASE, adopted
from tests.unit.test_recomputing import amended

DEADLINES = 1_000_000
PROCESSES = 2
CLOCKS = ("CLK-02", "CLK-05", "CLK-72")
FIRST = datetime(2023, 11, 10, 1, tzinfo=UTC)
DAYS = 92


def books() -> tuple[rulebook.Rulebook, rulebook.Rulebook, rulebook.Rulebook]:
    """Return the clocks, the calendar, and the amended calendar."""
    files = {**adopted("calendar").files, "2024.toml": year_text(amended())}
    again = adopted("calendar").model_copy(update={"files": files})
    said = (adopted("clocks"), adopted("calendar"), again)
    clocks, before, after = (rulebook.KIND.fold([one]) for one in said)
    return clocks, before, after


def begun(clocks: rulebook.Rulebook, calendar: rulebook.Rulebook) -> list[DeadlineSet]:
    """Return deadlines of three clocks that began on each day of the campaign."""
    rules = {rule.id: rule for rule in clocks.clocks}
    facts = [
        started(rules[clock], _heard(day), calendar, named("bench", clock, day))
        for clock in CLOCKS
        for day in range(DAYS)
    ]
    # As read from a journal: their days are shared with nothing.
    return [DeadlineSet.model_validate_json(one.model_dump_json()) for one in facts]


def _heard(day: int) -> Heard:
    at = FIRST + timedelta(days=day)
    return Heard(uuid4(), "CaseFiled", at, CASE, "DB", {})


def counted(deadlines: int) -> float:
    """Count so many deadlines anew; return the seconds of processor that it took."""
    clocks, before, after = books()
    facts = begun(clocks, before)
    (rule,) = recomputing.RULES
    known = {rulebook.CLOCKS.stream: clocks, rulebook.CALENDAR.stream: after}
    by = stamp()
    start = process_time()
    for fact in _again(facts, deadlines):
        command = recomputing.RecomputeDeadline(deadline_id=fact.deadline_id)
        state = deadline.KIND.fold([fact])
        stream = deadline.KIND.stream(fact.deadline_id)
        said = rule.decide(command, by, States({stream: state, **known}))
        if len(said) != 1:
            raise AssertionError(fact.deadline_id)
    return process_time() - start


def _again(facts: list[DeadlineSet], deadlines: int) -> Iterator[DeadlineSet]:
    for number in range(deadlines):
        yield facts[number % len(facts)]


def main(arguments: list[str]) -> int:
    """Print how long they took, in two processes beside each other."""
    deadlines = int(arguments[0]) if arguments else DEADLINES
    start = perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        busy = sum(pool.map(counted, [deadlines // PROCESSES] * PROCESSES))
    seconds = perf_counter() - start
    rate = deadlines / seconds
    sys.stdout.write(
        f"{deadlines:,} deadlines recomputed in {seconds:.1f} s"
        f" by {PROCESSES} processes: {rate:,.0f} a second,"
        f" {busy / deadlines * 1e6:.0f} µs of processor each\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
