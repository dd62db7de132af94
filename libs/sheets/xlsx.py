"""An xlsx workbook: its sheets, date system and named cells, read safely."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath

from libs.sheets.archive import Archive
from libs.sheets.cell import SheetRow
from libs.sheets.limits import Limits
from libs.sheets.markup import attribute, parse, stream
from libs.sheets.refusal import has_external_links, has_macros, too_large, wrong_type
from libs.sheets.strings import read_strings
from libs.sheets.styles import read_styles
from libs.sheets.worksheet import Survey, Tables, read_rows, survey

_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True)
class Outline:
    """The sheets of a workbook by name and part, and where its named cells point."""

    sheets: Mapping[str, str]
    names: Mapping[str, str]
    from_1904: bool


@dataclass
class XlsxSheet:
    """One worksheet; its rows can be read any number of times."""

    name: str
    survey: Survey
    _archive: Archive = field(repr=False)
    _part: str
    _tables: Tables = field(repr=False)

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that hold anything, in order."""
        part = self._archive.open(self._part)
        return read_rows(part, self._tables, self.survey.merged)


@dataclass(frozen=True)
class XlsxBook:
    """A workbook that passed every check; `names` maps a defined name to its place."""

    sheets: tuple[XlsxSheet, ...]
    names: Mapping[str, str]


def open_xlsx(content: bytes, limits: Limits) -> XlsxBook:
    """Open a workbook and survey every worksheet; raises `SheetRefused`."""
    archive = Archive(content, limits)
    _check_types(archive)
    targets = _relations(archive)
    outline = _outline(archive, targets)
    if len(outline.sheets) > limits.sheets:
        raise too_large(f"超过 {limits.sheets} 张表", f"above {limits.sheets} sheets")
    tables = Tables(
        strings=read_strings(archive, _shared(targets, "sharedStrings"), limits),
        styles=read_styles(archive, _shared(targets, "styles")),
        from_1904=outline.from_1904,
        limits=limits,
    )
    sheets = tuple(
        XlsxSheet(name, _survey(archive, part, limits), archive, part, tables)
        for name, part in outline.sheets.items()
    )
    return XlsxBook(sheets=sheets, names=outline.names)


def _survey(archive: Archive, part: str, limits: Limits) -> Survey:
    _check_links(archive, part)
    with archive.open(part) as opened:
        return survey(opened, limits)


def _check_types(archive: Archive) -> None:
    types: list[str] = []

    def start(_tag: str, attributes: dict[str, str]) -> None:
        types.append(attributes.get("ContentType", "").lower())

    with archive.open("[Content_Types].xml") as part:
        parse(part, start)
    if any("macroenabled" in kind or "vbaproject" in kind for kind in types):
        raise has_macros()
    if not any("spreadsheetml" in kind and ".main+xml" in kind for kind in types):
        raise wrong_type("ZIP")


def _relations(archive: Archive) -> Mapping[str, str]:
    targets: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag != "Relationship":
            return
        _check_relation(attributes)
        target = attributes.get("Target", "")
        inside = target.lstrip("/") if target[:1] == "/" else join("xl", target)
        targets[attributes.get("Id", "")] = normpath(inside)

    with archive.open("xl/_rels/workbook.xml.rels") as part:
        parse(part, start)
    return targets


def _check_links(archive: Archive, part: str) -> None:
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive:
        return

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            _check_relation(attributes)

    with archive.open(relations) as opened:
        parse(opened, start)


def _check_relation(attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rpartition("/")[2]
    if kind in ("vbaProject", "xlMacrosheet", "control", "activeXControl"):
        raise has_macros()
    # A hyperlink is only shown; every other outside target would be fetched.
    if attributes.get("TargetMode") == "External" and kind != "hyperlink":
        raise has_external_links()
    if kind in ("externalLink", "externalLinkPath", "connections", "oleObject"):
        raise has_external_links()


def _shared(targets: Mapping[str, str], name: str) -> str:
    for target in targets.values():
        if target.rpartition("/")[2].lower() == f"{name}.xml".lower():
            return target
    return f"xl/{name}.xml"


class _Outliner:
    def __init__(self, targets: Mapping[str, str]) -> None:
        self.sheets: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.from_1904 = False
        self._targets = targets
        self._name: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            part = self._targets.get(attribute(attributes, "id") or "", "")
            # Chart and dialogue sheets hold no rows.
            if "/chartsheets/" not in part and "/dialogsheets/" not in part:
                self.sheets[attributes.get("name", "")] = part
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "definedName":
            self._name = attributes.get("name", "")

    def end(self, tag: str) -> None:
        if tag == "definedName":
            self._name = None

    def characters(self, text: str) -> None:
        if self._name is not None:
            self.names[self._name] = self.names.get(self._name, "") + text


def _outline(archive: Archive, targets: Mapping[str, str]) -> Outline:
    found = _Outliner(targets)
    with archive.open(_WORKBOOK) as part:
        for _ in stream(part, found.start, found.end, found.characters):
            pass
    return Outline(found.sheets, found.names, found.from_1904)
