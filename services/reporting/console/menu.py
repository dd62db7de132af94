"""The menu: which pages a role has."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting.console.visit import Visit

PAGES = (
    # key, address, the row of the permission table that opens it
    ("today", "/console", "ReadCases"),
    ("register", "/console/register", "RegisterComplaint"),
    ("duplicates", "/console/duplicates", "LinkDuplicate"),
    ("transfers", "/console/transfers", "AcceptTransfer"),
    ("ledger", "/console/ledger", "ReadLedger"),
    ("channels", "/console/channels", "ReadLedger"),
    ("receptions", "/console/receptions", "HoldJointReception"),
    ("signals", "/console/signals", "ReceiveSignal"),
    ("supervision", "/console/supervision", "ReadLedger"),
    ("rosters", "/console/rosters", "CheckRosters"),
    ("early-warnings", "/console/early-warnings", "AcknowledgeEarlyWarning"),
    ("incidents", "/console/incidents", "RaiseIncidentWarning"),
    ("patrols", "/console/patrols", "CompletePatrol"),
    ("tasks", "/console/tasks", "ReadCases"),
    ("responsibility", "/console/responsibility", "ReadCases"),
    ("weeks", "/console/weeks", "ReadStatistics"),
    ("board", "/console/board", "ReadStatistics"),
    ("calendars", "/console/calendars", "ReadCases"),
    ("owner-rules", "/console/owner-rules", "ReadCases"),
    ("imports", "/console/imports", "ImportHistory"),
    ("explain", "/console/explain", "Explain"),
    ("known", "/console/as-known", "AsOf"),
    ("verify", "/console/verify", "Verify"),
    ("health", "/console/health", "ReadHealth"),
    ("alarms", "/console/alarms", "ReadHealth"),
    ("flow", "/console/flow", "ReadHealth"),
    ("parked", "/console/parked", "HandleParked"),
    ("rebuilds", "/console/rebuilds", "ReadHealth"),
    ("traces", "/console/traces", "EventTrail"),
)
# Who only reads or reviews has no queue of its own.
NOT_FOR = {("auditor", "today"), ("leading-group", "duplicates")}


@dataclass(frozen=True)
class Item:
    """One entry: its key in the catalogue, its address, whether it is shown now."""

    key: str
    address: str
    here: bool


def menu(visit: Visit) -> Sequence[Item]:
    """Return the entries of a reader's role."""
    path = visit.request.url.path.rstrip("/")
    return [
        Item(key, address, _is_here(path, address))
        for key, address, command in PAGES
        if visit.may(command) and (visit.role, key) not in NOT_FOR
    ]


def _is_here(path: str, address: str) -> bool:
    if address == "/console":
        return path == address
    return path == address or path.startswith(f"{address}/")


def first_page(visit: Visit) -> str:
    """Return where somebody begins after signing in."""
    entries = menu(visit)
    return entries[0].address if entries else "/console/nothing"
