"""Track acts: the form by which a verified case is put on a track (F-2.3.0)."""

from collections.abc import Mapping
from typing import get_args

from libs.events.contracts.tracks import TrackReason
from libs.tracks import CODES
from services.reporting.console.acts import CASE, WHEN, ActForm, Field, choice

TRACK_ACTS: Mapping[str, ActForm] = {
    "ClassifyCase": ActForm(
        "enforcement",
        f"{CASE}/track",
        "track",
        (
            choice("track", *CODES),
            Field("reason", "choice", required=False, codes=get_args(TrackReason)),
            WHEN,
        ),
    ),
}
