"""Items of a dossier 随案材料: which facts of other streams are part of the file."""

from collections.abc import Sequence

from libs.events.command import Command
from libs.events.contracts.clocks import DeadlinePaused
from libs.events.contracts.dossier import DossierItem
from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.event import Recorded
from libs.events.reactions import Reaction
from services.routing.dossier import NoteItem


def note_item(recorded: Recorded) -> Sequence[Command]:
    """Note what is kept as evidence, and what a worker was asked to correct."""
    fact = recorded.fact()
    match fact:
        case EvidenceAdded():
            item = DossierItem(kind="evidence", id=recorded.id, sha256=fact.sha256)
        case DeadlinePaused(reason="correction"):
            leaf = recorded.leaf.hex() or None
            item = DossierItem(kind="request", id=recorded.id, sha256=leaf)
        case _:
            return []
    command = NoteItem(
        case_id=fact.case_id,
        item=item,
        by_unit=recorded.actor.unit,
        cause=recorded.id,
        at=recorded.occurred_at,
    )
    return [command]


REACTIONS = (
    Reaction("note-dossier", (EvidenceAdded, DeadlinePaused), None, note_item),
)
