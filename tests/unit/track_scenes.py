"""Scenes of tracks: see `scenes`."""

from collections.abc import Mapping

from libs.events.contracts.enforcement import CaseFactNoted
from libs.events.testing import Given, given
from services.enforcement import claim, known
from tests.unit.clock_scenes import ON_CASE, Scene, scene
from tests.unit.matters import CASE, CLUE, ONE, listed, opened, verified, yuan


def found(unit: str) -> Given:
    """A case of one worker whose arrears are verified; the unit holds it."""
    owned = CaseFactNoted(case_id=CASE, fact="opened", unit=unit, cause=CLUE)
    story = given(known.KIND, CASE, owned, listed(ONE))
    return story.given(claim.KIND, ONE, opened(claimed=yuan(100)), verified(100))


TRACK_SCENES: Mapping[str, Scene] = {
    "ClassifyCase": scene(found, ON_CASE, {"track": "mediation"}),
}
