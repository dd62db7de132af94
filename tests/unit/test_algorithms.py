"""What names an algorithm that is not known here is refused, and the name is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from libs.events.algorithms import HASHES, SIGNATURES, UnknownAlgorithm
from libs.events.audit import signing
from libs.events.audit.seal import parsed
from libs.events.audit.signing import KeyRefused, Keyring
from libs.events.journal.chain import leaf_of, verified
from libs.events.journal.words import GENESIS, LogCorrupted
from tests import proved_log as made

ROWS = made.log()


def test_each_row_key_and_seal_names_what_is_known() -> None:
    seals = [one.document for one in made.seals(ROWS)]
    assert {row.hash_alg for row in ROWS} | {one["hash_alg"] for one in seals} == {
        *HASHES
    }
    keys = made.keys().documents
    assert {one["signature_alg"] for one in (*seals, *keys)} == {*SIGNATURES}


def test_a_row_under_another_hash_is_refused_by_its_number_and_name() -> None:
    other = replace(ROWS[2], hash_alg="sm3")
    with pytest.raises(UnknownAlgorithm, match="sm3"):
        leaf_of(other)
    with pytest.raises(LogCorrupted, match=r"event 3 names a hash .* sm3"):
        list(verified([*ROWS[:2], other], 0, GENESIS))


@pytest.mark.parametrize("name", ["hash_alg", "signature_alg"])
def test_a_seal_under_another_algorithm_is_none_of_ours(name: str) -> None:
    document = dict(made.seals(ROWS)[0].document) | {name: "sm"}
    with pytest.raises(ValueError, match="algorithms that are not known"):
        parsed(signing.canonical(document))


def test_a_key_of_another_algorithm_is_no_key_here(tmp_path: Path) -> None:
    first, *_ = made.keys().documents
    path = tmp_path / "keys.json"
    path.write_text(json.dumps([{**first, "signature_alg": "sm2"}]))
    with pytest.raises(KeyRefused):
        Keyring.read(path)
