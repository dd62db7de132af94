"""Advice: the text that somebody was given whose matter is not wages (F-2.2.2b)."""

from dataclasses import dataclass
from datetime import datetime

from libs.events.contracts.intake import ChannelAdvised
from libs.other_channels import OtherChannel, told
from services.reporting.reading.case_page import CasePage


@dataclass(frozen=True)
class Advised:
    """What was given, when and by whom; `same`: the text is the one of then."""

    entry: OtherChannel
    at: datetime
    unit: str
    same: bool


def advised(page: CasePage) -> Advised | None:
    """Return the latest text of the directory given on a case, if one was."""
    given = [one for one in page.trail if one.type == ChannelAdvised.name]
    for event in reversed(given):
        version = event.said.get("text_version")
        entry = told(event.said["advised_channel"], version) if version else None
        if entry is not None:
            at = event.occurred_at or event.recorded_at
            same = entry.sha256 == event.said.get("text_sha256")
            return Advised(entry, at, event.unit, same)
    return None
