"""The registers of channels: what an item is, its counts, and the sheets of answers."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from libs.events.contracts.channels import (
    Batch,
    CallBackRecorded,
    ClueUrged,
    JointReceptionHeld,
)
from libs.events.views.testing import given, recorded, told
from libs.organisation import load_organisation
from services.reporting.console.answer_sheets import (
    VALUES,
    Naming,
    answer_sheet,
    layout,
    layouts,
)
from services.reporting.console.forms import Typed
from services.reporting.console.intake_form import read
from services.reporting.console.routes.channels import batches_of
from services.reporting.reading.channels import CHANNELS, ItemLine, Sums
from services.reporting.views import channel_item, reception
from services.routing.seeding import books
from tests.unit.channel_scenes import ANSWERED, NOT_REACHED
from tests.unit.matters import CASE, CLUE, ONE
from tests.unit.test_work_orders import CLASSIFIED, REDISPATCHED

STREAM = f"clue-{CLUE}"
URGED = ClueUrged(clue_id=CLUE, case_id=CASE)
ORGANISATION = load_organisation(books()["organisation"]["organisation.toml"])
ZH = Naming(ORGANISATION)


def called_back(result: str) -> CallBackRecorded:
    said = {"clue_id": CLUE, "case_id": CASE, "result": result}
    return CallBackRecorded.model_validate(said)


def folded(*events: Any) -> channel_item.ChannelItemRow:
    """Return the row after these, the same however the pages fall."""
    row = None
    for one in recorded(told(STREAM, *events)):
        row = channel_item.evolve(row, one)
    assert row is not None
    given(told(STREAM, *events)).project(channel_item.VIEW).then({STREAM: row})
    return row


def test_urgings_are_counted_and_an_answer_settles_those_that_wait() -> None:
    waiting = folded(CLASSIFIED, URGED, URGED)
    assert (waiting.urged, waiting.urgings) == (2, 2)
    answered = folded(CLASSIFIED, URGED, URGED, ANSWERED)
    assert (answered.urged, answered.urgings) == (0, 2)
    assert (answered.answer_form, answered.conclusion) == ("platform", "paid")


def test_an_order_that_came_again_is_unanswered_again() -> None:
    """Domain §5.9, 14."""
    again = folded(CLASSIFIED, ANSWERED, REDISPATCHED)
    assert (again.redispatched, again.answered_at) == (1, None)
    assert (again.order_kind, again.conclusion) == ("help", None)


def test_the_first_satisfaction_stands_whatever_is_found_later() -> None:
    """S26."""
    row = folded(
        CLASSIFIED,
        ANSWERED,
        NOT_REACHED,
        called_back("unsatisfied"),
        called_back("satisfied"),
    )
    assert (row.satisfaction, row.called_back) == ("unsatisfied", "satisfied")
    assert row.call_backs == 3


def test_satisfaction_is_of_those_who_said_so_and_rounded_half_up() -> None:
    """S26: satisfied ÷ (satisfied + unsatisfied); called back ÷ answered."""
    sums = Sums(9, 8, 0, 0, 4, 1, 2, 0)
    assert (sums.satisfaction, sums.call_back_rate) == ("33.3", "50.0")
    assert Sums(9, 0, 0, 0, 0, 0, 0, 0).satisfaction is None


def test_a_reception_counts_batches_people_and_speakers() -> None:
    """S25."""
    held = JointReceptionHeld(
        reception_id=ONE,
        unit="PO",
        held_on=date(2023, 11, 13),
        led=True,
        batches=(
            Batch(people=38, representatives=5, clue_id=CLUE),
            Batch(people=2, representatives=1),
        ),
    )
    row = reception.ReceptionRow(
        ONE, "PO", date(2023, 11, 13), led=True, batches=2, people=40,
        representatives=6, clues=(CLUE,),
    )  # fmt: skip
    stream = f"reception-{ONE}"
    given(told(stream, held)).project(reception.VIEW).then({stream: row})


def line(**changed: Any) -> ItemLine:
    blank: dict[str, Any] = dict.fromkeys(ItemLine.__dataclass_fields__)
    said = {**blank, "clue_id": CLUE, "case_id": CASE, "episode": 1, "urged": 0}
    return ItemLine(**{**said, "urgings": 0, "redispatched": 0, **changed})


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_sheet_of_answers_has_the_platforms_columns(channel: str) -> None:
    at = datetime(2023, 11, 14, 1, 30, tzinfo=UTC)
    answered = line(
        channel_number="=2+5",
        unit="LI",
        answer_form="platform",
        conclusion="paid",
        answered_at=at,
    )
    content = answer_sheet(channel, [answered, line(channel_number="未答复")], ZH)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    heads, only = sheet.iter_rows()
    said = layouts()[channel]
    assert [cell.value for cell in heads] == [head for head, _ in said.columns]
    row = dict(zip((value for _, value in said.columns), only, strict=True))
    # What begins with = is text, a unit has its name, a time is Shanghai's.
    assert (row["number"].value, row["number"].data_type) == ("=2+5", "s")
    assert row["unit"].value == ORGANISATION.unit("LI").name_zh
    assert row["answered_at"].value == datetime(2023, 11, 14, 9, 30)  # noqa: DTZ001
    assert row["answer_form"].value == "平台"


def test_a_sheet_of_answers_can_name_no_person() -> None:
    """Personal data never leaves the vault: there is no such value to name."""
    with pytest.raises(ValueError, match="reporter"):
        layout({"sheet": "x", "columns": [["姓名", "reporter"]]})
    persons = {"person_id", "reporter_id", "name", "phone", "id_number", "summary"}
    assert not persons & {*VALUES, *ItemLine.__dataclass_fields__}


def typed(**fields: str) -> Typed:
    employer = {"employer": "演示厂", "worker.name": "演示工一"}
    return Typed({n: (v,) for n, v in {**employer, **fields}.items()}, {})


def test_the_register_form_says_what_the_channel_asks() -> None:
    order = typed(channel="12345", order_kind="help", received_on="2023-11-13")
    assert read(order).body["item"] == {
        "item": "work_order",
        "order_kind": "help",
        "received_on": "2023-11-13",
    }
    visit = typed(channel="petition", petition_form="visit", people="many")
    assert read(visit).wrong == {"people": "count", "received_on": "missing"}
    assert "item" not in read(typed(channel="window", received_on="2023-11-13")).body


def test_batches_are_read_row_by_row() -> None:
    rows: dict[str, tuple[str, ...]] = {
        "people": ("38", "", "2"),
        "representatives": ("5", "", ""),
    }
    assert batches_of(Typed(rows, {})) == [
        {"people": 38, "representatives": 5},
        {"people": 2, "representatives": 1},
    ]
    assert batches_of(Typed({"people": ("x",), "representatives": ("1",)}, {})) is None
