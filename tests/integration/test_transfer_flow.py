"""The transfer flow on the console: its sums are the ledger's, each link its cases."""

import re
from html import unescape

from tests.console_scene import console_scene
from tests.integration.test_figures import campaign
from tests.stack import FreshDatabases

LINK = re.compile(r'<td class="n"><a href="([^"]+)">(\d+)</a></td>')
FOUND = re.compile(r"共 (\d+) 件")
PATH = "/console/transfer-flow"


async def test_each_step_opens_the_ledger_with_exactly_its_cases(
    fresh_database: FreshDatabases,
) -> None:
    story, *_ = campaign()
    async with console_scene(fresh_database, story.said) as console:
        browser, _ = await console.signed_in("lg-01")
        for query in ("", "?as_of=2023-11-28", "?unit=LI&channel=window"):
            page = await browser.get(f"{PATH}{query}")
            assert page.status_code == 200
            links = LINK.findall(page.text)
            assert links
            for address, number in links:
                ledger = (await browser.get(unescape(address))).text
                assert FOUND.search(ledger) is not None
                assert FOUND.findall(ledger)[0] == number, address
            assert "<svg" in page.text
        nothing = await browser.get(f"{PATH}?channel=petition")
        assert (nothing.status_code, "<svg" in nothing.text) == (200, False)
        bad = await browser.get("/console/ledger?flow=%3Cscript%3E")
        assert bad.status_code == 422
        compared = await browser.get(
            "/console/ledger/compare?t1=2023-11-28&t2=2023-12-19&flow=lead:LI"
        )
        assert compared.status_code == 200
