"""Routing rules in use: a suggestion with its ground; a draft tried; two adopt it."""

from libs.owner_rules import load_owner_rules, owner_rules_text
from services.routing.seeding import RULES
from tests.end_to_end.complaint import complain
from tests.end_to_end.test_operating import browser
from tests.end_to_end.whole import Whole
from tests.eventually import eventually

SHIPPED = load_owner_rules(RULES.joinpath("owners.toml").read_text("utf-8"))
PAGE = "/console/owner-rules"


async def test_f_2_2_3b_a_draft_is_tried_on_cases_and_put_in_force_by_another_person(
    whole: Whole,
) -> None:
    begun = await complain(whole, project={"name": "虚构一号工地"})
    await whole.settled()
    path = f"/v1/cases/{begun.case_id}"
    found = (await whole.get("li-01", "reporting", path))["suggested"]["suggestion"]
    assert (found["owner"], found["rule"]["id"]) == ("DO", "RTE-04")
    draft = await laid_down(whole)
    tried = "/v1/owner-rules/draft/simulation"
    would = await whole.get("au-01", "reporting", tried)
    changes = {one["case_id"]: one for one in would["changes"]}
    change = changes[str(begun.case_id)]
    assert (change["before"]["owner"], change["after"]["owner"]) == ("DO", "LI")
    assert await adopted(whole, "lg-01", draft) == 409
    assert await adopted(whole, "hd-01", draft) == 303
    await whole.settled()
    now = (await whole.get("li-01", "reporting", path))["suggested"]["suggestion"]
    assert (now["owner"], now["rule"]["version"]) == ("LI", 2)
    async with browser(whole, "li-01") as (client, _):
        case = await client.get(f"/console/cases/{begun.case_id}")
        assert "RTE-04 v2" in case.text


async def laid_down(whole: Whole) -> str:
    """Lay down a draft in the console, after one that cannot be read."""
    building = SHIPPED[3].model_copy(update={"version": 2, "owner": "LI"})
    text = owner_rules_text((*SHIPPED[:3], building, *SHIPPED[4:]))
    async with browser(whole, "lg-01") as (client, session):
        said = {"csrf": session.csrf, "rules": "rules = ["}
        sent = await client.post(PAGE, data=said)
        assert (sent.status_code, "rules = [" in sent.text) == (422, True)
        sent = await client.post(
            PAGE, data={**said, "key": "owner-rules-draft-1", "rules": text}
        )
        assert sent.status_code == 303, sent.text

    async def is_laid_down() -> str:
        held = await whole.get("au-01", "reporting", "/v1/owner-rules")
        assert held["draft"] is not None
        return str(held["draft"]["draft_id"])

    return await eventually(is_laid_down, 30)


async def adopted(whole: Whole, who: str, draft: str) -> int:
    """Put the draft in force in the console; return the answer's status."""
    async with browser(whole, who) as (client, session):
        said = {
            "csrf": session.csrf,
            "key": f"owner-rules-adoption-{who}",
            "draft_id": draft,
        }
        sent = await client.post(f"{PAGE}/adoption", data=said)
        return sent.status_code
