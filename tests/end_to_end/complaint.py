"""One complaint carried from the window to wages confirmed, as its officers would."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs import ids
from tests.end_to_end.whole import Act, Whole

AMOUNT: Mapping[str, Any] = {"minor": 1_234_500, "currency": "CNY"}
EMPLOYER = {"name": "虚构建筑劳务有限公司"}
WORKERS = ({"name": "张试一", "claimed": AMOUNT},)


@dataclass(frozen=True)
class Carried:
    """A complaint's ids, receipt and query codes, and its payment."""

    clue_id: UUID
    case_id: UUID
    claim_id: UUID
    receipt: str
    answer: Mapping[str, Any]
    payment_id: UUID | None = None


def officer(whole: Whole, who: str) -> str:
    """Return an officer's actor id."""
    issuer = whole.settings.of_issuer()["QINGXIN_ISSUER"]
    return str(ids.actor_id(issuer, who))


async def complain(
    whole: Whole, who: str = "li-01", door: str = "/v1/complaints", **more: Any
) -> Carried:
    """Register a complaint, or a report at its door, at the window of an officer."""
    body = {
        "channel": "window",
        "employer": EMPLOYER,
        "workers": list(WORKERS),
        "reporter": {"worker": 1},
        **more,
    }
    act = Act(who, "intake", door, body, on_something=False)
    said = await whole.do(act)
    claim_id = UUID(said["claims"][0]["claim_id"])
    clue_id, case_id = UUID(said["clue_id"]), UUID(said["case_id"])
    return Carried(clue_id, case_id, claim_id, said["receipt"], said)


async def carry(whole: Whole, begun: Carried, form: str = "spoken") -> Carried:
    """Carry a complaint to wages confirmed and a closed case, answered in a form."""
    clue = f"/v1/clues/{begun.clue_id}"
    case = f"/v1/cases/{begun.case_id}"
    claim = f"{case}/claims/{begun.claim_id}"
    screened = {"matter": "wage", "jurisdiction": "ours"}
    await whole.do(Act("li-01", "intake", f"{clue}/screening", screened))

    async def enforce(who: str, path: str, body: Mapping[str, Any]) -> Any:
        return await whole.do(Act(who, "enforcement", path, body))

    await enforce("db-01", f"{case}/acceptance", {"clue_id": str(begun.clue_id)})
    await enforce("li-01", f"{claim}/verification", {"verified": AMOUNT})
    await enforce("li-01", f"{case}/filing-proposal", {})
    two = [officer(whole, "db-01"), officer(whole, "db-02")]
    await enforce("db-01", f"{case}/filing", {"officer_ids": two})
    lines = [{"claim_id": str(begun.claim_id), "amount": AMOUNT}]
    ordering = {"pay_by": "2023-12-01", "lines": lines}
    order = (await enforce("hd-01", f"{case}/orders", ordering))["order_id"]
    serving = {"served_on": "2023-11-10", "method": "handed"}
    await enforce("db-01", f"{case}/orders/{order}/service", serving)
    paying = {"amount": AMOUNT, "payer": "employer", "proof": {"kind": "bank-receipt"}}
    payment = (await enforce("db-01", f"{claim}/payments", paying))["payment_id"]
    confirming = f"{claim}/payments/{payment}/confirmation"
    await enforce("lc-01", confirming, {"method": "call"})
    await whole.settled()
    await enforce("db-01", f"{case}/conclusion", {"kind": "paid"})
    reply = {"form": form, "conclusion": "paid"}
    await whole.do(Act("li-01", "intake", f"{clue}/reply", reply))
    await whole.settled()
    return Carried(
        begun.clue_id,
        begun.case_id,
        begun.claim_id,
        begun.receipt,
        begun.answer,
        UUID(payment),
    )
