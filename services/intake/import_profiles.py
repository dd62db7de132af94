"""Import profiles: one officer drafts a version, another puts it in force.

A profile decides what an agency's amounts and dates mean (a column in 万元, a name that
may be a person's), so it is a rule, and rules here take two persons.
"""

from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.sheets import (
    ImportProfileAdopted,
    ImportProfileDrafted,
    ProfileText,
)
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import named

BOOK = named("import-profiles", "intake")


@dataclass(frozen=True)
class ImportProfiles:
    """Every version that is or was in force, and the drafts that wait."""

    adopted: tuple[ImportProfileAdopted, ...] = ()
    drafts: tuple[ImportProfileDrafted, ...] = ()

    def newest(self, profile: str) -> ImportProfileAdopted | None:
        """Return a profile's version in force."""
        held = [one for one in self.adopted if one.profile == profile]
        return held[-1] if held else None

    def version(self, profile: str, version: int) -> ImportProfileAdopted | None:
        """Return one version of a profile, also one that another one replaced."""
        wanted = (profile, version)
        held = (o for o in self.adopted if (o.profile, o.profile_version) == wanted)
        return next(held, None)

    def next_version(self, profile: str) -> int:
        """Return the number of a profile's next version; the first one is 1."""
        held = self.newest(profile)
        return 1 if held is None else held.profile_version + 1

    def draft(self, draft_id: UUID) -> ImportProfileDrafted | None:
        """Return a draft that waits for a second person."""
        return next((one for one in self.drafts if one.draft_id == draft_id), None)


class DraftImportProfile(Command):
    """Lay down a profile's next version, as its dry run read a sheet."""

    draft_id: UUID
    profile: Code
    profile_version: int
    profile_text: ProfileText


class AdoptImportProfile(Command):
    """Put a draft in force: by another person than the one who wrote it."""

    draft_id: UUID


def evolve(held: ImportProfiles, event: Event) -> ImportProfiles:
    """Fold a draft or an adoption; either ends the profile's draft before it."""
    match event:
        case ImportProfileDrafted():
            others = _without(held, event.profile)
            return replace(held, drafts=(*others, event))
        case ImportProfileAdopted():
            others = _without(held, event.profile)
            return ImportProfiles((*held.adopted, event), others)
        case _:
            return held


def _without(held: ImportProfiles, profile: str) -> tuple[ImportProfileDrafted, ...]:
    return tuple(one for one in held.drafts if one.profile != profile)


KIND = Kind("importprofiles", ImportProfiles(), evolve)
READ = Read(KIND, BOOK)


def draft(command: DraftImportProfile, stamp: Stamp, states: States) -> list[New]:
    """Lay a draft down, as the version that follows the one in force."""
    held = states.of(KIND, BOOK)
    if command.profile_version != held.next_version(command.profile):
        raise Rejected(
            "profile-version-taken",
            "这个模板已有新的版本启用，请从新版本重新打开，再试读、保存。",
        )
    text = command.profile_text
    fact = ImportProfileDrafted(
        draft_id=command.draft_id,
        drafter_id=stamp.actor.id,
        profile=command.profile,
        profile_version=command.profile_version,
        profile_sha256=sha256(text.encode()).hexdigest(),
        profile_text=text,
    )
    return [New(KIND.stream(BOOK), fact)]


def adopt(command: AdoptImportProfile, stamp: Stamp, states: States) -> list[New]:
    """Put a draft in force; two persons stand for it."""
    held = states.of(KIND, BOOK).draft(command.draft_id)
    if held is None:
        raise Rejected("no-such-draft", "没有这份待启用的模板，可能已被新的草案替代。")
    if held.drafter_id == stamp.actor.id:
        raise Rejected("drafter-adopts", "起草人不能自己启用，请由另一人核对后启用。")
    said = held.model_dump(exclude={"drafter_id"})
    return [New(KIND.stream(BOOK), ImportProfileAdopted.model_validate(said))]


RULES = (
    Rule(DraftImportProfile, lambda _: (READ,), draft),
    Rule(AdoptImportProfile, lambda _: (READ,), adopt),
)
