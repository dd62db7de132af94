"""Trouble: a database that is not there is no fault of the event at hand."""

import asyncpg
import pytest

from libs.events.stream.trouble import heals


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError("by the peer"),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("restarted"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.InterfaceError("the connection is closed"),
        # What the pool says of a connection that is given back after its server died.
        asyncpg.InternalClientError("cannot switch to state 15; another operation"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_database_heals(error: Exception) -> None:
    assert heals(error)


@pytest.mark.parametrize(
    "error",
    [ValueError("no such unit"), KeyError("case"), asyncpg.CheckViolationError("no")],
    ids=lambda error: type(error).__name__,
)
def test_what_an_event_is_at_fault_for_does_not(error: Exception) -> None:
    assert not heals(error)
