"""Weights: how much each likeness of two clues says, as data with a version."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.events.contracts.parts import Code

FILE = Path(__file__).parent / "weights.toml"
Hundredths = Annotated[int, Field(ge=0, le=100)]
Feature = Literal["workers", "employer", "project", "months", "amount"]


class Names(BaseModel):
    """How employers' names are compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    common: tuple[str, ...]
    like_from: Hundredths
    initials: Hundredths


class Weights(BaseModel):
    """One version of the weights; all scores are hundredths."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Code
    show_from: Hundredths
    suggest_from: Hundredths
    enough: Annotated[int, Field(ge=1)]
    amount_within: Annotated[int, Field(ge=1, le=100)]
    weights: Mapping[Feature, Annotated[int, Field(ge=0)]]
    employer: Names

    @model_validator(mode="after")
    def _sound(self) -> "Weights":
        if self.suggest_from < self.show_from:
            raise ValueError("What is suggested must be shown.")
        if len(self.weights) != len(Feature.__args__):  # type: ignore[attr-defined]
            raise ValueError("Every feature has a weight.")
        whole = sum(self.weights.values())
        if 100 * (whole - self.weights["workers"]) >= self.show_from * whole:
            # The index compares clues that name workers by their workers alone.
            raise ValueError("Clues of other workers must not be shown as alike.")
        return self


@cache
def weights() -> Weights:
    """Return the weights in force."""
    return load(FILE.read_text("utf-8"))


def load(text: str) -> Weights:
    """Read a version of the weights; raises ValueError for an unsound one."""
    return Weights.model_validate(tomllib.loads(text))
