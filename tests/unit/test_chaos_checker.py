"""The checker finds nothing in a true history, and each kind of lie by its name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.events.contracts.operation import RefillOrdered
from libs.events.event import Recorded, Source
from tests.chaos.checker import checked
from tests.chaos.client import REPEAT_DIFFERS
from tests.chaos.figures import DIFFERS, PAID, REGISTERED, RUNNING
from tests.chaos.true_world import CASE, SERIAL, World, keep, recorded, world


def test_a_true_history_breaks_no_promise() -> None:
    made = world()
    assert checked(made.facts, made.ops) == []


def test_the_mending_of_a_lost_topic_is_nobody_s_act() -> None:
    made = world()
    order = recorded(1, "reporting", RefillOrdered(records=7), Source.DOOR)
    keep(made, "reporting", [order])
    made.ops.pop()
    assert checked(made.facts, made.ops) == []


def forgets(made: World) -> None:
    made.facts.commands["enforcement"].pop(1)


def moves_away(made: World) -> None:
    made.ops[1].answer = {"position": {"sequence": 9}}


def was_refused(made: World) -> None:
    made.ops[1].phase = "fail"


def nobody_asked(made: World) -> None:
    made.ops.pop()


def answers_otherwise(made: World) -> None:
    made.ops[1].code = REPEAT_DIFFERS


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
    rows[0] = replace(rows[0], serial=SERIAL.format(9))


def shows_another_owner(made: World) -> None:
    made.facts.cases[0] = {"case_id": CASE, "unit": "DO"}


def shows_no_owner(made: World) -> None:
    made.facts.cases.pop(0)


def shows_a_case_twice(made: World) -> None:
    made.facts.cases.append(made.facts.cases[0])


def opens_a_case_twice(made: World) -> None:
    again(made.facts.journals["routing"], 0)


def opens_no_case(made: World) -> None:
    made.facts.journals["routing"].pop(1)


def enforcement_never_heard(made: World) -> None:
    made.facts.journals["enforcement"].pop(0)


def enforcement_hears_twice(made: World) -> None:
    again(made.facts.journals["enforcement"], 0)


def enforcement_has_another_owner(made: World) -> None:
    rows = made.facts.journals["enforcement"]
    other = rows[0].fact().model_copy(update={"unit": "DO"})
    rows[0] = replace(rows[0], event=other)


def enforcement_never_heard_of_a_row(made: World) -> None:
    made.facts.journals["enforcement"].pop()


def enforcement_opens_a_rows_claim_twice(made: World) -> None:
    again(made.facts.journals["enforcement"], 2)


def again(rows: list[Recorded], n: int) -> None:
    """Let a row be recorded twice, with another cause each time."""
    rows.append(replace(rows[n], id=UUID(int=79), causation_id=UUID(int=80)))


def loses_a_row(made: World) -> None:
    made.facts.journals["intake"].pop()


def loses_a_row_and_doubles_another(made: World) -> None:
    rows = made.facts.journals["intake"]
    rows[2] = rows[1]


def takes_in_half_a_sheet(made: World) -> None:
    made.facts.journals["intake"].pop()
    made.ops[0].phase = "unknown"


def takes_in_what_it_refused(made: World) -> None:
    made.ops[0].phase = "fail"


def takes_in_a_sheet_of_nobody(made: World) -> None:
    made.ops.pop(0)


def answers_with_another_import(made: World) -> None:
    made.ops[0].answer = {"import_id": str(UUID(int=81))}


def counts_no_payment(made: World) -> None:
    made.facts.paid = []


def counts_twice(made: World) -> None:
    made.facts.paid = [*made.facts.paid, *made.facts.paid]


def tells_a_clue_too_many(made: World) -> None:
    made.facts.told[REGISTERED] += 1


def tells_less_of_the_week(made: World) -> None:
    made.facts.told[RUNNING] -= 1


def tells_another_sum(made: World) -> None:
    made.facts.told[PAID] *= 2


def tells_no_figure(made: World) -> None:
    made.facts.told = {}


def has_shown_another_view(made: World) -> None:
    made.ops[1].code = DIFFERS


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
    (shows_a_case_twice, "owner"),
    (opens_a_case_twice, "owner"),
    (opens_no_case, "owner"),
    (enforcement_never_heard, "owner"),
    (enforcement_hears_twice, "owner"),
    (enforcement_has_another_owner, "owner"),
    (enforcement_never_heard_of_a_row, "owner"),
    (enforcement_opens_a_rows_claim_twice, "owner"),
    (loses_a_row, "lost"),
    (loses_a_row_and_doubles_another, "lost"),
    (loses_a_row_and_doubles_another, "doubled"),
    (takes_in_half_a_sheet, "lost"),
    (takes_in_what_it_refused, "invented"),
    (takes_in_a_sheet_of_nobody, "invented"),
    (answers_with_another_import, "invented"),
    (counts_no_payment, "figure"),
    (counts_twice, "figure"),
    (tells_a_clue_too_many, "figure"),
    (tells_less_of_the_week, "figure"),
    (tells_another_sum, "figure"),
    (tells_no_figure, "figure"),
    (has_shown_another_view, "figure"),
)


@pytest.mark.parametrize(("lie", "kind"), LIES)
def test_each_lie_is_found(lie: Any, kind: str) -> None:
    made = world()
    lie(made)
    assert kind in {broken.kind for broken in checked(made.facts, made.ops)}
