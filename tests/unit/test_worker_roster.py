"""On the workers' page: whom a roster names says yes or no, without a script."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.web.languages import Language
from libs.web.pages.words import catalogue
from libs.web.problems import Problem
from services.intake.pages.own_words import NOT_TRUE, payment_word, roster_word
from services.intake.pages.page import ENVIRONMENT, HERE

KEY = str(uuid4())
FORM = {"version": "3", "key": KEY}


def shown(roster: str | None, language: Language = "zh") -> str:
    values: dict[str, Any] = {
        "t": catalogue(HERE / "words", language),
        "language": language,
        "csrf": "c",
        "key": KEY,
        "reasons": (),
        "not_true": NOT_TRUE,
        "money": {
            "status": 200,
            "payable": None,
            "paid": 0,
            "withdrawn": False,
            "roster": roster,
            "version": 3,
            "payments": [],
        },
    }
    return ENVIRONMENT.get_template("money.html").render(values)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_name_of_a_roster_is_asked_for_its_own_word(language: Language) -> None:
    page = shown("unconfirmed", language)
    assert 'action="/track/roster"' in page
    words = ("confirm", *NOT_TRUE)
    assert all(f'name="word" value="{word}"' in page for word in words)


def test_who_has_spoken_may_say_otherwise_and_nothing_twice() -> None:
    confirmed, disclaimed = shown("confirmed"), shown("disclaimed")
    assert 'value="confirm"' not in confirmed
    assert 'value="not_me"' in confirmed
    assert 'value="confirm"' in disclaimed
    assert 'value="not_me"' not in disclaimed


def test_ones_own_claim_is_not_asked_about() -> None:
    assert "/track/roster" not in shown(None)


def test_each_word_goes_to_its_own_door() -> None:
    yes = roster_word({**FORM, "word": "confirm"})
    assert yes.route.endswith("/roster-confirmation")
    assert (yes.body, yes.version, yes.told) == (
        {"method": "worker_online"},
        3,
        "named",
    )
    no = roster_word({**FORM, "word": "not_true"})
    assert no.route.endswith("/roster-disclaimer")
    assert no.body == {"method": "worker_online", "reason": "not_true"}
    assert UUID(no.key) != UUID(yes.key)
    assert roster_word({**FORM, "word": "confirm"}).key == yes.key


@pytest.mark.parametrize("read", [roster_word, payment_word])
def test_a_form_that_no_page_of_ours_made_is_not_found(read: type) -> None:
    whole = {**FORM, "payment": KEY}
    for fields in ({}, {**whole, "version": "x"}, {**whole, "key": "k"}, whole):
        with pytest.raises(Problem):
            read(fields)


def test_a_payments_word_names_its_payment() -> None:
    payment = str(uuid4())
    said = payment_word({**FORM, "payment": payment, "word": "dispute", "reason": "x"})
    assert said.ids == {"payment_id": payment}
    assert (said.body, said.told) == ({"reason": "not-received"}, "disputed")
