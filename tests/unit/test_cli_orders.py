"""Orders from the command line: sure without a terminal, and refused when refused."""

import argparse
import json
from collections.abc import Callable

import httpx
import pytest

from deploy.cli import confirming
from deploy.cli.asking import NotRunning, asked
from deploy.cli.rebuild import put_on_record
from deploy.local.cannot import Cannot
from libs.events.testing import AT

COUNTS = {"clue": 7, "case": 9}


def service(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    transport = httpx.MockTransport(answer)
    return httpx.Client(transport=transport, base_url="http://reporting")


def refusing(status: int) -> httpx.Client:
    said = {"title": "No", "detail": "Look again."}
    return service(lambda _: httpx.Response(status, json=said))


def failing(error: type[httpx.TransportError]) -> httpx.Client:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error("gone")

    return service(answer)


def test_an_act_that_nobody_can_be_asked_about_needs_yes() -> None:
    unsure = argparse.Namespace(dry_run=False, yes=False)
    with pytest.raises(Cannot, match=r"^7 views\. Say --yes to do it"):
        confirming.goes_on(unsure, "7 views.")
    assert confirming.goes_on(argparse.Namespace(dry_run=False, yes=True), "")
    assert not confirming.goes_on(argparse.Namespace(dry_run=True, yes=True), "")


def test_a_rebuild_is_put_on_record_with_its_count_and_its_time() -> None:
    told: list[tuple[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        told.append((request.url.path, json.loads(request.content)))
        return httpx.Response(200, json={})

    put_on_record(service(answer), COUNTS, AT)
    at = AT.isoformat()
    assert told == [
        ("/operator/rebuilds/clue", {"count": 7, "here": False, "as_of": at}),
        ("/operator/rebuilds/case", {"count": 9, "here": False, "as_of": at}),
    ]


@pytest.mark.parametrize("status", [403, 409, 429, 503])
def test_a_rebuild_that_the_service_refuses_ends_there(status: int) -> None:
    with pytest.raises(Cannot, match=r"^Look again\.$"):
        put_on_record(refusing(status), COUNTS, None)


def test_a_rebuild_goes_on_beside_a_service_that_does_not_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put_on_record(failing(httpx.ConnectError), COUNTS, None)
    said = capsys.readouterr().err
    assert said.startswith("The order is not on record: http://reporting does not")
    assert said.count("\n") == 1


def test_a_service_that_was_asked_and_fell_silent_may_have_done_it() -> None:
    with pytest.raises(Cannot) as silent:
        asked(failing(httpx.ReadTimeout), "GET", "/")
    assert not isinstance(silent.value, NotRunning)
