"""What routing can be asked of responsibility, incidents, tasks, warnings, risk."""

from collections.abc import Mapping
from typing import Any

from libs import ids
from libs.acts import Act, Asked
from services.routing.early_warnings import (
    AcknowledgeEarlyWarning,
    IssueEarlyWarning,
)
from services.routing.incidents import (
    CloseIncident,
    LinkIncident,
    RaiseIncidentWarning,
    ReportIncident,
    RespondToIncident,
)
from services.routing.responsibility import (
    AssignGridResponsibility,
    AssignIndustrySupervisor,
)
from services.routing.risk import AssessRisk, EndRiskOverride, OverrideRisk
from services.routing.risk_facts import gathered
from services.routing.risk_rules import AdoptRiskRules, DraftRiskRules
from services.routing.tasks import CompleteTask, DecomposeTask, LinkRectification

INCIDENT = "/v1/incidents/{incident_id}"
TASK = "/v1/tasks/{task_id}"
RISK = "/v1/risks/{employer_id}"


def _area(asked: Asked) -> Mapping[str, Any]:
    officer = asked.officer(asked.body["officer_id"])
    return {
        "area_id": ids.named("area", asked.body["area"]),
        "officer_unit": officer.unit if officer else None,
    }


def _industry(asked: Asked) -> Mapping[str, Any]:
    return {"industry_id": ids.named("industry", asked.body["industry"])}


def _new_incident(asked: Asked) -> Mapping[str, Any]:
    return {"incident_id": asked.new_id("incident"), **_teller(asked)}


def _teller(asked: Asked) -> Mapping[str, Any]:
    return {"by_unit": asked.caller.actor.unit}


def _responder(asked: Asked) -> Mapping[str, Any]:
    return {"unit": asked.caller.actor.unit}


def _decomposition(asked: Asked) -> Mapping[str, Any]:
    return {"decomposition_id": asked.new_id("decomposition")}


def _new_warning(asked: Asked) -> Mapping[str, Any]:
    return {"warning_id": asked.new_id("warning"), **_teller(asked)}


def _new_draft(asked: Asked) -> Mapping[str, Any]:
    return {"draft_id": asked.new_id("draft")}


NEW_INCIDENT = ("incident_id", "by_unit")
DUTY_ACTS = (
    Act(
        "/v1/responsibilities/areas",
        AssignGridResponsibility,
        fills=_area,
        filled=("area_id", "officer_unit"),
    ),
    Act(
        "/v1/responsibilities/industries",
        AssignIndustrySupervisor,
        fills=_industry,
        filled=("industry_id",),
    ),
    Act(
        "/v1/incidents/warnings",
        RaiseIncidentWarning,
        fills=_new_incident,
        filled=NEW_INCIDENT,
    ),
    Act("/v1/incidents", ReportIncident, fills=_new_incident, filled=NEW_INCIDENT),
    # What grew, or what a warning foresaw: whoever reports says how it is now.
    Act(f"{INCIDENT}/reports", ReportIncident, fills=_teller, filled=("by_unit",)),
    Act(f"{INCIDENT}/response", RespondToIncident, fills=_responder, filled=("unit",)),
    Act(f"{INCIDENT}/cases/{{case_id}}", LinkIncident),
    Act(f"{INCIDENT}/closing", CloseIncident),
    Act(
        "/v1/tasks",
        DecomposeTask,
        fills=_decomposition,
        filled=("decomposition_id",),
    ),
    Act(f"{TASK}/completion", CompleteTask),
    Act(f"{TASK}/rectification", LinkRectification),
    Act(
        "/v1/early-warnings",
        IssueEarlyWarning,
        fills=_new_warning,
        filled=("warning_id", "by_unit"),
    ),
    Act("/v1/early-warnings/{warning_id}/acknowledgement", AcknowledgeEarlyWarning),
    Act(
        f"{RISK}/assessment",
        AssessRisk,
        filled=("facts", "as_of", "by_unit"),
        gathers=gathered,
    ),
    Act(f"{RISK}/override", OverrideRisk, fills=_teller, filled=("by_unit",)),
    Act(f"{RISK}/override-end", EndRiskOverride),
    Act(
        "/v1/risk-rules/drafts",
        DraftRiskRules,
        permission="AdoptRule",
        fills=_new_draft,
        filled=("draft_id",),
    ),
    # As with the owner rules: the id says which draft was read.
    Act(
        "/v1/risk-rules/drafts/{draft_id}/adoption",
        AdoptRiskRules,
        permission="AdoptRule",
    ),
)
