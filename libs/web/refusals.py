"""What a rule's refusal says in English: by its code, from the file of sentences."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

FILE = "refusals.toml"


@cache
def sentences() -> Mapping[str, str]:
    """Return the English sentence of each code."""
    return tomllib.loads(files("libs.web").joinpath(FILE).read_text("utf-8"))


def english(code: str, otherwise: str) -> str:
    """Return what a code says in English; without a sentence, what is given."""
    return sentences().get(code, otherwise)
