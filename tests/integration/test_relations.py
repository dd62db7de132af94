"""What reporting shows of one case follows how the reader's unit stands to it.

Whoever holds it, once held it or watches over all sees it; to every other unit it does
not exist, by the very answer that a case gets which never was (architecture §6). Who
that is stands in `tests/unit/rights/reporting.toml`.
"""

import re
from dataclasses import dataclass
from uuid import UUID

import httpx

from libs.events.contracts.intake import ChannelAdvised, ComplaintReceived
from libs.events.event import Recorded
from libs.ids import named
from services.reporting.traces.store import ensure
from tests.console_scene import Console, console_scene
from tests.integration.test_supervision import DUE
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.matters import ASSIGNED, CASE, CLUE, EMPLOYER, ONE, OPENED, moved
from tests.unit.message_scenes import THIS, message
from tests.unit.offices import on
from tests.unit.rights_house import UNITS
from tests.unit.test_rights import row, table

NEVER = named("test-never")
OFFICERS = {
    "inspection": "li-01", "mediation": "lm-01", "development": "do-01",
    "petition": "po-01", "leading-group": "lg-01", "brigade": "db-01",
    "hrss-head": "hd-01", "auditor": "au-01", "centre": "lc-01", "police": "ps-01",
}  # fmt: skip
FOREIGN = {"development", "petition", "police"}
"""Of these the inspection holds the case and the mediation once did."""
ROUTES = [
    route
    for of, route in table()
    if of == "reporting" and "seen" in row(of, route).roles.values()
]
TRACE = "a" * 32
SPAN = """
INSERT INTO trace_span (trace_id, span_id, service, operation, kind, started_ns,
  ended_ns, failed, case_id, attributes)
VALUES ($1, 'aaaaaaaaaaaaaaaa', 'routing', 'act', 2, 1, 2, false, $2, '{}')"""
UNLIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|\d{2}:\d{2}:\d{2}")


@dataclass(frozen=True)
class Told:
    """What the services said, and the id of an event of the case."""

    said: list[Recorded]
    event_id: UUID


def story() -> Told:
    """A case that went from the mediation to the inspection, with a date of its own."""
    told = Story()
    received = ComplaintReceived(
        clue_id=CLUE,
        case_id=CASE,
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=ONE,
        first_asked_unit="LM",
        employer=EMPLOYER,
        workers=(),
    )
    advised = ChannelAdvised(
        clue_id=CLUE,
        case_id=CASE,
        advised_channel="court",
        told="printed",
        text_version=1,
        text_sha256="0" * 64,
    )
    for said in (received, advised):
        told.say("intake", f"clue-{CLUE}", said, on(11, 13))
    opened = OPENED.model_copy(update={"first_asked_unit": "LM"})
    assigned = ASSIGNED.model_copy(update={"unit": "LM"})
    told.say("routing", f"case-{CASE}", opened, on(11, 14))
    event = told.say("routing", f"case-{CASE}", assigned, on(11, 14))
    for one in moved(1, "LM", "LI"):
        told.say("routing", f"case-{CASE}", one, on(11, 14))
    told.say("routing", f"deadline-{DUE.deadline_id}", DUE, on(11, 24))
    told.say("intake", f"message-{THIS}", message(), on(11, 24))
    return Told(told.said, event)


async def ask(
    console: Console, role: str, route: str, ids: dict[str, object]
) -> httpx.Response:
    """Ask a route as an officer of a role: as a browser, or with a token."""
    method, template = route.split(" ", 1)
    path = template.format_map({"act": "ProposeTransfer", **ids})
    if not path.startswith("/console"):
        async with console.api(OFFICERS[role]) as client:
            return await client.request(method, path)
    browser, session = await console.signed_in(OFFICERS[role])
    form = {"csrf": session.csrf, "reason": "handling"}
    async with browser:
        sent = form if method == "POST" else None
        return await browser.request(method, path, data=sent)


async def wrong(console: Console, event_id: UUID, route: str) -> list[str]:
    """Return which roles met something else than the row of a route says."""
    ids: dict[str, object] = {
        "case_id": CASE, "deadline_id": DUE.deadline_id, "message_id": THIS,
        "event_id": event_id, "trace_id": TRACE,
    }  # fmt: skip
    told = []
    for role, relation in row("reporting", route).roles.items():
        if role not in OFFICERS:
            continue
        answer = await ask(console, role, route, ids)
        hidden = relation == "seen" and role in FOREIGN
        # An empty form is shown again; another service's door is down here.
        seen = {200, 422, 503}
        if answer.status_code not in ({404} if hidden else seen):
            told.append(f"{role} {UNITS[role]}: {answer.status_code}")
        if hidden:
            never = await ask(console, role, route, dict.fromkeys(ids, NEVER))
            if UNLIKE.sub("", never.text) != UNLIKE.sub("", answer.text):
                told.append(f"{role}: what is hidden is told from what never was")
    return [f"{route}: {one}" for one in told]


async def test_what_is_shown_of_a_case_follows_how_one_stands_to_it(
    fresh_database: FreshDatabases,
) -> None:
    """Architecture §6: page, event, date, message, trace, advice and act's form."""
    told = story()
    assert len(ROUTES) > 10
    async with console_scene(fresh_database, told.said) as console:
        await ensure(console.pool)
        await console.pool.execute(SPAN, TRACE, CASE)
        found = [
            one
            for route in ROUTES
            for one in await wrong(console, told.event_id, route)
        ]
        lists = await _listed(console)
    assert found == []
    assert lists == {"inspection": True, "mediation": True, "development": False}


async def _listed(console: Console) -> dict[str, bool]:
    """Return on whose ledger the case stands."""
    found = {}
    for role in ("inspection", "mediation", "development"):
        async with console.api(OFFICERS[role]) as client:
            said = (await client.get("/v1/ledger")).json()
        found[role] = str(CASE) in {one["case_id"] for one in said["items"]}
    return found
