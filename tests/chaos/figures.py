"""Figures: what is counted and shown, against the facts in the journals."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.intake import ClueRegistered
from tests.chaos.broken import Broken
from tests.chaos.facts import Facts
from tests.chaos.history import Op

REGISTERED, PAID = "S06", "S18-amount"
ASKED = (REGISTERED, PAID)
"""Figures that officers are told, of everything until now."""
RUNNING = f"{REGISTERED} up to the running week"
"""The same, from the table of a campaign's week that is still open; if there is one."""
ALL = "*"


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
    for op in ops:
        if op.code == DIFFERS:
            yield Broken("figure", f"{op.path}: the live view was not its events'")


DIFFERS = "rebuild-differs"
"""The code of a rebuild that found the live view to be another."""


def told(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """The figures that officers are told count the journals' facts, each once."""
    del ops
    expected = _expected(facts)
    for name in {*ASKED, *facts.told}:
        said = facts.told.get(name)
        if said != expected[name]:
            yield Broken("figure", f"{name}: told {said}, of {expected[name]}")


def _expected(facts: Facts) -> Mapping[str, int]:
    registered = {
        row.event.case_id
        for row in facts.journals["intake"]
        if isinstance(row.event, ClueRegistered) and not row.event.history
    }
    paid = sum(
        row.event.amount.minor
        for row in facts.journals["enforcement"]
        if isinstance(row.event, WagesPaid) and not row.event.history
    )
    return {REGISTERED: len(registered), RUNNING: len(registered), PAID: paid}
