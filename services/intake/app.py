"""Intake put together: its rules, reactions, vault, imports and doors."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter

from libs import message_view, rulebook_view
from libs.service.parts import Running, Service
from libs.sheets.limits import LIMITS
from libs.web.attachments import UPLOAD_BYTES as PHOTO_BYTES
from services.intake import (
    answering,
    case_files,
    choosing,
    clue,
    dossier,
    due_dates,
    duplicates,
    history,
    import_profiles,
    news,
    noting,
    patrols,
    petitions,
    platform_clues,
    scope,
    signals,
    telling,
    timers,
    waiting_patrols,
    work_orders,
)
from services.intake.api import ROUTERS, window_routers
from services.intake.importing.runner import Runner
from services.intake.likeness.catching_up import catch_up
from services.intake.reactions import REACTIONS
from services.intake.sending.outlets import outlets
from services.intake.sending.sender import Sender, waiting
from services.intake.vault import access
from services.intake.vault.contacts import replay_choices
from services.intake.vault.erasing import replay_erasures
from services.intake.vault.secluding import seclude
from services.intake.window import Window

# A form's own parts come on top of the file.
UPLOAD_BYTES = LIMITS.file_bytes + 100_000
ROSTER_BYTES = 5_000_000


def routers(running: Running) -> Sequence[APIRouter]:
    """Return the routes; the runner of imports and the sender begin with the work."""
    window = Window.of(running)
    runner = Runner(window)
    running.works += [runner.run, Sender(window, outlets(running.settings)).run]
    running.gauges.append(partial(waiting, window))
    return window_routers(window, runner)


async def prepare(running: Running) -> None:
    """Before the door opens: whoever was erased is erased, whatever was restored.

    So is a contact that nothing uses any more. Informants of before go into their
    register, and clues that the index of likenesses lacks come into it.
    """
    await replay_erasures(running.desk.log.journal)
    await replay_choices(running.desk.log.journal)
    async with running.pool.acquire() as connection:
        await seclude(connection, Window.of(running).keys)
    await catch_up(running.desk.log.journal)


SERVICE = Service(
    name="intake",
    title="Qingxin 清薪: intake",
    rules=(
        *clue.RULES,
        *answering.RULES,
        *work_orders.RULES,
        *petitions.RULES,
        *platform_clues.RULES,
        *signals.RULES,
        *patrols.RULES,
        *duplicates.RULES,
        *noting.RULES,
        *dossier.RULES,
        *telling.RULES,
        *choosing.RULES,
        *access.RULES,
        *history.RULES,
        *import_profiles.RULES,
    ),
    reactions=(*REACTIONS, *news.REACTIONS, *dossier.REACTIONS),
    parties=scope.parties,
    hears=frozenset({"routing", "enforcement"}),
    views=(
        rulebook_view.VIEW,
        due_dates.VIEW,
        case_files.VIEW,
        message_view.VIEW,
        waiting_patrols.VIEW,
    ),
    routers=ROUTERS,
    timers=(timers.miss_patrols,),
    more_routers=routers,
    prepare=prepare,
    uploads={
        "/v1/imports": UPLOAD_BYTES,
        "/v1/import-samples": UPLOAD_BYTES,
        "/v1/rosters": ROSTER_BYTES,
        "/v1/patrols/": PHOTO_BYTES,
    },
)
