"""Intake in a process of its own, to be killed; given a DSN and a folder."""

import asyncio
import sys
from pathlib import Path

from tests.intake_scene import intake

if __name__ == "__main__":

    async def serve(owner_dsn: str, objects: Path) -> None:
        async with intake(owner_dsn, objects) as scene:
            # The parent ends us, or our input ends with the parent.
            await asyncio.to_thread(sys.stdin.read)
            scene.running.closing.begin()

    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
