"""Pairs: two clues side by side, for whoever decides whether they tell one fact."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import reading
from services.reporting.reading.case_page import CasePage
from services.reporting.views import clue
from services.reporting.views.claim import ClaimRow

CLUES = "SELECT * FROM clue WHERE clue_id = ANY($1)"


async def clues(
    running: Running, clue_ids: Iterable[UUID]
) -> Mapping[UUID, clue.ClueRow]:
    """Return clues of the register by their ids; whoever asks has seen to the right."""
    async with reading(running) as connection:
        found = await connection.fetch(CLUES, list(clue_ids))
    return {row.clue_id: row for row in rows(clue.VIEW, found)}


def own_claims(page: CasePage, clue_id: UUID) -> list[ClaimRow]:
    """Return the claims of one clue among those of its case."""
    return [one for one in page.claims if one.clue_id == clue_id]
