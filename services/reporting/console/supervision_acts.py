"""Acts of supervision: the forms of urging, leading, handling and listing."""

from collections.abc import Mapping

from services.reporting.console.acts import CASE, ActForm, Field, choice

LEADERS = ("HD", "LG", "DB")
"""The units of which a leader is: whoever leads a case sees it."""


def _of_case(path: str, *fields: Field) -> ActForm:
    return ActForm("routing", f"{CASE}/{path}", "case", fields)


SUPERVISION_ACTS: Mapping[str, ActForm] = {
    "UrgeCase": _of_case(
        "urges",
        choice("level", "urge", "supervise"),
        Field("deadline_id", "running", required=False),
        choice(
            "reason",
            "overdue",
            "slow",
            "repeat_visits",
            "large_sum",
            "superior",
            "before_festival",
        ),
        Field("answer_by", "date"),
    ),
    "EscalateCase": _of_case(
        "escalation",
        choice(
            "reason",
            "group",
            "violence",
            "large_sum",
            "repeat_visits",
            "public_opinion",
            "employer_fled",
            "overdue",
        ),
    ),
    "AssignCaseLeader": _of_case(
        "leader", Field("leader_id", "officer", codes=LEADERS)
    ),
    "AssignHandler": _of_case("handler", Field("handler_id", "handler")),
    "RaiseCaseLevel": _of_case("level", choice("level", "district", "city")),
    "FormTaskForce": _of_case("task-force", Field("units", "units")),
    "ListForSupervision": _of_case("listing", Field("due_on", "date")),
    "ProposeDelisting": _of_case(
        "delisting-proposal",
        choice("result", "paid", "settled", "filed", "court", "police", "unfounded"),
    ),
    "DelistSupervision": _of_case("delisting"),
}
