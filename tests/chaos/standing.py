"""A system that only stands there: no server runs, doors answer as they are told."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.chaos.client import Client
from tests.chaos.history import History
from tests.chaos.system import Part, System

Door = Callable[[httpx.Request], httpx.Response]


class Standing(System):
    """One process of each service that is named, none of which runs."""

    def __init__(self, *services: str) -> None:
        self.parts = {name: Part(name, name, 1, []) for name in services}
        self.begun: list[str] = []
        self.grace = 0.2

    def token(self, who: str) -> str:
        return who

    def begin(self, part: Part) -> None:
        self.begun.append(part.name)


def client(file: Path, door: Door, *services: str) -> Client:
    """Return a client that asks a door, with hardly any patience."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(door))
    history = History(file, "1")
    system = Standing(*services)
    return Client(system, history, random.Random(1), http, 0.2, (0.0, 0.01))


def saying(*answers: tuple[int, dict[str, Any]]) -> Door:
    """Return a door that gives these answers in turn, the last one for ever."""
    left = list(answers)

    def door(_: httpx.Request) -> httpx.Response:
        status, said = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, json=said)

    return door
