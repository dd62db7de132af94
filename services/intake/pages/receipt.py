"""Receipt: the number and the codes, to print or to write down; shown once."""

from collections.abc import Mapping
from typing import Any

import segno

from libs import ids
from libs.web.languages import Language
from services.intake.pages.due import acceptance_term
from services.intake.registering import Registered
from services.intake.window import Window


async def receipt_values(
    window: Window, found: Registered, language: Language
) -> Mapping[str, Any]:
    """Return what a receipt's page shows; the codes are computed, kept nowhere."""
    said = found.received
    kind = getattr(said, "kind", "report")
    at = found.receipt.recorded_at
    claims = [
        (
            line.ordinal,
            window.codes.of("claim", ids.claim_id(said.clue_id, line.ordinal)),
        )
        for line in said.workers
    ]
    return {
        "number": found.receipt.serial,
        "received_at": at,
        "mode": said.mode,
        "code": window.codes.of("clue", said.clue_id),
        "claims": claims,
        "term": await acceptance_term(window.pool, kind, at),
        "language": language,
    }


def qr(address: str) -> str:
    """Return the address as a QR picture in a data URI: no code stands in it."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)
