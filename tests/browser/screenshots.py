"""The README's screenshots, taken of the running system: `a folder is its argument`."""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
from playwright.async_api import Page, ViewportSize, async_playwright

from deploy.local import running
from deploy.local.plan import Plan
from deploy.local.set_up import chromium

WIDE, PHONE = (1280, 900), (360, 780)
STORY = "SELECT case_id FROM clue WHERE reference LIKE '演示S1' LIMIT 1"


async def main(out: Path) -> None:
    """Sign in as an officer of the leading group and look at five pages."""
    settings = running.settings(Plan.of(os.environ).state)
    case_id = await _story(settings.app_dsn("reporting"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(chromium()), args=["--no-sandbox"]
        )
        console = f"{settings.address('reporting')}/console"
        wide: ViewportSize = {"width": WIDE[0], "height": WIDE[1]}
        page = await browser.new_page(viewport=wide, locale="zh-CN")
        await page.goto(f"{console}/sign-in")
        await page.click('button[value="lg-01"]')
        await page.wait_for_url("**/console**")
        await _shot(page, f"{console}/cases/{case_id}", out / "case.png")
        await _shot(page, f"{console}/weeks/6", out / "week.png")
        await _shot(page, f"{console}/board", out / "board.png")
        await _shot(page, f"{console}/ledger", out / "ledger.png")
        await _shot(page, f"{console}/transfer-flow", out / "transfer-flow.png")
        phone = await browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
        await _shot(phone, f"{settings.address('intake')}/", out / "worker.png")
        await browser.close()


async def _story(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval(STORY))
    finally:
        await connection.close()


async def _shot(page: Page, address: str, file: Path) -> None:
    await page.goto(address)
    await page.screenshot(path=str(file))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(folder))
