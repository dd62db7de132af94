"""Names: what of an employer's name tells it apart, and how alike two names are."""

import unicodedata
from functools import lru_cache


# An employer's name is compared again and again.
@lru_cache(maxsize=10_000)
def core(name: str, common: tuple[str, ...]) -> str:
    """Return a name folded, without spaces and without what most names have."""
    folded = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    for part in common:
        folded = folded.replace(unicodedata.normalize("NFKC", part).casefold(), "")
    return folded


@lru_cache(maxsize=10_000)
def grams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a text, marked at both ends."""
    marked = f"^{text}$"
    return frozenset(marked[at : at + 2] for at in range(len(marked) - 1))


def alike(one: str, other: str) -> int:
    """Return in hundredths how far the pairs of characters agree (Dice)."""
    mine, theirs = grams(one), grams(other)
    return 200 * len(mine & theirs) // (len(mine) + len(theirs))
