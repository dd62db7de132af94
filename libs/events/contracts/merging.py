"""What enforcement says of claims that change their case, or are claimed twice."""

from uuid import UUID

from libs.events.event import Event


class ClaimMoved(Event, name="ClaimMoved"):
    """The claim belongs to another case from now on; it keeps its stream and amounts.

    `case_id` is the case that it is in now. Stream `claim-<claim_id>`.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    from_case_id: UUID


class ClaimMarkedDuplicate(Event, name="ClaimMarkedDuplicate"):
    """The same worker's same months stand in another claim: no total counts this one.

    It stays and is shown beside; money already paid on it stays counted.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    of_claim_id: UUID


class ClaimDuplicateLifted(Event, name="ClaimDuplicateLifted"):
    """The claim was no duplicate: it is counted again."""

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    of_claim_id: UUID


class ClaimDelisted(Event, name="ClaimDelisted"):
    """A claim went to another case: enforcement's own list, on `known-<case_id>`."""

    case_id: UUID
    claim_id: UUID
    cause: UUID
