"""Who may depends on how an office stands to it: holds, once held, never heard of it.

Asked of the real doors, over the real deciders (architecture §6).

Whoever sees a matter and may not is told who may (403); to whom it is foreign it does
not exist (404), by the very answer that a matter gets which never was.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from libs.acts import Act
from libs.events.contracts.enforcement import CaseFactNoted as EnforcementNoted
from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.contracts.intake import CaseFactNoted as IntakeNoted
from libs.events.testing import Given, given
from libs.web.worker_tokens import WorkerKey, mint_worker_token
from services.enforcement import api as enforcement
from services.enforcement import evidence
from services.enforcement import known as enforcement_known
from services.intake import known as intake_known
from services.intake import patrols
from services.intake.routes import clues, links, messages, profiles
from services.reporting import closing
from services.routing import api as routing
from services.routing import case, supervising
from tests import intake_scene
from tests.unit.duty_scenes import PATROL, pictured
from tests.unit.matters import CASE, CLUE, ONE, ruled
from tests.unit.pictures import DIGEST
from tests.unit.rights_asked import ANY, Request, as_officer, of_act, request_of
from tests.unit.rights_house import UNITS, House, house
from tests.unit.scenes import SCENES
from tests.unit.test_rights import Met, files, met, row, table

ELSEWHERE = "R3"
"""The unit that holds the matter when the actor's own does not."""
ACTS: Mapping[tuple[str, str], Act] = {
    (service, f"POST {act.path}"): act
    for service, acts in {
        "enforcement": enforcement.ACTS,
        "intake": (*clues.ACTS, *links.ACTS, *messages.ACTS, *profiles.ACTS),
        "routing": (*routing.ACTS, *supervising.ACTS),
        "reporting": closing.ACTS,
    }.items()
    for act in acts
}
LIKE = {
    ("routing", "GET /v1/cases/{case_id}"): "ProposeTransfer",
    ("enforcement", "GET /v1/cases/{case_id}"): "VerifyFacts",
    ("enforcement", "GET /v1/cases/{case_id}/claims/{claim_id}"): "VerifyFacts",
    ("enforcement", "GET /v1/cases/{case_id}/group-flag"): "LiftGroupFlag",
    ("enforcement", "GET /v1/cases/{case_id}/track"): "ClassifyCase",
    ("enforcement", "POST /v1/evidence"): "AddEvidence",
    ("enforcement", "GET /v1/cases/{case_id}/evidence"): "AddEvidence",
    ("enforcement", "GET /v1/cases/{case_id}/evidence/{digest}"): "AddEvidence",
    (
        "enforcement",
        "GET /v1/cases/{case_id}/evidence/{digest}/handed-in",
    ): "AddEvidence",
    ("intake", "POST /v1/patrols/{patrol_id}/photos"): "AddPatrolPhoto",
    ("intake", "GET /v1/patrols/{patrol_id}/photos"): "AddPatrolPhoto",
    ("intake", "GET /v1/patrols/{patrol_id}/photos/{digest}"): "AddPatrolPhoto",
    (
        "intake",
        "GET /v1/patrols/{patrol_id}/photos/{digest}/handed-in",
    ): "AddPatrolPhoto",
    ("intake", "GET /v1/clues/{clue_id}"): "ScreenClue",
    ("intake", "GET /v1/clues/{clue_id}/links"): "LinkDuplicate",
    ("intake", "GET /v1/clues/{clue_id}/likely"): "LinkDuplicate",
    ("intake", "GET /v1/clues/{clue_id}/likely/{of_clue_id}"): "LinkDuplicate",
    ("intake", "POST /v1/messages/{message_id}/text"): "TellMessage",
    ("intake", "POST /v1/clues/{clue_id}/notification"): "ChooseNotification",
    ("intake", "POST /v1/clues/{clue_id}/reply"): "SendReply",
    ("intake", "POST /v1/clues/{clue_id}/duplicate"): "LinkDuplicate",
    ("intake", "POST /v1/clues/{clue_id}/distinct"): "LinkDuplicate",
}
"""Whose scene a route is asked in that is no act of the tables."""
BODIES = {
    ("intake", "POST /v1/messages/{message_id}/text"): b'{"reason":"telling"}',
    ("intake", "POST /v1/clues/{clue_id}/notification"): b'{"notify":"none"}',
}
"""What is sent to a route that is no act, when it is not what its scene says."""
ASKED = {"AcceptTransfer", "RefuseTransfer", "ReadUrge", "AnswerUrge"}
"""Acts of whom a proposal or an urge names, not of who holds the case."""
PIECE = EvidenceAdded.model_validate(
    {"case_id": CASE, "kind": "photo", "sha256": DIGEST}
    | {"media_type": "image/png", "size": 1}
)
RELATED = [
    (of, to)
    for of, to in table()
    # What reporting shows of a case it reads from its views: `test_relations`.
    if of != "reporting" and any(row(of, to).roles.values())
]


def scene_of(service: str, route: str) -> str:
    if (service, route) in LIKE:
        return LIKE[service, route]
    return ACTS[service, route].command.__name__


