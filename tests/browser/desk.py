"""An officer at the console: signing in, and an act from a case's page."""

from playwright.async_api import Browser, Page, ViewportSize

from tests.end_to_end.whole import Whole

WIDE: ViewportSize = {"width": 1280, "height": 900}
GO = "form.act button:not([name])"
# A case's page names the step that usually comes next: its button is the full one.
NEXT = "section[aria-labelledby=steps] a.button:not(.second)"


def console(whole: Whole, path: str = "") -> str:
    """Return a console page's address."""
    return f"{whole.settings.address('reporting')}/console{path}"


async def signed_in(
    browser: Browser, whole: Whole, who: str, *, script: bool = False
) -> Page:
    """Sign in by the issuer's page, as a browser does: code, PKCE, cookie."""
    context = await browser.new_context(viewport=WIDE, java_script_enabled=script)
    page = await context.new_page()
    await page.goto(console(whole, "/sign-in"))
    await page.click(f'button[value="{who}"]')
    await page.wait_for_url("**/console**")
    return page


async def act(page: Page, name: str, **typed: str) -> None:
    """Open an act from the case page, fill its form and send it."""
    await page.click(f'a[href*="/acts/{name}"] >> nth=0')
    for field, text in typed.items():
        box = page.locator(f"#f-{field}")
        if await box.evaluate("one => one.tagName") == "SELECT":
            await box.select_option(text)
        else:
            await box.fill(text)
    await page.click(GO)
    await page.wait_for_load_state()
