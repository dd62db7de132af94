"""TCP ports on this machine's loopback: free ones, taken ones, answering ones."""

import random
import socket
import threading
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 15_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
BLOCK = 64
"""How many ports lie in a block; a process takes blocks, and gives each port once."""

_taking = threading.Lock()
_block: list[int] = []
_guards: list[socket.socket] = []
"""Bound to the first port of each block we took, until we end: the kernel refuses it
to any other process of ours, which then takes another block.
"""


def free_port() -> int:
    """Return a port nobody listens on, and that no other call returns.

    Of those that outgoing connections never get: between the choice and a server's
    start lie seconds, in which a program's connection, another server that chooses at
    random, or a later call of our own could take the same one.
    """
    with _taking:
        while _block or _take_block():
            if is_free(port := _block.pop()):
                return port
        return _any_port()


def _take_block() -> bool:
    """Take a block that no process holds; say whether there was one."""
    firsts = [*range(LOWEST, _first_ephemeral() - BLOCK, BLOCK)]
    random.shuffle(firsts)  # no secret
    for first in firsts:
        guard = socket.socket()
        try:
            guard.bind((LOOPBACK, first))
        except OSError:
            guard.close()
        else:
            _guards.append(guard)
            _block.extend(range(first + BLOCK - 1, first, -1))
            return True
    return False


def _any_port() -> int:
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
