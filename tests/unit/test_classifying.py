"""A verified case is put on a track, changes it with a reason, and shows since when."""

from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from libs import tracks
from libs.events.contracts.enforcement import CaseConcluded, CaseFactNoted
from libs.events.contracts.tracks import CaseClassified, Track, TrackReason
from libs.events.decider import NotVisible, NotYours
from libs.events.event import Event
from libs.events.testing import Given
from libs.events.views.testing import given, recorded, told
from services.enforcement import claim, classifying, known, proceeding
from services.enforcement.classifying import ClassifyCase
from services.reporting.console.track_acts import TRACK_ACTS
from services.reporting.views import track as view
from services.reporting.views.proceeding import ProceedingRow
from tests.unit.matters import (
    CASE,
    CLUE,
    ONE,
    TWO,
    listed,
    noted,
    opened,
    paid,
    verified,
    yuan,
)
from tests.unit.offices import by, on
from tests.unit.test_supervision_guards import why
from tests.unit.test_usual_next import AT, CLAIM, MOVED, OWED, PAID
from tests.unit.track_scenes import found

(RULE,) = classifying.RULES
NOTHING = replace(OWED, verified=0, unpaid=0)
CLOSED = replace(MOVED, closed="paid", closed_at=AT)
ENDED = ProceedingRow(CASE, concluded="paid", concluded_at=AT)
MEDIATE = ClassifyCase(case_id=CASE, track="mediation")
ON_MEDIATION = CaseClassified(
    case_id=CASE, track="mediation", rule_version=1, unit="LI"
)


def to(track: Track, reason: TrackReason | None = None) -> ClassifyCase:
    return ClassifyCase(case_id=CASE, track=track, reason=reason)


def mediated() -> Given:
    return found("LI").given(classifying.KIND, CASE, ON_MEDIATION)


def with_second(*steps: Event) -> Given:
    story = found("LI").given(known.KIND, CASE, listed(TWO))
    return story.given(claim.KIND, TWO, opened(TWO, yuan(100)), *steps)


def test_f_2_3_0_a_verified_case_is_put_on_a_track() -> None:
    found("LI").when(RULE, MEDIATE, by("LI")).then(ON_MEDIATION)
    found("LI").when(RULE, MEDIATE, by("DB")).then(ON_MEDIATION)


def test_f_2_3_0_another_track_needs_a_reason_and_says_the_one_before() -> None:
    mediated().when(RULE, to("arbitration"), by("LI")).then_rejected("track-reason")
    change = to("arbitration", "agreement-broken")
    mediated().when(RULE, change, by("LI")).then(
        CaseClassified(
            case_id=CASE,
            track="arbitration",
            previous="mediation",
            reason="agreement-broken",
            rule_version=1,
            unit="LI",
        )
    )


def test_the_same_track_is_refused_and_a_first_one_has_no_reason() -> None:
    again = to("mediation", "new-facts")
    mediated().when(RULE, again, by("LI")).then_rejected("track-same")
    first = to("admin", "new-facts")
    found("LI").when(RULE, first, by("LI")).then_rejected("track-first")


def test_f_2_3_0_nothing_is_classified_before_every_claim_is_verified() -> None:
    with_second().when(RULE, MEDIATE, by("LI")).then_rejected("not-verified")
    done = with_second(verified(0, TWO))
    done.when(RULE, MEDIATE, by("LI")).then(ON_MEDIATION)


def test_a_case_without_arrears_has_no_track() -> None:
    nothing = found("LI").given(claim.KIND, ONE, verified(0))
    nothing.when(RULE, MEDIATE, by("LI")).then_rejected("no-arrears")


def test_arrears_that_were_paid_meanwhile_are_classified_all_the_same() -> None:
    """Paid or not, they were found: figures by track miss no case for it."""
    settled = found("LI").given(claim.KIND, ONE, paid(100))
    settled.when(RULE, MEDIATE, by("LI")).then(ON_MEDIATION)


def test_a_closed_or_concluded_case_keeps_its_track() -> None:
    closed = mediated().given(known.KIND, CASE, noted("closed"))
    change = to("admin", "new-facts")
    closed.when(RULE, change, by("LI")).then_rejected("case-closed")
    ended = CaseConcluded(case_id=CASE, kind="paid", by_district=False)
    concluded = mediated().given(proceeding.KIND, CASE, ended)
    concluded.when(RULE, change, by("LI")).then_rejected("concluded-already")
    again = concluded.given(known.KIND, CASE, noted("closed"), noted("reopened"))
    again.when(RULE, change, by("LI")).then_says("CaseClassified")


