"""Who reports without being the worker 举报人 is known to who handles it (LIR 9 ¶3)."""

from dataclasses import dataclass

import pytest

from libs.events.decider import NotVisible
from libs.events.testing import AT
from libs.ids import named
from libs.sealing import Unreadable, new_key
from libs.web import permissions
from libs.web.idempotency import Repeatable
from services.intake import known
from services.intake.persons import Persons, persons
from services.intake.said import ClueSaid, ComplaintSaid, ReportSaid
from services.intake.vault.keys import INFORMANT, Keys
from services.intake.vault.sealing import unwrap, wrap
from tests.unit.offices import ROLES, by

ACT = Repeatable(named("act"), b"", by("LC").actor)
KEYS = Keys.of(b"m" * 32, b"c" * 32)
HELD = known.Known(
    unit="LI", parties=frozenset({"LC", "LI", "LM"}), holders=frozenset({"LC", "LI"})
)
TOLD = {
    "channel": "window",
    "mode": "named",
    "employer": {"name": "演示甲餐饮有限公司（虚构）"},
    "reporter": {
        "name": "演示举报人",
        "phone": "13900000042",
        "id_number": {"number": "310117189801010012"},
        "role": "other",
    },
    "summary": "演示陈述",
}


@dataclass(frozen=True)
class Handed:
    """A form, and the keys that it is kept under."""

    said: ClueSaid
    act: Repeatable = ACT
    keys: Keys = KEYS
    site: str = "test"


def kept(said: ClueSaid) -> Persons:
    handed = Handed(said)
    return persons(handed, handed, named("clue"))


@pytest.mark.parametrize("unit", sorted({*ROLES} - {"public", "system"}))
def test_an_informant_opens_to_who_holds_the_report_and_the_office_alone(
    unit: str,
) -> None:
    """LIR 30(4): not to the unit first asked, the district's line or the auditor."""
    actor = by(unit, AT).actor
    right = permissions.may(actor.role, "ReadInformantData") & permissions.ACT
    try:
        known.informants_open(HELD, "LC", actor)
    except NotVisible:
        opens = False
    else:
        opens = bool(right)
    assert opens == (unit in {"LI", "LG"})


def test_a_report_that_nobody_holds_yet_opens_to_the_unit_first_asked() -> None:
    known.informants_open(known.Known(), "LC", by("LC").actor)
    with pytest.raises(NotVisible):
        known.informants_open(known.Known(), None, by("LC").actor)


def test_an_informant_is_kept_apart_and_by_no_number() -> None:
    found = kept(ReportSaid.model_validate(TOLD))
    (one,) = found.keepings
    assert (one.kind, one.role, one.shared) == (INFORMANT, INFORMANT, None)
    assert (one.id_hmac, one.phone_hmac) == (None, None)
    assert {"name", "phone", "id_number", "summary"} == {*one.fields}
    assert found.reporter == one.proposed


def test_a_complainant_and_a_worker_who_reports_stay_persons() -> None:
    (family,) = kept(ComplaintSaid.model_validate(TOLD)).keepings
    assert (family.kind, family.role) == ("person", "reporter")
    assert family.id_hmac is not None
    own = {**TOLD, "workers": [{"name": "演示工"}], "reporter": {"worker": 1}}
    (worker,) = kept(ReportSaid.model_validate(own)).keepings
    assert (worker.kind, worker.role) == ("person", "worker")


def test_the_key_of_persons_opens_no_informant() -> None:
    owner, key = named("informant"), new_key()
    sealed = wrap(KEYS.of_kind(INFORMANT), owner, key)
    assert unwrap(KEYS.of_kind(INFORMANT), owner, KEYS.current, sealed) == key
    with pytest.raises(Unreadable):
        unwrap(KEYS.of_kind("person"), owner, KEYS.current, sealed)
