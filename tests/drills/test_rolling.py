"""A service is replaced process by process under load, without a failed command."""

from tests.end_to_end.replicas import Clients, replica
from tests.end_to_end.whole import Whole

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
