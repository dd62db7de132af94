"""A real Chromium for the pages of the running system."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from deploy.local.set_up import chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The machine's Chromium, headless."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(
            executable_path=str(chromium()), args=["--no-sandbox"]
        )
        yield found
        await found.close()
