"""The end of a process, told to long-lived streams before the server waits for them."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Closing:
    """Whether the process is ending; long-lived answers wait beside it.

    uvicorn cancels open streams with a traceback when its grace is over, so they
    have to end by themselves as soon as the signal comes.
    """

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def begun(self) -> bool:
        """Tell whether the end has begun."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Tell every long-lived answer to end now; call it in the loop's thread."""
        self._begun.set()

    async def unless(self, waiting: Awaitable[T]) -> T | None:
        """Return what is awaited, or None as soon as the end begins."""
        work = asyncio.ensure_future(waiting)
        end = asyncio.ensure_future(self._begun.wait())
        try:
            await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            for task in (work, end):
                task.cancel()

    @asynccontextmanager
    async def on_signals(self) -> AsyncIterator[None]:
        """Begin the end on SIGTERM and SIGINT, before the handlers already there.

        Does nothing outside the main thread, where no signal handler can be set.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in SIGNALS}

        def ending(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.begin)
            _pass_on(before[signal.Signals(number)], number, frame)

        for number in SIGNALS:
            signal.signal(number, ending)
        try:
            yield
        finally:
            for number, handler in before.items():
                if signal.getsignal(number) is ending:
                    signal.signal(number, handler)


def _pass_on(
    handler: Callable[[int, FrameType | None], object] | int | None,
    number: int,
    frame: FrameType | None,
) -> None:
    if callable(handler):
        handler(number, frame)
    elif handler == signal.SIG_DFL:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
