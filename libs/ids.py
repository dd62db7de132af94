"""Ids that follow from other ids, so that every service derives the same one."""

from unicodedata import normalize
from uuid import UUID, uuid5

ROOT = UUID("6f0d9c1e-7a52-5d0b-9a58-3b1f3c8f4e10")


def _derived(*parts: object) -> UUID:
    return uuid5(ROOT, "\x1f".join(str(part) for part in parts))


def clue_id(site: str, channel: str, number: str) -> UUID:
    """Return the id of a clue that carries a channel number (domain §5.9, 14).

    Whatever episode it was registered in: a number is one clue, so it is one stream.
    """
    return _derived("clue", site, channel, number, 1)


def case_id(clue: UUID) -> UUID:
    """Return the id of the case that routing opens for a clue."""
    return _derived("case", clue)


def claim_id(clue: UUID, ordinal: int) -> UUID:
    """Return the id of one worker's claim; ordinals start at 1."""
    return _derived("claim", clue, ordinal)


def deadline_id(clock: str, subject: UUID) -> UUID:
    """Return the id of the deadline that a clock sets for its subject."""
    return _derived("deadline", clock, subject)


def actor_id(issuer: str, subject: str) -> UUID:
    """Return the opaque person id of a token's issuer and subject."""
    return _derived("actor", issuer, subject)


def employer_id(site: str, credit_code: str | None, employer_name: str) -> UUID:
    """Return the employer's id: of the credit code, else of (site, folded name)."""
    if credit_code:
        return _derived("employer", credit_code.upper())
    folded = normalize("NFKC", employer_name).casefold().strip()
    return _derived("employer", site, folded)


def reaction_command_id(reaction: str, event: UUID) -> UUID:
    """Return the command id of a reaction to an event: it decides once."""
    return _derived("reaction", reaction, event)


def timer_command_id(clock: str, deadline: UUID, version: int, point: str) -> UUID:
    """Return the command id of a timer: it fires once, also after a week asleep."""
    return _derived("timer", clock, deadline, version, point)


def named(kind: str, *parts: object) -> UUID:
    """Return an id of a kind not listed above, derived from its parts."""
    return _derived(kind, *parts)
