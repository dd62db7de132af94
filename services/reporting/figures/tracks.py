"""Figures of tracks 分类施策: cases by track, and the days that they have been on it.

Stocks at the cut-off (F-2.3.0): a case is on the track that was said last of what
happened before it. Parameters and columns are those of `lists`, but `amount` is days.
"""

# ruff: noqa: S608 -- every part of these statements is a constant of this module.

from libs.events.contracts.tracks import Track
from libs.tracks import CODES
from libs.web.languages import Said
from services.reporting.figures.indicator import Indicator
from services.reporting.figures.lists import AT_CUT_OFF

LATEST = """
(SELECT DISTINCT ON (case_id) event_id, case_id, track,
        COALESCE(happened_at, recorded_at) AS at
 FROM track_change_as_known($1) WHERE COALESCE(happened_at, recorded_at) < $3
 ORDER BY case_id, recorded_at DESC, event_id)"""
# A case that was opened again has not ended. One that went into another case is counted
# there.
ENDED = """
SELECT min(COALESCE(e.happened_at, e.recorded_at)) AS at,
       bool_or(e.kind = 'closed' AND e.detail = 'merged') AS merged
FROM case_fact_as_known($1) e
WHERE e.case_id = f.case_id AND e.kind IN ('concluded', 'closed')
  AND COALESCE(e.happened_at, e.recorded_at) < $3
  AND NOT EXISTS (
      SELECT FROM case_fact_as_known($1) r
      WHERE r.case_id = f.case_id AND r.kind = 'reopened'
        AND COALESCE(r.happened_at, r.recorded_at) < $3
        AND r.recorded_at > e.recorded_at)"""
DAY = "(({at}) AT TIME ZONE 'Asia/Shanghai')::date"
LAST = "LEAST(ended.at, $1, $3 - interval '1 microsecond')"
# By the calendar from the classification to the conclusion or, while open, the cut-off.
DAYS_ON_IT = f"GREATEST({DAY.format(at=LAST)} - {DAY.format(at='f.at')}, 0)"


def on_track(track: Track, amount: str) -> str:
    """Return the list of cases on a track at the cut-off, each with an amount."""
    return f"""
SELECT f.event_id, f.case_id, f.case_id AS subject,
       {amount}::bigint AS amount,
       f.at, owner.unit
FROM {LATEST} f CROSS JOIN LATERAL ({ENDED}) ended {AT_CUT_OFF}
WHERE f.track = '{track}' AND ended.merged IS NOT TRUE"""


NAMES: dict[Track, Said] = {
    "admin": Said("监察立案", "labour inspection"),
    "mediation": Said("调解", "mediation"),
    "arbitration": Said("仲裁", "arbitration"),
    "criminal": Said("移送公安", "police referral"),
    "relief": Said("垫付救助", "relief"),
}
CASES = {track: on_track(track, "0") for track in CODES}
DAYS = {track: on_track(track, DAYS_ON_IT) for track in CODES}


def _by_track() -> list[Indicator]:
    """Return the cases on each track at the cut-off, and their days on it (F-2.3.0)."""
    cases = [
        Indicator(
            f"S43-{track}",
            Said(f"分类施策：{name.zh}", f"on a track: {name.en}"),
            Said(
                "核实欠薪后归入这一类的案件，按期末最近一次分类（含已结案，不含并案）",
                "cases with verified arrears last put on this track by the cut-off,"
                " concluded ones too; one merged into another counts there",
            ),
            CASES[track],
            "items",
            flow=False,
        )
        for track, name in NAMES.items()
    ]
    days = [
        Indicator(
            f"S43-{track}-days",
            Said(f"{name.zh}用时（天）", f"days on a track: {name.en}"),
            Said(
                "自归入这一类至结案（未结的至期末）的自然日合计",
                "calendar days from the classification to the conclusion, or to the"
                " cut-off while it is open, in all",
            ),
            DAYS[track],
            "days",
            flow=False,
        )
        for track, name in NAMES.items()
    ]
    return [*cases, *days]


INDICATORS = tuple(_by_track())
