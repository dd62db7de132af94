"""An office's day at its own pages: twelve items on twelve channels, right to the item.

Two of them tell what another one tells; one is no wage matter; one is refused by the
office it was sent to and ruled on; one is a crowd; one is left lying until the ladder
climbs. What stands in ledger and week at the end is counted from these alone.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from deploy.clockwork import Clockwork
from tests.browser.desk import GO, act, console, signed_in
from tests.browser.test_way import NUMBER, in_an_open_week
from tests.browser.test_worker import on_phone
from tests.end_to_end.whole import Whole

NUMBERED = ("12345", "platform", "petition")
REPEATS = {"petition": "12345", "letter": "platform"}
"""Which channel's item tells the same as which other's."""
CROWD, NOT_WAGE, DISPUTED, LEFT = "window", "phone", "grid", "warning"
CHANNELS = (
    "window", "phone", "letter", "web", "online", "12345", "platform", "petition",
    "patrol", "warning", "cyberspace", "grid",
)  # fmt: skip
A_WEEK = timedelta(days=7)


@dataclass
class Day:
    """The day's items: a mark of their names, and each channel's number and case."""

    whole: Whole
    browser: Browser
    mark: str = field(default_factory=lambda: uuid4().hex[:5])
    numbers: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)

    def employer(self, channel: str) -> str:
        """Return who owes: the same on both channels of one fact."""
        place = CHANNELS.index(REPEATS.get(channel, channel))
        return f"虚构{self.mark}{'甲乙丙丁戊己庚辛壬癸子丑'[place]}建设有限公司"

    def phone(self, channel: str, worker: int = 0) -> str:
        """Return a telephone that nobody has, the same on both channels of one fact."""
        place = CHANNELS.index(REPEATS.get(channel, channel))
        return f"1390{int(self.mark, 16) % 1000:03}{place:02}{worker:02}"

    def roster(self) -> FilePayload:
        """Return the crowd's sheet: ten workers with what they are owed."""
        rows = [f"演示工众{n},1000,{self.phone(CROWD, n)}" for n in range(10)]
        sheet = "\n".join(["姓名,欠薪金额,电话", *rows])
        return FilePayload(name="名册.csv", mimeType="text/csv", buffer=sheet.encode())

    async def at(self, who: str) -> Page:
        """Return an officer's page, once all has been heard everywhere."""
        await self.whole.settled()
        return await signed_in(self.browser, self.whole, who)

    async def open(self, page: Page, channel: str) -> None:
        """Open an item's case by its number, in the box on top."""
        await self.whole.settled()
        await page.goto(console(self.whole))
        await page.fill("#find", self.numbers[channel])
        await page.press("#find", "Enter")
        await expect(page.locator("main h1")).to_contain_text(self.numbers[channel])
        self.cases[channel] = page.url.split("?")[0]


async def entered(day: Day, page: Page, channel: str) -> None:
    """Enter an item at the window's form and keep its number."""
    await page.goto(console(day.whole, "/register"))
    await page.select_option("#f-channel", channel)
    if channel in NUMBERED:
        await page.fill("#f-channel_number", f"{channel}-{day.mark}")
    await page.fill("#f-employer", day.employer(channel))
    if channel == CROWD:
        await page.set_input_files("#f-roster", day.roster())
        await page.click("button[name=read]")
        await expect(page.locator("#workers .notice")).to_be_visible()
    else:
        await page.fill("#f-worker\\.name\\.0", f"演示工{day.mark}")
        await page.fill("#f-worker\\.phone\\.0", day.phone(channel))
        await page.fill("#f-worker\\.claimed\\.0", "5000")
    await page.click(GO)
    day.numbers[channel] = await page.locator(".receipt .big").first.inner_text()
    assert NUMBER.fullmatch(day.numbers[channel])


async def reported(day: Day) -> None:
    """Report one worker's wages on the workers' page, from a telephone."""
    page = await on_phone(day.browser, day.whole)
    await page.click("a.main-door")
    await page.fill("#employer", day.employer("web"))
    await page.click(".buttons .button")
    await page.check("#mode")
    await page.click(".buttons .button")
    await page.fill("#w1_name", f"演示工{day.mark}")
    await page.fill("#w1_amount", "5000")
    for _ in range(3):
        await page.click(".buttons .button")
    day.numbers["web"] = (await page.inner_text(".receipt .number")).strip()


async def linked(day: Day, page: Page) -> None:
    """Look at the list of likely duplicates and confirm the two that are."""
    for repeat, first in REPEATS.items():
        await page.goto(console(day.whole, "/duplicates"))
        card = page.locator("ul.cards li", has_text=day.numbers[repeat])
        await card.filter(has_text=day.numbers[first]).locator("a").click()
        heads = page.locator("main thead a")
        if await heads.first.inner_text() != day.numbers[repeat]:
            await page.click('main a[href*="/console/duplicates/"]')
        await expect(heads.first).to_have_text(day.numbers[repeat])
        await page.click("button[value=link]")
        await expect(page.locator("main")).to_contain_text(day.numbers[first])


