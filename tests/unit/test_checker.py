"""The stand-alone checker takes a true export and refuses every altered one."""

import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.checker.check import check
from deploy.cli.packing import CHECKER, Pack, write
from libs.events.audit import signing
from libs.events.audit.proving import bundle, record_line
from libs.events.event import Recorded
from libs.events.stream.envelope import Copy
from libs.events.stream.topics import partition_of
from tests import proved_log as made

ROWS = made.log()
Files = dict[str, Any]


def pack(
    rows: list[Recorded] = ROWS, *, lost: bool = False, by: made.Keys = made.KEYS
) -> Pack:
    """Return an export with every proof, consistency and the whole topic."""
    known = made.evidence(rows, lost=lost, by=by)
    proofs = [known.inclusion(row) for row in rows[: made.SIZES[-1]]]
    growth = [
        known.consistency(first, second)
        for first, second in zip(known.seals, known.seals[1:], strict=False)
    ]
    counts: dict[int, int] = {}
    lines = []
    for row in rows:
        at = partition_of(row.partition_key)
        counts[at] = counts.get(at, -1) + 1
        lines.append(record_line(Copy(row, counts[at], "topic", at, counts[at])))
    told = bundle([known], proofs, growth)
    return Pack(told, title="案件 1", topics={made.SERVICE: lines})


def packed(folder: Path, *, lost: bool = False) -> Path:
    path = folder / "export.zip"
    write(path, pack(lost=lost))
    return path


def altered(path: Path, change: Callable[[Files], object]) -> Path:
    """Return the export with something done to its files, read as JSON."""
    with zipfile.ZipFile(path) as old:
        told: Files = {"bundle": json.loads(old.read("bundle.json"))}
        name = f"{made.SERVICE}.jsonl"
        told["topic"] = [json.loads(line) for line in old.read(name).splitlines()]
    change(told)
    other = path.with_name("altered.zip")
    with zipfile.ZipFile(other, "w") as new:
        new.writestr("bundle.json", json.dumps(told["bundle"]))
        if "topic" in told:
            lines = (f"{json.dumps(one)}\n" for one in told["topic"])
            new.writestr(name, "".join(lines))
    return other


