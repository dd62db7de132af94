"""A service is replaced process by process under load, without a failed command."""

from tests.end_to_end.complaint import Carried, complain
from tests.end_to_end.replicas import Clients, replica
from tests.end_to_end.whole import Act, Whole

CLIENTS, FURTHER = 3, 5


async def test_a_rolling_restart_of_intake_fails_no_command(whole: Whole) -> None:
    first = whole.settings.address("intake")
    async with replica(whole, "intake") as second:
        clients = Clients(whole, [first, second.address])
        async with clients.at_work(CLIENTS):
            await clients.further(FURTHER)
            said = await whole.cli("restart", "intake")
            assert said.code == 0, said
            await clients.further(FURTHER)
            second.child.ask_to_stop()
            await clients.further(FURTHER)
    assert clients.failed == []
    await whole.settled()
    for receipt in clients.receipts:
        query = {"number": receipt, "source": "all"}
        found = await whole.get("au-01", "reporting", "/v1/ledger", **query)
        assert [line["number"] for line in found["items"]] == [receipt]


async def test_an_old_and_a_new_version_side_by_side_fail_no_command(
    whole: Whole,
) -> None:
    new = whole.settings.address("routing")
    begun = [await complain(whole) for _ in range(4)]
    async with replica(whole, "routing", "tests.drills.version_before") as old:
        for each, address in zip(begun, (old.address, new) * 2, strict=True):
            await transferred(whole, each, address)
    # The last of the old ones is gone; what it wrote is read on.
    await whole.settled()
    ids = [each.case_id for each in begun]
    async with whole.database("routing") as pool:
        rows = await pool.fetch(WRITTEN, [f"case-{case_id}" for case_id in ids])
    versions = {row["stream"]: row["schema_version"] for row in rows}
    assert [versions[f"case-{case_id}"] for case_id in ids] == [1, 2, 1, 2]
    for case_id in ids:
        shown = await whole.get("au-01", "reporting", f"/v1/cases/{case_id}")
        assert shown["case"]["unit"] == "DO"
        # Enforcement has heard of it, too: the new owner sees the case there.
        assert await whole.get("do-01", "enforcement", f"/v1/cases/{case_id}")
    said = await whole.cli("verify")
    assert said.code == 0, said


async def transferred(whole: Whole, begun: Carried, address: str) -> None:
    """Hand a case on, at one process of routing."""
    screened = {"matter": "wage", "jurisdiction": "department"}
    path = f"/v1/clues/{begun.clue_id}/screening"
    await whole.do(Act("li-01", "intake", path, screened))
    transfers = f"/v1/cases/{begun.case_id}/transfers"
    proposed = {"to_unit": "DO", "reason": "department"}
    await whole.do(Act("li-01", "routing", transfers, proposed, address=address))
    taking = f"{transfers}/acceptance"
    await whole.do(Act("do-01", "routing", taking, {}, address=address))


WRITTEN = """
SELECT stream, schema_version FROM journal.event
WHERE type = 'CaseTransferred' AND stream = ANY($1) ORDER BY seq
"""
