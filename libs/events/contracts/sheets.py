"""What intake says of import profiles: how an agency's sheet is read, as data."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code, Sha256
from libs.events.event import Event

MOST_CHARACTERS = 60_000

ProfileText = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
"""A profile's TOML, as docs/import-profiles.md explains it; no personal data."""


class ImportProfileDrafted(Event, name="ImportProfileDrafted"):
    """An officer laid down how a kind of sheet is read; it is not in force.

    A later draft of the same profile replaces it. Stream `importprofiles-<uuid>`, one
    for a deployment.
    """

    draft_id: UUID
    drafter_id: UUID
    profile: Code
    profile_version: int
    profile_sha256: Sha256
    profile_text: ProfileText


class ImportProfileAdopted(Event, name="ImportProfileAdopted"):
    """A version of an import profile is in force; another person than the drafter.

    What an older version read stays as it was read.
    """

    draft_id: UUID
    profile: Code
    profile_version: int
    profile_sha256: Sha256
    profile_text: ProfileText
