"""Three services in memory: what one says the others hear, in any order of streams."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.decider import Kind, Rule
from libs.events.event import Actor, New, Precision, Recorded, Source
from libs.events.testing import AT, Given, given
from libs.ids import named
from services.enforcement import app as enforcement
from services.enforcement import claim, evidence, grouping, proceeding
from services.enforcement import known as enforcement_known
from services.intake import app as intake
from services.intake import clue, duplicates, notice
from services.intake import known as intake_known
from services.routing import app as routing
from services.routing import case, deadline, dossier, rulebook
from services.routing import known as routing_known
from tests.unit.matters import adopted

APPS = {one.name: one for one in (intake.SERVICE, routing.SERVICE, enforcement.SERVICE)}
RULES: Mapping[tuple[str, type[Command]], Rule[Any]] = {
    (name, rule.command): rule for name, app in APPS.items() for rule in app.rules
}
OF_SERVICE: Mapping[str, tuple[Kind[Any], ...]] = {
    "intake": (
        clue.KIND,
        duplicates.KIND,
        intake_known.KIND,
        notice.KIND,
        notice.MESSAGE,
    ),
    "routing": (
        case.KIND,
        deadline.KIND,
        dossier.KIND,
        rulebook.KIND,
        routing_known.KIND,
    ),
    "enforcement": (
        claim.KIND,
        evidence.KIND,
        grouping.KIND,
        proceeding.KIND,
        enforcement_known.KIND,
    ),
}
KINDS: Mapping[tuple[str, str], Kind[Any]] = {
    (name, kind.category): kind for name, kinds in OF_SERVICE.items() for kind in kinds
}
SYSTEM = Actor(named("test-system"), "system", "system")
Pick = Callable[[int], int]
"""Which of so many streams is heard next."""


def _books() -> Given:
    story = given()
    for book in ("clocks", "calendar", "organisation"):
        story = story.given(rulebook.KIND, rulebook.book_id(book), adopted(book))
    return story


@dataclass
class World:
    """All journals, what each service has yet to hear by stream, and the findings."""

    without: frozenset[str] = frozenset()
    said: list[Recorded] = field(default_factory=list)
    journals: dict[str, Given] = field(
        default_factory=lambda: {
            "intake": given(),
            "routing": _books(),
            "enforcement": given(),
        }
    )
    waiting: dict[tuple[str, str], list[Recorded]] = field(default_factory=dict)
    findings: list[tuple[str, str]] = field(default_factory=list)

    def do(self, service: str, command: Command, by: Stamp) -> str | None:
        """Do a command; return the code of its refusal."""
        outcome = self.journals[service].when(
            RULES[service, type(command)], command, by
        )
        if outcome.refusal is not None:
            return outcome.refusal.code
        self._append(service, outcome.new, by)
        return None

    def tell(self, service: str, *news: New, at: datetime = AT) -> None:
        """Say events that no rule of this test decides."""
        self._append(service, news, Stamp(named("told"), b"", SYSTEM, at))

    def settle(self, pick: Pick, most: int = 100_000) -> None:
        """Let the services hear so much, or everything, each stream in order."""
        for _ in range(most):
            if not self.waiting:
                return
            keys = sorted(self.waiting)
            key = keys[pick(len(keys))]
            heard = self.waiting[key].pop(0)
            if not self.waiting[key]:
                del self.waiting[key]
            self._react(key[0], heard)

    def state(self, service: str, kind: Kind[Any], subject: UUID) -> Any:
        """Return a stream's state in one service."""
        return self.journals[service].state(kind, subject)

    def _react(self, consumer: str, record: Recorded) -> None:
        at = record.occurred_at or record.recorded_at
        for reaction in APPS[consumer].reactions:
            if reaction.name in self.without or not reaction.fires(record):
                continue
            for number, command in enumerate(reaction.commands(record)):
                name = named("test-reaction", reaction.name, number, record.id)
                refused = self.do(consumer, command, Stamp(name, b"", SYSTEM, at))
                if refused is not None:
                    self.findings.append((reaction.name, refused))

    def _append(self, service: str, news: Sequence[New], by: Stamp) -> None:
        for new in news:
            kind = KINDS[service, new.stream[:-37]]
            subject = UUID(new.stream[-36:])
            self.journals[service] = self.journals[service].given(
                kind, subject, new.event
            )
            record = self._recorded(service, new, by)
            self.said.append(record)
            for name, app in APPS.items():
                if service in app.hears:
                    self.waiting.setdefault((name, new.stream), []).append(record)

    def _recorded(self, service: str, new: New, by: Stamp) -> Recorded:
        seq = len(self.said) + 1
        key = named("test-event", seq)
        same = [r for r in self.said if (r.service, r.stream) == (service, new.stream)]
        return Recorded(
            seq=seq,
            id=key,
            site="310199000000",
            stream=new.stream,
            version=len(same) + 1,
            type=new.event.name,
            schema_version=new.event.schema_version,
            data=new.event.model_dump_json(),
            occurred_at=new.occurred_at or by.at,
            occurred_precision=Precision.INSTANT,
            recorded_at=AT + timedelta(seconds=seq),
            actor=by.actor,
            source=Source.DOOR,
            serial=None,
            command_id=by.command_id,
            request_hmac=b"",
            hash_alg="sha256",
            correlation_id=key,
            causation_id=None,
            partition_key=new.partition_key or new.stream,
            traceparent=None,
            service=service,
            event=new.event,
        )
