"""Guards of supervision: why a step is off, as routing would say."""

from collections.abc import Mapping

from services.reporting.reading.case_page import CasePage
from services.reporting.reading.guards import About, Guard, still_open

SEES_ALL = frozenset({"leading-group", "brigade"})
OFFICE = "leading-group"
HIGHEST = "city"
OF_LISTED = frozenset({"ProposeDelisting", "DelistSupervision"})
"""Steps that only a listed case has."""


def listed(page: CasePage) -> bool:
    """Say whether a listing of the case stands."""
    return page.supervised is not None and page.supervised.listed


def _to_escalate(about: About) -> str | None:
    may = about.holds or about.reader.actor.role in SEES_ALL
    return still_open(about) if may else "not-holder"


def _to_assign(about: About) -> str | None:
    may = about.holds or about.reader.actor.role == OFFICE
    return still_open(about) if may else "not-holder"


def _to_raise(about: About) -> str | None:
    held = about.page.supervised
    if held is not None and held.level == HIGHEST:
        return "level-highest"
    return still_open(about)


def _to_list(about: About) -> str | None:
    return "listed" if listed(about.page) else still_open(about)


def _to_propose(about: About) -> str | None:
    if not listed(about.page):
        return "not-listed"
    may = about.holds or about.reader.actor.role == OFFICE
    return None if may else "not-holder"


def _to_delist(about: About) -> str | None:
    held = about.page.supervised
    if held is None or not held.listed:
        return "not-listed"
    if held.result is None:
        return "no-result"
    return "proposer" if held.proposer_id == about.reader.actor.id else None


ON_SUPERVISION: Mapping[str, Guard] = {
    "UrgeCase": still_open,
    "EscalateCase": _to_escalate,
    "AssignCaseLeader": still_open,
    "AssignHandler": _to_assign,
    "RaiseCaseLevel": _to_raise,
    "FormTaskForce": still_open,
    "ListForSupervision": _to_list,
    "ProposeDelisting": _to_propose,
    "DelistSupervision": _to_delist,
}
