"""`python -m tests.load.likeness`: how long a look for duplicates among clues takes.

A PostgreSQL of its own, filled through the index's own words; the aim is that 95 of a
hundred looks among 100,000 clues take less than 50 ms.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from random import Random
from time import perf_counter
from uuid import uuid4

import asyncpg

from libs.ids import named
from services.intake.likeness.index import likely, put
from services.intake.likeness.score import Profile
from services.intake.likeness.weights import weights
from tests.intake_scene import START, set_up_database
from tests.load.overload import say
from tests.stack import FreshDatabases, running_postgres, temporary_folder

AIM_MS = 50.0
SYLLABLES = "华星宏达兴盛金龙东方浦江申城松江广富林远大建工顺通安泰恒信永丰鼎立"
TRADES = ("餐饮", "建筑劳务", "装饰工程", "服饰", "物流", "电子", "物业", "家具")
MONTHS = tuple(f"2023-{month:02d}" for month in range(1, 13))


def clues(many: int, dice: Random) -> Iterator[Profile]:
    """Yield clues as a city would have: many of few employers, crews, repeats."""
    employers = [_employer(dice) for _ in range(max(20, many // 10))]
    for number in range(many):
        place = int(len(employers) * dice.random() ** 2)
        name, code = employers[place]
        workers = dice.choice((1, 1, 1, 2, 3, 8, 30))
        begins = dice.randrange(12)
        # Who reports without a name tells no worker's number.
        named_ = dice.random() < 0.85
        yield Profile(
            clue_id=named("test-clue", number),
            registered_at=START + timedelta(seconds=number),
            employer_id=named("test-employer", name),
            employer_code=code,
            employer_name=name,
            project_id=named("test-project", place) if dice.random() < 0.3 else None,
            months_from=MONTHS[begins],
            months_to=MONTHS[min(11, begins + dice.randrange(4))],
            claimed=dice.randrange(300_000, 3_000_000) * workers,
            ids=_hmacs(dice, many, workers, 0.7 * named_),
            phones=_hmacs(dice, many, workers, 0.9 * named_),
        )


def _employer(dice: Random) -> tuple[str, str | None]:
    core = "".join(dice.choice(SYLLABLES) for _ in range(dice.choice((2, 3, 4))))
    name = f"上海{core}{dice.choice(TRADES)}有限公司"
    code = f"91310199{dice.randrange(10**10):010d}"
    return name, code if dice.random() < 0.7 else None


def _hmacs(dice: Random, many: int, workers: int, share: float) -> list[bytes | None]:
    return [
        sha256(str(dice.randrange(4 * many)).encode()).digest()
        if dice.random() < share
        else None
        for _ in range(workers)
    ]


async def measure(dsn: str, many: int, looks: int) -> float:
    """Fill the index, look, print what it took; return the 95th percentile in ms."""
    dice, by = Random(7), weights()
    connection = await asyncpg.connect(dsn)
    try:
        began = perf_counter()
        held: list[Profile] = []
        async with connection.transaction():
            for said in clues(many, dice):
                await put(connection, said, by)
                if len(held) < looks or dice.random() < looks / many:
                    held.append(said)
        filled = perf_counter() - began
        await connection.execute("ANALYZE")
        times, shown = [], 0
        for said in dice.sample(held, looks):
            began = perf_counter()
            shown += len(await likely(connection, said, by))
            times.append((perf_counter() - began) * 1000)
    finally:
        await connection.close()
    times.sort()
    p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
    say(f"{many:,} clues indexed in {filled:.0f} s ({many / filled:,.0f} a second)")
    say(f"{looks:,} looks: p50 {p50:.1f} ms, p95 {p95:.1f} ms, worst {times[-1]:.1f}")
    say(f"{shown / looks:.2f} likely duplicates a look")
    return p95


async def _run(admin: str, many: int, looks: int) -> bool:
    databases = FreshDatabases(admin, {})
    dsn = await databases(set_up_database, key=str(uuid4()))
    try:
        return await measure(dsn, many, looks) < AIM_MS
    finally:
        await databases.drop_all()


def main() -> int:
    """Measure; 1 when the aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.likeness")
    parser.add_argument("--clues", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=1_000)
    given = parser.parse_args()
    with temporary_folder() as folder, running_postgres(folder) as admin:
        fine = asyncio.run(_run(admin, given.clues, given.looks))
    say("as aimed" if fine else f"NOT below {AIM_MS:.0f} ms")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
