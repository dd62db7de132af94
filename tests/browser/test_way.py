"""The README's way of one complaint, walked in a browser by its text alone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
from playwright.async_api import Browser, Page, expect

from deploy.clockwork import Clockwork
from libs.calendar import start_of_day
from services.reporting.campaign import weeks_of
from tests.browser.desk import GO, NEXT, console, signed_in
from tests.browser.looking import looked_at
from tests.browser.test_worker import look_up, on_phone
from tests.end_to_end.test_rebuild import CAMPAIGN
from tests.end_to_end.whole import Act, Whole

EMPLOYER = "演示丁劳务有限公司（虚构）"
AMOUNTS = ("12345.60", "8000")
NUMBER = re.compile(r"\d{9}-\d{8}-XS-\d{6}")
HELD = "SELECT campaign_id, starts_on, ends_on FROM campaign WHERE starts_on = $1"
CLOSED = "SELECT count(*) FROM period WHERE campaign_id = $1 AND week = $2"


@dataclass(frozen=True)
class Week:
    """The campaign's open week, and the last one, which is closed."""

    now: int
    last: int
    pay_by: str


async def in_an_open_week(whole: Whole) -> Week:
    """Go to the second week of a campaign, with the first one published."""
    async with whole.database("reporting") as pool:
        starts_on = date.fromisoformat(CAMPAIGN["starts_on"])
        if await pool.fetchrow(HELD, starts_on) is None:
            opening = Act(
                "lg-01", "reporting", "/v1/campaigns", CAMPAIGN, on_something=False
            )
            await whole.do(opening)
            await whole.settled()
        held = await pool.fetchrow(HELD, starts_on)
        first, second, *_ = weeks_of(held["starts_on"], held["ends_on"])
        monday = start_of_day(second.starts_on) + timedelta(hours=9)
        async with httpx.AsyncClient() as client:
            clock = Clockwork(client, whole.settings.address, whole.token("op-01"))
            if await pool.fetchval("SELECT journal.now()") < monday:
                await clock.advance(monday)
        path = f"/v1/campaigns/{held['campaign_id']}/weeks/{first.number}/closing"
        if not await pool.fetchval(CLOSED, held["campaign_id"], first.number):
            await whole.do(Act("lg-01", "reporting", path, {}, on_something=False))
            await whole.settled()
    in_ten_days = second.starts_on + timedelta(days=10)
    return Week(second.number, first.number, in_ten_days.isoformat())


async def reported(browser: Browser, whole: Whole) -> tuple[str, list[str]]:
    """Report two workers' wages on the workers' page: the number, their wage codes."""
    page = await on_phone(browser, whole)
    await page.click("a.main-door")
    await page.fill("#employer", EMPLOYER)
    await page.click(".buttons .button")
    await page.check("#mode")
    await page.click(".buttons .button")
    await page.fill("#w1_name", "演示工𠮷走一")
    await page.fill("#w1_amount", AMOUNTS[0])
    await page.click("button[value=add]")
    await page.fill("#w2_name", "演示工走二")
    await page.fill("#w2_amount", AMOUNTS[1])
    for _ in range(3):
        await page.click(".buttons .button")
    number = (await page.inner_text(".receipt .number")).strip()
    codes = [text.strip() for text in await page.locator(".code").all_inner_texts()]
    assert NUMBER.fullmatch(number)
    return number, codes[1:]


@dataclass(frozen=True)
class Desk:
    """An officer's browser that goes the way step by step."""

    whole: Whole
    page: Page

    async def take(self, case: str, name: str, **typed: str) -> None:
        """Take the step that the case's page itself offers as the next one."""
        await self.whole.settled()
        await self.page.goto(case)
        button = self.page.locator(NEXT)
        await expect(button).to_have_attribute("href", re.compile(f"/acts/{name}"))
        await button.click()
        for field, text in typed.items():
            await self._say(field, text)
        await self.page.click(GO)
        await expect(self.page.locator(".notice.good")).to_be_visible()

    async def _say(self, field: str, text: str) -> None:
        boxes = self.page.locator(f'[name="{field}"]')
        for box, said in zip(await boxes.all(), text.split("+"), strict=True):
            if await box.evaluate("one => one.tagName") == "SELECT":
                await box.select_option(label=said)
            else:
                await box.fill(said)