async def sent_elsewhere(day: Day, page: Page) -> None:
    """Tell who has no wage matter where to go, and print what he was told."""
    await day.open(page, NOT_WAGE)
    await act(page, "ScreenClue", matter="not_wage", jurisdiction="ours")
    await day.open(page, NOT_WAGE)
    await act(page, "AdviseChannel", advised_channel="court", told="spoken")
    await day.whole.settled()
    await page.goto(f"{day.cases[NOT_WAGE]}/advice")
    await expect(page.locator("main .lead")).to_contain_text("人民法院")


async def ruled(day: Day, page: Page) -> None:
    """Send an item to an office that refuses it; the leading group says whose it is."""
    await day.open(page, DISPUTED)
    await act(page, "ScreenClue", matter="wage", jurisdiction="department")
    await day.open(page, DISPUTED)
    await act(page, "ProposeTransfer", to_unit="PS", reason="department")
    police = await day.at("ps-01")
    await police.goto(console(day.whole, "/transfers"))
    await police.click(f'main a.number:text-is("{day.numbers[DISPUTED]}")')
    law = "保障农民工工资支付条例第七条"
    await act(police, "RefuseTransfer", reason="department", article=law)
    office = await day.at("lg-01")
    await office.goto(console(day.whole, "/transfers"))
    await office.click(f'main a.number:text-is("{day.numbers[DISPUTED]}")')
    await act(office, "RuleOwnership", to_unit="LI", article="领导小组议定")
    inspection = await day.at("li-01")
    await inspection.goto(day.cases[DISPUTED])
    await expect(inspection.locator("main dl.facts").first).to_contain_text("劳动监察")


async def crowded(day: Day, page: Page) -> None:
    """Find the flag of a crowd on its case, without anybody's doing."""
    await day.open(page, CROWD)
    await expect(page.locator("main h1")).to_contain_text("群体")


async def overdue(day: Day) -> None:
    """Let a week and a day go by: what was left lying is urged, and signed for."""
    async with httpx.AsyncClient() as client:
        address = day.whole.settings.address
        clock = Clockwork(client, address, day.whole.token("op-01"))
        async with day.whole.database("reporting") as pool:
            now = await pool.fetchval("SELECT journal.now()")
        await clock.advance(now + A_WEEK + timedelta(days=1))
    office = await day.at("lg-01")
    await office.goto(console(day.whole, "/supervision"))
    urges = "section[aria-labelledby=urged] tbody tr"
    told = office.locator(urges, has_text=day.numbers[LEFT]).first
    await expect(told).to_contain_text("未签收")
    owner = await day.at("lc-01")
    cards = owner.locator("section[aria-labelledby=urges] li")
    await cards.filter(has_text=day.numbers[LEFT]).locator("button").first.click()
    await day.whole.settled()
    await office.reload()
    await expect(told).not_to_contain_text("未签收")


async def figures(day: Day, week: int) -> dict[str, int]:
    """Return the week's figures as its page shows them now."""
    page = await day.at("lg-01")
    await page.goto(console(day.whole, f"/weeks/{week}"))
    rows = page.locator("table.figures").first.locator("tbody tr")
    found: dict[str, int] = {}
    for row in await rows.all():
        name = await row.locator("th .small").inner_text()
        text = await row.locator("td").nth(1).inner_text()
        if text.replace(",", "").isdecimal():
            found[name] = int(text.replace(",", ""))
    return found


async def ledger(day: Day) -> list[str]:
    """Return which of the day's numbers have a row in the ledger, in its order."""
    page = await day.at("lg-01")
    await page.goto(console(day.whole, "/ledger"))
    heads = await page.locator("table.ledger tbody th").all_inner_texts()
    own = set(day.numbers.values())
    return [number for text in heads for number in own if number in text]


@pytest.mark.slow
async def test_twelve_items_of_a_day_are_right_to_the_item_in_ledger_and_week(
    browser: Browser, whole: Whole
) -> None:
    week = (await in_an_open_week(whole)).now
    day = Day(whole, browser)
    before = await figures(day, week)
    await reported(day)
    window = await day.at("lc-01")
    for channel in CHANNELS:
        if channel != "web":
            await entered(day, window, channel)
    await whole.settled()
    await linked(day, window)
    await sent_elsewhere(day, window)
    await ruled(day, window)
    await crowded(day, window)
    after = await figures(day, week)
    assert {name: after[name] - before[name] for name in ("S06", "S07")} == {
        "S06": 12,
        "S07": 10,
    }
    assert sorted(await ledger(day)) == sorted(day.numbers.values())
    await overdue(day)
