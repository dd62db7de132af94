"""Intake put together: its rules, reactions, vault and doors."""

from libs import rulebook_view
from libs.service.parts import Running, Service
from services.intake import clue, noting
from services.intake.api import ROUTERS, routers
from services.intake.reactions import REACTIONS
from services.intake.vault import access
from services.intake.vault.erasing import replay_erasures


async def prepare(running: Running) -> None:
    """Before the door opens: whoever was erased is erased, whatever was restored."""
    await replay_erasures(running.desk.log.journal)


SERVICE = Service(
    name="intake",
    title="Qingxin 清薪: intake",
    rules=(*clue.RULES, *noting.RULES, *access.RULES),
    reactions=REACTIONS,
    hears=frozenset({"routing", "enforcement"}),
    views=(rulebook_view.VIEW,),
    routers=ROUTERS,
    more_routers=routers,
    prepare=prepare,
)
