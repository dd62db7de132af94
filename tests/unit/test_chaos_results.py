"""What a history of faults comes to: only goes that were checked count."""

import json
from pathlib import Path
from typing import Any

from tests.chaos.kept import keep, kept
from tests.chaos.results import goes, of, summed


def line(what: str, **said: Any) -> dict[str, Any]:
    return {"what": what, **said}


CHECKED = [
    line("go", seed=1),
    line("fault", kind="kill", recovered=2.0),
    line("op", phase="invoke"),
    line("op", phase="ok"),
    line("checked", seed=1),
]
FAILED = [*CHECKED[:-1], line("broken", kind="lost"), line("checked", seed=3)]
CUT_OFF = [line("go", seed=2), line("fault", kind="kill", recovered=9.0)]


def test_a_go_that_ended_before_its_check_counts_for_nothing() -> None:
    found = summed([*CHECKED, *CUT_OFF, *CHECKED, *CUT_OFF])
    assert (found.count, found.faults) == (2, {"kill": [2.0, 2.0]})
    assert (found.acts, found.failed) == ({"ok": 2}, {})
    assert (found.seeds, found.cut_off) == ([1, 1], 2)


def test_a_go_that_broke_a_promise_is_told_by_what_it_broke_and_not_counted() -> None:
    found = summed([*CHECKED, *FAILED])
    assert (found.count, found.failed) == (1, {3: {"lost": 1}})
    assert (found.seeds, found.cut_off) == ([1], 0)


def test_the_last_go_of_a_history_is_packed_with_its_brokers_and_its_beginning(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "histories"
    history = tmp_path / "history-3.jsonl"
    whole = [*CUT_OFF, *(said | {"at": 1.5} for said in CHECKED)]
    history.write_text("".join(json.dumps(said) + "\n" for said in whole))

    file = keep(history, 3, folder)

    assert file.name == "3-1-19700101T000001Z.jsonl.xz"
    assert kept(3, folder) == [file]
    assert of(file) == summed(CHECKED)
    assert f"| {file.name.partition('.')[0]} | 1 | 1 | — |" in goes([file])
