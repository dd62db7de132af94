"""The typed columns of a row model, and the way of a row into them and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin
from typing import get_type_hints as hints
from uuid import UUID

from pydantic import TypeAdapter

from libs.money import Money

R = TypeVar("R")

PLAIN: Mapping[type, str] = {
    UUID: "uuid",
    str: 'text COLLATE "C"',
    int: "bigint",
    bool: "boolean",
    datetime: "timestamptz",
    date: "date",
}
BIGINT = 2**63


class RowRefused(ValueError):
    """A fold made a value that its column cannot hold the same way in every run."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its SQL type, and whether it may be NULL."""

    name: str
    sql: str
    nullable: bool

    @property
    def array(self) -> str:
        """Return the type of an array of such values, without a collation."""
        return f"{self.sql.partition(' ')[0]}[]"


Write = Callable[[list[Any], Any], None]
Read = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True)
class _Field:
    name: str
    columns: tuple[Column, ...]
    write: Write
    read: Read
    instant: bool = False


class Columns(Generic[R]):
    """The columns of one row model: a frozen dataclass with plain typed fields.

    A field is a UUID, str, int, bool, date, datetime, Money (two columns), a Literal
    of words or a StrEnum, each perhaps `| None`; anything else is kept as jsonb, for
    small lists. Raises TypeError for a model that is no frozen dataclass.
    """

    def __init__(self, row: type[R]) -> None:
        if not (is_dataclass(row) and row.__dataclass_params__.frozen):  # type: ignore[attr-defined] # typeshed hides the parameters
            raise TypeError(f"{row.__name__} must be a frozen dataclass")
        self.row = row
        types = hints(row)
        self._fields = tuple(_field(f.name, types[f.name]) for f in fields(row))
        self._instants = tuple(f.name for f in self._fields if f.instant)
        self.all = tuple(column for f in self._fields for column in f.columns)
        self._blank = (None,) * len(self.all)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names in order."""
        return tuple(column.name for column in self.all)

    @cached_property
    def _values(self) -> Callable[[R], tuple[Any, ...]]:
        names = [f.name for f in self._fields]
        get = attrgetter(*names)
        return get if len(names) > 1 else lambda row: (get(row),)

    def settle(self, row: R) -> R:
        """Return the row as it would come back from its table: instants in UTC."""
        changed = {}
        for name in self._instants:
            value = getattr(row, name)
            if value is not None and value.utcoffset():
                changed[name] = value.astimezone(UTC)
        return replace(row, **changed) if changed else row  # type: ignore[type-var] # a dataclass: see __init__

    def write(self, row: R | None) -> list[Any]:
        """Return the values of a row's columns; raises RowRefused."""
        if row is None:
            return list(self._blank)
        written: list[Any] = []
        for field, value in zip(self._fields, self._values(row), strict=True):
            field.write(written, value)
        return written

    def read(self, values: Sequence[Any]) -> R:
        """Return the row that these columns' values were written from."""
        found: list[Any] = []
        start = 0
        for field in self._fields:
            end = start + len(field.columns)
            found.append(field.read(values[start:end]))
            start = end
        return self.row(*found)


def _field(name: str, declared: Any) -> _Field:
    kind, nullable = _unwrapped(declared)
    if kind is Money:
        columns = (
            Column(f"{name}_minor", "bigint", nullable),
            Column(f"{name}_currency", PLAIN[str], nullable),
        )
        return _Field(name, columns, _write_money, _read_money)
    if get_origin(kind) is Literal:
        return _plain(name, str, nullable=nullable)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        column = Column(name, PLAIN[str], nullable)
        return _Field(name, (column,), _write_word, _read_member(kind))
    if kind in PLAIN:
        return _plain(name, kind, nullable=nullable)
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    column = Column(name, "jsonb", nullable)
    return _Field(name, (column,), _write_json(adapter), _read_json(adapter))


def _plain(name: str, kind: type, *, nullable: bool) -> _Field:
    write = _WRITE.get(kind, _write_as_is)
    column = Column(name, PLAIN[kind], nullable)
    return _Field(name, (column,), write, _first, kind is datetime)


def _unwrapped(declared: Any) -> tuple[Any, bool]:
    if get_origin(declared) not in (Union, UnionType):
        return declared, False
    members = [member for member in get_args(declared) if member is not NoneType]
    nullable = len(members) < len(get_args(declared))
    return (members[0] if len(members) == 1 else declared), nullable


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def _write_as_is(written: list[Any], value: object) -> None:
    written.append(value)


def _write_text(written: list[Any], value: str | None) -> None:
    if value is not None and "\x00" in value:
        raise RowRefused("a text with NUL: PostgreSQL cannot hold it")
    written.append(value)


def _write_word(written: list[Any], value: StrEnum | None) -> None:
    written.append(None if value is None else value.value)


def _write_whole(written: list[Any], value: int | None) -> None:
    if value is not None and not -BIGINT <= value < BIGINT:
        raise RowRefused("a whole number beyond 64 bits")
    written.append(value)


def _write_instant(written: list[Any], value: datetime | None) -> None:
    if value is not None and value.tzinfo is None:
        raise RowRefused("an instant without a time zone")
    written.append(value)


def _write_date(written: list[Any], value: date | None) -> None:
    # A datetime is a date to the type checker, and would come back without its time.
    if isinstance(value, datetime):
        raise RowRefused("an instant where a date belongs")
    written.append(value)


def _write_money(written: list[Any], value: Money | None) -> None:
    if value is None:
        written += (None, None)
        return
    _write_whole(written, value.minor)
    written.append(value.currency)


def _read_money(values: Sequence[Any]) -> Money | None:
    minor, currency = values
    if minor is None:
        return None
    # Both halves were a Money when they were written.
    return Money.model_construct(minor=minor, currency=currency)


def _read_member(kind: type[StrEnum]) -> Read:
    return lambda values: None if values[0] is None else kind(values[0])


def _write_json(adapter: TypeAdapter[Any]) -> Write:
    def write(written: list[Any], value: object) -> None:
        if value is None:
            written.append(None)
            return
        written.append(adapter.dump_json(value).decode())

    return write


def _read_json(adapter: TypeAdapter[Any]) -> Read:
    def read(values: Sequence[Any]) -> object:
        return None if values[0] is None else adapter.validate_json(values[0])

    return read


_WRITE: Mapping[type, Write] = {
    str: _write_text,
    int: _write_whole,
    datetime: _write_instant,
    date: _write_date,
}
