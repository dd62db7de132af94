"""What was held has to be read again, and be the same; nothing held is no proof."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.chaos.figures import PAID, REGISTERED, RUNNING
from tests.chaos.history import lines
from tests.chaos.reader import LEDGER, Reader
from tests.chaos.standing import client, saying

AT = datetime(2026, 11, 29, 20, tzinfo=UTC)
FINAL: dict[str, Any] = {"items": [1], "complete_up_to": AT.isoformat(), "next": "a"}
LATER: dict[str, Any] = FINAL | {"items": [1, 2]}
EARLY: dict[str, Any] = FINAL | {"complete_up_to": None}


async def test_it_says_which_part_has_changed(tmp_path: Path) -> None:
    asking = client(
        tmp_path / "h.jsonl", saying((200, FINAL), (200, LATER)), "reporting"
    )
    reader = Reader(asking, patience=0.0)
    await reader.hold(LEDGER, AT)
    await reader.all_again()
    assert [*reader.changed.values()] == [["items"]]
    held, told = lines(tmp_path / "h.jsonl")
    assert (held["what"], held["address"]) == ("held", told["address"])
    assert (told["first"], told["now"]) == ({"items": "[1]"}, {"items": "[1, 2]"})


async def kinds(folder: Path, *answers: tuple[int, dict[str, Any]]) -> list[str]:
    asking = client(folder / "history.jsonl", saying(*answers), "reporting")
    reader = Reader(asking, patience=0.0)
    await reader.hold(LEDGER, AT)
    await reader.all_again()
    return [broken.kind for broken in reader.broken()]


async def test_the_same_answer_breaks_nothing(tmp_path: Path) -> None:
    other_seal = FINAL | {"next": "b"}
    assert await kinds(tmp_path, (200, FINAL), (200, other_seal)) == []


async def test_another_answer_has_changed(tmp_path: Path) -> None:
    assert await kinds(tmp_path, (200, FINAL), (200, LATER)) == ["changed"]


async def test_less_completeness_has_changed(tmp_path: Path) -> None:
    assert await kinds(tmp_path, (200, FINAL), (200, EARLY)) == ["changed"]


async def test_no_answer_at_the_end_is_told(tmp_path: Path) -> None:
    assert await kinds(tmp_path, (200, FINAL), (503, {})) == ["unread"]


async def test_what_is_not_final_is_not_held_and_nothing_held_is_told(
    tmp_path: Path,
) -> None:
    assert await kinds(tmp_path, (200, EARLY)) == ["unread"]
    assert await kinds(tmp_path, (503, {})) == ["unread"]


async def test_figures_are_told_with_those_of_the_running_week(tmp_path: Path) -> None:
    weeks = [
        {"number": n, "starts_on": day}
        for n, day in enumerate(("2026-11-16", "2026-11-23", "2026-11-30"), 1)
    ]
    # Monday already, where the offices are.
    table = {
        "known_at": "2026-11-29T18:00:00+00:00",
        "campaign": {"weeks": weeks},
        "figures": [{"id": REGISTERED, "total": {"*": 5, "LI": 3}}],
    }
    door = saying((200, {"value": 4}), (200, {"value": 9}), (200, table))
    reader = Reader(client(tmp_path / "h.jsonl", door, "reporting"), patience=0.0)
    assert await reader.told() == {REGISTERED: 4, PAID: 9, RUNNING: 5}


async def test_without_a_campaign_no_week_is_told(tmp_path: Path) -> None:
    door = saying((200, {"value": 4}), (200, {"value": 9}), (404, {}))
    reader = Reader(client(tmp_path / "h.jsonl", door, "reporting"), patience=0.0)
    assert await reader.told() == {REGISTERED: 4, PAID: 9}
