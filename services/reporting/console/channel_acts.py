"""Channel acts: the forms of what a clue's own channel says and is told."""

from collections.abc import Mapping

from services.reporting.console.acts import ACTS, CLUE, WHEN, ActForm, Field
from services.reporting.console.claim_acts import CLAIM_ACTS
from services.reporting.console.group_acts import GROUP_ACTS
from services.reporting.console.supervision_acts import SUPERVISION_ACTS
from services.reporting.console.track_acts import TRACK_ACTS

RECEIVED = Field("received_on", "date", start="today", past=True)
ORDER_KIND = Field(
    "order_kind",
    "choice",
    codes=("advice", "supervision", "help", "complaint", "complex"),
)
PETITION_FORMS = ("letter", "visit", "online")


def _of_clue(path: str, *fields: Field) -> ActForm:
    return ActForm("intake", f"{CLUE}/{path}", "clue", (*fields, WHEN))


CHANNEL_ACTS: Mapping[str, ActForm] = {
    "ClassifyOrder": _of_clue("order", ORDER_KIND, RECEIVED),
    "UrgeClue": _of_clue("urgings"),
    "RedispatchOrder": _of_clue("redispatch", ORDER_KIND, RECEIVED),
    "RecordCallBack": _of_clue(
        "call-backs",
        Field("result", "choice", codes=("satisfied", "unsatisfied", "not_reached")),
    ),
    "RegisterPetition": _of_clue(
        "petition",
        Field("petition_form", "choice", codes=PETITION_FORMS),
        RECEIVED,
        Field("people", "count"),
        Field("representatives", "count"),
        Field("notice", "choice", codes=("owed", "no_address")),
    ),
    "SendPetitionNotice": _of_clue(
        "petition-notices",
        Field(
            "outcome",
            "choice",
            codes=("accepted", "not_accepted", "forwarded", "extended"),
        ),
    ),
    "IssuePetitionOpinion": _of_clue(
        "petition-opinion",
        Field(
            "opinion",
            "choice",
            codes=("supported", "partly_supported", "not_supported"),
        ),
    ),
    "ReceivePlatformClue": _of_clue("platform-receipt", RECEIVED),
    "AcceptClue": _of_clue("acceptance"),
}
EVERY_ACT: Mapping[str, ActForm] = {
    **ACTS,
    **CLAIM_ACTS,
    **CHANNEL_ACTS,
    **SUPERVISION_ACTS,
    **GROUP_ACTS,
    **TRACK_ACTS,
}
