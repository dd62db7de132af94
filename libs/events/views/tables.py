"""Tables of views and registers, as their declarations ask for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from libs.events.views.columns import Column
from libs.events.views.view import Declared, Index, View

LIVE = "public"

CURRENT_OWN = (
    Column("stream", 'text COLLATE "C"', nullable=False),
    Column("version", "integer", nullable=False),
    Column("recorded_at", "timestamptz", nullable=False),
    Column("gone", "boolean", nullable=False),
)
HISTORY_OWN = (
    Column("stream", 'text COLLATE "C"', nullable=False),
    Column("version", "integer", nullable=False),
    Column("known_from", "timestamptz", nullable=False),
    Column("known_to", "timestamptz", nullable=False),
    Column("gone", "boolean", nullable=False),
)
REGISTER_OWN = (
    Column("event_id", "uuid", nullable=False),
    Column("line", "integer", nullable=False),
    Column("service", 'text COLLATE "C"', nullable=False),
    Column("seq", "bigint", nullable=False),
    Column("stream", 'text COLLATE "C"', nullable=False),
    Column("recorded_at", "timestamptz", nullable=False),
    Column("occurred_at", "timestamptz", nullable=True),
)


@dataclass(frozen=True)
class Table:
    """One table of a declaration: its name, columns, key and indexes."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    check: str
    indexes: tuple[tuple[str, Sequence[str], bool], ...]
    grows: bool

    @property
    def names(self) -> str:
        """Return its column names, ready for a statement."""
        return ", ".join(column.name for column in self.columns)


def tables(declared: Declared) -> tuple[Table, ...]:
    """Return a declaration's tables: a view has two, a register one."""
    if not isinstance(declared, View):
        columns = REGISTER_OWN + declared.columns.all
        key = ("event_id", "line")
        indexes = _indexes(declared.table, declared.indexes)
        return (Table(declared.table, columns, key, "", indexes, grows=True),)
    return current_table(declared), history_table(declared)


def current_table(view: View[Any]) -> Table:
    """Return the table of latest versions, one row a stream, the gone ones too."""
    columns = CURRENT_OWN + _all_nullable(view.columns.all)
    indexes = _indexes(view.table, view.indexes)
    check = _check(view.columns.all)
    return Table(view.table, columns, ("stream",), check, indexes, grows=False)


def history_table(view: View[Any]) -> Table:
    """Return the table of ended versions: a row is written once, when it ends."""
    name = f"{view.table}_history"
    columns = HISTORY_OWN + _all_nullable(view.columns.all)
    own = ((f"{name}_by_known_to", ("known_to", "known_from"), False),)
    asked = [wanted for wanted in view.indexes if wanted.history]
    # Most questions are about a recent time: few versions ended after it.
    indexes = own + _indexes(name, asked, ("known_to", "known_from"))
    check = _check(view.columns.all)
    return Table(name, columns, ("stream", "version"), check, indexes, grows=True)


def _check(columns: Iterable[Column]) -> str:
    needed = [f"{c.name} IS NOT NULL" for c in columns if not c.nullable]
    return f"gone OR ({' AND '.join(needed)})" if needed else ""


def _all_nullable(columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(Column(column.name, column.sql, nullable=True) for column in columns)


def _indexes(
    table: str, wanted: Iterable[Index], more: tuple[str, ...] = ()
) -> tuple[tuple[str, Sequence[str], bool], ...]:
    return tuple(_named(table, one, more) for one in wanted)


def _named(
    table: str, wanted: Index, more: tuple[str, ...]
) -> tuple[str, Sequence[str], bool]:
    name = f"{table}_by_{'_'.join(wanted.columns)}"
    # A GIN index over a jsonb list cannot also hold instants.
    columns = wanted.columns if wanted.gin else wanted.columns + more
    return name, columns, wanted.gin
