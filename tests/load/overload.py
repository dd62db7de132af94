"""Ten times what the system can bear for a minute, and what becomes of it after."""

import sys

from tests.end_to_end.whole import Whole
from tests.load.driving import Driver, crowd, level

START, STEP_SECONDS = 5.0, 10.0
BEARABLE_P99, TIMES = 1.0, 10
OPENED = "SELECT count(*) FROM trail WHERE type = 'CaseOpened'"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def overload(whole: Whole, seconds: float) -> bool:
    """Find the sustainable rate, drive ten times as much, see it recover by itself."""
    async with crowd(whole) as client:
        driver = Driver(whole, client)
        rate = await sustainable(driver)
        say(f"sustainable: {rate:.0f} complaints/s")
        calm = await driver.at(rate * 0.8, 20)
        say(calm.line("before, at 0.8 of it", 20))
        await level(whole)
        storm = await driver.at(rate * TIMES, seconds)
        say(storm.line(f"at {TIMES} times as much", seconds))
        recovered = await level(whole)
        say(f"level again after {recovered:.1f} s, without a hand")
        after = await driver.at(rate * 0.8, 20)
        say(after.line("after, at 0.8 of it", 20))
        await level(whole)
    async with whole.database("reporting") as pool:
        opened = await pool.fetchval(OPENED)
    say(f"accepted {driver.accepted_in_all}, cases opened {opened}")
    slower = storm.quantile(0.99) / calm.quantile(0.99)
    say(f"p99 of what was accepted, in the storm to before: {slower:.1f}")
    polite = storm.refused == storm.told_when and not storm.wrong
    return bool(opened == driver.accepted_in_all and polite and not after.refused)


async def sustainable(driver: Driver) -> float:
    """Return the last rate that doubles held: nothing refused, p99 within a second."""
    rate = START
    while True:
        tally = await driver.at(rate, STEP_SECONDS)
        say(tally.line(f"trying {rate:.0f}/s", STEP_SECONDS))
        held = not tally.refused and not tally.wrong
        if not held or tally.quantile(0.99) > BEARABLE_P99:
            await level(driver.whole)
            return rate / 1.5 if rate > START else START
        rate *= 1.5
