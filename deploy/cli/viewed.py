"""Viewed: a service's views held against what the topics say, rebuilt aside."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.cli.rebuild import CONNECTIONS, declared_by
from deploy.local.cannot import Cannot
from deploy.local.settings import Settings
from libs.events.audit.drops import dropped
from libs.events.stream.topics import Topics
from libs.events.views.build import RebuildRunning
from libs.events.views.crew import Crew, LoaderLost
from libs.events.views.loading import TopicIncomplete
from libs.events.views.rebuild import Order, Rebuilt, compare
from libs.events.views.source import TopicSource


@dataclass(frozen=True)
class Viewed:
    """One view as it was found."""

    name: str
    found: Rebuilt

    @property
    def same(self) -> bool:
        """Whether each row is what the events say."""
        return self.found.compared.same

    def said(self) -> dict[str, Any]:
        """Return it for a program."""
        different = list(self.found.compared.different)
        return {"view": self.name, "same": self.same, "different": different}

    def line(self) -> str:
        """Return it for a person."""
        if self.same:
            return f"OK · view {self.name} is what the topics say"
        named = ", ".join(self.found.compared.different) or "streams that are gone"
        return f"WRONG · view {self.name} is not what the topics say: {named}"


def compared(settings: Settings, service: str) -> list[Viewed]:
    """Rebuild a service's views aside and compare; raises Cannot."""
    try:
        found = asyncio.run(_compared(settings, service))
    except (RebuildRunning, TopicIncomplete, LoaderLost) as reason:
        message = f"Views of {service} cannot be compared now: {reason}."
        raise Cannot(message) from None
    return [Viewed(one.name, one) for one in found]


async def _compared(settings: Settings, service: str) -> Sequence[Rebuilt]:
    declared = declared_by(service)
    if not declared:
        return []
    source = TopicSource(settings.servers.kafka, Topics(settings.prefix))
    role = settings.database(service).app.name
    owner = settings.owner_dsn(service)
    async with asyncpg.create_pool(owner, min_size=1, max_size=CONNECTIONS) as pool:
        order = Order(declared, role, dropped=await dropped(pool), crew=Crew(owner))
        return await compare(pool, source, order)
