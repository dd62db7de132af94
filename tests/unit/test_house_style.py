"""The sources keep the house's rules, and each rule refuses what breaks it."""

from pathlib import PurePosixPath

import pytest

from tests.unit import house_style as rules
from tests.unit.house_style import GUARDS, Guard, Source

LONG_FUNCTION = "def f() -> None:\n" + "    print()\n" * rules.LONGEST_FUNCTION
DECIDER = "def evolve(state, event):\n    return datetime.now()\n"
HERE = "tests/unit/test_house_style.py"
VIOLATIONS: tuple[tuple[Guard, str, str], ...] = (
    (rules.short_files, "libs/long.py", "x = 1\n" * (rules.LONGEST_FILE + 1)),
    (rules.short_functions, "libs/long.py", LONG_FUNCTION),
    (rules.telling_names, "libs/web/utils.py", ""),
    (rules.telling_names, "libs/common/words.py", ""),
    (rules.named_tests_are_there, "README.md", "tests/unit/test_x.py::test_gone"),
    (rules.named_tests_are_there, "README.md", f"{HERE}::test_of_yesterday"),
    (rules.features_have_their_test, "README.md", "| F-2.2.0 x | y | test_f_2_2_x |"),
    (rules.no_machine, "README.md", "see /wor" + "k/main"),
    (rules.no_machine, "Makefile", "pip install --index-" + "url x"),
    (rules.no_history_of_work, "libs/a.py", "# as issue " + "4 asks"),
    (rules.no_history_of_work, "README.md", "left to the next sess" + "ion"),
    (rules.tests_wait_for_facts, "tests/test_a.py", "await asyncio.sle" + "ep(1)"),
    (rules.tests_are_never_left_out, "tests/test_a.py", "@pytest.mark.ski" + "p"),
    (rules.tests_are_never_left_out, "tests/test_a.py", "@pytest.mark.xfa" + "il"),
    (rules.units_use_no_mocks, "tests/unit/test_a.py", "import unittest.mo" + "ck"),
    (rules.annotations_are_real, "libs/a.py", "from __future__ import annotations"),
    (rules.annotations_are_real, "libs/a.py", "from typing import cast"),
    (rules.folds_write_no_sql, "services/x/views/y.py", "'DELETE FROM z'"),
    (rules.decisions_are_pure, "services/routing/case.py", DECIDER),
    (rules.decisions_are_pure, "libs/calendar/workdays.py", "import random"),
    (rules.decisions_are_pure, "libs/events/contracts/parts.py", "x = uuid4()"),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_the_sources_keep(guard: Guard) -> None:
    complaints = {
        str(source.path): found
        for source in rules.repository()
        if (found := guard(source))
    }
    assert complaints == {}


@pytest.mark.parametrize(("guard", "path", "text"), VIOLATIONS)
def test_a_violation_is_refused(guard: Guard, path: str, text: str) -> None:
    assert guard(Source(PurePosixPath(path), text))


def test_every_rule_has_been_given_a_violation() -> None:
    assert {guard for guard, _, _ in VIOLATIONS} == set(GUARDS)
