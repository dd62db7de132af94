"""TCP ports on this machine's loopback: free ones, taken ones, answering ones."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 15_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
TRIES = 100


def free_port() -> int:
    """Return a port nobody listens on at the moment of asking.

    Of those that outgoing connections never get: between the choice and a server's
    start lie seconds, in which any program's connection could take another one.
    """
    below = _first_ephemeral()
    for _ in range(TRIES if below > LOWEST else 0):
        port = random.randrange(LOWEST, below)  # noqa: S311 -- no secret.
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        given: int = probe.getsockname()[1]
        return given


def _first_ephemeral() -> int:
    return int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else 0


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Say whether something accepts connections on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
