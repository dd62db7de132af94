"""How much of a file is taken in before it is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one file; sizes in bytes, rows and columns per sheet."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 500_000_000
    ratio: int = 100
    parts: int = 2_000
    sheets: int = 100
    rows: int = 200_000
    columns: int = 256
    cell_characters: int = 32_767


LIMITS = Limits()