def test_who_does_not_handle_it_classifies_nothing() -> None:
    hidden = found("LI").when(RULE, MEDIATE, by("LM"))
    assert isinstance(hidden.refusal, NotVisible)
    asked = CaseFactNoted(case_id=CASE, fact="proposed", unit="LM", cause=CLUE)
    seen = found("LI").given(known.KIND, CASE, asked)
    refusal = seen.when(RULE, MEDIATE, by("LM")).refusal
    assert isinstance(refusal, NotYours)
    assert refusal.may == ("LI", "brigade")


def test_a_track_goes_by_the_rule_of_the_day_on_which_it_was_said() -> None:
    early = MEDIATE.model_copy(update={"occurred_at": on(1, 3, year=2000)})
    found("LI").when(RULE, early, by("LI")).then_rejected("no-track-rule")


def test_f_2_3_0_every_track_has_articles_and_advice_in_two_languages() -> None:
    """Criminal liability by a referral alone (TRF 5); mediation by both consents."""
    day = date(2023, 11, 10)
    rules = {code: tracks.in_force(code, day) for code in tracks.CODES}
    assert all(one and one.text_zh != one.text_en for one in rules.values())
    criminal, mediation = rules["criminal"], rules["mediation"]
    assert criminal
    assert mediation
    assert "移送涉嫌犯罪案件的规定第五条" in criminal.basis
    assert "双方都同意" in mediation.text("zh")
    assert "both" in mediation.text("en")
    assert tracks.cited("criminal", 1) == criminal
    assert tracks.cited("criminal", 2) is None


def test_a_newer_version_takes_effect_on_its_day() -> None:
    first = tracks.cited("admin", 1)
    assert first
    newer = first.model_copy(update={"version": 2, "effective_from": date(2024, 1, 1)})
    both = (first, newer)
    assert tracks.in_force("admin", date(2023, 12, 31), both) == first
    assert tracks.in_force("admin", date(2024, 1, 1), both) == newer


def test_a_file_that_lacks_a_track_or_says_one_twice_is_refused() -> None:
    text = files("libs").joinpath("tracks.toml").read_text("utf-8")
    entries = text.split("[[tracks]]")
    with pytest.raises(ValidationError, match="Every track has a rule"):
        tracks.load("[[tracks]]".join(entries[:-1]))
    with pytest.raises(ValidationError, match="stands twice"):
        tracks.load("[[tracks]]".join([*entries, entries[-1]]))


def test_each_classification_is_a_line_of_the_read_model() -> None:
    change = CaseClassified(
        case_id=CASE,
        track="arbitration",
        previous="mediation",
        reason="no-agreement",
        rule_version=1,
        unit="LI",
    )
    story = told(f"track-{CASE}", ON_MEDIATION, change)
    lines = [
        view.TrackChange(**said.fact().model_dump(), happened_at=said.occurred_at)
        for said in recorded(story)
    ]
    given(story).register(view.REGISTER).then(*lines)


def test_the_form_asks_what_the_command_takes() -> None:
    assert set(TRACK_ACTS["ClassifyCase"].names) | {"case_id"} == set(
        ClassifyCase.model_fields
    )


@pytest.mark.parametrize(
    ("unit", "parts", "off"),
    [
        ("LI", {"claims": (OWED,)}, None),
        ("DB", {"claims": (PAID,)}, None),
        ("LM", {"claims": (OWED,)}, "not-holder"),
        ("LC", {"claims": (OWED,)}, "role"),
        ("LI", {"claims": (CLAIM, OWED)}, "not-verified"),
        ("LI", {"claims": (NOTHING,)}, "no-arrears"),
        ("LI", {"claims": (OWED,), "case": CLOSED}, "closed"),
        ("LI", {"claims": (OWED,), "proceeding": ENDED}, "concluded"),
    ],
)
def test_the_step_is_off_for_the_reason_that_enforcement_gives(
    unit: str, parts: dict[str, Any], off: str | None
) -> None:
    assert why(unit, "ClassifyCase", **{"case": MOVED, **parts}) == off
