"""Names: what of an employer's name tells it apart, and how alike two names are."""

import unicodedata
from functools import lru_cache

# The first character of each pinyin initial among GB 2312's common characters, which
# stand in the order of their pinyin (rows 16–55); rarer ones stand by their radicals.
BOUNDS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"),
    (0xB7A2, "f"), (0xB8C1, "g"), (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"),
    (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"), (0xC5BE, "p"),
    (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"),
    (0xCEF4, "x"), (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
LAST = 0xD7F9
WIDE = 2


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


@lru_cache(maxsize=10_000)
def initials(text: str) -> str:
    """Return the pinyin initials of a text; what has none known stays as it is."""
    return "".join(map(_initial, text))


def _initial(character: str) -> str:
    try:
        said = character.encode("gb2312")
    except UnicodeEncodeError:
        return character
    code = int.from_bytes(said) if len(said) == WIDE else 0
    if not BOUNDS[0][0] <= code <= LAST:
        return character
    return next(initial for bound, initial in reversed(BOUNDS) if code >= bound)


def alike(one: str, other: str) -> int:
    """Return in hundredths how far the pairs of characters agree (Dice)."""
    mine, theirs = grams(one), grams(other)
    return 200 * len(mine & theirs) // (len(mine) + len(theirs))
