"""A service's end waits for no part that does not stop."""

import asyncio

from libs.service.ending import within


async def test_a_part_that_never_stops_is_cut_off_and_told() -> None:
    cut = asyncio.Event()

    async def waits_for_ever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cut.set()

    await within("a part", waits_for_ever, seconds=0.01)
    assert cut.is_set()


async def test_a_part_that_stops_in_time_is_not_touched() -> None:
    stopped = asyncio.Event()

    async def stops() -> None:
        stopped.set()

    await within("a part", stops, seconds=30)
    assert stopped.is_set()
