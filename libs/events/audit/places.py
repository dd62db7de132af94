"""Places: which row of the journal stands at which dense index of a partition.

The index is a function of the log. Every 1024th is marked while a partition is read;
between two marks the journal is asked, so memory hardly grows with the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.events.event import Recorded
from libs.events.journal.journal import Journal
from libs.events.stream.topics import partition_of

MARK = 1024
PAGE = 2000
KEYS = """
SELECT seq, partition_key FROM journal.event WHERE seq >= $1 ORDER BY seq LIMIT $2"""


@dataclass
class Looked:
    """Rows looked up by number, a page at a time: repeats come in runs."""

    journal: Journal
    page: dict[int, Recorded] = field(default_factory=dict)

    async def at(self, seq: int) -> Recorded | None:
        """Return a row as it is stored, None when there is none."""
        if seq not in self.page:
            found = await self.journal.read_stored(seq - 1, PAGE)
            self.page = {row.seq: row for row in found}
        return self.page.get(seq)


@dataclass
class Places:
    """One partition's rows by their dense index."""

    looked: Looked
    partition: int
    marks: list[int] = field(default_factory=list)
    _block: tuple[int, Sequence[int]] = (-1, ())

    def stands(self, index: int, seq: int) -> None:
        """Note which row stands at the next index."""
        if index % MARK == 0:
            self.marks.append(seq)

    async def row_at(self, index: int) -> Recorded | None:
        """Return the row at an index that was noted, None when it is gone."""
        number, within = divmod(index, MARK)
        # The last block grows while the log does.
        if self._block[0] != number or within >= len(self._block[1]):
            self._block = (number, await self._sequences(self.marks[number]))
        sequences = self._block[1]
        if within >= len(sequences):
            return None
        return await self.looked.at(sequences[within])

    async def _sequences(self, seq: int) -> list[int]:
        """Return the numbers of the partition's next 1024 rows from one on."""
        found: list[int] = []
        pool = self.looked.journal.pool
        while len(found) < MARK:
            rows = await pool.fetch(KEYS, seq, PAGE)
            if not rows:
                break
            found += [
                row["seq"]
                for row in rows
                if partition_of(row["partition_key"]) == self.partition
            ]
            seq = rows[-1]["seq"] + 1
        return found
