"""A crew leader's roster through all services: flagged, confirmed, and split."""

import re
from uuid import UUID, uuid4

from tests.end_to_end.complaint import Carried, complain
from tests.end_to_end.whole import Act, Whole

NUMBER = re.compile(r"310199001-\d{8}-AJ-\d{6}")
FEN = 1_234_500
AMOUNT = {"minor": FEN, "currency": "CNY"}
TEN = [
    {"name": f"张试{n}", "claimed": AMOUNT, "roster_only": True} for n in range(1, 11)
]


async def test_a_roster_is_a_group_case_and_parts_with_each_sum_kept(
    whole: Whole,
) -> None:
    """F-1.5, domain §5.4: numbers, owners, words and sums, over HTTP and Kafka."""
    begun = await complain(whole, workers=TEN)
    case, every = f"/v1/cases/{begun.case_id}", begun.answer["claims"]
    await say_yes(whole, begun, every[0])
    denied = f"{case}/claims/{every[1]['claim_id']}/roster-disclaimer"
    no = {"reason": "not_me", "method": "call"}
    await whole.do(Act("lc-01", "enforcement", denied, no))
    parting = {"claim_ids": [every[9]["claim_id"]], "ground": "other_forum"}
    said = await whole.do(Act("li-01", "enforcement", f"{case}/parts", parting))
    await whole.settled()
    page = await whole.get("au-01", "reporting", case)
    group = page["grouped"]
    assert (group["flag"]["workers"], group["open_workers"]) == (10, 9)
    words = sorted(one["word"] for one in group["roster"])
    assert words == ["confirmed", "disclaimed", *["unconfirmed"] * 7]
    (apart,) = group["apart"]
    assert apart["case_id"] == said["new_case_id"]
    assert NUMBER.fullmatch(apart["number"])
    found = await whole.get("au-01", "reporting", "/v1/ledger", number=apart["number"])
    (line,) = found["items"]
    assert (line["unit"], line["workers"]) == ("LI", 1)
    assert line["claimed"] + page["sums"][0]["claimed"] == 10 * FEN
    lifting = Act(
        "lg-01",
        "enforcement",
        f"{case}/group-flag/lifting",
        {"reason": "too-few-workers"},
    )
    await whole.do(lifting)
    await whole.settled()
    flagged = await whole.get("au-01", "reporting", "/v1/ledger", group="true")
    assert str(begun.case_id) not in {one["case_id"] for one in flagged["items"]}


async def say_yes(whole: Whole, begun: Carried, claim: dict[str, str]) -> None:
    """Confirm a name with the worker's own wage code."""
    async with whole.client("intake") as door:
        shown = {"code": claim["query_code"]}
        opened = (await door.post("/v1/codes/exchange", json=shown)).json()
    claim_id = UUID(claim["claim_id"])
    path = f"/v1/cases/{begun.case_id}/claims/{claim_id}"
    async with whole.client("enforcement") as door:
        signed = {"Authorization": f"Bearer {opened['token']}"}
        await whole.settled()
        stands = await door.get(path, headers=signed)
        assert stands.json()["roster"] == "unconfirmed"
        told = await door.post(
            f"{path}/roster-confirmation",
            json={"method": "worker_online"},
            headers={
                **signed,
                "Idempotency-Key": str(uuid4()),
                "If-Match": stands.headers["ETag"],
            },
        )
    assert told.status_code == 200, told.text
