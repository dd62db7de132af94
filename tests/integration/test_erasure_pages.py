"""Who is due for erasure, on the console: the list, the asking, the act, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.console_forms import forms
from tests.console_scene import Console, console_scene
from tests.fake_doors import DUE, FILE, Doors, fake_doors
from tests.stack import FreshDatabases

LIST = "/console/erasures"
PERSON = str(DUE["person_id"])
LAW = str(FILE["law"])
ASKED = f"{LIST}/{PERSON}"
FLOOR = {
    "code": "retention-floor",
    "detail": "案卷保存期限未满（某办法第九条，10 年），最早可于 2030-01-01 删除。",
}
OPEN = {"code": "file-open", "detail": "此人所在的案件尚未办结，不能删除。"}


@dataclass
class Vault(Doors):
    """Intake's door: who is due at it, until an act finds a file opened again."""

    due: list[Mapping[str, Any]] = field(default_factory=lambda: [DUE])
    opened: bool = False

    def shown(self, path: str) -> Mapping[str, Any]:
        assert path == "/v1/erasures/due"
        return {"items": [] if self.opened and self.done else self.due}


async def got(console: Console, officer: str, path: str) -> httpx.Response:
    browser, _ = await console.signed_in(officer)
    async with browser:
        return await browser.get(path)


async def sent(console: Console, reason: str = "own-request") -> httpx.Response:
    """Ask for the form and send it, as the leading-group office does."""
    browser, _ = await console.signed_in("lg-01")
    async with browser:
        (form,) = [
            one
            for one in forms((await browser.get(ASKED)).text, ASKED)
            if one.path == ASKED
        ]
        form.fill({"reason": reason})
        return await browser.post(form.address, data=form.sent)


async def test_who_is_due_stands_with_the_floors_that_let_go_and_is_erased_in_two_steps(
    fresh_database: FreshDatabases,
) -> None:
    """PIPL 47: by opaque id; who reads the list and who erases are not the same."""
    vault = Vault()
    with fake_doors(vault) as urls:
        async with console_scene(fresh_database, (), urls) as console:
            await _listed(console)
            await _erased(console, vault)
            await _refused(console, vault)
            await _nobody_is_due(console, vault)


async def _listed(console: Console) -> None:
    auditor = await got(console, "au-01", LIST)
    decider = await got(console, "lg-01", LIST)
    english = await got(console, "lg-01", f"{LIST}?lang=en")
    for page in (auditor, decider):
        assert page.status_code == 200
        assert PERSON in page.text
        for said in (
            LAW,
            "2018-01-02",
            "2023-01-01",
            "5 年",
            "RET-handling v1",
        ):
            assert said in page.text
    assert (ASKED in auditor.text, ASKED in decider.text) == (False, True)
    assert "Files that kept the data" in english.text
    assert "file of a case handled here" in english.text
    refused = [await got(console, *one) for one in (("li-01", LIST), ("au-01", ASKED))]
    assert [one.status_code for one in refused] == [403, 403]


async def _erased(console: Console, vault: Vault) -> None:
    vault.accept()
    asked = await got(console, "lg-01", ASKED)
    assert vault.done == [], "to ask is not to erase"
    assert "不能恢复" in asked.text
    back = await sent(console)
    assert (back.status_code, back.headers["location"]) == (
        303,
        f"{LIST}?done=ErasePersonData",
    )
    (act,) = vault.done
    assert (act.path, act.body) == (
        f"/v1/persons/{PERSON}/erasure",
        {"reason": "own-request"},
    )
    after = await got(console, "lg-01", back.headers["location"])
    assert "密钥已销毁" in after.text


async def _refused(console: Console, vault: Vault) -> None:
    """Intake's words are said, and what was chosen stays, also when nobody is due."""
    for refusal, vault.opened in ((FLOOR, False), (OPEN, True)):
        vault.refuse(409, "")
        vault.refusal = refusal
        again = await sent(console)
        assert again.status_code == 409
        assert refusal["detail"] in again.text
        (form,) = [one for one in forms(again.text, ASKED) if one.path == ASKED]
        assert form.sent["reason"] == ["own-request"]
    vault.opened = False


async def _nobody_is_due(console: Console, vault: Vault) -> None:
    vault.due = []
    empty = await got(console, "lg-01", LIST)
    assert "没有到期应删除的人" in empty.text
    assert (await got(console, "lg-01", ASKED)).status_code == 404
