"""Calls to others: the certificates are read once, not for each call."""

from pathlib import Path

from libs.web.outgoing import client, trusted

REPOSITORY = Path(__file__).parents[2]
OWN = REPOSITORY / "libs/web/outgoing.py"
MAKING = "httpx.AsyncClient("


async def test_two_clients_trust_by_one_reading() -> None:
    before = trusted.cache_info()
    async with client(1.0), client(2.0):
        after = trusted.cache_info()
    assert after.misses - before.misses <= 1
    assert after.hits > before.hits


def test_no_service_makes_a_client_that_reads_them_anew() -> None:
    sources = [
        path
        for folder in ("libs", "services")
        for path in (REPOSITORY / folder).rglob("*.py")
        if path != OWN
    ]
    assert MAKING in OWN.read_text()
    assert [path for path in sources if MAKING in path.read_text()] == []
