"""What an import did, or would do: counts, totals, findings, as JSON and as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from libs.money import format_minor
from services.intake.profiles.findings import CATALOGUE
from services.intake.profiles.result import CellFinding, Outcome, RowResult
from services.intake.profiles.rows import SheetFile
from services.intake.profiles.totals import FileTotals, SheetTotals

_FINDINGS_KEPT = 1000


@dataclass(frozen=True)
class ImportReport:
    """One file's report; holds coordinates, codes and sums, and no personal data."""

    profile: str
    profile_version: int
    file_sha256: str
    mode: Literal["dry_run", "apply"]
    ignored_sheets: tuple[str, ...]
    unmapped_columns: tuple[tuple[str, str], ...]
    totals: FileTotals
    findings: tuple[CellFinding, ...]

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON; `findings` holds the first thousand."""
        return {
            "profile": self.profile,
            "profile_version": self.profile_version,
            "file_sha256": self.file_sha256,
            "mode": self.mode,
            "currency": self.totals.currency,
            "counts": {end.value: self.totals.all.outcomes[end] for end in Outcome},
            "ignored_sheets": list(self.ignored_sheets),
            "unmapped_columns": [
                {"sheet": sheet, "header": header}
                for sheet, header in self.unmapped_columns
            ],
            "totals": self.totals.all.to_json(),
            "sheets": {
                name: totals.to_json() for name, totals in self.totals.sheets.items()
            },
            "finding_counts": dict(self.totals.findings.most_common()),
            "rounded": [finding.to_json() for finding in self.totals.rounded],
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_text(self, language: Literal["zh", "en"] = "zh") -> str:
        """Return the report as lines for a terminal."""
        lines = [_title(self, language), ""]
        for name, totals in self.totals.sheets.items():
            lines.append(_line(name, totals, self.totals.currency))
        if len(self.totals.sheets) > 1:
            lines.append(_line("=", self.totals.all, self.totals.currency))
        lines.append("")
        for code, count in self.totals.findings.most_common():
            kind = CATALOGUE[code]
            sentence = kind.zh if language == "zh" else kind.en
            lines.append(f"{count:>7}  {code:<20} {sentence}")
        lines += [
            f"     ≈  {_at(finding)}  {finding.value}" for finding in self._rounded
        ]
        lines += [f"     ?  {sheet}: {head}" for sheet, head in self.unmapped_columns]
        return "\n".join(lines) + "\n"

    @property
    def _rounded(self) -> list[CellFinding]:
        return self.totals.rounded


def make_report(
    file: SheetFile,
    results: Iterable[RowResult],
    mode: Literal["dry_run", "apply"] = "dry_run",
) -> ImportReport:
    """Run through all results of a file and report on them."""
    totals = FileTotals(file.profile.money.currency)
    kept: list[CellFinding] = []
    for result in results:
        totals.add(result)
        room = _FINDINGS_KEPT - len(kept)
        kept.extend(result.findings[: max(room, 0)])
    return ImportReport(
        profile=file.profile.name,
        profile_version=file.profile.version,
        file_sha256=file.book.digest,
        mode=mode,
        ignored_sheets=file.ignored_sheets,
        unmapped_columns=tuple(
            (layout.sheet.name, header)
            for layout in file.layouts
            for header in layout.unmapped
        ),
        totals=totals,
        findings=tuple(kept),
    )


def _title(report: ImportReport, language: Literal["zh", "en"]) -> str:
    counts = "  ".join(
        f"{end.value} {report.totals.all.outcomes[end]}" for end in Outcome
    )
    trial = {"zh": "试运行,未写入", "en": "dry run, nothing written"}[language]
    suffix = f"  ({trial})" if report.mode == "dry_run" else ""
    return f"{report.profile} v{report.profile_version}  {counts}{suffix}"


def _line(name: str, totals: SheetTotals, currency: str) -> str:
    amounts = "  ".join(
        f"{meaning} {format_minor(amount.minor, currency)} {currency}"
        f" ({amount.numeric})"
        for meaning, amount in totals.amounts.items()
    )
    return f"{name:<28} {totals.rows:>7}  {amounts}"


def _at(finding: CellFinding) -> str:
    return f"{finding.sheet}!{finding.column}{finding.row}"
