"""What intake knows of a clue's case: who owns it, and which claims were verified."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from libs.events.contracts.intake import CaseFactNoted, ClaimFactNoted
from libs.events.contracts.merges import CaseMergeNoted
from libs.events.decider import Kind, NotVisible, NotYours
from libs.events.event import Actor, Event
from libs.visibility import sees


@dataclass(frozen=True)
class Known:
    """Facts of routing and enforcement about a case, folded.

    `claims`: each claim and its latest fact. A reopened case owes a new answer.
    `holders`: the parties that hold it or held it.
    """

    unit: str | None = None
    parties: frozenset[str] = frozenset()
    claims: Mapping[UUID, str] = field(default_factory=dict)
    reopened: int = 0
    holders: frozenset[str] = frozenset()


def evolve(known: Known, event: Event) -> Known:
    """Fold one noted fact."""
    match event:
        case ClaimFactNoted():
            return replace(known, claims={**known.claims, event.claim_id: event.fact})
        case CaseFactNoted():
            return _noted(known, event)
        case CaseMergeNoted(unit=str(unit)):
            holders = known.holders | {unit}
            return replace(known, parties=known.parties | {unit}, holders=holders)
        case _:
            return known


def _noted(known: Known, event: CaseFactNoted) -> Known:
    unit = {event.unit} if event.unit else set()
    parties = known.parties | unit
    match event.fact:
        case "owned":
            holders = known.holders | unit
            return replace(known, unit=event.unit, parties=parties, holders=holders)
        case "proposed":
            return replace(known, parties=parties)
        case "reopened":
            return replace(known, reopened=known.reopened + 1)
        case "concluded" | "closed":
            return known


CONFIDED = frozenset({"brigade", "leading-group"})
KIND = Kind("known", Known(), evolve)


def visible(known: Known, first_asked: str | None, actor: Actor) -> None:
    """Raise NotVisible unless the actor may know of the clue."""
    if first_asked is None or not sees(actor, known.parties | {first_asked}):
        raise NotVisible


def persons_open(
    known: Known, first_asked: str | None, mode: str | None, actor: Actor
) -> None:
    """Raise NotVisible unless the actor may know who is named in the clue.

    To whom the case was only proposed, the persons open with the receipt (F-2.2.3d).
    Named in confidence: whoever is not the unit that holds it, the one first asked,
    the district or the office sees the clue, not the persons (LIR 9 ¶2).
    """
    visible(known, first_asked, actor)
    if not sees(actor, known.holders | {first_asked or ""}):
        raise NotVisible
    if mode != "confidential" or actor.role in CONFIDED:
        return
    if actor.unit not in {known.unit or first_asked, first_asked}:
        raise NotVisible


def informants_open(known: Known, first_asked: str | None, actor: Actor) -> None:
    """Raise NotVisible unless the actor may know who reported 举报人 (LIR 9 ¶3, 30(4)).

    The unit that holds the report and the leading-group office: not the one first asked
    once it went on, not the centre, no district line and no auditor.
    """
    visible(known, first_asked, actor)
    if actor.role != "leading-group" and actor.unit != (known.unit or first_asked):
        raise NotVisible


def holding(
    known: Known,
    first_asked: str | None,
    actor: Actor,
    also: Collection[str] = ("brigade", "leading-group"),
) -> None:
    """Raise unless the actor's unit holds the clue's case now, or acts for any."""
    visible(known, first_asked, actor)
    unit = known.unit or first_asked
    if actor.unit != unit and actor.role not in also:
        raise NotYours(f"这条线索现由 {unit} 负责，请由该单位办理。", may=[unit or ""])


def finding(known: Known) -> str | None:
    """Return what was found of the clue's claims, or None while one is open."""
    left = {fact for fact in known.claims.values() if fact != "withdrawn"}
    if not left or "opened" in left:
        return None
    return "arrears" if "arrears" in left else "no_arrears"
