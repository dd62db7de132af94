"""The organisation of the demonstration, and tables that are refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from libs.organisation import Organisation, UnknownUnit, load_organisation
from libs.web.permissions import table

FILE = Path(__file__).parents[2] / "services/routing/rules/organisation.toml"
ORGANISATION = load_organisation(FILE.read_text(encoding="utf-8"))
CAMPAIGN = date(2023, 11, 10)


def raw() -> dict[str, Any]:
    return {
        "version": 1,
        "known_on": CAMPAIGN,
        "in_force_from": CAMPAIGN,
        "site": "310199000000",
        "name_zh": "演示街道",
        "name_en": "Demo sub-district",
        "units": [unit("ST"), unit("LC", parent="ST")],
        "officers": [officer("lc-01", "LC")],
    }


def unit(code: str, **more: object) -> dict[str, object]:
    return {
        "code": code,
        "name_zh": "演示",
        "name_en": "Demo",
        "kind": "street",
        "area": "310199001",
        "from_on": date(2023, 1, 1),
    } | more


def officer(subject: str, of_unit: str, **more: object) -> dict[str, object]:
    return {
        "subject": subject,
        "title_zh": "演示员",
        "title_en": "Demo officer",
        "role": "centre",
        "unit": of_unit,
        "from_on": date(2023, 1, 1),
    } | more


def test_every_unit_of_the_notice_is_there() -> None:
    codes = {unit.code for unit in ORGANISATION.units}
    assert {"LC", "LI", "LM", "DO", "PO", "CY", "LG", "DB", "HD", "EX"} <= codes
    assert {"PS", "AU", "OP"} <= codes
    filing = [u for u in ORGANISATION.units if u.kind == "residential"]
    assert len(filing) == 8


def test_units_of_one_street_share_a_series_and_district_organs_another() -> None:
    areas = {u.code: u.area for u in ORGANISATION.units}
    assert {areas[code] for code in ("LC", "LI", "LM", "DO", "LG")} == {"310199001"}
    assert {areas[code] for code in ("HD", "DB", "EX", "PS")} == {"310199000"}
    assert ORGANISATION.site == "310199000000"


def test_every_role_stands_in_the_permission_table() -> None:
    used = {officer.role for officer in ORGANISATION.officers}
    assert used <= set(table().roles)
    nobodys = set(table().roles) - used
    assert nobodys == {"judicial-office", "worker", "public"}


@pytest.mark.parametrize("code", ["LC", "LI", "LM", "DO", "LG", "DB", "HD", "EX"])
def test_a_unit_that_needs_a_second_person_has_one(code: str) -> None:
    assert len(ORGANISATION.officers_on(CAMPAIGN, code)) >= 2


def test_every_unit_of_the_street_has_somebody_to_act() -> None:
    acting = {officer.unit for officer in ORGANISATION.officers_on(CAMPAIGN)}
    assert {u.code for u in ORGANISATION.units} - acting == {"ST"}


def test_the_order_of_units_can_be_walked() -> None:
    assert ORGANISATION.parents("LC") == ("ST",)
    assert ORGANISATION.parents("DB") == ("HD",)
    assert ORGANISATION.parents("HD") == ()
    assert ORGANISATION.district_line("LI") == ("DB",)
    assert ORGANISATION.district_line("LM") == ("EX", "DB")
    assert ORGANISATION.unit("LI").name_zh == "街道劳动监察"
    with pytest.raises(UnknownUnit):
        ORGANISATION.unit("ZZ")


def test_a_person_acts_in_one_role_on_a_day() -> None:
    found = ORGANISATION.role_of("lc-01", CAMPAIGN)
    assert found is not None
    assert (found.role, found.unit) == ("centre", "LC")
    assert ORGANISATION.role_of("lc-01", date(2022, 12, 31)) is None
    assert ORGANISATION.role_of("nobody", CAMPAIGN) is None


def test_a_move_to_another_unit_is_dated() -> None:
    before = officer("a", "LC", to_on=date(2023, 12, 31))
    after = officer("a", "ST", role="grid", from_on=date(2024, 1, 1))
    moved = Organisation.model_validate(raw() | {"officers": [before, after]})
    on = [moved.role_of("a", day) for day in (date(2023, 12, 31), date(2024, 1, 1))]
    assert [row and row.unit for row in on] == ["LC", "ST"]


def test_a_unit_that_ended_is_known_only_before() -> None:
    units = [unit("ST"), unit("LC", to_on=date(2023, 12, 31))]
    ended = Organisation.model_validate(raw() | {"units": units})
    assert ended.unit("LC", date(2023, 12, 31)).code == "LC"
    assert [u.code for u in ended.units_on(date(2024, 1, 1))] == ["ST"]
    with pytest.raises(UnknownUnit):
        ended.unit("LC", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("field", "rows", "words"),
    [
        ("units", [unit("LC"), unit("LC")], "twice"),
        ("units", [unit("LC", parent="XX")], "not listed"),
        ("units", [unit("LC", district_line=["XX"])], "not listed"),
        ("units", [unit("A", parent="LC"), unit("LC", parent="A")], "circle"),
        ("units", [unit("LC", parent="LC")], "circle"),
        ("units", [unit("lc")], "pattern"),
        ("units", [unit("LC", to_on=date(2022, 1, 1))], "before it begins"),
        ("units", [unit("LC", colour="red")], "not permitted"),
        ("officers", [officer("a", "XX")], "not listed"),
        ("officers", [officer("a", "LC"), officer("a", "ST")], "two roles"),
        ("officers", [officer("a", "LC"), officer("a", "LC")], "two roles"),
        ("officers", [officer("a b", "LC")], "pattern"),
    ],
)
def test_an_unsound_table_is_refused(
    field: str, rows: list[dict[str, object]], words: str
) -> None:
    assert Organisation.model_validate(raw()).version == raw()["version"]
    with pytest.raises(ValidationError, match=words):
        Organisation.model_validate(raw() | {field: rows})


def test_the_organisation_survives_the_way_through_an_event() -> None:
    said = ORGANISATION.model_dump_json()
    assert Organisation.model_validate_json(said) == ORGANISATION
