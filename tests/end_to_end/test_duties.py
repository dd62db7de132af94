"""Duties through all services: assigned, reported, responded to, done, and shown."""

from datetime import date, timedelta

from tests.end_to_end.complaint import complain, officer
from tests.end_to_end.whole import Act, Whole


async def act(whole: Whole, who: str, path: str, **body: object) -> str:
    """Act at routing's door; return the id of what it is about."""
    done = await whole.do(Act(who, "routing", path, body, on_something=False))
    return str(done["position"]["stream"])[-36:]


async def test_what_the_office_assigns_units_carry_out(whole: Whole) -> None:
    """F-1.2, F-1.5, F-3.1: as office and unit read it."""
    held = await whole.get("au-01", "reporting", "/v1/responsibilities")
    today = date.fromisoformat(held["on"])
    person = officer(whole, "r1-01")
    await act(
        whole, "lg-01", "/v1/responsibilities/areas",
        area="R1", unit="R1", officer_id=person, from_on=held["on"],
    )  # fmt: skip
    due = (today + timedelta(days=3)).isoformat()
    task = await act(
        whole, "lg-01", "/v1/tasks",
        measure="F-1.2", title="逐网格排查", units=["R1"], due_on=due,
    )  # fmt: skip
    incident = await act(
        whole, "li-01", "/v1/incidents", kind="group", people=31, unit="LI"
    )
    begun = await complain(whole)
    await act(whole, "li-01", f"/v1/incidents/{incident}/cases/{begun.case_id}")
    await act(whole, "li-01", f"/v1/incidents/{incident}/response", measure="on_site")
    await act(whole, "r1-01", f"/v1/tasks/{task}/completion", result="done")
    await whole.settled()
    found = await whole.get("lg-01", "reporting", "/v1/incidents")
    (line,) = [one for one in found["items"] if one["incident_id"] == incident]
    assert (line["grade"], line["state"], line["clock"]) == (
        "i",
        "responded",
        "CLK-96-i",
    )
    tasks = await whole.get("r1-01", "reporting", "/v1/tasks")
    assert [one["result"] for one in tasks["items"] if one["task_id"] == task] == [
        "done"
    ]
    case = await whole.get("li-01", "reporting", f"/v1/cases/{begun.case_id}")
    assert "IncidentLinkedToCase" in {one["type"] for one in case["trail"]}
    held = await whole.get("r1-01", "reporting", "/v1/responsibilities")
    (term,) = [one["term"] for one in held["areas"] if one["code"] == "R1"]
    assert (term["unit"], term["officer_id"]) == ("R1", person)
