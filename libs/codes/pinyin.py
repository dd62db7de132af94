"""Pinyin initials: how a name of Chinese characters is typed in short."""

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


@lru_cache(maxsize=50_000)
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
