"""The workload: complaints carried to money in the hand, over all four services."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import xlsxwriter

from libs import ids
from tests.chaos.client import Client
from tests.chaos.history import Op
from tests.chaos.holding import held
from tests.chaos.rebuilding import rebuilt

Body = Mapping[str, Any]
HEADERS = (
    "编号",
    "登记日期",
    "单位",
    "人数",
    "反映金额",
    "已付金额",
    "支付日期",
    "办结日期",
)
ARTICLE = "信访工作条例第二十四条"
UNITS = ("LI", "DO", "LM")
TAKER = {"LI": "li-01", "DO": "do-01", "LM": "lm-01"}
FIRST_AMOUNT = 1_000_000


@dataclass
class Counter:
    """Gives every act a value nobody else has."""

    next: int = FIRST_AMOUNT

    def value(self) -> int:
        """Return a fresh amount in fen."""
        self.next += 1
        return self.next


@dataclass
class Matter:
    """One complaint on its way: ids, the worker's amount, and who holds it."""

    clue: str
    case: str
    claim: str
    minor: int
    unit: str


@dataclass
class Workload:
    """Clients side by side until they are told to stop; stories draw from one dice."""

    client: Client
    counter: Counter = field(default_factory=Counter)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    campaign: str = ""
    week: int = 0

    async def run(self, clients: int) -> None:
        """Go on with stories until stopped."""
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(self._one_after_another())

    async def _one_after_another(self) -> None:
        stories: list[tuple[Callable[[], Awaitable[object]], int]] = [
            (self.paid, 5),
            (self.handed_on, 4),
            (self.registered, 6),
            (self.imported, 1),
            (self.week_closed, 1),
            (self.rebuilt, 1),
        ]
        dice = self.client.dice
        while not self.stopping.is_set():
            [story] = dice.choices(
                [s for s, _ in stories], weights=[w for _, w in stories]
            )
            await story()
            await held(dice.uniform(0.0, 0.2), self.stopping)

    async def _do(self, op: Op, body: Body) -> Op:
        done = await self.client.act(op, body)
        if self.client.dice.random() < AGAIN_SHARE:
            await self.client.again(done, {"json": body})
        return done

    async def registered(self, who: str = "li-01") -> Matter | None:
        """Register one complaint with one worker."""
        minor = self.counter.value()
        body: dict[str, Any] = {
            "channel": "window",
            "employer": {"name": f"虚构建筑第{minor % 97}有限公司"},
            "workers": [
                {"name": "张试一", "claimed": {"minor": minor, "currency": "CNY"}}
            ],
        }
        if minor % 2:
            body["channel_number"] = f"C-{uuid4().hex[:16]}"
        op = Op("register", who, "intake", "/v1/complaints", minor=minor)
        done = await self._do(op, body)
        if done.phase != "ok":
            return None
        answer = done.answer
        unit = "LI" if who == "li-01" else "LC"
        claim = answer["claims"][0]["claim_id"]
        return Matter(answer["clue_id"], answer["case_id"], claim, minor, unit)

    async def _step(self, kind: str, who: str, path: str, body: Body) -> dict[str, Any]:
        """Do one act; raises Stopped when it was refused, or nobody knows."""
        service = SERVICE_OF.get(kind, "enforcement")
        minor = body.get("amount", {}).get("minor", 0)
        done = await self._do(Op(kind, who, service, path, minor=minor), body)
        if done.phase != "ok" or self.stopping.is_set():
            raise Stopped
        return done.answer

    async def paid(self) -> None:
        """Carry a complaint to its wages confirmed."""
        matter = await self.registered()
        if matter is None or self.stopping.is_set():
            return
        try:
            await self._to_money(matter)
        except Stopped:
            return

    async def _to_money(self, matter: Matter) -> None:
        clue = f"/v1/clues/{matter.clue}"
        case, amount = f"/v1/cases/{matter.case}", _cny(matter.minor)
        claim = f"{case}/claims/{matter.claim}"
        today = datetime.now(UTC) - timedelta(days=1)
        screened = {"matter": "wage", "jurisdiction": "ours"}
        await self._step("screen", "li-01", f"{clue}/screening", screened)
        accepted = {"clue_id": matter.clue}
        await self._step("accept", "db-01", f"{case}/acceptance", accepted)
        await self._step(
            "verify", "li-01", f"{claim}/verification", {"verified": amount}
        )
        await self._step("propose-filing", "li-01", f"{case}/filing-proposal", {})
        officers = [self._officer("db-01"), self._officer("db-02")]
        await self._step("file", "db-01", f"{case}/filing", {"officer_ids": officers})
        lines = [{"claim_id": matter.claim, "amount": amount}]
        later = (today + timedelta(days=30)).date().isoformat()
        ordering = {"pay_by": later, "lines": lines}
        said = await self._step("order", "hd-01", f"{case}/orders", ordering)
        serving = {"served_on": today.date().isoformat(), "method": "handed"}
        order = f"{case}/orders/{said['order_id']}"
        await self._step("serve", "db-01", f"{order}/service", serving)
        proof = {"kind": "bank-receipt"}
        paying = {"amount": amount, "payer": "employer", "proof": proof}
        said = await self._step("pay", "db-01", f"{claim}/payments", paying)
        confirming = f"{claim}/payments/{said['payment_id']}/confirmation"
        await self._step("confirm", "lc-01", confirming, {"method": "call"})

    async def handed_on(self) -> None:
        """Hand a complaint on, back, and have it ruled."""
        matter = await self.registered("lc-01")
        if matter is None or self.stopping.is_set():
            return
        try:
            await self._to_owner(matter)
        except Stopped:
            return

    async def _to_owner(self, matter: Matter) -> None:
        case, dice = f"/v1/cases/{matter.case}", self.client.dice
        screened = {"matter": "wage", "jurisdiction": "ours"}
        await self._step(
            "screen", "lc-01", f"/v1/clues/{matter.clue}/screening", screened
        )
        to = dice.choice(UNITS)
        proposed = {"to_unit": to, "reason": "department"}
        await self._step("propose", "lc-01", f"{case}/transfers", proposed)
        if dice.random() < 0.6:
            await self._step("take", TAKER[to], f"{case}/transfers/acceptance", {})
            return
        refused = {"reason": "industry", "article": ARTICLE}
        await self._step("refuse", TAKER[to], f"{case}/transfers/refusal", refused)
        ruled = {"to_unit": dice.choice(UNITS), "article": ARTICLE}
        await self._step("rule", "lg-01", f"{case}/ruling", ruled)

    async def imported(self) -> None:
        """Hand in an agency's sheet of a few rows."""
        numbers = tuple(f"纸-{uuid4().hex[:12]}" for _ in range(8))
        content = _sheet([[number, *ROW] for number in numbers])
        op = Op("import", "do-01", "intake", "/v1/imports", rows=numbers)
        sent = {"data": {"profile": "ledger"}, "files": {"file": ("账.xlsx", content)}}
        done = await self.client.send(op, sent)
        if self.client.dice.random() < AGAIN_SHARE:
            await self.client.again(done, sent)

    async def rebuilt(self) -> None:
        """Have a view of reporting made anew."""
        await rebuilt(self.client, self.stopping)

    async def week_closed(self) -> None:
        """Open a campaign of the past year once, then close its weeks one by one.

        Only a week that is over is closed, so the go's own facts lie in the one that
        runs: its table is held against them at the end.
        """
        if not self.campaign:
            op = Op("campaign", "lg-01", "reporting", "/v1/campaigns")
            done = await self._do(op, _campaign())
            self.campaign = str(done.answer.get("campaign_id", ""))
            return
        self.week += 1
        path = f"/v1/campaigns/{self.campaign}/weeks/{self.week}/closing"
        await self.client.act(Op("close-week", "lg-01", "reporting", path), {})

    def _officer(self, who: str) -> str:
        issuer = self.client.system.settings.of_issuer()["QINGXIN_ISSUER"]
        return str(ids.actor_id(issuer, who))


class Stopped(Exception):
    """The story cannot go on."""


AGAIN_SHARE = 0.2
SERVICE_OF = {
    "screen": "intake",
    "propose": "routing",
    "take": "routing",
    "refuse": "routing",
    "rule": "routing",
}
ROW = [
    "2023-11-10",
    "演示甲餐饮有限公司（虚构）",
    2,
    "1,200.50",
    "1200.5",
    "2023-12-01",
    "2023-12-02",
]


def _cny(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "CNY"}


def _campaign() -> dict[str, str]:
    first = (datetime.now(UTC) - timedelta(days=365)).date()
    return {
        "title": "虚构专项行动",
        "notice_number": "演示〔2025〕1号",
        "notice_signed_on": first.isoformat(),
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=380)).isoformat(),
    }


def _sheet(rows: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("台账")
    for number, line in enumerate([list(HEADERS), *rows]):
        page.write_row(number, 0, line)
    book.close()
    return target.getvalue()
