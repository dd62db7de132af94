"""Cases by track and mean days on it: at a cut-off, as known, each with its list."""

from dataclasses import replace
from datetime import date

from libs.events.contracts.routing import CaseClosed, CaseReopened
from libs.events.contracts.tracks import CaseClassified, Track, TrackReason
from libs.tracks import CODES
from services.reporting.campaign import Week
from services.reporting.figures.counting import explain, said_of
from services.reporting.figures.indicators import BY_ID
from services.reporting.figures.ratios import RATIOS, rate
from services.reporting.reading.statistics import value_of
from services.reporting.weekly import span_of
from tests.figures_story import Matter
from tests.integration.test_figures import NOW, W05, W06, campaign
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

W07 = Week(7, date(2023, 12, 18), date(2023, 12, 24))
MEAN = {ratio.id: ratio for ratio in RATIOS}


def on_track(
    matter: Matter, track: Track, previous: Track | None, reason: TrackReason | None
) -> tuple[str, str, CaseClassified]:
    said = CaseClassified(
        case_id=matter.case_id,
        track=track,
        previous=previous,
        reason=reason,
        rule_version=1,
        unit="LI",
    )
    return "enforcement", f"track-{matter.case_id}", said


def story() -> Story:
    """One ended and opened again, one goes from track to track, one is merged."""
    told, one, late, none = campaign()
    told.say(*on_track(one, "admin", None, None), on(12, 18), on(11, 24))
    told.say(*on_track(late, "mediation", None, None), on(12, 18), on(12, 8))
    change = on_track(late, "arbitration", "mediation", "agreement-broken")
    told.say(*change, on(12, 18), on(12, 11))
    told.say(*on_track(none, "relief", None, None), on(12, 18), on(12, 11))
    merged = CaseClosed(case_id=none.case_id, kind="merged")
    told.say("routing", f"case-{none.case_id}", merged, on(12, 18), on(12, 12))
    again = CaseReopened(case_id=one.case_id, reason="new_claim")
    told.say("routing", f"case-{one.case_id}", again, on(12, 20))
    return told


async def test_f_2_3_0_cases_by_track_and_mean_days_are_figures_with_a_list(
    fresh_database: FreshDatabases,
) -> None:
    """Days end with the conclusion (12-12), or at the cut-off of an open case."""
    names = [f"S43-{track}{days}" for track in CODES for days in ("", "-days")]
    async with story().read(fresh_database) as pool:
        found = {}
        for week in (W05, W06, W07):
            for name in names:
                span = span_of(week, NOW)
                values = await said_of(pool, BY_ID[name], span)
                facts = await explain(pool, name, span.cumulative(), None)
                assert value_of(BY_ID[name], facts) == values[None], name
                # A list shows amounts in its measure: of cases there is none.
                assert name.endswith("-days") or not any(f.amount for f in facts)
                found[week.number, name] = values[None]
        standing = {key: value for key, value in found.items() if value}
        assert standing == {
            (5, "S43-admin"): 1,
            (5, "S43-admin-days"): 16,
            (5, "S43-mediation"): 1,
            (5, "S43-mediation-days"): 2,
            (6, "S43-admin"): 1,
            (6, "S43-admin-days"): 18,
            (6, "S43-arbitration"): 1,
            (6, "S43-arbitration-days"): 6,
            (7, "S43-admin"): 1,
            (7, "S43-admin-days"): 30,
            (7, "S43-arbitration"): 1,
            (7, "S43-arbitration-days"): 13,
        }
        w06 = {name: value for (week, name), value in standing.items() if week == 6}
        assert rate(MEAN["S43-arbitration-mean"], w06).value == "6.0"
        assert rate(MEAN["S43-relief-mean"], w06).value is None
        early = replace(span_of(W06, NOW), known_at=on(12, 17))
        assert (await said_of(pool, BY_ID["S43-admin"], early))[None] == 0
