"""Every route of every service asks for the right that the law's own list gives.

The list is `tests/unit/rights`: route by route, who may. It is read by no door; each
answer is the real application's, over the real table, visibility and deciders. A route
without a row and a row without a route both fail here (architecture §6; domain §5.8).
"""

import asyncio
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.unit.rights_asked import Answer, Request, as_officer, request_of, send
from tests.unit.rights_house import SERVICES, UNITS, House, house

ROWS = Path(__file__).parent / "rights"
EVERYWHERE = "every"
RELATIONS = frozenset({"", "holds", "seen", "own", "first", "proposes"})
HIDDEN = "not-found"
FOREIGN = "表单已过期"
CODES = ("not-permitted", "not-yours", "not-an-officer", "not-a-worker")


@cache
def files() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found = {one.stem: tomllib.loads(one.read_text("utf-8")) for one in ROWS.iterdir()}
    assert found.keys() == {*SERVICES, EVERYWHERE}
    return found


def rows(service: str) -> dict[str, str]:
    return {**files()[EVERYWHERE][EVERYWHERE], **files()[service][service]}


@dataclass(frozen=True)
class Row:
    """Who may: a relation for each role; none is ''."""

    roles: Mapping[str, str]

    @property
    def open(self) -> bool:
        return "nobody" in self.roles


@cache
def row(service: str, route: str) -> Row:
    groups = files()[EVERYWHERE]["groups"]
    roles: dict[str, str] = {}
    for word in rows(service)[route].split():
        name, _, relation = word.partition(":")
        assert relation in RELATIONS, word
        every = " ".join(UNITS) if name == "officer" else groups.get(name, name)
        for role in every.split():
            assert role in {*UNITS, "worker", "nobody"}, word
            assert role not in roles, f"{route}: {role} stands twice"
            roles[role] = relation
    return Row(roles)


def table() -> Iterator[tuple[str, str]]:
    """Yield every row; what all services share is asked of one in full."""
    for service in SERVICES:
        own = files()[service][service]
        shared = rows(service) if service == "routing" else own
        yield from ((service, route) for route in shared)


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_a_row_and_every_row_a_route(service: str) -> None:
    """A new route fails here until somebody wrote down who may."""
    routes = house(service).routes()
    assert len(routes) == len(set(routes))
    assert set(routes) == set(rows(service))


@dataclass(frozen=True)
class Met:
    """What somebody met at a door: `in`, `unsigned`, `forbidden` or `hidden`."""

    how: str
    answer: Answer


async def met(door: House, asked: Request, headers: Mapping[str, str]) -> Met:
    door.database.reached = False
    answer = await send(door, asked, headers)
    door.running.door.open()
    return Met(_how(answer), answer)


def _how(answer: Answer) -> str:
    to = answer.headers.get("location", "")
    if answer.status == 401 or to.startswith(("/console/sign-in", "/console/welcome")):
        return "unsigned"
    if answer.status == 404 and answer.said.get("code", HIDDEN) == HIDDEN:
        return "hidden"
    if answer.status != 403 or FOREIGN.encode() in answer.body:
        return "in"
    code = answer.said.get("code", CODES[0])
    assert code in CODES, code
    return "forbidden"


def asking(route: str, wanted: Row) -> list[str]:
    """Return who asks: everybody; on a page, of those whom it is for the ends alone."""
    if wanted.open:
        return []
    named = [role for role in UNITS if role in wanted.roles]
    middle = named[1:-1] if " /console" in route else ()
    return [role for role in UNITS if role not in middle]


async def _wrong(service: str, routes: list[str]) -> list[str]:
    """Return each role and route whose door did not do what the list says."""
    door, wrong = house(service), []
    for route in routes:
        wanted = row(service, route)
        asked = request_of(door, route)
        nobody = await met(door, asked, {})
        if (nobody.how != "unsigned") != wanted.open:
            wrong.append(f"{route}: nobody is {nobody.how}")
        for role in asking(route, wanted):
            found = await met(door, asked, as_officer(door, asked, role))
            if (found.how == "forbidden") != (role not in wanted.roles):
                wrong.append(f"{route}: {role} is {found.how} {found.answer.status}")
            if role not in wanted.roles and door.database.reached:
                wrong.append(f"{route}: {role} reached what lies behind")
    return wrong


@pytest.mark.parametrize("service", SERVICES)
def test_each_door_lets_in_whom_the_list_names_and_nobody_else(service: str) -> None:
    """Whoever is not named is told so before anything behind the door is asked."""
    routes = [route for of, route in table() if of == service]
    assert asyncio.run(_wrong(service, routes)) == []
