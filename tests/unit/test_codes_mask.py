"""The one mask fails closed, and personal numbers are found in free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.codes import Found, find_personal, mask
from libs.codes.mask import HIDDEN
from libs.sheets.cell import Cell, CellKind
from services.intake.profiles.result import masked

ID = "310117189801010012"
ID_X = "34122118970615003X"
PHONE = "13800000000"
CARD = "6200000000000005"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", ID, "310117********0012"),
        ("id_number", "34122118970615003x", "341221********003X"),
        ("id_number", "310117 18980101 0012", "310117********0012"),
        ("phone", PHONE, "138****0000"),
        ("phone", "+86 138-0000-0000", "138****0000"),
        ("phone", "021-57001234", "021****1234"),
        ("bank_card", CARD, "******0005"),
        ("name", "演示工", "演**"),
        ("name", "演示工001", "演**"),
        ("name", "𠮷田", "𠮷**"),
        ("name", "阿卜杜热合曼·演示", "阿**"),
        ("name", "Ada Byron", "A**"),
        ("name", " 演示 ", "演**"),
    ],
)
def test_a_known_kind_shows_only_what_it_may(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("", ID),
        ("ID_NUMBER", ID),
        ("passport", "E00000000"),
        ("text", "工资没有发"),
        ("id_number", "310117980101001"),
        ("id_number", "C1234567"),
        ("id_number", ID + "0"),
        ("id_number", "演示"),
        ("phone", "1380000"),
        ("phone", "110"),
        ("phone", "+1 202 555 0100"),
        ("bank_card", "1234"),
        ("bank_card", "not a card"),
        ("name", "演"),
        ("name", ID),
        ("name", "演" * 51),
        ("name", "电话" + PHONE),
    ],
)
def test_what_is_not_what_its_kind_says_is_hidden_whole(kind: str, value: str) -> None:
    assert mask(kind, value) == HIDDEN


@pytest.mark.parametrize("kind", ["id_number", "phone", "name", "bank_card", "other"])
def test_nothing_stays_nothing(kind: str) -> None:
    assert mask(kind, "") == ""


@given(st.sampled_from(["id_number", "phone", "bank_card", "x"]), st.text(min_size=1))
def test_a_number_never_shows_more_than_ten_characters(kind: str, value: str) -> None:
    shown = mask(kind, value).replace("*", "")
    assert len(shown) <= 10
    assert not find_personal(shown)


@given(st.text(min_size=1))
def test_a_name_never_shows_more_than_its_first_character(value: str) -> None:
    shown = mask("name", value).replace("*", "")
    assert len(shown) <= 1
    assert not shown or shown == value.strip()[0]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (ID, ["id_number"]),
        (f"身份证{ID_X}，请查", ["id_number"]),
        (f"id{ID_X.lower()}", ["id_number"]),
        ("310117 18980101 0012", ["id_number"]),
        ("310117-18980101-0012", ["id_number"]),
        ("３１０１１７１８９８０１０１００１２", ["id_number"]),
        ("310117189801010013", ["id_number"]),
        (f"1 {ID}", ["id_number"]),
        (f"1 {ID_X}", ["id_number"]),
        (f"2023-12-15 {ID}", ["id_number"]),
        ("310117980101001", ["id_number"]),
        (PHONE, ["phone"]),
        (f"tel{PHONE}", ["phone"]),
        ("+86 138 0000 0000", ["phone"]),
        ("138-0000-0000。", ["phone"]),
        ("138.0000.0000", ["phone"]),
        (f"2023-12-15 {PHONE}", ["phone"]),
        ("١٣٨٠٠٠٠٠٠٠٠", ["phone"]),
        ("021-57001234", ["phone"]),
        (CARD, ["bank_card"]),
        ("6200 0000 0000 0005", ["bank_card"]),
        (f"{ID}、{PHONE}、{CARD}", ["id_number", "phone", "bank_card"]),
        (f"{PHONE} {PHONE}", ["phone", "phone"]),
    ],
)
def test_a_personal_number_is_found(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in find_personal(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "拖欠工资三个月，共计 15,000.00 元",
        "310117005-20231215-XS-000123",
        "2023-12-15 13:30:00",
        "2023-12-15T05:30:00.123456Z",
        "91310117MA1J90005J",
        "沪松人社监立字〔2023〕第 12 号",
        "018c6b5e-7f3a-7c21-9d11-3a5b8f0e2c47",
        "6200000000000006",
        "1380000000",
        "138000000000",
        "310117189802300013",
        "12345",
    ],
)
def test_what_is_no_personal_number_is_left_alone(text: str) -> None:
    assert find_personal(text) == ()


def test_a_find_tells_the_place_and_not_the_number() -> None:
    text = f"电话：{PHONE}。"
    assert find_personal(text) == (Found("phone", 3, 14),)
    assert PHONE not in repr(find_personal(text))


@given(st.text(max_size=30), st.sampled_from([ID, ID_X, PHONE]), st.text(max_size=30))
def test_a_number_among_other_words_is_always_found(
    before: str, number: str, after: str
) -> None:
    text = f"{before}，{number}，{after}"
    places = [range(f.start, f.end) for f in find_personal(text)]
    assert any(len(before) + 1 in place for place in places)


@given(st.text(max_size=200))
def test_finds_never_overlap_and_lie_in_the_text(text: str) -> None:
    end = 0
    for found in find_personal(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PHONE, "9" * 11),
        (ID, "9" * 18),
        (CARD, "9" * 16),
        ("86" + PHONE, "9" * 13),
        ("7400", "7400"),
        ("1234567890.5", "1234567890.5"),
        ("12.333333333333334", "12.333333333333334"),
    ],
)
def test_a_report_hides_a_number_cell_that_may_be_somebodys(
    text: str, shown: str
) -> None:
    """A sheet keeps telephones and documents as numbers; amounts stay readable."""
    assert masked(Cell(CellKind.NUMBER, text)) == shown
