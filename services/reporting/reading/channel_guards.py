"""Channel guards: why a step of a clue's own channel is off, as intake would say."""

from collections.abc import Mapping

from services.reporting.reading.case_page import CasePage
from services.reporting.reading.guards import About, Guard
from services.reporting.views.channel_item import ChannelItemRow

TELLS_OF_ANY = frozenset({"centre", "brigade", "leading-group"})
"""Who takes down what a channel says of any unit's clue."""
CHANNEL_OF: Mapping[str, tuple[str, ...]] = {
    "ClassifyOrder": ("12345",),
    "UrgeClue": ("12345", "petition", "platform"),
    "RedispatchOrder": ("12345",),
    "RecordCallBack": ("12345",),
    "RegisterPetition": ("petition",),
    "SendPetitionNotice": ("petition",),
    "IssuePetitionOpinion": ("petition",),
    "ReceivePlatformClue": ("platform",),
    "AcceptClue": ("platform",),
}
"""On which channels a step is shown at all."""


def shown(act: str, page: CasePage) -> bool:
    """Say whether a step belongs to the clue's channel; others' are not shown."""
    channels = CHANNEL_OF.get(act)
    return channels is None or (page.clue is not None and page.clue.channel in channels)


def _told(about: About) -> str | None:
    clue = about.page.clue
    if clue is None:
        return "no-clue"
    may = about.holds or about.reader.actor.role in TELLS_OF_ANY
    return None if may or about.unit == clue.first_asked_unit else "not-holder"


def _item(about: About) -> ChannelItemRow:
    return about.page.item


def _answered(about: About) -> bool:
    held = about.page.case
    again = held is not None and held.reopenings and not held.closed
    return _item(about).answered_at is not None and not again


def _to_classify(about: About) -> str | None:
    return "answered" if _answered(about) else _told(about)


def _to_redispatch(about: About) -> str | None:
    return _told(about) if _answered(about) else "not-answered"


def _to_call_back(about: About) -> str | None:
    item = _item(about)
    ever = item.answered_at is not None or item.redispatched
    return _told(about) if ever else "not-answered"


def _to_register(about: About) -> str | None:
    return "item-entered" if _item(about).received_on else _told(about)


def _to_notice(about: About) -> str | None:
    item = _item(about)
    if not item.received_on:
        return "enter-item-first"
    # An accepted petition may be told of an extension until the opinion.
    told = item.outcome not in {None, "accepted"} or item.opinion
    return "notice-sent" if told else _told(about)


def _to_issue(about: About) -> str | None:
    item = _item(about)
    if item.opinion:
        return "opinion-issued"
    accepted = item.outcome in {"accepted", "extended"}
    return _told(about) if accepted else "not-accepted"


def _to_sign(about: About) -> str | None:
    item = _item(about)
    if not item.received_on:
        return "enter-item-first"
    if item.accepted_at:
        return "signed"
    return None if about.handles else "not-holder"


ON_CHANNEL: Mapping[str, Guard] = {
    "ClassifyOrder": _to_classify,
    "UrgeClue": _to_classify,
    "RedispatchOrder": _to_redispatch,
    "RecordCallBack": _to_call_back,
    "RegisterPetition": _to_register,
    "SendPetitionNotice": _to_notice,
    "IssuePetitionOpinion": _to_issue,
    "ReceivePlatformClue": _to_register,
    "AcceptClue": _to_sign,
}
