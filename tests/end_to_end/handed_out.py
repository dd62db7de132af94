"""Whatever of a case goes out: pages, registers, workbooks, its file, its codes."""

import html
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from tests.end_to_end.complaint import Carried
from tests.end_to_end.sinks import Sink
from tests.end_to_end.test_operating import browser
from tests.end_to_end.whole import Whole
from tests.unit.test_rights import row, rows

HOLDER = "li-01"
READERS = {
    "inspection": HOLDER,
    "leading-group": "lg-01",
    "auditor": "au-01",
    "nobody": HOLDER,
}
"""Who asks: the holder of the case, and for what he does not see somebody else."""
LINK = re.compile(r'href="(/console/(?!static)[^"#]+)"')
OUTSIDE = ("/console", "/v1/", "/catalogue", "/seals.json")
NOT_ASKED = {
    "/console/signed-in",
    "/console/verify",
    "/v1/owner-rules/draft/simulation",
}
"""The end of a sign-in, the proof of the whole log, a draft of rules: of no case."""


async def handed_out(whole: Whole, case: Carried, folder: Path) -> list[Sink]:
    """Return all that goes out of a case, workbooks and packed files part by part."""
    found = [one async for one in _answers(whole, case)]
    file = folder / "case.zip"
    said = await whole.cli("export", "--case", case.receipt, str(file))
    assert said.code == 0, said
    found.append((file.name, file.read_bytes()))
    found += [await _by_code(whole, code) for code in _codes(case)]
    return [part for one in found for part in _opened(one)]


def _opened(sink: Sink) -> Iterator[Sink]:
    where, content = sink
    if not content.startswith(b"PK"):
        yield sink
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            yield f"{where}: {name}", packed.read(name)


async def _answers(whole: Whole, case: Carried) -> AsyncIterator[Sink]:
    """Ask for every register, every week, and all that the case's own page leads to."""
    of_case = f"/v1/cases/{case.case_id}"
    known = await whole.get(HOLDER, "reporting", of_case)
    asked = _registers() | {of_case: HOLDER, "/v1/channels/12345/items": HOLDER}
    query = _asked(case.receipt, known["complete_up_to"])
    async with AsyncExitStack() as signed_in:
        desks: dict[str, httpx.AsyncClient] = {}
        for who in sorted(set(asked.values())):
            client, _ = await signed_in.enter_async_context(browser(whole, who))
            token = {"Authorization": f"Bearer {whole.token(who)}", "Accept": "*/*"}
            client.headers.update(token)
            desks[who] = client
        # A campaign's weeks, where there is one: the bulletins.
        for start in (f"/console/cases/{case.case_id}", "/console/weeks"):
            page = await desks[HOLDER].get(start)
            links = {html.unescape(one) for one in LINK.findall(page.text)}
            asked |= dict.fromkeys(links - asked.keys(), HOLDER)
        for address, who in sorted(asked.items()):
            answer = await desks[who].get(address, params=query.get(address))
            assert not answer.is_error, (address, answer.status_code, answer.text)
            yield address, answer.content


def _registers() -> dict[str, str]:
    """Return every address of reporting that names no one thing, and who asks it."""
    found = {}
    for route in rows("reporting"):
        method, _, address = route.partition(" ")
        outside = address.startswith(OUTSIDE) and address not in NOT_ASKED
        if method == "GET" and outside and "{" not in address:
            roles = row("reporting", route).roles
            found[address] = next(who for role, who in READERS.items() if role in roles)
    return found


def _asked(receipt: str, until: str) -> dict[str, dict[str, str]]:
    """Return what some addresses are asked for, or they would show nothing of it."""
    ledger = {"source": "all", "number": receipt}
    times = {"t1": "2023-11-09", "t2": until}
    order = {"channel": "12345"}
    return {
        "/console/ledger": ledger,
        "/v1/ledger": ledger,
        "/console/ledger/compare": times,
        "/console/ledger/compare.xlsx": times,
        "/console/channels": order,
        "/console/channels/answers.xlsx": order,
        "/console/explain": {"indicator": "S06"},
    }


def _codes(case: Carried) -> list[str]:
    claims = [one["query_code"] for one in case.answer["claims"]]
    return [case.answer["query_code"], *claims]


async def _by_code(whole: Whole, code: str) -> Sink:
    """Return what the workers' page shows to whoever has a code."""
    async with whole.client("intake") as public:
        opened = await public.post("/track", data={"code": code})
        public.cookies.update(opened.cookies)
        shown = await public.get("/track")
    assert shown.status_code == 200, shown.text
    return f"by code {code[:4]}", shown.content
