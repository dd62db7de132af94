"""What enforcement knows of a case: its owner, its claims, whether it was closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from libs.events.contracts.enforcement import CaseFactNoted, ClaimListed
from libs.events.contracts.merges import CaseMergeNoted, DossierNoted
from libs.events.contracts.merging import ClaimDelisted
from libs.events.decider import Kind, NotVisible, NotYours, Rejected
from libs.events.event import Actor, Event
from libs.visibility import sees


@dataclass(frozen=True)
class Known:
    """Facts of routing and intake about a case, folded.

    `reopened`: how often its conclusion was lifted, by opening it again or before;
    `into`: the case that it was merged into, as routing said at its `turn`. `holders`:
    the parties that hold or held it, or were first asked; `came`: pieces of evidence of
    other cases' files.
    """

    unit: str | None = None
    parties: frozenset[str] = frozenset()
    claims: tuple[UUID, ...] = ()
    closed: bool = False
    not_wage: bool = False
    merged: bool = False
    reopened: int = 0
    into: UUID | None = None
    turn: int = 0
    holders: frozenset[str] = frozenset()
    came: Mapping[UUID, frozenset[str]] = field(default_factory=dict)


def evolve(known: Known, event: Event) -> Known:
    """Fold one noted fact or listed claim."""
    match event:
        case ClaimListed() if event.claim_id not in known.claims:
            return replace(known, claims=(*known.claims, event.claim_id))
        case ClaimDelisted():
            left = tuple(one for one in known.claims if one != event.claim_id)
            return replace(known, claims=left)
        case CaseFactNoted():
            return _noted(known, event)
        case CaseMergeNoted() | DossierNoted():
            return _joined(known, event)
        case _:
            return known


def _joined(known: Known, event: CaseMergeNoted | DossierNoted) -> Known:
    match event:
        case CaseMergeNoted(fact="went_into"):
            into, turn = event.other_case_id, event.turn or known.turn
            return replace(known, into=into, turn=turn)
        case CaseMergeNoted(fact="apart"):
            return replace(known, into=None, turn=event.turn or known.turn)
        case CaseMergeNoted():
            unit = {event.unit} if event.unit else set()
            holders = known.holders | unit
            return replace(known, parties=known.parties | unit, holders=holders)
        case DossierNoted(other_case_id=UUID() as other):
            others = {k: v for k, v in known.came.items() if k != other}
            new = {other: frozenset(event.evidence)} if event.fact == "came" else {}
            return replace(known, came={**others, **new})
        case _:
            return known


def _noted(known: Known, event: CaseFactNoted) -> Known:
    unit = {event.unit} if event.unit else set()
    match event.fact:
        case "opened" | "owned":
            held = replace(known, unit=event.unit, holders=known.holders | unit)
            return replace(held, parties=known.parties | unit)
        case "clue_registered":
            holders = known.holders | unit
            return replace(known, parties=known.parties | unit, holders=holders)
        case "proposed" | "refused":
            return replace(known, parties=known.parties | unit)
        case "closed":
            return replace(known, closed=True, merged=event.kind == "merged")
        case "closed_not_wage":
            return replace(known, closed=True, not_wage=True)
        case "reopened":
            # What closed without a conclusion has none that fell.
            lifted = known.reopened + (not known.not_wage and not known.merged)
            return replace(
                known, closed=False, not_wage=False, merged=False, reopened=lifted
            )


KIND = Kind("known", Known(), evolve)
CALL_BACK = ("centre", "petition", "brigade", "worker")
"""Who says for the worker whether money came: never who handles the payment."""


def visible(known: Known, actor: Actor) -> None:
    """Raise NotVisible unless the actor may know of the case."""
    if known.unit is None and not known.parties:
        raise NotVisible
    if actor.role != "worker" and not sees(actor, known.parties):
        raise NotVisible


def reads_file(known: Known, actor: Actor) -> bool:
    """Say whether the actor may open what was handed in (F-2.2.3d).

    Whoever the case was only proposed to decides on what the case page says.
    """
    return sees(actor, known.holders)


def file_open(known: Known, actor: Actor) -> None:
    """Raise unless the actor may open what was handed in."""
    visible(known, actor)
    if not reads_file(known, actor):
        raise NotYours(
            "材料随案移交，签收后才能打开。", may=[known.unit] if known.unit else []
        )


def still_open(known: Known) -> None:
    """Raise when the case was closed: an act on it needs it open again."""
    if known.closed:
        raise Rejected("case-closed", "案件已办结；如有新情况，请先重新打开。")


def holding(known: Known, actor: Actor) -> None:
    """Raise unless the actor's unit holds the case."""
    visible(known, actor)
    if actor.unit != known.unit:
        raise NotYours(
            f"这件案件现由 {known.unit} 负责，请由该单位办理。", may=[known.unit or ""]
        )


def calling_back(known: Known, actor: Actor) -> None:
    """Raise unless it is the worker, or an office that calls workers back."""
    visible(known, actor)
    if actor.role not in CALL_BACK:
        raise NotYours("到账由劳动者本人或回访人员确认。", may=CALL_BACK)


def handling(known: Known, actor: Actor) -> None:
    """Raise unless the actor's unit holds the case, or the district brigade acts."""
    visible(known, actor)
    if actor.unit == known.unit or actor.role in {"brigade", "system"}:
        return
    raise NotYours(
        f"这件案件现由 {known.unit} 负责，请由该单位或区执法大队办理。",
        may=[known.unit or "", "brigade"],
    )
