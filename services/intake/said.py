"""What a form says: a complaint or a report with its persons, before it is checked."""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from libs.codes import find_personal
from libs.events.contracts.messages import MessageChannel, MessageLanguage
from libs.events.contracts.parts import Code, Month, YesNoUnknown
from libs.events.contracts.persons import Register
from libs.money import MinorUnits
from services.intake.channel_item import Entry

Channel = Literal[
    "window", "phone", "letter", "web", "online", "12345", "platform", "petition",
    "patrol", "warning", "cyberspace", "grid",
]  # fmt: skip
DocumentType = Literal[
    "citizen", "hk_macao_permit", "taiwan_permit", "residence_permit", "passport"
]
MOST_WORKERS = 2000


def _line(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).strip()
    if not plain:
        raise PydanticCustomError(
            "blank", "请填写内容，不能只有空格。", {"en": "Enter more than blanks."}
        )
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in plain):
        raise PydanticCustomError(
            "control-character",
            "请删去换行和控制字符。",
            {"en": "Remove line breaks and control characters."},
        )
    return plain


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line)]
"""One line of words, in any script; outer blanks are dropped."""

PersonName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_line)]
EmailAddress = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]*$",
    ),
]
"""A mailbox; whether it takes mail, only sending tells."""
FreeText = Annotated[str, Field(min_length=1, max_length=4000)]
"""Words of a person: kept in the vault, never in an event."""


def _of_nobody(text: str) -> str:
    # An office is called by a number with an area code; every other one is a person's.
    for one in find_personal(text):
        if one.kind != "phone" or text[one.start] != "0":
            raise PydanticCustomError(
                "personal-number",
                "答复中不能写身份证、银行卡或手机号码；单位座机请带区号写。",
                {
                    "en": "No ID, bank card or mobile number in an answer: an office"
                    " is called by its number with the area code."
                },
            )
    return text


ReplyText = Annotated[FreeText, AfterValidator(_of_nobody)]
"""Words to a clue's author, which leave the house: nobody's number is in them."""


class Said(BaseModel):
    """A part of a form: a field that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class IdNumber(Said):
    """An identity document; a citizen's number is checked (GB 11643)."""

    type: DocumentType = "citizen"
    number: Annotated[str, Field(min_length=4, max_length=40)]


class Amount(Said):
    """An amount in minor units (fen): whole, not negative."""

    minor: MinorUnits
    currency: Literal["CNY"] = "CNY"


class PersonSaid(Said):
    """A person as the form names them."""

    name: PersonName | None = None
    id_number: IdNumber | None = None
    phone: Annotated[str, Field(min_length=3, max_length=40)] | None = None
    email: EmailAddress | None = None
    bank_card: Annotated[str, Field(min_length=8, max_length=40)] | None = None


class WorkerSaid(PersonSaid):
    """One worker and what is claimed for them; no amount: not known yet."""

    claimed: Amount | None = None
    rural_migrant: YesNoUnknown = "unknown"
    months_from: Month | None = None
    months_to: Month | None = None
    roster_only: bool = False


class ReporterSaid(PersonSaid):
    """Who complains or reports: one of the workers by ordinal, or another person."""

    worker: Annotated[int, Field(ge=1, le=MOST_WORKERS)] | None = None
    role: Literal["worker", "crew_leader", "family", "other"] = "worker"


class EmployerSaid(Said):
    """An employer; an individual's name is kept in the vault."""

    name: Line
    credit_code: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    individual: bool = False
    industry: Code | None = None


class ProjectSaid(Said):
    """A building project, by number or by name."""

    name: Line
    number: Code | None = None


class ClueSaid(Said):
    """What every clue says, on whichever channel."""

    channel: Channel = "web"
    channel_number: Line | None = None
    episode: Annotated[int, Field(ge=1, le=99)] = 1
    occurred_at: datetime | None = None
    employer: EmployerSaid
    project: ProjectSaid | None = None
    site_area: Code | None = None
    reference: Line | None = None
    summary: FreeText | None = None
    reporter: ReporterSaid | None = None
    workers: Annotated[tuple[WorkerSaid, ...], Field(max_length=MOST_WORKERS)] = ()
    item: Entry | None = None
    notify: MessageChannel | None = None
    notify_language: MessageLanguage = "zh"


class ComplaintSaid(ClueSaid):
    """A victim's complaint 投诉, in the complainant's own name (LIR-IR 13)."""

    mode: Literal["named", "confidential"] = "named"


class ReportSaid(ClueSaid):
    """A report 举报, perhaps unnamed (LIR 9)."""

    mode: Literal["named", "confidential", "anonymous"] = "anonymous"


class CorrectionSaid(Said):
    """What is right of a person's data instead of what was said, and why."""

    name: PersonName | None = None
    phone: Annotated[str, Field(min_length=3, max_length=40)] | None = None
    email: EmailAddress | None = None
    bank_card: Annotated[str, Field(min_length=8, max_length=40)] | None = None
    reason: Literal["own-request", "entry-error", "changed"]

    @property
    def person(self) -> PersonSaid:
        """Return the fields as a form names a person."""
        return PersonSaid(**self.model_dump(exclude={"reason"}))


class NotificationSaid(Said):
    """Where news go from now on; only the contact of that way is asked for and kept."""

    notify: Literal["sms", "email", "none"]
    phone: Annotated[str, Field(min_length=3, max_length=40)] | None = None
    email: EmailAddress | None = None
    language: MessageLanguage = "zh"


class PersonsAsked(Said):
    """Which persons' data, of which register, which fields, and why (a code)."""

    person_ids: Annotated[
        tuple[UUID, ...], Field(min_length=1, max_length=MOST_WORKERS)
    ]
    fields: Annotated[
        tuple[
            Literal[
                "name", "id_number", "phone", "email", "bank_card", "summary", "reply"
            ],
            ...,
        ],
        Field(min_length=1),
    ] = ("name",)
    reason: Code
    outlet: Literal["page", "api", "export"] = "api"
    kept_in: Register = "persons"


class SearchAsked(Said):
    """An exact ID number or telephone, and why (a code)."""

    id_number: IdNumber | None = None
    phone: Annotated[str, Field(min_length=3, max_length=40)] | None = None
    reason: Code


class CodeShown(Said):
    """A query code, as it stands on the receipt."""

    code: Annotated[str, Field(min_length=1, max_length=80)]