def story(scene: str, unit: str) -> Given:
    told = SCENES[scene].story(unit)
    if scene == "AddEvidence":
        return told.given(evidence.KIND, CASE, PIECE)
    if scene == "AddPatrolPhoto":
        return told.given(patrols.KIND, PATROL, pictured(unit))
    return told


def moved_on(service: str, told: Given, unit: str) -> Given | None:
    """Return the story after another unit took the case over; None: it is no case's."""
    known = {"cause": CLUE, "case_id": CASE, "fact": "owned", "unit": ELSEWHERE}
    kinds: Mapping[str, tuple[Any, Any]] = {
        "routing": (case.KIND, ruled(unit, ELSEWHERE)),
        "intake": (intake_known.KIND, IntakeNoted.model_validate(known)),
        "enforcement": (
            enforcement_known.KIND,
            EnforcementNoted.model_validate(known),
        ),
    }
    kind, event = kinds[service]
    return told.given(kind, CASE, event) if kind.stream(CASE) in told.streams else None


def stories(
    service: str, scene: str, unit: str, *, of_case: bool
) -> Iterator[tuple[str, Given]]:
    held = story(scene, unit)
    yield "holds", held
    after = moved_on(service, held, unit)
    if after is not None and scene not in ASKED and of_case:
        yield "once", after
    yield "foreign", story(scene, ELSEWHERE)


def expected(service: str, route: str, role: str, relation: str) -> str:
    """Return what the list wants to happen."""
    wanted = row(service, route).roles.get(role)
    if wanted is None:
        return "forbidden"
    watches = role in files()["every"]["watches"]["roles"].split()
    sees = watches or relation != "foreign"
    if wanted in {"", relation} or (wanted == "seen" and sees):
        return "in"
    if wanted == "first" and relation != "foreign":
        return "in"
    return "forbidden" if sees else "hidden"


async def asked_in(door: House, told: Given, asked: Request, role: str) -> Met:
    door.memory.story = told
    try:
        return await met(door, asked, as_officer(door, asked, role))
    finally:
        door.memory.story = given()


async def _wrong(service: str, route: str) -> list[str]:
    door, scene, wrong = house(service), scene_of(service, route), []
    asked = of_act(door, route, ACTS.get((service, route)), scene)
    asked = replace(asked, body=BODIES.get((service, route), asked.body))
    of_case = bool({"{case_id}", "{clue_id}", "evidence"} & {*re.split("/", route)})
    for role in row(service, route).roles:
        unit = UNITS.get(role, ELSEWHERE)
        for relation, told in stories(service, scene, unit, of_case=of_case):
            if role == "worker":
                break
            found = await asked_in(door, told, asked, role)
            wanted = expected(service, route, role, relation)
            if found.how != wanted:
                said = found.answer.said.get("code", found.answer.status)
                wrong.append(f"{role} {relation}: {found.how}, not {wanted}: {said}")
            if relation != "foreign" or not of_case:
                continue
            never = await asked_in(door, given(), asked, role)
            if wanted == "hidden" and never.answer.said != found.answer.said:
                wrong.append(f"{role}: what is hidden is told from what never was")
    return wrong


@pytest.mark.parametrize(("service", "route"), RELATED)
def test_who_may_follows_how_the_office_stands_to_it(service: str, route: str) -> None:
    assert asyncio.run(_wrong(service, route)) == []


def by_code(kind: str, subject: Any) -> Mapping[str, str]:
    """Return the header of a worker who showed the code of a clue or claim."""
    key = WorkerKey(intake_scene.WORKER_KEY)
    minted = mint_worker_token(key, "clue" if kind == "clue" else "claim", subject)
    return {"authorization": f"Bearer {minted.token}"}


async def _of_worker(service: str, route: str) -> list[str]:
    """Return what a code opens: its own clue or claim, where the list says so."""
    door, kind = house(service), "clue" if service == "intake" else "claim"
    own = row(service, route).roles.get("worker") == "own"
    act = ACTS.get((service, route))
    scene = scene_of(service, route) if own else ""
    asked = of_act(door, route, act, scene) if own else request_of(door, route)
    door.memory.story = story(scene, "LI") if own else given()
    try:
        mine = await met(door, asked, by_code(kind, CLUE if kind == "clue" else ONE))
        others = await met(door, asked, by_code(kind, ANY))
    finally:
        door.memory.story = given()
    if own:
        wanted = ("in", "hidden")
        return [] if (mine.how, others.how) == wanted else [f"{mine.how}, {others.how}"]
    return [one.how for one in (mine, others) if one.how == "in"]


@pytest.mark.parametrize("service", ["enforcement", "intake", "reporting", "routing"])
def test_a_workers_code_opens_its_own_matter_and_nothing_else(service: str) -> None:
    closed = [to for of, to in table() if of == service and not row(of, to).open]
    wrong = {to: asyncio.run(_of_worker(service, to)) for to in closed}
    assert {to: said for to, said in wrong.items() if said} == {}