async def desk(
    browser: Browser, whole: Whole, who: str, *, script: bool = False
) -> Desk:
    return Desk(whole, await signed_in(browser, whole, who, script=script))


async def carried(
    browser: Browser, whole: Whole, number: str, pay_by: str
) -> tuple[Desk, str]:
    """Carry it from the window to an order served; the inspection's desk, the case."""
    centre = await desk(browser, whole, "lc-01")
    await whole.settled()
    await centre.page.goto(console(whole))
    await centre.page.click(f'a.number:text-is("{number}")')
    case = centre.page.url.split("?")[0]
    await centre.take(case, "ScreenClue", matter="欠薪", jurisdiction="属其他部门")
    await centre.take(
        case, "ProposeTransfer", to_unit="街道劳动监察", reason="属其他部门"
    )
    inspection = await desk(browser, whole, "li-01", script=True)
    await inspection.page.goto(console(whole))
    await expect(inspection.page.locator("#awaiting")).to_be_visible()
    await inspection.take(case, "AcceptTransfer")
    for _ in AMOUNTS:
        await inspection.take(case, "VerifyFacts")
    await inspection.take(case, "ProposeFiling")
    brigade = await desk(browser, whole, "db-01")
    two = "演示员·执法大队一 · 演示区劳动执法大队+演示员·执法大队二"
    await brigade.take(case, "FileCase", officer_ids=two)
    head = await desk(browser, whole, "hd-01")
    await head.take(case, "OrderPayment", pay_by=pay_by)
    await brigade.take(case, "ServeDocument", method="直接送达")
    return inspection, case


async def confirmed(
    browser: Browser, whole: Whole, paid: tuple[Desk, str], code: str
) -> None:
    """Record both payments; the one worker confirms by code, the window the other."""
    inspection, case = paid
    for _ in AMOUNTS:
        await inspection.take(
            case, "RecordWagesPaid", payer="用人单位", proof="银行回单"
        )
    await expect(inspection.page.locator(".off")).to_contain_text("确认到账")
    await whole.settled()
    phone = await on_phone(browser, whole)
    await look_up(phone, whole, code)
    await expect(phone.locator(".due")).to_contain_text("立案后的调查")
    await phone.click(".payment .button")
    await expect(phone.locator(".state")).to_contain_text("您确认到账了")
    call_back = await desk(browser, whole, "lc-02")
    await call_back.take(case, "ConfirmReceipt", method="电话回访")


async def test_a_complaint_goes_the_whole_way_by_the_readme_alone(
    browser: Browser, whole: Whole
) -> None:
    week = await in_an_open_week(whole)
    number, codes = await reported(browser, whole)
    inspection, case = await carried(browser, whole, number, week.pay_by)
    await confirmed(browser, whole, (inspection, case), codes[0])
    await whole.settled()
    await told(inspection.page, case, number, week)


async def told(page: Page, case: str, number: str, week: Week) -> None:
    """Find it in ledger, week and trace; take the number apart; look at last week."""
    await page.goto(case)
    await expect(page.locator(".amounts .confirmed")).to_contain_text("20,345.60")
    await looked_at(page)
    await page.click('.case-head a[href$="/trace"]')
    for service in ("受理", "分派", "执法", "统计"):
        await expect(page.locator("svg.timeline")).to_contain_text(service)
    await page.click('a[href="/console/ledger"]')
    row = page.locator("table.ledger tbody tr", has_text=number)
    await expect(row).to_contain_text("20,345.60")
    await page.click('a[href="/console/weeks"]')
    await expect(page.locator("h1")).to_contain_text(f"第 {week.now} 周")
    await page.click('a[href^="/console/explain?indicator=S18-amount"] >> nth=0')
    fact = page.locator("tbody tr", has_text=number)
    await expect(fact).to_have_count(2)
    await fact.first.locator('a[href*="/events/"]').click()
    await expect(page.locator("main")).to_contain_text("演示员·监察一")
    await page.click('a[href="/console/as-known"]')
    await page.click(f'a[href^="/console/weeks/{week.last}?as_of="]')
    await expect(page.locator(".notice.past")).to_be_visible()
    await expect(page.locator("h1")).to_contain_text(f"第 {week.last} 周")
