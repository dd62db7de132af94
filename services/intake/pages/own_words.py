"""Own words: what a worker says of a payment or of a name in a roster, read."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from libs.web.problems import Problem
from services.intake.pages.money import CLAIM, PAYMENT, OwnWord

REASONS = ("not-received", "received-less", "not-mine")
NOT_TRUE = ("not_me", "not_true")
"""Why a worker whom a roster names disclaims it."""
ONLINE = "worker_online"
Fields = Mapping[str, str]


def payment_word(fields: Fields) -> OwnWord:
    """Read a payment's form; raises 404 for one that our pages did not make."""
    try:
        payment_id, version = UUID(fields["payment"]), int(fields["version"])
        # Each payment and word is an act of its own, however the page is gone back to.
        key = str(uuid5(UUID(fields["key"]), f"{payment_id} {fields['word']}"))
    except (KeyError, ValueError):
        raise Problem("not-found") from None
    ids = {"payment_id": str(payment_id)}
    if fields["word"] == "confirm":
        route, body = f"{PAYMENT}/confirmation", {"method": ONLINE}
        return OwnWord(route, body, version, key, "confirmed", ids)
    reason = fields.get("reason", "")
    if reason not in REASONS:
        reason = REASONS[0]
    route, body = f"{PAYMENT}/dispute", {"reason": reason}
    return OwnWord(route, body, version, key, "disputed", ids)


def roster_word(fields: Fields) -> OwnWord:
    """Read the form of a name in a roster; raises 404 for one not of our pages."""
    word = fields.get("word", "")
    try:
        version = int(fields["version"])
        key = str(uuid5(UUID(fields["key"]), f"roster {word}"))
    except (KeyError, ValueError):
        raise Problem("not-found") from None
    if word == "confirm":
        route = f"{CLAIM}/roster-confirmation"
        return OwnWord(route, {"method": ONLINE}, version, key, "named")
    if word not in NOT_TRUE:
        raise Problem("not-found")
    route = f"{CLAIM}/roster-disclaimer"
    body = {"method": ONLINE, "reason": word}
    return OwnWord(route, body, version, key, "disclaimed")
