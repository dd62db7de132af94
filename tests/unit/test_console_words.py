"""The console's words: both languages say the same, and templates ask no others."""

import re
from pathlib import Path

import pytest

from services.reporting.console.channel_acts import EVERY_ACT
from services.reporting.console.menu import PAGES
from services.reporting.console.render import ENVIRONMENT
from services.reporting.console.words import FOLDER, words
from services.reporting.reading.channel_guards import CHANNEL_OF, ON_CHANNEL
from services.reporting.reading.claim_guards import ON_CLAIM, ON_PAYMENT
from services.reporting.reading.group_guards import (
    ON_GROUP,
    ON_REPRESENTED,
    ON_ROSTER,
)
from services.reporting.reading.guards import ON_CASE
from services.reporting.reading.supervision_guards import ON_SUPERVISION
from services.reporting.reading.track_guards import ON_TRACK

ASKED = re.compile(r"""\bt\("([a-z0-9.-]+[a-zA-Z0-9-]*)"[,)]""")
HAN = re.compile(r"[一-鿿]")
HOLES = re.compile(r"\{(\w+)\}")
TEMPLATES = sorted((FOLDER.parent / "templates").glob("*.html"))


def test_both_languages_have_the_same_messages_with_the_same_holes() -> None:
    zh, en = words("zh").said, words("en").said
    assert zh.keys() == en.keys()
    unlike = [k for k in zh if set(HOLES.findall(zh[k])) != set(HOLES.findall(en[k]))]
    assert unlike == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_parses_and_asks_only_for_messages_that_are_there(
    path: Path,
) -> None:
    ENVIRONMENT.get_template(path.name)
    text = path.read_text("utf-8")
    missing = [key for key in ASKED.findall(text) if not words("zh").knows(key)]
    assert missing == []
    assert HAN.search(text) is None, "words belong into the catalogue"


def test_every_act_field_and_choice_has_its_word() -> None:
    known = words("zh").knows
    for act, form in EVERY_ACT.items():
        assert known(f"act.{act}"), act
        for field in form.fields:
            if field.kind == "clue":
                continue
            assert known(f"field.{field.name}"), field.name
            if field.kind == "choice":
                for code in field.codes:
                    assert known(f"choice.{field.name}.{code}"), (field.name, code)


def test_every_page_of_the_menu_and_every_step_has_its_word() -> None:
    said = words("zh")
    assert [key for key, *_ in PAGES if not said.knows(f"menu.{key}")] == []
    on_case = {*ON_CASE, *ON_CHANNEL, *ON_SUPERVISION, *ON_TRACK}
    steps = {*on_case, *ON_CLAIM, *ON_PAYMENT, "ServeDocument"}
    assert steps | {*ON_GROUP, *ON_REPRESENTED, *ON_ROSTER} == set(EVERY_ACT)
    assert CHANNEL_OF.keys() == ON_CHANNEL.keys()
