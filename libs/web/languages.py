"""What is said to people is said in Chinese first, and in English when asked."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Said:
    """One sentence in both languages."""

    zh: str
    en: str

    def to(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


def preferred(accept_language: str | None) -> Language:
    """Return the language that an Accept-Language header asks for; zh in doubt."""
    wanted = {"zh": 0.0, "en": 0.0}
    for part in (accept_language or "")[:200].split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().lower().split("-")[0]
        if name in wanted:
            wanted[name] = max(wanted[name], _weight(weight))
    return "en" if wanted["en"] > wanted["zh"] else "zh"


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
