"""What an answer says leaves the house: nobody's number is in it (domain §5.2)."""

import pytest
from pydantic import ValidationError

from services.intake.routes.clues import ReplySaid


def said(text: str) -> ReplySaid:
    return ReplySaid(conclusion="paid", text=text)


@pytest.mark.parametrize(
    "text",
    [
        "请联系班组长 13800000001。",
        "身份证 310117189801010012 已核对。",
        "已转入 6200 0000 0000 0005。",
        "请拨 １３８" + "０" * 7 + "１。",
        "单位 021-57001234，班组长 138-0000-0001。",
    ],
)
def test_an_answer_with_somebodys_number_is_refused_by_its_place(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        said(text)
    (error,) = refused.value.errors()
    assert (error["loc"], error["type"]) == (("text",), "personal-number")
    assert text not in str(refused.value)


def test_an_answer_may_say_how_an_office_is_called() -> None:
    text = "工资 7400 元已付清；有疑问请拨 021-57001234 或 12345。"
    assert said(text).text == text
