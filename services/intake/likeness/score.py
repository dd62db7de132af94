"""Score: how alike two clues are, and why; pure, so that it can be explained."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.codes.pinyin import initials
from services.intake.duplicates import Advice
from services.intake.likeness.names import alike, core
from services.intake.likeness.weights import Feature, Weights
from services.intake.vault.same_person import months_overlap

WHOLE = 100


@dataclass(frozen=True)
class Profile:
    """What of a clue is compared: sums in minor units, persons as HMACs by place.

    `employer_name` is the name as said, None of an individual.
    """

    clue_id: UUID
    registered_at: datetime
    employer_id: UUID
    employer_code: str | None
    employer_name: str | None
    project_id: UUID | None
    months_from: str | None
    months_to: str | None
    claimed: int | None
    ids: Sequence[bytes | None]
    phones: Sequence[bytes | None]

    @property
    def persons(self) -> frozenset[bytes]:
        """Return by what its workers are known."""
        return frozenset(key for key in (*self.ids, *self.phones) if key is not None)


@dataclass(frozen=True)
class Likeness:
    """One feature that both clues tell: how far it agrees (hundredths), and why."""

    feature: Feature
    agrees: int
    reason: str


def advice(one: Profile, other: Profile, by: Weights) -> Advice:
    """Return how alike two clues are, by the weights, with the reasons that count."""
    found = list(likenesses(one, other, by))
    weighed = sum(by.weights[like.feature] * like.agrees for like in found)
    whole = sum(by.weights[like.feature] for like in found)
    score = round(weighed / max(whole, by.enough))
    reasons = tuple(like.reason for like in found if like.agrees > 0)
    return Advice(score=min(score, WHOLE), reasons=reasons, rule_version=by.version)


def likenesses(one: Profile, other: Profile, by: Weights) -> Iterator[Likeness]:
    """Yield each feature that both tell; what one of them leaves out tells nothing."""
    if one.persons and other.persons:
        yield _workers(one, other)
    yield _employer(one, other, by)
    if one.project_id is not None and other.project_id is not None:
        same = WHOLE * (one.project_id == other.project_id)
        yield Likeness("project", same, "same-project")
    if one.months_from is not None and other.months_from is not None:
        both = (one.months_from, one.months_to), (other.months_from, other.months_to)
        yield Likeness("months", WHOLE * months_overlap(*both), "months-overlap")
    if one.claimed and other.claimed:
        near = _near(one.claimed, other.claimed, by.amount_within)
        yield Likeness("amount", near, "amount-near")


def _workers(one: Profile, other: Profile) -> Likeness:
    """Return the share of the smaller clue's workers that the larger one names."""
    less, more = sorted((one, other), key=lambda profile: len(profile.ids))
    ids, phones = {*more.ids} - {None}, {*more.phones} - {None}
    by_id = sum(key in ids for key in less.ids)
    known = [
        number in ids or phone in phones
        for number, phone in zip(less.ids, less.phones, strict=True)
    ]
    share = WHOLE * sum(known) // max(len(known), 1)
    return Likeness("workers", share, "same-id" if by_id else "same-phone")


def _employer(one: Profile, other: Profile, by: Weights) -> Likeness:
    if one.employer_code and other.employer_code:
        same = WHOLE * (one.employer_code == other.employer_code)
        return Likeness("employer", same, "same-code")
    if one.employer_id == other.employer_id:
        return Likeness("employer", WHOLE, "same-employer")
    if one.employer_name is None or other.employer_name is None:
        return Likeness("employer", 0, "same-employer")
    mine, theirs = (
        core(name, by.employer.common)
        for name in (one.employer_name, other.employer_name)
    )
    far = alike(mine, theirs)
    if far >= by.employer.like_from:
        return Likeness("employer", far, "like-name")
    heard = bool(mine) and initials(mine) == initials(theirs)
    return Likeness("employer", by.employer.initials * heard, "same-initials")


def _near(one: int, other: int, within: int) -> int:
    """Return how near two sums are: the whole when equal, nothing at the bound."""
    most = max(one, other) * within
    return max(0, WHOLE - WHOLE * WHOLE * abs(one - other) // most)
