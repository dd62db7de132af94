"""What intake can be asked: registering, clues, persons, codes, rosters, imports."""

from collections.abc import Sequence

from fastapi import APIRouter

from libs.acts import routes
from libs.service.parts import Running
from services.intake.routes import clues, codes, persons, registering
from services.intake.window import Window

ROUTERS = (routes(clues.ACTS),)


def routers(running: Running) -> Sequence[APIRouter]:
    """Return the routes that work with the vault."""
    window = Window.of(running)
    return (
        registering.router(window),
        clues.router(window),
        persons.router(window),
        codes.router(window),
    )
