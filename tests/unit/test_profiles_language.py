"""A profile is a file: what it says is checked, and each problem has its place."""

from datetime import date

import pytest

from services.intake.profiles.dayformat import check_format, read_day
from services.intake.profiles.employers import is_individual
from services.intake.profiles.meanings import SORTS, Sort, of_sort
from services.intake.profiles.profile import EmployerRule
from services.intake.profiles.shelf import (
    ProfileInvalid,
    ProfileUnknown,
    profile,
    profile_names,
    read_profile,
)
from tests.unit.profile_rows import PROFILE, sample


def test_every_profile_on_the_shelf_is_valid_and_named_as_its_file() -> None:
    assert set(profile_names()) >= {"kansas", "ledger", "maine", "minnesota"}
    assert [profile(name).name for name in profile_names()] == list(profile_names())


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(ProfileUnknown, match="ledger"):
        profile("nowhere")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('currency = "USD"', 'currency = "XXX"', "money.currency"),
        ('rounding = "half_even"', 'rounding = "half_up"', "money.rounding"),
        ("[columns.area]", "[columns.colour]", "columns.colour"),
        ('"YYYY-M-D"', '"YYYY-M"', "dates.formats"),
        ("version = 1", "version = 1\nsurprise = 2", "surprise"),
        ("pattern = '\\d{2}-\\d{4}'", "pattern = '('", "columns.channel_number"),
        ('"employer"]', '"paid_on"]', "file"),
        ('= "north"', '= "the north"', "codes.area"),
        ('"1" = "north"', '"1" = "north"\n[codes.paid]\n"x" = "y"', "file"),
        ('headers = ["Area"]', "", "file"),
        ('kinds = ["xlsx", "csv"]', 'kinds = ["pdf"]', "kinds"),
    ],
)
def test_a_mistake_in_a_profile_is_told_with_its_place(
    old: str, new: str, place: str
) -> None:
    assert old in PROFILE
    with pytest.raises(ProfileInvalid) as caught:
        read_profile("sample.toml", PROFILE.replace(old, new))
    assert any(place in problem for problem in caught.value.problems)


def test_a_file_that_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(ProfileInvalid, match="line 2"):
        read_profile("sample.toml", 'name = "x"\nversion = = 1\n')


@pytest.mark.parametrize("text", ["YYYY-MM-DD", "M/D/YYYY", "YYYY年M月D日", "D.M.YYYY"])
def test_a_date_format_has_year_month_and_day(text: str) -> None:
    assert check_format(text) == text


@pytest.mark.parametrize("text", ["YYYY-MM", "YY-MM-DD", "M/D", "YYYY-MM-DD-DD", ""])
def test_a_date_format_without_one_of_them_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY"):
        check_format(text)


def test_a_date_is_read_only_in_its_whole_form() -> None:
    assert read_day("2023年11月1日", "YYYY年M月D日") == date(2023, 11, 1)
    assert read_day("6/14/2016", "M/D/YYYY") == date(2016, 6, 14)
    assert read_day("06/14/2016 x", "M/D/YYYY") is None
    assert read_day("6/14/16", "M/D/YYYY") is None
    assert read_day("2023-1-1", "YYYY-MM-DD") is None
    with pytest.raises(ValueError, match="day"):
        read_day("2/30/2016", "M/D/YYYY")


@pytest.mark.parametrize(
    ("name", "individual"),
    [
        ("Polar Bear", True),
        ("Dr. Polar Bear", True),
        ("BEAR, POLAR", True),
        ("Polar Q. Bear Jr.", True),
        ("Polar Bear LLC", False),
        ("Polar Bears Roofing", False),
        ("Polar", False),
        ("Polar & Bear", False),
        ("4 Polar Bears", False),
    ],
)
def test_an_english_name_in_a_persons_shape_is_withheld(
    name: str,
    individual: bool,  # noqa: FBT001 - a table of cases
) -> None:
    rule = EmployerRule(individual="by_name", language="english")
    assert is_individual(name, rule, {}) is individual


@pytest.mark.parametrize(
    ("name", "individual"),
    [
        ("白熊", True),
        ("白·熊熊", True),
        ("白熊建筑工程有限公司", False),
        ("白熊餐厅", False),
        ("松江区白熊五金店(个体工商户)", False),
    ],
)
def test_a_chinese_name_without_an_organisations_word_is_withheld(
    name: str,
    individual: bool,  # noqa: FBT001 - a table of cases
) -> None:
    rule = EmployerRule(individual="by_name")
    assert is_individual(name, rule, {}) is individual


def test_a_profile_may_declare_names_instead() -> None:
    never, always = (EmployerRule(individual=v) for v in ("never", "always"))
    column = EmployerRule(individual="by_column")
    assert not is_individual("白熊", never, {})
    assert is_individual("白熊公司", always, {})
    assert is_individual("白熊公司", column, {})
    assert not is_individual("白熊", column, {"individual": "no"})


def test_every_meaning_is_of_one_sort() -> None:
    assert {name for sort in Sort for name in of_sort(sort)} == set(SORTS)
    assert sample().columns.keys() <= SORTS.keys()
