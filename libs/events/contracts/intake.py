"""What intake says: clues, receipts, answers, persons' data, imported history."""

from datetime import date
from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import (
    Code,
    Employer,
    Mode,
    Month,
    Project,
    Sha256,
    Text,
    WorkerLine,
)
from libs.events.contracts.persons import Register
from libs.events.event import Event
from libs.money import Amount

ClueKind = Literal["complaint", "report", "petition", "work_order", "platform_clue"]


class ComplaintReceived(Event, name="ComplaintReceived"):
    """A victim complained 投诉 (LIR-IR 13–14): who is owed what by whom.

    `kind` says as what it came in: a work order or a petition runs on its channel's
    own clock. `site_area`: the residential area where the work is, if somebody said it.
    Stream `clue-<clue_id>`; persons are ids of the vault.
    """

    clue_id: UUID
    case_id: UUID
    kind: ClueKind
    channel: Code
    channel_number: Text | None = None
    episode: int = 1
    mode: Mode
    reporter_id: UUID | None = None
    reporter_role: Literal["worker", "crew_leader", "family", "other"] = "worker"
    first_asked_unit: Code
    employer: Employer
    project: Project | None = None
    workers: tuple[WorkerLine, ...]
    reference: Text | None = None
    site_area: Code | None = None


class ReportReceived(Event, name="ReportReceived"):
    """Somebody reported 举报 (LIR 9), perhaps unnamed; no answer owed without contact.

    Stream `clue-<clue_id>`.
    """

    clue_id: UUID
    case_id: UUID
    channel: Code
    channel_number: Text | None = None
    episode: int = 1
    mode: Mode
    reporter_id: UUID | None = None
    first_asked_unit: Code
    employer: Employer
    project: Project | None = None
    workers: tuple[WorkerLine, ...] = ()
    reference: Text | None = None
    site_area: Code | None = None


class ClueRegistered(Event, name="ClueRegistered"):
    """A clue stands in the register; the first-asked unit is fixed for ever (WPR 10).

    `kind` says whether it is a complaint, a report or another clue. Stream `clue-`.
    """

    clue_id: UUID
    case_id: UUID
    kind: ClueKind
    channel: Code
    channel_number: Text | None = None
    episode: int = 1
    first_asked_unit: Code
    employer: Employer
    project: Project | None = None
    worker_count: int
    reference: Text | None = None
    history: bool = False


class ReceiptIssued(Event, name="ReceiptIssued"):
    """A dated receipt was given; its number is the envelope's serial (LMAL 27 ¶2).

    The query codes are HMACs under a server key and stand in no event.
    """

    clue_id: UUID
    case_id: UUID


class ClueScreened(Event, name="ClueScreened"):
    """The clue was screened 甄别: wage or not, and whose jurisdiction."""

    clue_id: UUID
    case_id: UUID
    matter: Literal["wage", "project_price", "labour_service_fee", "not_wage"]
    jurisdiction: Literal["ours", "area", "industry", "department"] = "ours"


class ChannelAdvised(Event, name="ChannelAdvised"):
    """The worker was told the right channel for what is not a wage matter.

    The text given is the directory's, by version and digest (F-2.2.2b).
    """

    clue_id: UUID
    case_id: UUID
    advised_channel: Code
    told: Literal["spoken", "printed", "sms", "online"]
    text_version: int | None = None
    text_sha256: Sha256 | None = None


class ClueClosedNotWage(Event, name="ClueClosedNotWage"):
    """The clue ended as not a wage matter, after the channel was advised."""

    clue_id: UUID
    case_id: UUID
    matter: Literal["project_price", "labour_service_fee", "not_wage"]


class ClueVerified(Event, name="ClueVerified"):
    """The clue's facts were verified (S08); `arrears` says what was found (S09).

    A reaction to enforcement's FactsVerified of the clue's claims.
    """

    clue_id: UUID
    case_id: UUID
    result: Literal["arrears", "no_arrears"]


class ReplySent(Event, name="ReplySent"):
    """The clue's author was answered 事事有回音; its text is in the vault."""

    clue_id: UUID
    case_id: UUID
    form: Literal["spoken", "letter", "sms", "platform", "online"]
    conclusion: Code


class ReplyFoundImpossible(Event, name="ReplyFoundImpossible"):
    """Nobody can be answered (no contact was left), for a coded reason."""

    clue_id: UUID
    case_id: UUID
    reason: Literal["anonymous", "contact_invalid", "person_deceased", "declined"]


class PersonDataRead(Event, name="PersonDataRead"):
    """An officer read persons' data out of the vault, for a coded reason (PIPL 54).

    Stream `vaultread-<uuid>`: one event a batch, out of the register `kept_in`.
    """

    read_id: UUID
    person_ids: tuple[UUID, ...]
    fields: tuple[Code, ...]
    reason: Code
    outlet: Literal["page", "api", "export"]
    kept_in: Register = "persons"


class PersonDataErased(Event, name="PersonDataErased"):
    """A person's key was destroyed (PIPL 47); counts and sums stay.

    Stream `person-<person_id>`.
    """

    person_id: UUID
    reason: Code


class ImportOpened(Event, name="ImportOpened"):
    """An agency's sheet was taken in under a profile; the file by its digest.

    Stream `import-<import_id>`.
    """

    import_id: UUID
    profile: Code
    profile_version: int
    file_sha256: Sha256
    unit: Code


class HistoryImported(Event, name="HistoryImported"):
    """One row of an agency's sheet, as what happened then (occurred_at then).

    Amounts are minor units of their own currency; None was not readable or not given.
    Stream `row-<row_id>`, row_id derived from profile and key.
    """

    row_id: UUID
    clue_id: UUID
    case_id: UUID
    claim_id: UUID
    import_id: UUID
    profile: Code
    profile_version: int
    sheet: Text
    row: int
    unit: Code
    channel: Code
    channel_number: Text
    employer: Employer
    worker_count: int | None = None
    claimed: Amount | None = None
    verified: Amount | None = None
    ordered: Amount | None = None
    paid: Amount | None = None
    received_on: date | None = None
    ordered_on: date | None = None
    served_on: date | None = None
    paid_on: date | None = None
    closed_on: date | None = None
    closed: bool
    month: Month | None = None
    status: Code | None = None
    notes: tuple[Code, ...] = ()
    findings: tuple[Code, ...] = ()


class ImportFinished(Event, name="ImportFinished"):
    """All rows of an import were decided; the counts of the four results."""

    import_id: UUID
    success: int
    error: int
    duplicate: int
    skipped: int


class CaseFactNoted(Event, name="IntakeCaseFactNoted"):
    """Intake took in who owns a case now, or that it moved or ended.

    Stream `known-<case_id>`; never the stream that an If-Match names.
    """

    case_id: UUID
    fact: Literal["owned", "proposed", "concluded", "closed", "reopened"]
    unit: Code | None = None
    cause: UUID


class ClaimFactNoted(Event, name="IntakeClaimFactNoted"):
    """Intake took in that a claim of a clue was verified."""

    clue_id: UUID
    claim_id: UUID
    fact: Literal["opened", "arrears", "no_arrears", "withdrawn"]
    cause: UUID
