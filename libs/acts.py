"""Acts: a table of what people may do over HTTP, each row a command and its route.

An act is permitted by the table of commands and roles, stamped with who and when,
decided by its rule, and answered with where its events stand in the journal.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, JsonValue, create_model

from libs.calendar.local_days import EARLIEST, day_of
from libs.events.command import Command, Stamp
from libs.events.decider import Kind, Rule
from libs.events.event import Recorded
from libs.events.perform import Done, Log, perform
from libs.events.stream.topics import partition_of
from libs.web import permissions
from libs.web.auth import KnownCaller
from libs.web.callers import Caller, Officer, Worker
from libs.web.etags import Seen, etag, seen_versions
from libs.web.field_errors import accepted
from libs.web.idempotency import Creation, Repeatable
from libs.web.languages import Said
from libs.web.problems import FieldError, More, Problem

AHEAD = timedelta(minutes=5)
"""How far a fact may lie ahead of the deployment's clock: clocks differ a little."""

JSON = dict[str, JsonValue]


@dataclass(frozen=True)
class Asked:
    """One request to act: whose, what it names in path and body, and its command id.

    `officer` finds the officer of a person id in the directory as it stands today,
    `unit_kind` the kind of a unit; None: there is none of that code.
    """

    caller: Caller
    path: Mapping[str, Any]
    command_id: UUID
    body: Mapping[str, Any] = field(default_factory=dict)
    officer: Callable[[UUID], Officer | None] = lambda _: None
    unit_kind: Callable[[str], str | None] = lambda _: None

    def new_id(self, name: str) -> UUID:
        """Return an id that a retry of the same request makes again."""
        return uuid5(self.command_id, name)


Gathering = Callable[[Any, Asked], Awaitable[Mapping[str, Any]]]
"""Returns fields of the command from the service that runs; may answer 404."""


@dataclass(frozen=True)
class Act:
    """A row of the table: the route, the command, and what the door fills in.

    `on` is the kind of stream that If-Match names, by the path's `subject`; without it
    the act creates something: 201 and no If-Match. `fills` gives fields that the door
    knows (ids it makes, the actor's unit); a worker's code must be for `worker_of`.
    `powers`: the letters of the permission table of which the role needs one.
    `gathers`: reads what the door must ask its service's own tables.
    """

    path: str
    command: type[Command]
    on: Kind[Any] | None = None
    subject: str = "case_id"
    fills: Callable[[Asked], Mapping[str, Any]] = lambda _: {}
    filled: tuple[str, ...] = ()
    worker_of: str | None = None
    permission: str | None = None
    powers: permissions.Permission = permissions.ACT
    gathers: Gathering | None = None

    @property
    def allowed_as(self) -> str:
        """Return the act's row in the permission table."""
        return self.permission or self.command.__name__


@dataclass(frozen=True)
class Desk:
    """What a service's acts work with: its log, its rules and its name."""

    service: str
    log: Log
    rules: Mapping[type[Command], Rule[Any]]

    async def do(
        self, command: Command, stamp: Stamp, if_match: tuple[str, int] | None = None
    ) -> Done:
        """Decide a command and append what follows; raises what `perform` raises."""
        in_time(command, stamp.at)
        rule = self.rules[type(command)]
        return await perform(
            self.log,
            rule,
            command,
            stamp,
            if_match=if_match,
            answer=lambda _: ids_of(command),
        )

    async def now(self) -> datetime:
        """Return the time by the deployment's clock."""
        return await self.log.journal.now()


def ids_of(command: Command) -> JSON:
    """Return the ids a command names: what its first answer says."""
    said = command.model_dump(mode="json")
    return {name: said[name] for name in said if name.endswith("_id") and said[name]}


def in_time(command: Command, now: datetime) -> None:
    """Raise 422 for a fact before 1980 or later than the deployment's clock."""
    at = getattr(command, "occurred_at", None)
    if at is not None and at.tzinfo is None:
        raise _bad_time("occurred_at", "请写明时区，如 +08:00。", "Give the offset.")
    if at is not None and not EARLIEST <= at <= now + AHEAD:
        raise _bad_time(
            "occurred_at",
            "时间须在 1980 年以后、不晚于现在。",
            "The time must be after 1980 and not in the future.",
        )
    served: date | None = getattr(command, "served_on", None)
    if served is not None and not EARLIEST.date() <= served <= day_of(now):
        raise _bad_time("served_on", "送达日不能晚于今天。", "Not later than today.")


def _bad_time(name: str, zh: str, en: str) -> Problem:
    error = FieldError("pointer", f"/{name}", "time-out-of-range", Said(zh, en))
    return Problem("invalid", more=More(errors=[error]))


