"""The import rules of pyproject.toml are kept, and each refuses what breaks it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.unit.house_style import REPOSITORY

ROOTS = ("libs", "services", "deploy")
RULES = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
NAMES = {rule["id"]: rule["name"] for rule in RULES}
# One breach a rule: the file it is written into, and the import.
BREACHES = {
    "services-apart": ("services/intake/clue.py", "import services.routing.case"),
    "libs-below": ("libs/money.py", "import deploy.local.ports"),
    "floors": ("libs/events/journal/words.py", "import libs.events.stream.topics"),
    "pure-words": ("libs/calendar/workdays.py", "import time"),
    "pure-deciders": ("services/routing/case.py", "import asyncpg"),
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own linter.
        [
            Path(sys.executable).with_name("lint-imports"),
            *("--no-cache", "--no-logo", "--config", "pyproject.toml"),
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def empty_twin(tmp_path: Path) -> Path:
    """A tree of the same modules, all empty, under the same rules."""
    shutil.copyfile(REPOSITORY / "pyproject.toml", tmp_path / "pyproject.toml")
    for root in ROOTS:
        for module in (REPOSITORY / root).rglob("*.py"):
            twin = tmp_path / module.relative_to(REPOSITORY)
            twin.parent.mkdir(parents=True, exist_ok=True)
            twin.touch()
    for root in ROOTS:
        # As a plain package the twin's own is found; of a namespace package the
        # repository's installed portion might be, now and then.
        (tmp_path / root / "__init__.py").touch()
    return tmp_path


def test_the_sources_keep_the_import_rules() -> None:
    done = _lint(REPOSITORY)
    assert done.returncode == 0, done.stdout


def test_an_empty_tree_breaks_no_rule(empty_twin: Path) -> None:
    assert _lint(empty_twin).returncode == 0


def test_every_rule_refuses_its_breach(empty_twin: Path) -> None:
    assert set(BREACHES) == set(NAMES)
    for path, line in BREACHES.values():
        (empty_twin / path).write_text(f"{line}\n")
    done = _lint(empty_twin)
    assert done.returncode == 1
    for name in NAMES.values():
        assert f"{name} BROKEN" in done.stdout
