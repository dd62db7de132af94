"""What any service notes when routing merges cases or hands a dossier over."""

from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code, Sha256
from libs.events.event import Event


class CaseMergeNoted(Event, name="CaseMergeNoted"):
    """A service noted that a case went into another, took one in, or is apart again.

    `unit` owned the case that went in: it may see the other from then on. `turn`: the
    number, in its service's journal, of the event that said so: what was said before it
    and is heard after it yields. Stream `known-<case_id>`; never the stream that an
    If-Match names.
    """

    case_id: UUID
    other_case_id: UUID
    fact: Literal["went_into", "took_in", "apart"]
    unit: Code | None = None
    cause: UUID
    turn: int | None = None


class DossierNoted(Event, name="DossierNoted"):
    """A service noted that a case's dossier came to a unit, or another case's left it.

    `other_case_id`: the case whose file it is, where it is not the case's own;
    `evidence`: which pieces of it came. Stream `known-<case_id>`; never the stream that
    an If-Match names.
    """

    case_id: UUID
    fact: Literal["came", "left"]
    unit: Code
    other_case_id: UUID | None = None
    evidence: tuple[Sha256, ...] = ()
    cause: UUID
