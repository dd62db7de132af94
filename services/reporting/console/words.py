"""Words of the console: its catalogues, Chinese and English."""

from functools import partial
from pathlib import Path

from libs.web.pages.words import Words, catalogue

FOLDER = Path(__file__).parent / "i18n"
words = partial(catalogue, FOLDER)

__all__ = ["FOLDER", "Words", "words"]
