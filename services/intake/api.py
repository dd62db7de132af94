"""What intake can be asked: registering, clues, persons, codes, rosters, imports."""

from collections.abc import Sequence

from fastapi import APIRouter

from libs.acts import routes
from services.intake.importing.runner import Runner
from services.intake.pages.front import pages
from services.intake.routes import (
    choosing,
    clues,
    codes,
    correcting,
    imports,
    likeness,
    links,
    messages,
    patrol_photos,
    persons,
    profiles,
    registering,
    rosters,
    rotating,
    workbench,
)
from services.intake.window import Window

ROUTERS = (
    routes(clues.ACTS),
    routes(links.ACTS),
    routes(messages.ACTS),
    routes(profiles.ACTS),
)


def window_routers(window: Window, runner: Runner) -> Sequence[APIRouter]:
    """Return the routes that work with the vault and with the import runner."""
    return (
        registering.router(window),
        clues.router(window),
        links.router(window),
        likeness.router(window),
        messages.router(window),
        choosing.router(window),
        patrol_photos.router(window),
        persons.router(window),
        correcting.router(window),
        codes.router(window),
        rosters.router(window),
        workbench.router(window, runner),
        profiles.router(window),
        imports.router(window, runner),
        rotating.router(window),
        *pages(window),
    )
