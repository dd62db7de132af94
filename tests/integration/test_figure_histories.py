"""Over random histories each figure is what its facts say, and none passes the next.

Three services in memory decide what may happen; the read models hear it in one
database, an oracle of a page folds the same events in Python.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random

import asyncpg

from services.reporting.figures.counting import Span, count, explain
from services.reporting.figures.indicators import BY_ID
from services.reporting.views import case, claim, facts, money, part
from tests.figure_histories import Life, lived
from tests.histories import many
from tests.stack import FreshDatabases
from tests.told_story import Story

CHAIN = ("S06", "S07", "S08", "S09", "S10")
VIEWS = (case.VIEW, claim.VIEW, facts.REGISTER, money.REGISTER, part.VIEW)
USUAL, EACH = 20, 10
"""Histories in one database: each of its lists looks through all of them."""


async def test_no_figure_passes_the_one_before_it_and_a_worker_counts_once(
    fresh_database: FreshDatabases,
) -> None:
    """Domain §5.9, 2 and 5: S06 ≥ S07 ≥ S08 ≥ S09 ≥ S10 by cohort; 人 beside 笔."""
    met: Counter[str] = Counter()
    for seeds in _batches(many(USUAL)):
        lives = [lived(seed) for seed in seeds]
        async with _story(lives).read(fresh_database, VIEWS) as pool:
            for life in lives:
                for number in {Random(life.seed).choice(life.quiet), life.quiet[-1]}:
                    met += await _agrees(pool, life, number)
    # Nothing was proved by histories in which nothing happens.
    assert all(met[name] for name in (*CHAIN, "linked", "instalments")), met


def _batches(histories: int) -> Iterator[range]:
    for start in range(0, histories, EACH):
        yield range(start, min(start + EACH, histories))


def _story(lives: list[Life]) -> Story:
    story, before = Story(), Counter[str]()
    for life in lives:
        story.said += life.records(before)
        before += Counter(one.service for one in life.world.said)
    return story


async def _agrees(pool: asyncpg.Pool, life: Life, number: int) -> Counter[str]:
    """Compare a history's figures at a rest; return what there was to compare."""
    where = f"seed {life.seed}, {number} events"
    told, end = life.told(number), life.at(number + 1)
    span = Span(end, life.starts_at, end)
    found = {
        name: frozenset(f.subject for f in await explain(pool, name, span, None))
        for name in CHAIN
    }
    assert found == told.figures(), where
    assert found["S10"] <= found["S09"] <= found["S08"] <= found["S07"], where
    sizes = {n: (await count(pool, BY_ID[n], span)).get(None, 0) for n in CHAIN}
    assert sizes == {name: len(found[name]) for name in CHAIN}, where
    workers = (await count(pool, BY_ID["S18-workers"], span)).get(None, 0)
    assert workers == told.workers() <= len(told.payments), where
    return Counter(
        **sizes,
        linked=len(told.linked),
        instalments=len(told.payments) - workers,
    )
