"""What a check of a typed code found: to be warned about, or to be refused."""

import unicodedata
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One finding: a stable code, and what to do about it; never the value itself."""

    code: str
    severity: Literal["warning", "error"]
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Verdict:
    """The value as it will be kept, and the findings on it."""

    value: str
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def warned(self) -> bool:
        """It may be kept, once a person has confirmed it."""
        return bool(self.findings) and not self.refused


def tidy(text: str) -> str:
    """Fold full-width forms, drop outer and inner blanks and hyphens, upper-case."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not (c.isspace() or c == "-")).upper()
