"""What stands beside the money, foretold by hand: each a number in the read models."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Beside:
    """A number, the SQL that counts it, and the stop after which it holds."""

    told: str
    expected: int
    sql: str


ON_TRACK = """SELECT COUNT(*) FROM (
    SELECT DISTINCT ON (case_id) track FROM track_change
    ORDER BY case_id, recorded_at DESC) latest WHERE track = """

BESIDE: Mapping[str, Beside] = {
    "S6 counted anew": Beside(
        "11-27p",
        1,
        """SELECT COUNT(*) FROM deadline WHERE clock = 'CLK-05'
           AND recomputed_from = '2024-02-02' AND due_on = '2024-02-04'""",
    ),
    "provisional left": Beside(
        "11-27p",
        0,
        """SELECT COUNT(*) FROM deadline WHERE provisional AND running
           AND NOT missed AND due_on < '2025-01-01'""",
    ),
    "S8 graded red": Beside(
        "11-28p",
        1,
        """SELECT COUNT(*) FROM risk WHERE grade = 'red' AND computed = 'red'""",
    ),
    "S9 roster confirmed": Beside(
        "12-12p",
        22,
        "SELECT COUNT(*) FROM roster_word WHERE word = 'confirmed'",
    ),
    "S9 roster disclaimed": Beside(
        "12-12p",
        2,
        "SELECT COUNT(*) FROM roster_word WHERE word = 'disclaimed'",
    ),
    "S7 in arbitration": Beside("12-25", 1, f"{ON_TRACK}'arbitration'"),
    "S7 in mediation": Beside("12-27p", 1, f"{ON_TRACK}'mediation'"),
    "S9 patrol to a clue": Beside(
        "12-26p",
        1,
        "SELECT COUNT(*) FROM patrol WHERE in_time AND clue_id IS NOT NULL",
    ),
    "S9 patrol missed": Beside(
        "01-10p", 1, "SELECT COUNT(*) FROM patrol WHERE missed AND finding IS NULL"
    ),
    "S12 miss withdrawn": Beside(
        "12-05",
        1,
        "SELECT COUNT(*) FROM deadline WHERE clock = 'CLK-80' AND withdrawn",
    ),
    "B1 rows": Beside("12-18", 24, "SELECT COUNT(*) FROM imported"),
    "B1 paid, no order": Beside(
        "12-18",
        3,
        """SELECT COUNT(*) FROM imported WHERE findings @> '["paid-no-order"]'""",
    ),
}
"""By the name that `qingxin demo --check` prints."""
