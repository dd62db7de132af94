"""The clue's part of a thread: registered, screened, moved between units, answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from deploy.demo.people import employers, worker_id, worker_name
from deploy.demo.step import Book, Step
from deploy.demo.thread import Act, Claim, Thread, happened
from libs import ids

PUBLIC = ids.named("actor", "public")


@dataclass(frozen=True)
class Form:
    """What is said: on which channel, by whose workers, claiming what (fen)."""

    channel: str
    employer: str
    workers: Sequence[int] = ()
    claimed: Sequence[int | None] = ()
    number: str | None = None
    project: tuple[str, str] | None = None
    report: bool = False
    anonymous: bool = False
    reporter: str | None = None
    reference: str | None = None
    months: tuple[str, str] = ("2023-08", "2023-10")
    unlisted: frozenset[int] = field(default_factory=frozenset)
    """Workers of whom only the name is known."""
    roster: bool = False
    """Whether a crew leader named them: each is to say so himself."""

    def said(self, occurred: datetime) -> dict[str, Any]:
        """Return the form's body."""
        said: dict[str, Any] = {
            "channel": self.channel,
            "occurred_at": occurred.isoformat(),
            "employer": employers()[self.employer].said(),
            "workers": [
                self._worker(who, minor)
                for who, minor in zip(self.workers, self.claimed, strict=True)
            ],
        }
        if self.report:
            said["mode"] = "anonymous" if self.anonymous else "named"
        if self.number is not None:
            said["channel_number"] = self.number
        if self.project is not None:
            said["project"] = {"number": self.project[0], "name": self.project[1]}
        if self.reference is not None:
            said["reference"] = self.reference
        if self.reporter is not None:
            said["reporter"] = {"name": self.reporter, "role": "other"}
        return said

    def _worker(self, who: int, minor: int | None) -> dict[str, Any]:
        said: dict[str, Any] = {
            "name": worker_name(who),
            "rural_migrant": "yes" if who % 7 else "no",
            "months_from": self.months[0],
            "months_to": self.months[1],
        }
        if who not in self.unlisted:
            said["id_number"] = {"type": "citizen", "number": worker_id(who)}
        if self.roster:
            said["roster_only"] = True
        if minor is not None:
            said["claimed"] = {"minor": minor, "currency": "CNY"}
        return said


def register(
    book: Book, at: datetime, actor: str | None, form: Form, lane: str
) -> Thread:
    """Plan the registration of a clue; return its thread."""
    turn = book.turn(lane)
    key = book.key(lane, turn)
    client = PUBLIC if actor is None else ids.actor_id(book.issuer, actor)
    if form.number is None:
        clue_id = ids.named("clue", uuid5(client, key))
    else:
        clue_id = ids.clue_id(book.site, form.channel, form.number)
    claims = {
        n: Claim(ids.claim_id(clue_id, n), _who(form, who, clue_id), minor)
        for n, (who, minor) in enumerate(
            zip(form.workers, form.claimed, strict=True), 1
        )
    }
    is_story = form.reference is not None
    thread = Thread(book, lane, clue_id, ids.case_id(clue_id), claims, is_story)
    thread.versions = {"clue": 3, "case": 2, "proceeding": 0}
    thread.versions |= {f"claim-{n}": 1 for n in claims}
    occurred = thread.occurs(at)
    step = Step(
        at=at,
        lane=lane,
        turn=turn,
        key=key,
        actor=actor,
        service="intake",
        path="/v1/reports" if form.report else "/v1/complaints",
        body=form.said(occurred),
        numbered=True,
        traced=is_story,
    )
    book.steps.append(step)
    thread.fact("registered", (occurred, at))
    for claim in claims.values():
        thread.fact("claimed", (occurred, at), claim.who, claim.claimed or 0)
    return thread


def _who(form: Form, who: int, clue_id: UUID) -> str:
    # Without an ID number nobody can tell that it is the same person.
    return f"{who} of {clue_id}" if who in form.unlisted else str(who)


def _clue(thread: Thread, act: str, body: dict[str, Any], adds: int = 1) -> Act:
    path = f"/v1/clues/{thread.clue_id}/{act}"
    return Act("intake", path, "clue", body, adds)


def screen(
    thread: Thread, at: datetime, who: str, matter: str = "wage", to: str = "ours"
) -> None:
    """Screen: is it wages, and is it ours?"""
    body = {"matter": matter, "jurisdiction": to}
    thread.do(at, who, [_clue(thread, "screening", body)])


def classify(thread: Thread, at: datetime, who: str, kind: str) -> None:
    """Say of which kind a 12345 order is: the hotline's clock runs (CLK-80)."""
    body = {"order_kind": kind, "received_on": at.date().isoformat()}
    act = replace(_clue(thread, "order", body), timed=False)
    thread.do(at, who, [act])
    # The hotline is answered where it asked.
    thread.form = "platform"


def advise(thread: Thread, at: datetime, who: str, channel: str) -> None:
    """Tell the right channel and close what is not wages."""
    body = {"advised_channel": channel, "told": "printed"}
    [step] = thread.do(at, who, [_clue(thread, "advice", body, 2)])
    thread.answered = thread.concluded = at
    thread.fact("answered", (happened(step), at))
    thread.ends(at, happened(step))


def reply(
    thread: Thread,
    at: datetime,
    who: str,
    conclusion: str,
    when: datetime | None = None,
) -> None:
    """Answer the author; the case closes when it was concluded before."""
    body = {"form": thread.form, "conclusion": conclusion}
    _answer(thread, at, who, ("reply", body, when))


def unanswerable(thread: Thread, at: datetime, who: str, reason: str) -> None:
    """Find that nobody can be answered."""
    _answer(thread, at, who, ("reply-impossible", {"reason": reason}, None))


def _answer(
    thread: Thread,
    at: datetime,
    who: str,
    said: tuple[str, dict[str, Any], datetime | None],
) -> None:
    act, body, when = said
    [step] = thread.do(at, who, [_clue(thread, act, body)], when)
    if thread.concluded == at:
        # Both in one stop: which of them closes the case would be chance.
        message = f"{thread.lane}: answered and concluded at {at}"
        raise ValueError(message)
    thread.answered = at
    thread.fact("answered", (happened(step), at))
    thread.ends(at, happened(step))


def _case(
    thread: Thread, act: str, body: dict[str, Any], refused: str | None = None
) -> Act:
    path = f"/v1/cases/{thread.case_id}/{act}"
    return Act("routing", path, "case", body, timed=False, refused=refused)


def propose(
    thread: Thread, at: datetime, who: str, unit: str, refused: str | None = None
) -> None:
    """Propose that another unit own the case."""
    body = {"to_unit": unit, "reason": "department"}
    thread.do(at, who, [_case(thread, "transfers", body, refused)])


def accept(thread: Thread, at: datetime, who: str) -> None:
    """Take the case over."""
    thread.do(at, who, [_case(thread, "transfers/acceptance", {})])
    thread.fact("transferred", (at, at))


def refuse(
    thread: Thread,
    at: datetime,
    who: str,
    article: str,
    refused: str | None = None,
) -> None:
    """Hand a proposed case back."""
    body = {"reason": "industry", "article": article}
    thread.do(at, who, [_case(thread, "transfers/refusal", body, refused)])


def rule(thread: Thread, at: datetime, who: str, unit: str, article: str) -> None:
    """Rule which unit owns the case."""
    body = {"to_unit": unit, "article": article}
    thread.do(at, who, [_case(thread, "ruling", body)])
