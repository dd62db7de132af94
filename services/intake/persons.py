"""Persons of a form: what goes into the vault, and which ids come out of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from libs import ids
from libs.codes import to_e164
from libs.codes.findings import tidy
from libs.web.idempotency import Repeatable
from services.intake.said import ClueSaid, PersonSaid, ReportSaid
from services.intake.vault import matching
from services.intake.vault.keeping import Keeping
from services.intake.vault.keys import INFORMANT, Keys


class Handed(Protocol):
    """A form as it was handed in."""

    @property
    def said(self) -> ClueSaid:
        """What it says."""

    @property
    def act(self) -> Repeatable:
        """As which act."""


class Keyed(Protocol):
    """Who has the vault's keys."""

    @property
    def keys(self) -> Keys:
        """The keys."""

    @property
    def site(self) -> str:
        """The deployment's site."""


@dataclass(frozen=True)
class Persons:
    """The persons of one clue: what to keep, and where each stands in that list."""

    clue_id: UUID
    keepings: tuple[Keeping, ...]
    owners: tuple[UUID, ...]
    count: int
    reporter_at: int | None
    employer_at: int | None

    @property
    def workers(self) -> tuple[UUID, ...]:
        """Return the workers' ids, by ordinal."""
        return self.owners[: self.count]

    @property
    def reporter(self) -> UUID | None:
        """Return the reporter's id, None when nobody can be answered."""
        return None if self.reporter_at is None else self.owners[self.reporter_at]

    @property
    def employer(self) -> UUID | None:
        """Return an individual employer's id."""
        return None if self.employer_at is None else self.owners[self.employer_at]

    def kept_as(self, owners: Sequence[UUID]) -> "Persons":
        """Return them under the ids that the vault knows them by."""
        return replace(self, owners=tuple(owners))


def persons(keyed: Keyed, form: Handed, clue_id: UUID) -> Persons:
    """Gather the persons of a form, each with an id that a retry makes again."""
    making = _Making(keyed, form, clue_id)
    keepings = [
        making.person(worker, "worker", f"worker-{number}")
        for number, worker in enumerate(form.said.workers)
    ]
    reporter_at = making.reporter(keepings)
    making.summary(keepings, reporter_at)
    employer_at = making.employer(keepings)
    owners = tuple(keeping.proposed for keeping in keepings)
    count = len(form.said.workers)
    return Persons(clue_id, tuple(keepings), owners, count, reporter_at, employer_at)


@dataclass(frozen=True)
class _Making:
    keyed: Keyed
    form: Handed
    clue_id: UUID

    def person(self, said: PersonSaid, role: str, name: str) -> Keeping:
        keys, number = self.keyed.keys, said.id_number
        return Keeping(
            proposed=ids.named("person", self.form.act.command_id, name),
            kind="person",
            act=self.form.act.command_id,
            clue=self.clue_id,
            role=role,
            fields=fields_of(said),
            id_hmac=matching.of_id(keys, number.type, number.number)
            if number
            else None,
            phone_hmac=matching.of_phone(keys, said.phone) if said.phone else None,
        )

    def reporter(self, keepings: list[Keeping]) -> int | None:
        said = self.form.said.reporter
        mode: str = getattr(self.form.said, "mode", "named")
        if mode == "anonymous":
            return None
        if said is None:
            return 0 if keepings else None
        if said.worker is not None:
            return said.worker - 1
        if not fields_of(said):
            return 0 if keepings else None
        told = self.person(said, "reporter", "reporter")
        if isinstance(self.form.said, ReportSaid):
            # 举报人: by no number does anybody find out who reported (LIR 9 ¶3).
            told = replace(
                told, kind=INFORMANT, role=INFORMANT, id_hmac=None, phone_hmac=None
            )
        keepings.append(told)
        return len(keepings) - 1

    def summary(self, keepings: list[Keeping], reporter_at: int | None) -> None:
        text = self.form.said.summary
        if text is None:
            return
        if reporter_at is not None:
            told = keepings[reporter_at]
            fields = {**told.fields, "summary": text}
            keepings[reporter_at] = replace(told, fields=fields)
            return
        act = self.form.act.command_id
        keepings.append(
            Keeping(self.clue_id, "clue", act, self.clue_id, "text", {"summary": text})
        )

    def employer(self, keepings: list[Keeping]) -> int | None:
        said = self.form.said.employer
        if not said.individual:
            return None
        code = tidy(said.credit_code) if said.credit_code else None
        act = self.form.act.command_id
        keepings.append(individual(self.keyed, said.name, code, act, self.clue_id))
        return len(keepings) - 1


def individual(
    keyed: Keyed, name: str, credit_code: str | None, act: UUID, clue_id: UUID
) -> Keeping:
    """Return how an employer who is a person is kept: found again by code or name.

    Without a code the id is drawn from the act: one of the name could be guessed.
    """
    proposed = ids.named("person", act, "employer")
    if credit_code:
        proposed = ids.employer_id(keyed.site, credit_code, name)
    hmac = None if credit_code else matching.of_employer(keyed.keys, name)
    return Keeping(proposed, "employer", act, clue_id, "employer", {"name": name}, hmac)


def fields_of(said: PersonSaid) -> dict[str, str]:
    """Return a person's fields as the vault keeps them."""
    document = said.id_number
    found = {
        "name": said.name,
        "id_number": document
        and json.dumps({"type": document.type, "number": tidy(document.number)}),
        "phone": said.phone and (to_e164(said.phone) or tidy(said.phone)),
        "email": said.email,
        "bank_card": said.bank_card and tidy(said.bank_card),
    }
    return {name: value for name, value in found.items() if value}
