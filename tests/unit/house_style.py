"""The house's own rules on its sources, each a function from a file to complaints."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = ("libs", "services", "deploy", "tests")
LOOSE = ("Makefile", "README.md", "pyproject.toml", ".ci/run")
WRITTEN = frozenset(
    {".py", ".sql", ".html", ".css", ".js", ".md", ".toml", ".xml", ".svg", ""}
)
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
EMPTY_NAMES = frozenset(
    {
        *("manager", "helper", "helpers", "utils", "util", "common", "base"),
        *("core", "misc", "models", "data", "info"),
    }
)
# A bracket in each, so that this file does not refuse itself.
PATHS = re.compile(
    r"(?<![\w.$}/])/(?:wor[k]|far[m]|roo[t]|tm[p])/|--(?:extra-)?inde[x]-url"
)
SLEEP = re.compile(r"(?<![a-z_])slee[p]\(")
SKIP = re.compile(r"mark\.ski[p]|pytest\.ski[p]|importorski[p]|xfai[l]")
MOCK = re.compile(r"unittest\.moc[k]|monkeypatc[h]\.setattr")
WORDS = re.compile(
    r"\bissue #?[\d]|\b(?:this|next|previous) sessio[n]\b", re.IGNORECASE
)
NAMED_TEST = re.compile(r"\b(tests/[\w/]+\.py)::(\w+)")
FEATURE = re.compile(r"F-\d[\d.]*[a-d]?")
FEATURE_ROW = re.compile(
    rf"^\| ((?:{FEATURE.pattern}(?:, )?)+)[^|]*\|[^|]*\|(.*)$", re.MULTILINE
)
SQL_WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")
PURE_VERBS = frozenset({"evolve", "decide", "facts"})
PURE_PLACES = ("libs/calendar/", "libs/codes/", "libs/events/contracts/")
IMPURE = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "urandom"})


@dataclass(frozen=True)
class Source:
    """A file of the repository: its path from the top, and its text."""

    path: PurePosixPath
    text: str

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text))) if self.is_python else []

    def under(self, *folders: str) -> bool:
        return str(self.path).startswith(folders)


Guard = Callable[[Source], list[str]]


def repository() -> Iterator[Source]:
    """Yield every hand-written file of this repository."""
    paths = [REPOSITORY / name for name in LOOSE]
    for folder in SOURCES:
        paths += sorted((REPOSITORY / folder).rglob("*"))
    for path in paths:
        hidden = {"__pycache__", "node_modules"} & set(path.parts)
        if path.is_file() and path.suffix in WRITTEN and not hidden:
            yield Source(
                PurePosixPath(path.relative_to(REPOSITORY)), path.read_text("utf-8")
            )


def short_files(source: Source) -> list[str]:
    length = len(source.text.splitlines())
    return [f"{length} lines"] if length > LONGEST_FILE else []


def short_functions(source: Source) -> list[str]:
    return [
        f"{node.name} has {_length(node)} lines"
        for node in source.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(node) > LONGEST_FUNCTION
    ]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def telling_names(source: Source) -> list[str]:
    if not source.is_python:
        return []
    names = [*source.path.parts[:-1], source.path.stem]
    return [f"the name {name} says nothing" for name in names if name in EMPTY_NAMES]


def no_machine(source: Source) -> list[str]:
    """No path of one machine, no address of a package index."""
    return PATHS.findall(source.text)


def no_history_of_work(source: Source) -> list[str]:
    """No word on how the sources came about: that is the log's."""
    return WORDS.findall(source.text)


def tests_wait_for_facts(source: Source) -> list[str]:
    return SLEEP.findall(source.text) if source.under("tests/") else []


def tests_are_never_left_out(source: Source) -> list[str]:
    return SKIP.findall(source.text) if source.under("tests/") else []


def units_use_no_mocks(source: Source) -> list[str]:
    return MOCK.findall(source.text) if source.under("tests/unit/") else []


def annotations_are_real(source: Source) -> list[str]:
    """Pydantic and FastStream read annotations at run time; a cast hides a doubt."""
    return [
        f"{name} is not used here"
        for node in source.nodes
        if isinstance(node, ast.ImportFrom) and node.module in {"__future__", "typing"}
        for name in (alias.name for alias in node.names)
        if name in {"annotations", "cast"}
    ]


def folds_write_no_sql(source: Source) -> list[str]:
    folds = "/views/" in str(source.path) and source.under("services/")
    return SQL_WRITES.findall(source.text) if folds else []


def decisions_are_pure(source: Source) -> list[str]:
    """No clock and no chance in deciders, folds, contracts, calendar and codes."""
    if not (source.under(*PURE_PLACES) or _decides(source)):
        return []
    calls = [node.func for node in source.nodes if isinstance(node, ast.Call)]
    names = [
        call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")
        for call in calls
    ]
    modules = [
        alias.name
        for node in source.nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    found = [f"calls {name}()" for name in names if name in IMPURE]
    return found + [f"imports {m}" for m in modules if m in {"random", "time"}]


def _decides(source: Source) -> bool:
    return source.under("services/") and any(
        isinstance(node, ast.FunctionDef) and node.name in PURE_VERBS
        for node in source.nodes
    )


def named_tests_are_there(source: Source) -> list[str]:
    """A page that promises by a test's name names one that there is."""
    if source.path.suffix != ".md":
        return []
    return [
        f"{file}::{name}"
        for file, name in NAMED_TEST.findall(source.text)
        if not _defines(REPOSITORY / file, name)
    ]


def features_have_their_test(source: Source) -> list[str]:
    """A row of the feature table names a test that has the feature's id in its name."""
    if source.path.name != "README.md":
        return []
    return [
        feature
        for features, held in FEATURE_ROW.findall(source.text)
        for feature in FEATURE.findall(features)
        if re.search(rf"_{re.sub('[-.]', '_', feature.lower())}(?:_|\b)", held) is None
    ]


def _defines(file: Path, name: str) -> bool:
    return file.is_file() and f"def {name}(" in file.read_text()


GUARDS: tuple[Guard, ...] = (
    named_tests_are_there,
    features_have_their_test,
    short_files,
    short_functions,
    telling_names,
    no_machine,
    no_history_of_work,
    tests_wait_for_facts,
    tests_are_never_left_out,
    units_use_no_mocks,
    annotations_are_real,
    folds_write_no_sql,
    decisions_are_pure,
)
