"""Thresholds of group cases, as data with a day: how many workers, how many speak."""

import tomllib
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from libs.events.contracts.groups import Purpose
from libs.events.contracts.parts import Code, Text


class _Dated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    instrument: Text
    article: Text
    source: Literal["by_law", "by_analogy", "own"]


class Threshold(_Dated):
    """From how many workers on a case is a group case, in persons."""

    workers: Annotated[int, Field(ge=2, le=2000)]


class Representation(_Dated):
    """How many representatives speak for the workers somewhere, in persons."""

    purpose: Purpose
    least: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]


class Rules(BaseModel):
    """The rules of group cases: one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    thresholds: tuple[Threshold, ...]
    representation: tuple[Representation, ...]


D = TypeVar("D", bound=_Dated)


def load(text: str) -> Rules:
    """Read the rules; raises `ValidationError`, `TOMLDecodeError`."""
    return Rules.model_validate(tomllib.loads(text))


_PATH = files("services.enforcement").joinpath("rules", "groups.toml")
RULES = load(_PATH.read_text("utf-8"))


def group_threshold(on: date, rules: Rules = RULES) -> Threshold | None:
    """Return the threshold in effect on a day, if any."""
    return _latest(rules.thresholds, on)


def representation(
    purpose: Purpose, on: date, rules: Rules = RULES
) -> Representation | None:
    """Return how many may speak for a purpose on a day, if any."""
    return _latest((o for o in rules.representation if o.purpose == purpose), on)


def _latest(rules: Iterable[D], on: date) -> D | None:
    begun = [one for one in rules if one.effective_from <= on]
    return max(begun, key=lambda one: (one.effective_from, one.version), default=None)
