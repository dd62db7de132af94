"""One poisoned event in about a thousand: how long the others take to the ledger."""

import time
from typing import Any
from uuid import UUID, uuid4

from tests.end_to_end.test_foreign import newer_version
from tests.end_to_end.whole import ALL, OPERATOR, Whole
from tests.load.driving import Driver, Tally, crowd, level, pause
from tests.load.overload import OPENED, say

# One complaint says about eleven events over the four services.
EVERY = 90
SHOWN_SECONDS = 60
HARMED = 2.0
"""From this ratio of p99s on, poisoned to clean, the other streams are harmed."""


async def poison(whole: Whole, minutes: float, rate: float) -> bool:
    """Run half the time without poison and half with it; drop it; nothing is lost."""
    async with crowd(whole) as client:
        driver = Driver(whole, client)
        clean = await _half(driver, minutes / 2, rate, poisoned=False)
        dirty = await _half(driver, minutes / 2, rate, poisoned=True)
    await level(whole)
    waiting = 0
    for service in ALL:
        told = await whole.get(OPERATOR, service, "/operator/parked", limit="1000")
        waiting += len(told["parked"])
        for row in told["parked"]:
            await _dropped(whole, service, row)
    say(f"parked {waiting}, each dropped with a reason")
    left = 0
    for service in ALL:
        told = await whole.get(OPERATOR, service, "/operator/parked")
        left += len(told["parked"])
    async with whole.database("reporting") as pool:
        opened = await pool.fetchval(OPENED)
    say(
        f"accepted {driver.accepted_in_all}, cases opened {opened}, still parked {left}"
    )
    verified = await whole.cli("verify")
    say(verified.out.rstrip())
    ratio = dirty.quantile(0.99) / clean.quantile(0.99)
    say(f"p99 to the ledger, poisoned to clean: {ratio:.2f}")
    shown = not (clean.wrong or dirty.wrong) and ratio < HARMED
    lost = opened != driver.accepted_in_all or left or verified.code
    return shown and not lost


async def _dropped(whole: Whole, service: str, row: dict[str, Any]) -> None:
    """Drop one: with the count that is told, and no faster than one operator may."""
    path = f"/operator/parked/{row['consumer']}/{row['event_id']}/drop"
    body = {"reason": "from-a-test", "count": 1}
    async with whole.client(service, OPERATOR) as client:
        while True:
            key = {"Idempotency-Key": str(uuid4())}
            answer = await client.post(path, json=body, headers=key)
            match answer.status_code:
                case 429:
                    await pause(float(answer.headers["Retry-After"]))
                case 409:
                    body["count"] = answer.json()["count"]
                case _:
                    assert answer.is_success, answer.text
                    return


async def _half(
    driver: Driver, minutes: float, rate: float, *, poisoned: bool
) -> Tally:
    shown, count = Tally(), 0

    async def look(said: dict[str, object]) -> None:
        nonlocal count
        count += 1
        if poisoned and count % EVERY == 0:
            await newer_version(driver.whole, UUID(str(said["clue_id"])))
        elif count % 5 == 0:
            await _until_shown(driver, str(said["case_id"]), shown)

    driver.on_accepted = look
    tally = await driver.at(rate, minutes * 60)
    name = "poisoned" if poisoned else "clean"
    say(tally.line(f"{name}, at the door", minutes * 60))
    shown.sent = len(shown.accepted)
    say(shown.line(f"{name}, to the case page", minutes * 60))
    return shown


async def _until_shown(driver: Driver, case_id: str, shown: Tally) -> None:
    began = time.monotonic()
    address = driver.whole.settings.address("reporting")
    headers = {"Authorization": f"Bearer {driver.whole.token('au-01')}"}
    while time.monotonic() - began < SHOWN_SECONDS:
        answer = await driver.client.get(
            f"{address}/v1/cases/{case_id}", headers=headers
        )
        if answer.is_success:
            shown.accepted.append(time.monotonic() - began)
            return
        await pause(0.02)
    shown.wrong["never shown"] += 1
