"""The worker's way in a browser: report, receipt, progress, money confirmed or not."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.looking import grave_findings, looked_at
from tests.end_to_end.complaint import AMOUNT, officer
from tests.end_to_end.whole import Act, Whole

PHONE = ViewportSize(width=360, height=740)
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
NEXT = ".buttons .button"
NAME = "演示工𠮷零七"


@dataclass(frozen=True)
class Receipt:
    """What a worker takes home: the number, the query code, the wage codes."""

    number: str
    code: str
    wages: list[str]


async def on_phone(browser: Browser, whole: Whole, *, script: bool = False) -> Page:
    """Open the workers' page on a small telephone."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = await context.new_page()
    await page.goto(whole.settings.address("intake"))
    return page


async def fill(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        await page.fill(f"#{name}", text)
    await page.click(NEXT)


async def typed_in(page: Page) -> None:
    """Go through the first four steps."""
    await page.click("a.main-door")
    await fill(page, employer="演示甲建筑劳务有限公司", place="演示路1号")
    await page.check("#mode")
    await page.click(NEXT)
    await fill(page, w1_name=NAME, w1_amount="12345", w1_from="2023年7月")
    await fill(page, phone="13800000007", summary="两个月没发")


async def receipt_of(page: Page) -> Receipt:
    number = (await page.inner_text(".receipt .number")).strip()
    codes = [text.strip() for text in await page.locator(".code").all_inner_texts()]
    assert all(CODE.fullmatch(code) for code in codes)
    return Receipt(number, codes[0], codes[1:])


async def look_up(page: Page, whole: Whole, code: str) -> None:
    await page.goto(f"{whole.settings.address('intake')}/track")
    await page.fill("#code", code)
    await page.click("main form .button")


async def claim_of(whole: Whole, code: str) -> dict[str, Any]:
    """Return what a code opens at the interface."""
    act = Act(None, "intake", "/v1/codes/exchange", {"code": code}, on_something=False)
    return await whole.do(act)


async def pay(whole: Whole, opened: dict[str, Any]) -> None:
    """Take the complaint in, verify it and record a payment, as officers do."""
    case = f"/v1/cases/{opened['case_id']}"
    claim = f"{case}/claims/{opened['claim_id']}"
    paid = {"amount": AMOUNT, "payer": "employer", "proof": {"kind": "bank-receipt"}}
    verified = {"verified": AMOUNT, "reviewer_id": officer(whole, "db-02")}
    steps: list[tuple[str, dict[str, Any]]] = [
        (f"{case}/acceptance", {"clue_id": opened["clue_id"]}),
        (f"{claim}/verification", verified),
        (f"{claim}/payments", paid),
    ]
    for path, body in steps:
        await whole.do(Act("db-01", "enforcement", path, body))


async def payment_of(whole: Whole, opened: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/cases/{opened['case_id']}/claims/{opened['claim_id']}"
    said = await whole.get("db-01", "enforcement", path)
    found: dict[str, Any] = said["payments"][0]
    return found


async def news_go_elsewhere(page: Page, whole: Whole, code: str) -> None:
    """F-2.2.1a: without a number it comes back and says so, then it is noted."""
    await look_up(page, whole, code)
    await page.check("#news-sms")
    await page.click("[action='/track/news'] .button")
    await expect(page.locator("#phone-trouble")).to_contain_text("请填写")
    await page.fill("#phone", "13900000008")
    await page.click("[action='/track/news'] .button")
    await expect(page.locator("[role=status]")).to_contain_text("发到新的地方")


async def test_a_worker_reports_and_confirms_money_without_scripts(
    whole: Whole, browser: Browser
) -> None:
    page = await on_phone(browser, whole)
    await typed_in(page)
    await expect(page.locator("main")).to_contain_text(NAME)
    await page.click(NEXT)
    receipt = await receipt_of(page)
    await page.reload()
    assert await receipt_of(page) == receipt
    assert not set(page.url) & set("?&")

    opened = await claim_of(whole, receipt.wages[0])
    await pay(whole, opened)
    await look_up(page, whole, receipt.wages[0])
    await expect(page.locator("main")).to_contain_text("12,345.00 元")
    await page.click(".payment .button")
    await expect(page.locator(".state")).to_contain_text("您确认到账了")
    assert (await payment_of(whole, opened))["confirmed"] is True

    await page.click(".payment summary")
    await page.click(".payment .warn")
    await expect(page.locator(".state")).to_contain_text("您说没有收到")
    payment = await payment_of(whole, opened)
    assert (payment["confirmed"], payment["disputed"]) == (False, True)

    await page.click(".leave button")
    await page.goto(f"{whole.settings.address('intake')}/track")
    await expect(page.locator("#code")).to_be_visible()
    await news_go_elsewhere(page, whole, receipt.code)


async def test_a_word_on_money_that_changed_meanwhile_is_not_taken(
    whole: Whole, browser: Browser
) -> None:
    page = await on_phone(browser, whole)
    await typed_in(page)
    await page.click(NEXT)
    receipt = await receipt_of(page)
    opened = await claim_of(whole, receipt.wages[0])
    await pay(whole, opened)
    await look_up(page, whole, receipt.wages[0])
    payment = (await payment_of(whole, opened))["payment_id"]
    case, claim = opened["case_id"], opened["claim_id"]
    path = f"/v1/cases/{case}/claims/{claim}/payments/{payment}/reversal"
    await whole.do(Act("db-01", "enforcement", path, {"reason": "wrong-account"}))
    await page.click(".payment .button")
    await expect(page.locator("[role=status]")).to_contain_text("没有记下")
    await expect(page.locator(".state")).to_contain_text("撤销")
    assert (await payment_of(whole, opened))["confirmed"] is False


async def news_with_a_fault(page: Page, whole: Whole, receipt: Receipt) -> None:
    """Look at what the receipt's code opens, and at its form with what to correct."""
    await look_up(page, whole, receipt.code)
    await expect(page.locator("main")).to_contain_text(receipt.number)
    await looked_at(page)
    await page.fill("#email", "nobody")
    await page.check("#news-email")
    await page.click("[action='/track/news'] .button")
    await expect(page.locator("#email-trouble")).to_be_visible()
    await looked_at(page)
    await page.click(".leave button")


@pytest.mark.slow
async def test_every_page_is_fit_for_everybody_at_360_pixels(
    whole: Whole, browser: Browser
) -> None:
    page = await on_phone(browser, whole, script=True)
    await looked_at(page)
    await page.click("a.main-door")
    await looked_at(page)
    await page.click(NEXT)
    await expect(page.locator("[role=alert]")).to_contain_text("谁欠您的工资")
    await looked_at(page)
    await fill(page, employer="演示甲建筑劳务有限公司")
    await looked_at(page)
    await page.check("#mode")
    await page.click(NEXT)
    await fill(page, w1_name=NAME, w1_amount="一万二")
    await expect(page.locator("#w1_amount-trouble")).to_contain_text("只写数字")
    await looked_at(page)
    await page.fill("#w1_amount", "12345")
    await page.click("button[value=add]")
    await page.fill("#w2_name", "演示工零八")
    await looked_at(page)
    await page.click(NEXT)
    await looked_at(page)
    await page.click(NEXT)
    await looked_at(page)
    await page.click("button.language")
    await expect(page.locator("h1")).to_contain_text("Read it through")
    await looked_at(page)
    await page.click(NEXT)
    await expect(page.locator("#print")).to_be_visible()
    await looked_at(page)
    receipt = await receipt_of(page)
    assert len(receipt.wages) == 2
    await news_with_a_fault(page, whole, receipt)
    await look_up(page, whole, receipt.wages[1])
    await expect(page.locator("main")).to_contain_text(receipt.number)
    await looked_at(page)
    await page.click(".leave button")
    await page.goto(f"{whole.settings.address('intake')}/notice?lang=zh")
    await looked_at(page)


async def test_the_check_for_everybody_does_find_what_is_wrong(
    browser: Browser,
) -> None:
    page = await (await browser.new_context()).new_page()
    await page.set_content("<html><body><input><img src='data:,'></body></html>")
    found = await grave_findings(page)
    assert any(one.startswith("label") for one in found)
    assert any(one.startswith("image-alt") for one in found)


async def test_nothing_that_was_typed_stands_in_an_address(
    whole: Whole, browser: Browser
) -> None:
    page = await on_phone(browser, whole)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    await typed_in(page)
    await page.click(NEXT)
    receipt = await receipt_of(page)
    await look_up(page, whole, receipt.code)
    asked = {urlsplit(one) for one in addresses if one.startswith("http")}
    assert {one.path for one in asked} == {"/report", "/track", "/static/worker.css"}
    assert {one.query[:2] for one in asked} == {"", "v="}