def routes(acts: Sequence[Act]) -> APIRouter:
    """Return the routes of a table of acts; the desk is on `app.state.desk`."""
    router = APIRouter()
    for act in acts:
        router.add_api_route(
            act.path,
            _endpoint(act),
            methods=["POST"],
            status_code=200 if act.on else 201,
            name=act.command.__name__,
            summary=(act.command.__doc__ or "").split("\n")[0],
            response_model=Answer,
        )
    return router


class Place(BaseModel):
    """Where an answer's last event stands: wait for it to read your own write."""

    service: str
    stream: str
    version: int
    sequence: int
    partition: int


class Answer(BaseModel):
    """What an act is answered with: its ids, numbers drawn, and its place."""

    model_config = ConfigDict(extra="allow")

    serials: list[str]
    position: Place | None
    repeated: bool


def answered(
    desk: Desk, done: Done, main: str | None, seen: int = 0
) -> tuple[JSON, int]:
    """Return an act's answer and the version of its main stream.

    An act that wrote nothing there leaves it at the version that If-Match has `seen`.
    """
    last = _last(done.events, main)
    place = None
    if last is not None:
        partition = partition_of(last.partition_key)
        place = Place(
            service=desk.service,
            stream=last.stream,
            version=last.version,
            sequence=_last_in(partition, done.events),
            partition=partition,
        ).model_dump()
    serials: list[JsonValue] = [e.serial for e in done.events if e.serial]
    said: JSON = {**(done.answer or {}), "serials": serials, "position": place}
    moved = last is not None and last.stream == main
    version = last.version if last is not None and moved else seen
    return {**said, "repeated": done.repeated}, version


def _last_in(partition: int, events: Sequence[Recorded]) -> int:
    """Return the last sequence of an act that this partition brings.

    A reader waits for it there; what the act wrote to others never comes by this one.
    """
    return max(e.seq for e in events if partition_of(e.partition_key) == partition)


def _last(events: Sequence[Recorded], main: str | None) -> Recorded | None:
    own = [event for event in events if event.stream == main]
    found = own or list(events)
    return found[-1] if found else None


def _body(act: Act) -> type[BaseModel]:
    left = {"case_id", *act.filled, *_path_names(act)}
    fields: dict[str, Any] = {
        name: (info.annotation, info)
        for name, info in act.command.model_fields.items()
        if name not in left
    }
    config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)
    name = f"{act.command.__name__}Body"
    return create_model(name, __config__=config, **fields)


def _path_names(act: Act) -> list[str]:
    return [part[1:-1] for part in act.path.split("/") if part.startswith("{")]


def _endpoint(act: Act) -> Callable[..., Any]:
    async def endpoint(**given: Any) -> JSONResponse:
        return await _act(act, given)

    endpoint.__signature__ = _signature(act)  # type: ignore[attr-defined]  # for FastAPI
    return endpoint


def _signature(act: Act) -> inspect.Signature:
    kinds: dict[str, Any] = {
        "request": Request,
        "caller": KnownCaller,
        "creation": Creation,
        **{n: UUID if n.endswith("_id") else str for n in _path_names(act)},
        "body": _body(act),
    }
    if act.on is not None:
        kinds["seen"] = Annotated[Seen, Depends(seen_versions)]
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [inspect.Parameter(n, keyword, annotation=kind) for n, kind in kinds.items()]
    )


async def _act(act: Act, given: Mapping[str, Any]) -> JSONResponse:
    request: Request = given["request"]
    desk: Desk = request.app.state.desk
    caller: Caller = given["caller"]
    permissions.require(caller, act.allowed_as, act.powers)
    path = {name: given[name] for name in _path_names(act)}
    _own_matter(act, caller, path)
    creation: Repeatable = given["creation"]
    body: BaseModel = given["body"]
    said = {name: getattr(body, name) for name in type(body).model_fields}
    running = request.app.state.running
    directory = (running.officer, running.unit_kind)
    asked = Asked(caller, path, creation.command_id, said, *directory)
    gathered = await act.gathers(running, asked) if act.gathers else {}
    command = _command(act, asked, gathered)
    main = act.on.stream(path[act.subject]) if act.on else None
    if_match = given["seen"].on(main) if main else None
    stamp = creation.stamp(await desk.now())
    done = await desk.do(command, stamp, if_match)
    answer, version = answered(desk, done, main, if_match[1] if if_match else 0)
    headers = {"ETag": etag(version)} if main else {}
    return JSONResponse(answer, 200 if main else 201, headers)


def _own_matter(act: Act, caller: Caller, path: Mapping[str, Any]) -> None:
    """Raise 404 when a worker acts on another claim than the code was for."""
    if not isinstance(caller, Worker):
        return
    named = path.get(act.worker_of or "")
    if named is None or not caller.holds("claim", named):
        raise Problem("not-found")


def _command(act: Act, asked: Asked, gathered: Mapping[str, Any]) -> Command:
    filled = {**asked.body, **asked.path, **act.fills(asked), **gathered}
    known = {n: v for n, v in filled.items() if n in act.command.model_fields}
    return accepted(act.command, known)
