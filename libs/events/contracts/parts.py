"""Parts that several events share: employer, project, worker lines, proof."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.event import Fields
from libs.money import Amount

Text = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Month = Annotated[str, Field(pattern=r"^(19[8-9]\d|20\d\d)-(0[1-9]|1[0-2])$")]
Mode = Literal["named", "confidential", "anonymous"]
YesNoUnknown = Literal["yes", "no", "unknown"]
WagePayer = Literal[
    "employer", "general_contractor", "owner", "deposit", "fund", "revolving"
]


class Employer(Fields):
    """An employer; the name is None when it is an individual (kept in the vault).

    `code_check`: the credit code's check character fits (ok), does not (warned: early
    codes are legal all the same), or there is no code (none) and the id is unverified.
    """

    employer_id: UUID
    name: Text | None
    credit_code: str | None = None
    code_check: Literal["ok", "warned", "none"] = "none"
    individual: bool = False
    industry: str | None = None


class Project(Fields):
    """A building project, by its number or name."""

    project_id: UUID
    name: Text


class WorkerLine(Fields):
    """One worker of a clue: an opaque person and what is claimed, in minor units."""

    ordinal: Annotated[int, Field(ge=1, le=2000)]
    person_id: UUID
    claimed: Amount | None
    rural_migrant: YesNoUnknown = "unknown"
    months_from: Month | None = None
    months_to: Month | None = None
    roster_only: bool = False


class Proof(Fields):
    """What proves an act: its kind and the SHA-256 of the kept bytes."""

    kind: Code
    sha256: Sha256 | None = None


class OrderLine(Fields):
    """One worker's part of a payment order."""

    claim_id: UUID
    amount: Amount


class CausedFigure(Fields):
    """A figure that a late fact changed: indicator, unit, old and new value."""

    indicator: Code
    unit: Code | None
    week: int
    old: int
    new: int
