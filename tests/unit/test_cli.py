"""The command `qingxin`: its table is whole, and it fails in one line with a code."""

import importlib
import json
from pathlib import Path

import pytest

from deploy import cli
from deploy.cli import CANNOT, COMMANDS, NOTHING_RUNS, USAGE, main


@pytest.fixture(autouse=True)
def _empty_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGXIN_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_sub_command_can_be_configured_and_run(name: str) -> None:
    module = importlib.import_module(COMMANDS[name].module)
    assert callable(module.configure)
    assert callable(module.run)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_sub_command_answers_help(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_an_unknown_word_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fly"])
    assert ended.value.code == USAGE


def test_status_says_when_nothing_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == NOTHING_RUNS
    assert capsys.readouterr().out == "Nothing is running.\n"


def test_a_program_gets_its_answer_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == NOTHING_RUNS
    assert json.loads(capsys.readouterr().out) == {"supervisor": None, "parts": []}


def test_what_cannot_be_done_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "format").write_text("99\n")
    assert main(["up"]) == CANNOT
    words = capsys.readouterr().err
    assert words.startswith("qingxin: ")
    assert words.count("\n") == 1


def test_a_folder_that_is_a_file_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("")
    assert main(["up", "--json"]) == CANNOT
    assert "error" in json.loads(capsys.readouterr().out)


def test_the_exit_codes_are_distinct() -> None:
    codes = {cli.DONE, CANNOT, USAGE, NOTHING_RUNS, cli.WRONG}
    assert codes == {0, 1, 2, 3, 4}
