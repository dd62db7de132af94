"""Alarms: numbers held against bounds that are data, and what to do about each."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from libs.web.languages import Said

SEVERITIES = ("warning", "critical")
ANSWERING = "answering"


@dataclass(frozen=True)
class Alarm:
    """A number's bound: raised when it was beyond it for so many seconds on end."""

    code: str
    measure: str
    severity: str
    meaning: Said
    todo: Said
    above: float | None = None
    below: float | None = None
    for_seconds: float = 0.0

    def is_beyond(self, value: float) -> bool:
        """Say whether a number is beyond the bound."""
        over = self.above is not None and value > self.above
        return over or (self.below is not None and value < self.below)

    @property
    def bound(self) -> str:
        """Return the condition as text, such as `parked_events > 0`."""
        sign, bound = (">", self.above) if self.below is None else ("<", self.below)
        lasting = f" for {self.for_seconds:g} s" if self.for_seconds else ""
        return f"{self.measure} {sign} {bound:g}{lasting}"


@cache
def alarms() -> Mapping[str, Alarm]:
    """Return every alarm of `alarms.toml` by code; raises ValueError when wrong."""
    text = files("libs.service").joinpath("alarms.toml").read_text("utf-8")
    return parsed(text)


def parsed(text: str) -> Mapping[str, Alarm]:
    """Read a table of alarms; an unknown key or a missing bound is a ValueError."""
    raw = tomllib.loads(text)
    return {code: _alarm(code, entry) for code, entry in raw.items()}


def _alarm(code: str, entry: Mapping[str, Any]) -> Alarm:
    words = {name: Said(*entry[name]) for name in ("meaning", "todo")}
    try:
        found = Alarm(code, **{**entry, **words})
    except TypeError as error:
        raise ValueError(f"{code}: {error}") from None
    if (found.above is None) == (found.below is None):
        raise ValueError(f"{code}: give one bound, above or below")
    if found.severity not in SEVERITIES:
        raise ValueError(f"{code}: severity is one of {SEVERITIES}")
    return found


@dataclass(frozen=True)
class Raised:
    """An alarm that is on: the number found, and for how many seconds it has been."""

    alarm: Alarm
    value: float
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return it for a program and, in both languages, for a person."""
        alarm = self.alarm
        return {
            "alarm": alarm.code,
            "severity": alarm.severity,
            "condition": alarm.bound,
            "value": self.value,
            "seconds": round(self.seconds, 1),
            "meaning": {"zh": alarm.meaning.zh, "en": alarm.meaning.en},
            "todo": {"zh": alarm.todo.zh, "en": alarm.todo.en},
        }


@dataclass
class Watch:
    """Remembers since when each number has been beyond its bound."""

    alarms: Mapping[str, Alarm]
    _since: dict[str, float] = field(default_factory=dict)

    def look(self, vitals: Mapping[str, float], now: float) -> Sequence[Raised]:
        """Hold numbers against the bounds; a number that is not known raises none."""
        raised: list[Raised] = []
        for code, alarm in self.alarms.items():
            value = vitals.get(alarm.measure)
            if value is None or not alarm.is_beyond(value):
                self._since.pop(code, None)
                continue
            seconds = now - self._since.setdefault(code, now)
            if seconds >= alarm.for_seconds:
                raised.append(Raised(alarm, value, seconds))
        return raised


def silent() -> Raised:
    """Return the alarm that whoever asks a service raises when it does not answer."""
    return Raised(alarms()["service-down"], 0.0, 0.0)
