"""Outgoing: HTTP clients for calls to other services and to gateways."""

from functools import cache
from ssl import SSLContext

import httpx


def client(seconds: float) -> httpx.AsyncClient:
    """Return a client whose every wait is so many seconds at most; close it after."""
    return httpx.AsyncClient(timeout=seconds, verify=trusted())


@cache
def trusted() -> SSLContext:
    """Return the certificates that this process trusts.

    Read once: reading them for each client was half of what such a call cost.
    """
    return httpx.create_ssl_context()
