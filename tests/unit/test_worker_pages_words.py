"""The words of the worker's pages: whole in both languages, and none unused."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from libs.calendar import Calendar, load_clocks
from libs.calendar.tables import read_years
from libs.web.pages.words import Words, catalogue
from services.intake.pages.due import ByWhen, term, titled
from services.intake.pages.page import ENVIRONMENT, HERE, day_words, moment_words

ROOT = Path(__file__).parents[2]
ASKED = re.compile(r"""\bt\(["']([a-z_.]+?)["']( ~)?""")
ZH, EN = (catalogue(HERE / "words", language) for language in ("zh", "en"))


def asked() -> tuple[set[str], set[str]]:
    """Return the keys that the templates name, and the beginnings of made ones."""
    keys, beginnings = set[str](), set[str]()
    for path in (HERE / "templates").rglob("*.html"):
        for key, made in ASKED.findall(path.read_text("utf-8")):
            (beginnings if made else keys).add(key)
    return keys, beginnings


def values(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    assert ZH.said.keys() == EN.said.keys()
    assert all(values(ZH.said[key]) == values(EN.said[key]) for key in ZH.said)


def test_every_word_that_a_template_asks_for_is_in_the_catalogue() -> None:
    keys, beginnings = asked()
    assert keys <= ZH.said.keys()
    assert all(any(k.startswith(b) for k in ZH.said) for b in beginnings)


def test_english_pages_hold_no_chinese_but_the_switch() -> None:
    chinese = {key for key, text in EN.said.items() if re.search("[一-鿿]", text)}
    assert chinese == {"page.other_language"}


def test_days_are_shanghais_whatever_the_instant_is_in() -> None:
    late = datetime(2023, 11, 9, 16, 5, tzinfo=UTC)
    assert moment_words(late, "zh") == "2023年11月10日 00:05"
    assert day_words(date(2023, 11, 10), "en") == "10 November 2023"


CLOCKS = (ROOT / "services/routing/rules/clocks.toml").read_text("utf-8")
NEW = CLOCKS.split("[[clocks]]")[1].replace("CLK-02", "CLK-90")


@pytest.mark.parametrize(("words", "day"), [(ZH, "2024年2月6日"), (EN, "6 February")])
def test_a_clock_that_was_adopted_today_is_shown_by_its_own_title(
    words: Words, day: str
) -> None:
    row = {"due_on": date(2024, 2, 6), "article": "5", "provisional": False}
    rows = [
        {**row, "clock": clock, "missed": False, "paused": False}
        for clock in ("CLK-90", "CLK-91")
    ]
    running = titled(rows, [f"[[clocks]]{NEW}"])
    (new,) = load_clocks(f"[[clocks]]{NEW}")
    shown = ENVIRONMENT.get_template("due.html").render(
        due=ByWhen(running, known=True), t=words, language=words.language
    )
    title = new.title_zh if words.language == "zh" else new.title_en
    assert f"{title}{'：' if words is ZH else ': '}" in shown
    assert "CLK-91" in shown
    assert shown.count(day) == 2


@pytest.mark.parametrize(("words", "day"), [(ZH, "2024年2月6日"), (EN, "6 February")])
def test_a_clock_that_stands_promises_no_day(words: Words, day: str) -> None:
    row = {"due_on": date(2024, 2, 6), "article": "5", "provisional": False}
    rows = [{**row, "clock": "CLK-02", "missed": False, "paused": True}]
    shown = ENVIRONMENT.get_template("due.html").render(
        due=ByWhen(titled(rows, [CLOCKS]), known=True),
        t=words,
        language=words.language,
    )
    assert day not in shown
    assert ("暂停" if words is ZH else "not counted") in shown


def test_the_term_of_a_complaint_is_counted_by_the_rulebook() -> None:
    rules = load_clocks(CLOCKS)
    calendar = Calendar.of(read_years(ROOT / "services/routing/rules/calendar"))
    friday = datetime(2023, 11, 10, 1, tzinfo=UTC)
    found = term(rules, calendar, "complaint", friday)
    assert found is not None
    assert (found.days, found.last_day) == (5, date(2023, 11, 17))
    assert not found.provisional
    assert term(rules, calendar, "report", friday) is None
    assert term(rules, calendar, "complaint", friday - timedelta(days=9000)) is None