def test_the_checker_is_short_and_imports_nothing_of_ours() -> None:
    text = (CHECKER / "check.py").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    tops = {str(name).split(".")[0] for name in names}
    assert tops - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_stranger_accepts_the_true_export_with_its_own_checker(
    tmp_path: Path,
) -> None:
    path = packed(tmp_path)
    with zipfile.ZipFile(path) as export:
        export.extract("check.py", tmp_path)
    said = subprocess.run(  # noqa: S603 -- the checker that goes with the export.
        [sys.executable, "-I", "check.py", path.name, made.FIRST_KEY.id],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "All of it holds." in said.stdout
    assert "routing: the topic's 20 events agree with 3 seals" in said.stdout
    assert said.stdout.count("CaseAssigned") == made.SIZES[-1]


def test_a_fingerprint_that_is_not_the_logs_refuses_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nobody vouches"):
        list(check(str(packed(tmp_path)), [made.SECOND_KEY.id]))


def test_a_lost_keys_successor_needs_its_own_fingerprint(tmp_path: Path) -> None:
    path = packed(tmp_path, lost=True)
    with pytest.raises(ValueError, match="nobody vouches"):
        list(check(str(path), [made.FIRST_KEY.id]))
    both = [made.FIRST_KEY.id, made.SECOND_KEY.id]
    assert list(check(str(path), both))


def _text(files: Files) -> None:
    proof = files["bundle"]["proofs"][4]
    proof["text"] = proof["text"].replace("街道", "街邻")


def _other_number(files: Files) -> None:
    files["bundle"]["proofs"][4]["seq"] = 6


def _other_id(files: Files) -> None:
    files["bundle"]["proofs"][4]["id"] = files["bundle"]["proofs"][5]["id"]


def _growth_gone(files: Files) -> None:
    files["bundle"]["consistency"] = []


def _link(files: Files) -> None:
    files["bundle"]["seals"][1]["previous"] = "00" * 32


def _algorithm(files: Files) -> None:
    files["bundle"]["seals"][2]["hash_alg"] = "sm3"


def _nothing(files: Files) -> None:
    files["bundle"] |= {"seals": [], "proofs": [], "consistency": []}
    del files["topic"]


def _path(files: Files) -> None:
    files["bundle"]["proofs"][4]["path"][0] = "00" * 32


def _seal_size(files: Files) -> None:
    files["bundle"]["seals"][1]["size"] = 15


def _seal_root(files: Files) -> None:
    files["bundle"]["seals"][2]["root"] = "00" * 32


def _seal_gone(files: Files) -> None:
    del files["bundle"]["seals"][1]
    files["bundle"]["proofs"] = []


def _growth(files: Files) -> None:
    files["bundle"]["consistency"][1]["path"][-1] = "00" * 32


def _key(files: Files) -> None:
    files["bundle"]["keys"][0]["public_key"] = "11" * 32


def _voucher(files: Files) -> None:
    files["bundle"]["keys"][1]["voucher"] = files["bundle"]["keys"][1]["signature"]


def _old_key(files: Files) -> None:
    key = files["bundle"]["keys"][1]
    files["bundle"]["keys"] = [files["bundle"]["keys"][0]]
    assert key["from_number"] == 3


def _record(files: Files) -> None:
    row = files["topic"][3]
    row["text"] = row["text"].replace("centre", "center")


def _record_gone(files: Files) -> None:
    del files["topic"][3]


def _out_of_order(files: Files) -> None:
    lines = files["topic"]
    late = next(n for n, row in enumerate(lines) if row["index"])
    lines.insert(0, lines.pop(late))


def _tail_gone(files: Files) -> None:
    del files["topic"][-3:]


def _record_twice(files: Files) -> None:
    last = files["topic"][-1]
    again = {**files["topic"][0], "index": last["index"] + 1}
    files["topic"].append({**again, "partition": last["partition"]})


def _swapped(files: Files) -> None:
    first, second = files["topic"][0], files["topic"][1]
    first["text"], second["text"] = second["text"], first["text"]


def _chain(files: Files) -> None:
    files["topic"][-1]["chain"] = "00" * 32


ALTERATIONS: tuple[tuple[Callable[[Files], object], str], ...] = (
    (_text, "routing:5: another root"),
    (_other_number, "routing:6: other text"),
    (_other_id, "routing:5: other text"),
    (_growth_gone, "routing seal 2: it does not follow 1"),
    (_link, "routing seal 2: the signature"),
    (_algorithm, "routing seal 3: .*sm3.* are not known here"),
    (_nothing, "it proves no event"),
    (_path, "routing:5: another root"),
    (_seal_size, "routing seal 2: the signature"),
    (_seal_root, "routing seal 3: the signature"),
    (_seal_gone, "routing seal 3: it does not follow 1"),
    (_growth, "routing: seal 3 is no growth of seal 2"),
    (_key, "misnamed"),
    (_voucher, "the signature is not its key's"),
    (_old_key, "routing seal 3: it is another key's turn"),
    (_record, "routing:4: its record is not what was recorded"),
    (_record_gone, "a record before it is gone"),
    (_out_of_order, "a record before it is gone"),
    (_tail_gone, "the topic ends at 17, before"),
    (_record_twice, "routing:1: it stands twice"),
    (_swapped, "its record is not what was recorded"),
    (_chain, "the chain breaks"),
)


@pytest.mark.parametrize(
    ("change", "named"), ALTERATIONS, ids=[one.__name__ for one, _ in ALTERATIONS]
)
def test_an_altered_export_is_refused(
    tmp_path: Path, change: Callable[[Files], object], named: str
) -> None:
    path = altered(packed(tmp_path), change)
    with pytest.raises(ValueError, match=named):
        list(check(str(path), [made.FIRST_KEY.id]))


def test_a_record_before_its_turn_that_comes_again_in_it_is_no_gap(
    tmp_path: Path,
) -> None:
    """As after a topic was made again while a page was under way."""

    def early(files: Files) -> None:
        lines = files["topic"]
        lines.insert(0, next(row for row in lines if row["index"]))

    path = altered(packed(tmp_path), early)
    assert list(check(str(path), [made.FIRST_KEY.id]))


def test_a_rewritten_log_under_a_key_of_its_own_is_another_fingerprint(
    tmp_path: Path,
) -> None:
    """All hashes and signatures in order: only the fingerprint gives it away."""
    by, path = (signing.made(), signing.made()), tmp_path / "forged.zip"
    write(path, pack(made.forged(), by=by))
    assert made.forged()[-1].chain != ROWS[-1].chain
    assert len(list(check(str(path), []))) == len(list(check(str(path), [by[0].id])))
    with pytest.raises(ValueError, match=f"{by[0].id}: nobody vouches"):
        list(check(str(path), [made.FIRST_KEY.id]))


def test_what_is_no_export_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "no.zip"
    path.write_text("rust")
    said = subprocess.run(  # noqa: S603 -- our own file.
        [sys.executable, "-I", str(CHECKER / "check.py"), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("REFUSED: ")
    assert said.stderr.count("\n") == 1


def test_the_page_is_chinese_first_and_escapes_what_events_say(tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(tmp_path)) as export:
        text = export.read("index.html").decode()
    assert '<html lang="zh-CN">' in text
    assert "确定责任单位" in text
    assert "街道5" in text
    assert text.count("<pre>") == made.SIZES[-1]
