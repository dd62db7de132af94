"""What a history of faults comes to: only goes that were checked count."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.history import History, lines
from tests.chaos.kept import NO_BUG, keep, kept
from tests.chaos.results import goes, of, page, proved, summed


def line(what: str, **said: Any) -> dict[str, Any]:
    return {"what": what, **said}


CHECKED = [
    line("go", seed=1),
    line("fault", kind="kill", recovered=2.0),
    line("op", phase="invoke"),
    line("op", phase="ok"),
    line("checked", seed=1),
]
REPEATED = [
    *CHECKED[:-1],
    line("repeat", said="same"),
    line("repeat", said="unknown"),
    line("checked", seed=4),
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


def test_a_torn_line_is_left_out_where_a_go_ended_and_nowhere_else(
    tmp_path: Path,
) -> None:
    history = tmp_path / "history-1.jsonl"
    written(history, CUT_OFF)
    with history.open("a") as sink:
        sink.write('{"what": "fau')
    assert list(lines(history)) == CUT_OFF
    History(history, "1").note("go", seed=5)
    assert [one["what"] for one in lines(history)] == ["go", "fault", "go"]
    with history.open("a") as sink:
        sink.write('{"what": "fau\n' + json.dumps(line("fault")) + "\n")
    with pytest.raises(ValueError, match=r"history-1\.jsonl"):
        list(lines(history))


def test_repeats_are_counted_by_what_they_were_told(tmp_path: Path) -> None:
    assert summed([*REPEATED, *CHECKED]).repeats == {"same": 1, "unknown": 1}
    file = written(tmp_path / "1-4.jsonl", REPEATED)
    assert "sent once more after their answer: 1 same, 1 unknown" in page("One", [file])


def test_the_page_says_which_goes_are_counted_and_which_are_not(tmp_path: Path) -> None:
    kept_all = written(tmp_path / "1-1.jsonl", CHECKED)
    told = page("One", [kept_all]).replace("\n", " ")
    assert "Counted: 1 faults in 1 goes that kept every promise" in told
    assert "Not counted" not in told
    broke = written(tmp_path / "1-3.jsonl", FAILED)
    told = page("One", [kept_all, broke]).replace("\n", " ")
    assert "Counted: 1 faults in 1 goes" in told
    assert "Not counted: 1 more go (seeds 3), each of which broke a promise" in told


def test_the_proof_tells_a_go_without_a_bug_apart(tmp_path: Path) -> None:
    old = {"bug": "acks-early", "faults": 5, "by": ["lost"]}
    new = {"bug": NO_BUG, "faults": 14, "by": [], "seed": 14, "on": "2026-11-30"}
    file = written(tmp_path / "proved.jsonl", [old, new])
    assert "| acks-early | 5 | lost | — | — |" in proved(file)
    told = "| none | 14 | nothing, as it has to be | 14 | 2026-11-30 |"
    assert told in proved(file)
    alarm = written(tmp_path / "alarm.jsonl", [new | {"by": ["owner"]}])
    assert "| none | 14 | **false alarm**: owner | 14 |" in proved(alarm)


def written(file: Path, said: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(one) + "\n" for one in said))
    return file
