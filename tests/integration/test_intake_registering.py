"""A complaint through the real door into a real database: receipt, codes, refusals."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases

# People who cannot exist: born in 1898 and 1899.
ID_1, ID_2 = "310117189801010012", "310117189912310026"


@pytest.fixture
async def scene(
    fresh_database: FreshDatabases, tmp_path: Path
) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


def complaint(**changed: Any) -> dict[str, Any]:
    return {
        "channel": "window",
        "employer": {
            "name": "演示甲餐饮有限公司（虚构）",
            "credit_code": "91310199MADEM0011W",
        },
        "workers": [
            {
                "name": "演示工001",
                "id_number": {"number": ID_1},
                "phone": "13800000001",
                "claimed": {"minor": 120000000},
                "months_from": "2023-07",
                "months_to": "2023-10",
                "rural_migrant": "yes",
            },
            {"name": "𠮷田😀", "id_number": {"number": ID_2}, "claimed": None},
        ],
        "summary": "老板拖欠工资三个月",
        "reference": "演示S1",
        **changed,
    }


async def test_a_complaint_is_received_registered_and_receipted(scene: Scene) -> None:
    answer = await scene.post("/v1/complaints", complaint(), by="lc-01")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["receipt"] == "310199001-20231113-XS-000001"
    assert said["first_asked_unit"] == "LC"
    assert len(said["claims"]) == 2
    assert said["position"]["version"] == 3
    assert answer.headers["etag"] == '"v3"'
    expected = ["ComplaintReceived", "ClueRegistered", "ReceiptIssued"]
    assert await scene.events() == expected


async def test_a_repeat_gets_the_same_receipt_and_codes(scene: Scene) -> None:
    key = str(uuid4())
    first = await scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
    again = await scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
    assert again.json() == {**first.json(), "repeated": True}
    assert len(await scene.events()) == 3
    assert await scene.pool.fetchval("SELECT count(*) FROM vault.person") == 2
