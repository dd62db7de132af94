"""Growing: read models of many cases, folded from a story and then copied in SQL.

A hundred thousand cases are some hundred that were told and folded, and copied: each
copy has ids of its own and happened later. Nothing of it is in a journal.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from libs import ids
from libs.events.contracts.intake import ComplaintReceived
from libs.events.contracts.parts import Employer
from libs.events.stream.consumers import Item
from libs.events.stream.envelope import Copy
from libs.events.views.bulk import bulk
from libs.events.views.making import analyze
from libs.events.views.tables import LIVE, Table, tables
from libs.events.views.view import Declared
from services.reporting.views import DECLARED
from tests.bench.reading import A_CASE, FIRST, Long
from tests.figures_story import Matter

TOLD = 250
UNITS = ("LI", "LI", "LI", "LM", "DO", "PO", "R1", "R2")
"""Whom every case is handed to, by number: some units have many, some few."""
COPY = """
INSERT INTO {table} ({names}) SELECT {values}
FROM {table}, generate_series(1, $1::int) AS copy"""
VALUES = {
    "stream": "left(stream, -36) || md5(right(stream, 36) || copy)::uuid",
    "uuid": "md5({name}::text || copy)::uuid",
    "timestamptz": "{name} + copy * $2::interval",
    "date": "({name} + copy * $2::interval)::date",
    "plain": "{name}",
}
NUMBERED = """
UPDATE {table} SET receipt = 'SHT' || left(clue_id::text, 13), kind = 'complaint'"""


@dataclass(frozen=True)
class Grown:
    """So many cases, registered from then until then."""

    cases: int
    first: datetime
    last: datetime

    @property
    def middle(self) -> datetime:
        """Return the instant at which half of them were known."""
        return self.first + (self.last - self.first) / 2


async def grow(dsn: str, cases: int, views: tuple[str, ...] = ()) -> Grown:
    """Fill the read models (else all) of the owner's database; they were empty."""
    told, copies = min(TOLD, cases), max(1, cases // TOLD)
    span = told * A_CASE
    declared = [one for one in DECLARED if not views or one.name in views]
    connection = await asyncpg.connect(dsn)
    try:
        await _fold(connection, declared, told)
        for one in declared:
            for table in tables(one):
                if copies > 1:
                    await connection.execute(_copying(table), copies - 1, span)
            if one.name == "clue":
                named = NUMBERED.format(table=one.table)
                await connection.execute(named)
        for one in declared:
            await analyze(connection, one, LIVE)
    finally:
        await connection.close()
    return Grown(told * copies, FIRST, FIRST + copies * span)


async def _fold(
    connection: asyncpg.Connection, declared: list[Declared], many: int
) -> None:
    story = Long()
    for number in range(many):
        _case(story, number)
    items = [Item(Copy(one, 0, "", 0, 0), one) for one in story.said]
    for one in declared:
        into = bulk(one, LIVE)
        into.sieve.take([item for item in items if item.recorded.type in one.types])
        if into.sieve.parked:
            raise ValueError(into.sieve.parked[0])
        await into.flush(connection)
        await into.finish(connection)


def _case(story: Long, number: int) -> None:
    """Tell one case from its complaint to its end; every third is left open."""
    matter, at = Matter(story, number), FIRST + number * A_CASE
    hour = timedelta(hours=1)
    name = f"演示{number % 97:02d}号餐饮有限公司（虚构）"
    said = ComplaintReceived(
        clue_id=matter.clue_id,
        case_id=matter.case_id,
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=matter.person(1),
        first_asked_unit="LC",
        employer=Employer(employer_id=ids.named("e", number % 97), name=name),
        workers=(),
    )
    story.say("intake", f"clue-{matter.clue_id}", said, at)
    matter.registered(at)
    matter.asked(at, UNITS[number % len(UNITS)])
    matter.moved(at + hour, UNITS[number % len(UNITS)])
    matter.clock("CLK-01", at + hour, at + 200 * hour)
    matter.verified(at + 2 * hour, {1: 5000, 2: 3000})
    matter.filed(at + 3 * hour)
    matter.ordered(at + 4 * hour, {1: 5000, 2: 3000})
    matter.paid(at + 5 * hour, (1, 1, 5000))
    matter.confirmed(at + 6 * hour, (1, 1, 5000))
    if number % 3:
        matter.stopped("CLK-01", at + 7 * hour, at + 7 * hour)
        matter.paid(at + 8 * hour, (2, 2, 3000))
        matter.ended(at + 9 * hour)


def _copying(table: Table) -> str:
    values = [
        VALUES["stream" if name == "stream" else _kind(sql)].format(name=name)
        for name, sql in ((column.name, column.sql) for column in table.columns)
    ]
    return COPY.format(
        table=f"{LIVE}.{table.name}", names=table.names, values=", ".join(values)
    )


def _kind(sql: str) -> str:
    kind = sql.partition(" ")[0]
    return kind if kind in VALUES else "plain"
