"""Looking at a page as everybody must be able to: with axe, and on a narrow screen."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

GRAVE = frozenset({"serious", "critical"})
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def grave_findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical: the rule, and the first element."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in GRAVE
    ]


async def looked_at(page: Page) -> None:
    """Hold a page to both: nothing grave, nothing wider than the screen."""
    assert await grave_findings(page) == [], page.url
    assert await page.evaluate(WIDTH) <= 0, page.url
