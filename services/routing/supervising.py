"""What routing can be asked about supervision: urges, leaders, handlers, listing."""

from collections.abc import Callable, Mapping
from typing import Any

from libs.acts import Act, Asked
from services.routing import case
from services.routing.handling import AssignHandler
from services.routing.listing import (
    DelistSupervision,
    ListForSupervision,
    ProposeDelisting,
)
from services.routing.supervision import (
    AssignCaseLeader,
    EscalateCase,
    FormTaskForce,
    RaiseCaseLevel,
)
from services.routing.urging import AnswerUrge, ReadUrge, UrgeCase

CASE = "/v1/cases/{case_id}"
URGE = f"{CASE}/urges/{{urge_id}}"


def _makes(name: str) -> Callable[[Asked], Mapping[str, Any]]:
    return lambda asked: {f"{name}_id": asked.new_id(name)}


def _leader(asked: Asked) -> Mapping[str, Any]:
    """Return the leader's role and unit, as the directory knows the person today."""
    found = asked.officer(asked.body["leader_id"])
    return {
        "leader_role": found.role if found else None,
        "leader_unit": found.unit if found else None,
    }


def _handler(asked: Asked) -> Mapping[str, Any]:
    """Return the handler's unit, as the directory knows the person today."""
    found = asked.officer(asked.body["handler_id"])
    return {"handler_unit": found.unit if found else None}


ACTS = (
    Act(
        f"{CASE}/urges",
        UrgeCase,
        on=case.KIND,
        fills=_makes("urge"),
        filled=("urge_id",),
    ),
    # An urge is signed for and answered once: it has no version that could be old.
    Act(f"{URGE}/receipt", ReadUrge),
    Act(f"{URGE}/answer", AnswerUrge),
    Act(f"{CASE}/escalation", EscalateCase, on=case.KIND),
    Act(
        f"{CASE}/leader",
        AssignCaseLeader,
        on=case.KIND,
        fills=_leader,
        filled=("leader_role", "leader_unit"),
    ),
    Act(
        f"{CASE}/handler",
        AssignHandler,
        on=case.KIND,
        fills=_handler,
        filled=("handler_unit",),
    ),
    Act(f"{CASE}/level", RaiseCaseLevel, on=case.KIND),
    Act(f"{CASE}/task-force", FormTaskForce, on=case.KIND),
    Act(
        f"{CASE}/listing",
        ListForSupervision,
        on=case.KIND,
        fills=_makes("listing"),
        filled=("listing_id",),
    ),
    Act(f"{CASE}/delisting-proposal", ProposeDelisting, on=case.KIND),
    Act(f"{CASE}/delisting", DelistSupervision, on=case.KIND),
)
