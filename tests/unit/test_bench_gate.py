"""The bench's gate compares ratios of any machine, and its page tells every miss."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.bench.gate import SLACK, main, ratios, worse
from tests.bench.measure import Sample, percentiles
from tests.bench.part import Goal, Part, medians
from tests.bench.report import FOLDER
from tests.bench.report import ratios as ratios_of


def kept(
    ratio: float | None, most: float | None = None, *, less: bool | None = None
) -> str:
    figure = {"name": "n", "ratio": ratio, "most": most}
    less = most is not None if less is None else less
    return json.dumps({"ratios": [{**figure, "less_is_better": less}]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one part's figures, where the gate stands."""
    monkeypatch.chdir(tmp_path)
    FOLDER.mkdir(parents=True)
    (FOLDER / "door.json").write_text(kept(2.0))
    return tmp_path


def git(*words: str) -> None:
    names = ("user.name=bench", "user.email=bench@example.invalid")
    told = [word for name in names for word in ("-c", name)]
    subprocess.run(["git", *told, *words], check=True, capture_output=True)  # noqa: S603, S607 -- git.


@pytest.fixture
def committed(folder: Path) -> Path:
    """The same, committed."""
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "figures")
    return folder


def test_a_ratio_that_fell_is_worse_and_one_within_the_slack_is_not() -> None:
    before = ratios(kept(6.0))
    assert worse(before, ratios(kept(6.0 / SLACK - 0.1)))
    assert not worse(before, ratios(kept(6.0 / SLACK + 0.1)))


def test_a_ratio_of_times_is_worse_when_it_grows() -> None:
    before = ratios(kept(2.0, most=3))
    assert worse(before, ratios(kept(2.0 * SLACK + 0.1, most=3)))
    assert not worse(before, ratios(kept(1.0, most=3)))


def test_a_wait_without_a_bound_is_worse_when_it_grows() -> None:
    before = ratios(kept(40.0, less=True))
    assert worse(before, ratios(kept(70.0, less=True)))
    assert not worse(before, ratios(kept(25.0, less=True)))


def test_what_was_not_measured_before_is_no_regression() -> None:
    assert worse({}, {"n": 0.1}) == []
    assert worse({"n": None}, {"n": 0.1}) == []


def test_a_ratio_that_is_not_held_any_more_is_worse() -> None:
    (told,) = worse(ratios(kept(6.0)), ratios(kept(None)))
    assert told == "n: 6.00 before, not held or not measured now"


def test_a_ratio_that_is_gone_is_worse() -> None:
    assert worse(ratios(kept(6.0)), {}) == ["n: 6.00 before, gone now"]


def test_the_gate_lets_pass_what_is_as_it_was_committed(committed: Path) -> None:
    (committed / FOLDER / "new.json").write_text(kept(1.0))
    assert main() == 0


def test_a_ratio_below_the_committed_one_does_not_pass(committed: Path) -> None:
    (committed / FOLDER / "door.json").write_text(kept(1.0))
    assert main() == 1


def test_a_part_that_is_gone_does_not_pass(
    committed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (committed / FOLDER / "door.json").unlink()
    assert main() == 1
    assert "door.json was committed, and is gone now" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_nothing_passes_when_git_does_not_tell_what_was_committed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 1
    assert "git does not tell what was committed" in capsys.readouterr().err


def part(goal: Goal) -> Part:
    return Part("p", "P", "clients", {}, goals=(goal,))


@pytest.mark.parametrize(
    ("rate", "met"), [(600.0, True), (499.0, False)], ids=["met", "missed"]
)
def test_a_goal_is_met_or_missed(rate: float, met: object) -> None:
    goal = Goal("g", ("ours", "32"), ("peer", "32"), least=5)
    found = medians([Sample("ours", "32", rate), Sample("peer", "32", 100.0)])
    assert ratios_of(part(goal), found)[0]["met"] is met


def test_a_setting_that_was_not_held_is_a_miss() -> None:
    goal = Goal("g", ("ours", "100"), ("peer", "100"), figure="p99", most=3)
    found = medians([Sample("peer", "100", 100.0, p99=4.0)])
    (told,) = ratios_of(part(goal), found)
    assert (told["ratio"], told["met"]) == (None, False)


def test_the_median_of_the_turns_is_told() -> None:
    turns = [Sample("ours", "1", rate) for rate in (1.0, 9.0, 2.0)]
    assert medians(turns)["ours", "1"].rate == 2.0


def test_percentiles_are_milliseconds() -> None:
    assert percentiles([0.001] * 10)["p99"] == pytest.approx(1.0)
