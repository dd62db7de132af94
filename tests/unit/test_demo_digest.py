"""The digest leaves out what two deployments cannot have in common, and no more."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from deploy.demo.digest import digest, lines

AT = datetime(2023, 12, 18, 1, 30, tzinfo=UTC)
IDS = ("row_id", "clue_id", "case_id", "claim_id")


def event(name: str, stream: str, said: Mapping[str, Any], clue: UUID) -> Any:
    """Return a row of a journal; its own id and microseconds are chance."""
    return {
        "id": str(uuid4()),
        "stream": stream,
        "version": 1,
        "type": name,
        "schema_version": 1,
        "data": json.dumps(said),
        "occurred_at": AT.replace(microsecond=uuid4().int % 1_000_000),
        "occurred_precision": "day",
        "recorded_at": AT,
        "actor_id": str(UUID(int=1)),
        "actor_role": "system",
        "actor_unit": "system",
        "source": "reaction",
        "serial": None,
        "correlation_id": str(clue),
        "partition_key": str(clue),
    }


def load(number: str = "N-1", paid: int = 5) -> str:
    """Return the digest of a load with one imported row and what follows from it."""
    ids = {name: str(uuid4()) for name in IDS}
    clue = UUID(ids["clue_id"])
    row = event(
        "HistoryImported",
        f"row-{ids['row_id']}",
        {**ids, "channel_number": number},
        clue,
    )
    paid_ = {"claim_id": ids["claim_id"], "payment_id": str(uuid4()), "minor": paid}
    money = event("WagesPaid", f"claim-{ids['claim_id']}", paid_, clue)
    return digest(lines({"intake": [row], "enforcement": [money]}))


def test_ids_of_an_imported_row_and_of_what_follows_are_left_out() -> None:
    assert load() == load()


def test_what_an_imported_row_says_is_not_left_out() -> None:
    assert load(paid=6) != load()
    assert load("N-2") != load()


def test_any_other_id_counts() -> None:
    def one(case: UUID) -> str:
        said = {"case_id": str(case)}
        row = event("CaseFiled", f"proceeding-{case}", said, case)
        return digest(lines({"enforcement": [row]}))

    assert one(UUID(int=7)) == one(UUID(int=7)) != one(UUID(int=8))


def test_a_leaf_of_a_row_is_left_out_and_a_digest_of_bytes_is_not() -> None:
    def one(kind: str, digest_: str) -> str:
        case = UUID(int=7)
        item = {"kind": kind, "id": str(case), "sha256": digest_}
        said = {"case_id": str(case), "items": [item], "statement_sha256": digest_}
        if kind == "evidence":
            del said["statement_sha256"]
        row = event("DossierHandedOver", f"dossier-{case}", said, case)
        return digest(lines({"routing": [row]}))

    for kind in ("statement", "request"):
        assert one(kind, "a" * 64) == one(kind, "b" * 64)
    assert one("evidence", "a" * 64) != one("evidence", "b" * 64)


def test_a_place_in_a_journal_is_left_out_and_which_case_it_went_into_is_not() -> None:
    def one(turn: int, other: int) -> str:
        case = UUID(int=7)
        said = {"case_id": str(case), "other_case_id": str(UUID(int=other))}
        row = event("CaseMergeNoted", f"known-{case}", {**said, "turn": turn}, case)
        return digest(lines({"enforcement": [row]}))

    assert one(3, 8) == one(4, 8) != one(3, 9)
