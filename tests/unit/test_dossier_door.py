"""F-2.2.3d at evidence's door: the file opens with the receipt of the case."""

from pathlib import Path

from libs.events.contracts.merges import DossierNoted
from services.enforcement import known
from tests.unit.evidence_desk import Desk, application, handed
from tests.unit.matters import CASE, OTHER_CASE, noted
from tests.unit.pictures import DIGEST, PDF, PNG
from tests.unit.web_door import bearer, client, token


async def test_f_2_2_3d_whoever_it_was_proposed_to_sees_the_list_and_opens_nothing(
    tmp_path: Path,
) -> None:
    desk = Desk()
    stream = known.KIND.stream(CASE)
    desk.events[stream].append(noted("proposed", "DO"))
    mine = bearer(token(sub="do-01"))
    path = f"/v1/cases/{CASE}/evidence"
    async with client(application(tmp_path, desk=desk)) as http:
        await handed(http, PNG)
        listed = await http.get(path, headers=mine)
        refused = await http.get(f"{path}/{DIGEST}", headers=mine)
        desk.events[stream].append(noted("owned", "DO"))
        received = await http.get(f"{path}/{DIGEST}", headers=mine)
        former = await http.get(path, headers=bearer(token(sub="li-01")))
    assert (listed.json()["open"], len(listed.json()["items"])) == (False, 1)
    assert (refused.status_code, received.content) == (403, PNG)
    assert former.json()["open"]


async def test_f_2_2_3d_a_case_opens_the_pieces_of_another_file_that_came_along(
    tmp_path: Path,
) -> None:
    desk = Desk()
    async with client(application(tmp_path, desk=desk)) as http:
        await handed(http, PNG)
        await handed(http, PDF, key="b")
        here = OTHER_CASE
        came = DossierNoted(
            case_id=here,
            fact="came",
            unit="LI",
            other_case_id=CASE,
            evidence=(DIGEST,),
            cause=CASE,
        )
        opened = noted("opened", "LI").model_copy(update={"case_id": here})
        desk.events[known.KIND.stream(here)] = [opened, came]
        mine = bearer(token(sub="li-01"))
        path = f"/v1/cases/{here}/evidence"
        listed = (await http.get(path, headers=mine)).json()["items"]
        given = await http.get(f"{path}/{DIGEST}", headers=mine)
    assert [one["sha256"] for one in listed] == [DIGEST]
    assert given.content == PNG
