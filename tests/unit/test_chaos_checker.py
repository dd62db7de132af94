"""The checker finds nothing in a true history, and each kind of lie by its name."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from libs.events.audit.verify import Verdict
from libs.events.contracts.enforcement import CaseFactNoted, WagesPaid
from libs.events.contracts.operation import RefillOrdered
from libs.events.contracts.parts import Proof
from libs.events.contracts.routing import CaseOpened
from libs.events.event import Event, Recorded, Source
from libs.events.stream.envelope import Copy
from libs.events.stream.topics import Topics, partition_of
from libs.money import Money
from tests.chaos.checker import checked
from tests.chaos.facts import SERVED, Facts
from tests.chaos.history import Op
from tests.unit.test_stream_envelope import ROW

CASE, PAYMENT = UUID(int=20), UUID(int=30)
OPENED = CaseOpened(
    case_id=CASE,
    clue_id=UUID(int=21),
    first_asked_unit="LI",
    channel="window",
    employer_id=UUID(int=22),
)
NOTED = CaseFactNoted(case_id=CASE, fact="opened", unit="LI", cause=UUID(int=6))
PAID = WagesPaid(
    claim_id=UUID(int=23),
    case_id=CASE,
    payment_id=PAYMENT,
    person_id=UUID(int=24),
    amount=Money(minor=1_000_001, currency="CNY"),
    payer="employer",
    proof=Proof(kind="bank-receipt"),
    recorder_id=UUID(int=25),
)
SERIAL = "310199001-20261128-XS-00000{}"


def row(seq: int, service: str, event: Event, source: Source) -> Recorded:
    return replace(
        ROW,
        seq=seq,
        id=UUID(int=100 * len(service) + seq),
        service=service,
        type=event.name,
        event=event,
        source=source,
        serial=SERIAL.format(seq) if service == "routing" else None,
        causation_id=UUID(int=6) if source is Source.REACTION else None,
        command_id=UUID(int=1000 * len(service) + seq),
    )


@dataclass
class World:
    """A small true history: a case opened, noted by enforcement, and paid once."""

    facts: Facts = field(default_factory=Facts)
    ops: list[Op] = field(default_factory=list)


def world() -> World:
    made = World()
    journals = {
        "intake": [],
        "routing": [row(1, "routing", OPENED, Source.DOOR)],
        "enforcement": [
            row(1, "enforcement", NOTED, Source.REACTION),
            row(2, "enforcement", PAID, Source.DOOR),
        ],
        "reporting": [],
    }
    for service, rows in journals.items():
        keep(made, service, rows)
    made.facts.outcomes = {
        name: [
            {"reaction": reaction.name, "event_id": heard.id}
            for rows in journals.values()
            for heard in rows
            for reaction in service.reactions
            if heard.service in service.hears and reaction.fires(heard)
        ]
        for name, service in SERVED.items()
    }
    made.facts.cases = [{"case_id": CASE, "unit": "LI"}]
    made.facts.paid = [{"payment_id": PAYMENT, "minor": 1_000_001}]
    return made


def keep(made: World, service: str, rows: list[Recorded]) -> None:
    topic, partition = Topics("").events(service), partition_of(ROW.partition_key)
    facts = made.facts
    facts.journals[service] = rows
    facts.topics[service] = [
        Copy(each, n, topic, partition, n) for n, each in enumerate(rows)
    ]
    facts.commands[service] = [
        {"id": r.command_id, "first_seq": r.seq, "last_seq": r.seq} for r in rows
    ]
    facts.verdicts[service] = Verdict(service, topic, len(rows), len(rows), 0)
    facts.parked[service] = []
    facts.positions[service] = [
        {"consumer": "c", "topic": topic, "partition": partition, "idx": len(rows) - 1}
    ]
    for each in rows:
        if each.source is Source.DOOR:
            op = Op("act", "li-01", service, "/v1/x", command_id=each.command_id)
            op.phase, op.answer = "ok", {"position": {"sequence": each.seq}}
            made.ops.append(op)


def test_a_true_history_breaks_no_promise() -> None:
    made = world()
    assert checked(made.facts, made.ops) == []


def test_the_mending_of_a_lost_topic_is_nobody_s_act() -> None:
    made = world()
    keep(
        made, "reporting", [row(1, "reporting", RefillOrdered(records=7), Source.DOOR)]
    )
    made.ops.pop()
    assert checked(made.facts, made.ops) == []


def forgets(made: World) -> None:
    made.facts.commands["enforcement"].pop()


def moves_away(made: World) -> None:
    made.ops[0].answer = {"position": {"sequence": 9}}


def was_refused(made: World) -> None:
    made.ops[0].phase = "fail"


def nobody_asked(made: World) -> None:
    made.ops.pop()


def answers_otherwise(made: World) -> None:
    made.ops[0].code = "repeat-differs"


def reacts_twice(made: World) -> None:
    rows = made.facts.journals["enforcement"]
    rows.append(replace(rows[0], seq=3, id=UUID(int=77)))


def pays_twice(made: World) -> None:
    rows = made.facts.journals["enforcement"]
    rows.append(replace(rows[1], seq=3, id=UUID(int=77)))


def tells_another(made: World) -> None:
    copies = made.facts.topics["routing"]
    other = replace(copies[0].recorded, id=UUID(int=78))
    copies.append(replace(copies[0], recorded=other, offset=5))


def leaves_a_hole(made: World) -> None:
    copies = made.facts.topics["enforcement"]
    copies[1] = replace(copies[1], index=2)


def differs(made: World) -> None:
    verdict = made.facts.verdicts["routing"]
    made.facts.verdicts["routing"] = replace(verdict, wrong="a row differs")


def stands_behind(made: World) -> None:
    made.facts.positions["routing"][0]["idx"] = -1


def parks(made: World) -> None:
    made.facts.parked["reporting"] = [
        {"consumer": "c", "event_id": UUID(int=1), "error_code": "KeyError"}
    ]


def forgets_an_outcome(made: World) -> None:
    made.facts.outcomes["enforcement"].pop()


def leaves_out_a_number(made: World) -> None:
    rows = made.facts.journals["routing"]
    rows[0] = replace(rows[0], serial=SERIAL.format(2))


def shows_another_owner(made: World) -> None:
    made.facts.cases = [{"case_id": CASE, "unit": "DO"}]


def shows_no_owner(made: World) -> None:
    made.facts.cases = []


def counts_no_payment(made: World) -> None:
    made.facts.paid = []


def counts_twice(made: World) -> None:
    made.facts.paid = [*made.facts.paid, *made.facts.paid]


LIES: tuple[tuple[Callable[[World], None], str], ...] = (
    (forgets, "lost"),
    (moves_away, "lost"),
    (was_refused, "invented"),
    (nobody_asked, "invented"),
    (answers_otherwise, "doubled"),
    (reacts_twice, "doubled"),
    (pays_twice, "doubled"),
    (tells_another, "reordered"),
    (leaves_a_hole, "skipped"),
    (differs, "verify"),
    (stands_behind, "skipped"),
    (parks, "parked"),
    (forgets_an_outcome, "skipped"),
    (leaves_out_a_number, "serial-gap"),
    (shows_another_owner, "owner"),
    (shows_no_owner, "owner"),
    (counts_no_payment, "figure"),
    (counts_twice, "figure"),
)


@pytest.mark.parametrize(("lie", "kind"), LIES)
def test_each_lie_is_found(lie: Any, kind: str) -> None:
    made = world()
    lie(made)
    assert kind in {broken.kind for broken in checked(made.facts, made.ops)}
