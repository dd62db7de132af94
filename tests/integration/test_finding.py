"""Search: by number, name or initials, only among cases that the asker may see."""

import re
from uuid import uuid4

from services.reporting.reading.search import sounding
from tests.console_scene import console_scene
from tests.integration.test_duplicate_pages import story
from tests.stack import FreshDatabases
from tests.unit.matters import EMPLOYER
from tests.unit.test_merging import A, C

KEYS = re.compile(r'name="(?:key|csrf)" value="[^"]*"')
"""What differs from page to page: the keys of its forms."""


def test_initials_find_a_name_from_two_letters_on() -> None:
    names = ["演示丁劳务有限公司", "测试餐饮店"]
    assert sounding("YSD", names) == names[:1]
    assert sounding("cy", names) == names[1:]
    assert sounding("c", names) == []
    assert sounding("餐饮", names) == []


async def test_the_box_finds_by_name_and_goes_to_the_one_that_is_meant(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, list(story())) as console:
        window, _ = await console.signed_in("lc-01")
        for typed, by in NAMES.items():
            found = await window.get("/console/find", params={"number": typed})
            assert f"<td>{by}</td>" in found.text
            assert all(f'href="/console/cases/{one}"' in found.text for one in (A, C))
        exact = await window.get("/console/find", params={"number": str(C)})
        assert exact.status_code == 303
        assert exact.headers["location"] == f"/console/cases/{C}"
        for typed in ("%", "没有的单位", "y"):
            nothing = await window.get("/console/find", params={"number": typed})
            assert "没有查到" in nothing.text


NAMES = {(EMPLOYER.name or "")[2:4]: "用人单位", "YS": "拼音首字母"}


async def test_who_does_not_see_a_case_gets_the_answer_of_one_that_is_not_there(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, list(story())) as console:
        stranger, _ = await console.signed_in("do-01")
        pages = []
        for number in (str(C), str(uuid4())):
            found = await stranger.get("/console/find", params={"number": number})
            assert found.status_code == 200
            pages.append(KEYS.sub("", found.text.replace(number, "")))
    assert pages[0] == pages[1]
