"""Routes of likeness: which clues may tell one fact, and why; it links nobody."""

from collections.abc import Iterable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from libs.events.decider import NotVisible
from libs.ids import case_id as case_of
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from services.intake import duplicates, known
from services.intake.clue import Clue
from services.intake.duplicates import Advice, WorkerPair
from services.intake.likeness.index import likely, profiles
from services.intake.likeness.score import advice
from services.intake.likeness.weights import weights
from services.intake.routes.links import CLUE, SEEING, same_in
from services.intake.window import Window

LISTED = """
SELECT clue_id, of_clue_id, score, reasons, rule_version FROM likeness.pair
WHERE score >= $1 ORDER BY found_at DESC, clue_id, score DESC, of_clue_id LIMIT $2"""
LOOKED_AT, SHOWN = 2000, 200
AT_ENTRY = 5


class Likely(BaseModel):
    """Another clue that may tell the same fact: score in hundredths, reasons as codes.

    `suggested`: alike enough to be held one fact, if an officer confirms it.
    """

    clue_id: UUID
    case_id: UUID
    of_clue_id: UUID
    of_case_id: UUID
    score: int
    reasons: list[str]
    rule_version: str
    suggested: bool


class LikelyList(BaseModel):
    """Pairs of clues, the newest or the most alike first."""

    items: list[Likely]


class Compared(Likely):
    """A pair with the workers that are one person, by their places."""

    workers: list[WorkerPair]


class ListAsked(BaseModel):
    """How alike a pair must be to be listed, in hundredths."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    score: Annotated[int, Field(ge=0, le=100)] = 0


def router(window: Window) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    _of_one(routes, window)

    @routes.get("/v1/duplicates")
    async def work_list(
        caller: OfficerCaller, asked: Annotated[ListAsked, Query()]
    ) -> LikelyList:
        """Return the likely duplicates that nobody has decided yet."""
        permissions.require(caller, "LinkDuplicate", SEEING)
        rows = await window.pool.fetch(LISTED, asked.score, LOOKED_AT)
        pairs = [
            (
                UUID(int=row["clue_id"].int),
                UUID(int=row["of_clue_id"].int),
                Advice.model_validate(
                    {name: row[name] for name in ("score", "reasons", "rule_version")}
                ),
            )
            for row in rows
        ]
        return LikelyList(items=(await _undecided(window, caller, pairs))[:SHOWN])

    return routes


def _of_one(routes: APIRouter, window: Window) -> None:
    @routes.get(f"{CLUE}/likely")
    async def likely_of(clue_id: UUID, caller: OfficerCaller) -> LikelyList:
        """Return the clues that may tell the same fact as this one."""
        permissions.require(caller, "LinkDuplicate", SEEING)
        await _seen(window, caller, clue_id)
        async with window.pool.acquire() as connection:
            held = (await profiles(connection, [clue_id])).get(clue_id)
            found = await likely(connection, held, weights()) if held else []
        return LikelyList(items=await visible(window, caller, clue_id, found))

    @routes.get(f"{CLUE}/likely/{{of_clue_id}}")
    async def compared(
        clue_id: UUID, of_clue_id: UUID, caller: OfficerCaller
    ) -> Compared:
        """Return how alike two clues are, why, and which workers are one person."""
        permissions.require(caller, "LinkDuplicate", SEEING)
        for one in (clue_id, of_clue_id):
            await _seen(window, caller, one)
        async with window.pool.acquire() as connection:
            held = await profiles(connection, [clue_id, of_clue_id])
        if len(held) < len({clue_id, of_clue_id}):
            raise NotVisible
        said = advice(held[clue_id], held[of_clue_id], weights())
        workers = await same_in(window, clue_id, of_clue_id)
        shown = likely_pair(clue_id, of_clue_id, said)
        return Compared(**shown.model_dump(), workers=list(workers))


async def _seen(window: Window, caller: SignedIn, clue_id: UUID) -> None:
    held, noted = await window.clue(clue_id)
    known.visible(noted, held.first_asked, caller.actor)


def likely_pair(clue_id: UUID, of_clue_id: UUID, said: Advice) -> Likely:
    """Return a pair as an answer says it."""
    return Likely(
        clue_id=clue_id,
        case_id=case_of(clue_id),
        of_clue_id=of_clue_id,
        of_case_id=case_of(of_clue_id),
        score=said.score,
        reasons=list(said.reasons),
        rule_version=said.rule_version,
        suggested=said.score >= weights().suggest_from,
    )


async def visible(
    window: Window,
    caller: SignedIn,
    clue_id: UUID,
    found: Iterable[tuple[UUID, Advice]],
) -> list[Likely]:
    """Return those that the caller may see and nobody decided on, a handful."""
    pairs = [(clue_id, other, said) for other, said in found]
    return (await _undecided(window, caller, pairs))[:AT_ENTRY]


Pair = tuple[UUID, UUID, Advice]


async def _undecided(
    window: Window, caller: SignedIn, pairs: Sequence[Pair]
) -> list[Likely]:
    """Leave out what is linked, what was found apart, and what is not the caller's."""
    clues = list(dict.fromkeys(one for pair in pairs for one in pair[:2]))
    reads = [(read.kind, read.subject) for read in duplicates.reads_of(*clues)]
    states = iter(await window.folded(reads))
    held = {one: (next(states), next(states), next(states)) for one in clues}
    shown = []
    for clue_id, other, said in pairs:
        mine, theirs = held[clue_id][0], held[other][0]
        apart = other in mine.distinct or clue_id in theirs.distinct
        linked = mine.duplicate_of is not None or theirs.duplicate_of is not None
        if not (apart or linked) and all(
            _sees(held[one], caller) for one in (clue_id, other)
        ):
            shown.append(likely_pair(clue_id, other, said))
    return shown


def _sees(held: tuple[duplicates.Links, Clue, known.Known], caller: SignedIn) -> bool:
    try:
        known.visible(held[2], held[1].first_asked, caller.actor)
    except NotVisible:
        return False
    return True
