"""Gone: what is raised when the database is not there, or its connection is lost."""

import asyncpg
from asyncpg.exceptions import (
    InsufficientResourcesError,
    OperatorInterventionError,
    PostgresConnectionError,
)

LOST: tuple[type[Exception], ...] = (
    asyncpg.InterfaceError,
    # What the pool says of a connection that died within a statement, when it is given
    # back: "cannot switch to state 15; another operation (2) is in progress".
    asyncpg.InternalClientError,
    PostgresConnectionError,
    OperatorInterventionError,
    InsufficientResourcesError,
)
"""Raised by the driver."""
GONE: tuple[type[Exception], ...] = (OSError, *LOST)
"""OSError holds refused and reset connections, and time-outs."""
