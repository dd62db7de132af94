"""The menu: which pages a role has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.reporting.console.visit import Visit

GROUPS = {
    "work": (
        # key, address, the row of the permission table that opens it
        ("today", "/console", "ReadCases"),
        ("register", "/console/register", "RegisterComplaint"),
        ("duplicates", "/console/duplicates", "LinkDuplicate"),
        ("transfers", "/console/transfers", "AcceptTransfer"),
    ),
    "registers": (
        ("ledger", "/console/ledger", "ReadLedger"),
        ("channels", "/console/channels", "ReadLedger"),
        ("receptions", "/console/receptions", "HoldJointReception"),
        ("signals", "/console/signals", "ReceiveSignal"),
        ("risks", "/console/risks", "AssessRisk"),
        ("early-warnings", "/console/early-warnings", "AcknowledgeEarlyWarning"),
        ("incidents", "/console/incidents", "RaiseIncidentWarning"),
        ("supervision", "/console/supervision", "ReadLedger"),
        ("rosters", "/console/rosters", "CheckRosters"),
        ("patrols", "/console/patrols", "CompletePatrol"),
        ("notice-boards", "/console/notice-boards", "InspectNoticeBoard"),
        ("tasks", "/console/tasks", "ReadCases"),
        ("publicity", "/console/publicity", "LogPublicity"),
        ("messages", "/console/messages", "TellMessage"),
    ),
    "figures": (
        ("weeks", "/console/weeks", "ReadStatistics"),
        ("board", "/console/board", "ReadStatistics"),
        ("transfer-flow", "/console/transfer-flow", "ReadLedger"),
        ("explain", "/console/explain", "Explain"),
        ("known", "/console/as-known", "AsOf"),
    ),
    "rules": (
        ("responsibility", "/console/responsibility", "ReadCases"),
        ("calendars", "/console/calendars", "ReadCases"),
        ("owner-rules", "/console/owner-rules", "ReadCases"),
        ("risk-rules", "/console/risk-rules", "ReadCases"),
        ("message-texts", "/console/message-texts", "ReadCases"),
        ("imports", "/console/imports", "ImportHistory"),
        ("workbench", "/console/workbench", "DraftImportProfile"),
    ),
    "running": (
        ("verify", "/console/verify", "Verify"),
        ("person-reads", "/console/person-reads", "ReadPersonReads"),
        ("erasures", "/console/erasures", "ReadPersonReads"),
        ("health", "/console/health", "ReadHealth"),
        ("alarms", "/console/alarms", "ReadHealth"),
        ("flow", "/console/flow", "ReadHealth"),
        ("parked", "/console/parked", "HandleParked"),
        ("rebuilds", "/console/rebuilds", "ReadHealth"),
        ("traces", "/console/traces", "EventTrail"),
    ),
}
PAGES = tuple(page for pages in GROUPS.values() for page in pages)
# Who only reads or reviews has no queue of its own.
NOT_FOR = {("auditor", "today"), ("leading-group", "duplicates")}


@dataclass(frozen=True)
class Item:
    """One entry: its key in the catalogue, its address, whether it is shown now."""

    key: str
    address: str
    here: bool


def menu(visit: Visit) -> Mapping[str, Sequence[Item]]:
    """Return the entries of a reader's role by group, without empty groups."""
    path = visit.request.url.path.rstrip("/")
    groups = {
        group: [
            Item(key, address, _is_here(path, address))
            for key, address, command in pages
            if visit.may(command) and (visit.role, key) not in NOT_FOR
        ]
        for group, pages in GROUPS.items()
    }
    return {group: items for group, items in groups.items() if items}


def _is_here(path: str, address: str) -> bool:
    if address == "/console":
        return path == address
    return path == address or path.startswith(f"{address}/")


def first_page(visit: Visit) -> str:
    """Return where somebody begins after signing in."""
    entries = [item for items in menu(visit).values() for item in items]
    return entries[0].address if entries else "/console/nothing"


def paper(entries: Mapping[str, Sequence[Item]]) -> str:
    """Return the kind of paper that the page shown is printed on; '' for a plain one.

    A register 台账 is wide: A3 across.
    """
    return "register" if any(item.here for item in entries.get("registers", ())) else ""
