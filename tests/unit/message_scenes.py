"""Scenes of messages to complainants: see `scenes`."""

from collections.abc import Mapping

from libs.events.contracts.messages import MessageQueued, NotificationChosen
from libs.events.event import Event
from libs.events.testing import Given
from libs.ids import named
from services.intake.notice import KIND, MESSAGE
from tests.unit.channel_scenes import cleared
from tests.unit.clock_scenes import Scene, scene
from tests.unit.matters import CASE, CLUE, ONE

THIS = named("test-message")
PERSON = ONE


def chosen(**changed: object) -> NotificationChosen:
    """Return the choice of a text message, in Chinese, in one's own name."""
    said = {
        "clue_id": CLUE,
        "case_id": CASE,
        "person_id": PERSON,
        "channel": "sms",
        "language": "zh",
        "discreet": False,
        "unit": "LC",
        **changed,
    }
    return NotificationChosen.model_validate(said)


def message(**changed: object) -> MessageQueued:
    """Return a message of an answer, which waits."""
    said = {
        **chosen().model_dump(exclude={"contact"}),
        "message_id": THIS,
        "purpose": "replied",
        "template_version": 1,
        "template_sha256": "0" * 64,
        **changed,
    }
    return MessageQueued.model_validate(said)


def waiting(unit: str, *more: Event) -> Given:
    """A message of a clue that the unit was first asked about and holds."""
    story = cleared(unit).given(KIND, CASE, chosen())
    return story.given(MESSAGE, THIS, message(), *more)


MESSAGE_SCENES: Mapping[str, Scene] = {
    "TellMessage": scene(waiting, {"message_id": THIS, "means": "phone"}),
    "ChooseNotification": scene(waiting, {"clue_id": CLUE, "notify": "none"}),
}
