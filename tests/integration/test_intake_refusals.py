"""What cannot be right is refused by its place, and leaves nothing behind."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.intake_forms import EMPLOYER, ID_1, complaint, worker
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"channel": "pigeon"}, "/channel", "literal-error"),
    ({"occurred_at": "2031-01-01T00:00:00Z"}, "/occurred_at", "time-out-of-range"),
    ({"occurred_at": "1979-12-31T00:00:00Z"}, "/occurred_at", "time-out-of-range"),
    ({"occurred_at": "2023-11-10T00:00:00"}, "/occurred_at", "time-zone"),
    (
        {"workers": [worker(claimed={"minor": -1})]},
        "/workers/0/claimed/minor",
        "greater-than-equal",
    ),
    (
        {"workers": [worker(claimed={"minor": 1.5})]},
        "/workers/0/claimed/minor",
        "int-type",
    ),
    (
        {"workers": [worker(claimed={"minor": 10**15})]},
        "/workers/0/claimed/minor",
        "less-than-equal",
    ),
    (
        {"workers": [worker(id_number={"number": "310117189813010012"})]},
        "/workers/0/id_number/number",
        "id-number-birth-date",
    ),
    (
        {"workers": [worker(id_number={"number": "310117189801010013"})]},
        "/workers/0/id_number/number",
        "id-number-check",
    ),
    ({"workers": [worker(phone="12345")]}, "/workers/0/phone", "phone-shape"),
    ({"workers": [worker(), worker()]}, "/workers/1/id_number", "worker-repeated"),
    (
        {"workers": [worker(months_from="2023-12")]},
        "/workers/0/months_from",
        "month-in-future",
    ),
    (
        {"workers": [worker(months_from="2023-10", months_to="2023-07")]},
        "/workers/0/months_to",
        "months-out-of-order",
    ),
    ({"workers": []}, "/reporter", "reporter-missing"),
    ({"reporter": {"worker": 7}}, "/reporter/worker", "worker-unknown"),
    ({"reference": "电话13800000001"}, "/reference", "personal-number"),
    (
        {"employer": {**EMPLOYER, "name": f"张三{ID_1}"}},
        "/employer/name",
        "personal-number",
    ),
    (
        {"employer": {**EMPLOYER, "credit_code": "12"}},
        "/employer/credit_code",
        "credit-code-shape",
    ),
    ({"employer": {**EMPLOYER, "name": "  "}}, "/employer/name", "blank"),
    (
        {"employer": {**EMPLOYER, "name": "甲\n乙"}},
        "/employer/name",
        "control-character",
    ),
]


@pytest.mark.parametrize(("changed", "pointer", "code"), REFUSED)
async def test_what_cannot_be_right_is_named_by_its_place(
    scene: Scene, changed: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await scene.post("/v1/complaints", complaint(**changed), by="lc-01")
    assert answer.status_code == 422, answer.text
    found = [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert (pointer, code) in found
    assert ID_1 not in answer.text
    assert await scene.events() == []
    assert await scene.pool.fetchval("SELECT count(*) FROM vault.person") == 0
