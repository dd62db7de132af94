"""The process that starts the system, starts again what ends, and ends it all."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from deploy.local import kept, running, welcome
from deploy.local.alone import only_one
from deploy.local.cannot import Cannot
from deploy.local.children import Program, start
from deploy.local.plan import Plan
from deploy.local.progress import speaker
from deploy.local.settings import Settings
from deploy.local.stack import Stack

WATCH_SECONDS = 0.5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending(KeyboardInterrupt):
    """Somebody asked the supervisor to end.

    Of this kind, because asyncio swallows any other raised during a callback.
    """


@dataclass
class Bell:
    """The first signal breaks off what is going on, wherever that is.

    Where a library swallowed the exception, the watch still sees that it rang.
    """

    rang: bool = False

    def ring(self, _number: int, _frame: FrameType | None) -> None:
        """Hear a signal; the second one waits for the draining to listen."""
        if not self.rang:
            self.rang = True
            raise Ending


@dataclass
class Watch:
    """When each ended child may start again: later each time it ends soon."""

    stack: Stack
    settings: Settings
    bell: Bell
    pauses: dict[str, float] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """Plan the return of children that ended, and start those that are due."""
        for name, child in list(self.stack.children.items()):
            if child.is_running():
                if now - self.since.get(name, now) > STEADY_SECONDS:
                    self.pauses.pop(name, None)
                continue
            if name not in self.due:
                pause = self.pauses.get(name, FIRST_PAUSE)
                self.due[name] = now + pause
                self.pauses[name] = min(pause * 2, LONGEST_PAUSE)
                code = child.process.returncode
                self.stack.say(f"{name} ended ({code}): again in {pause:.0f} s")
            elif now >= self.due[name]:
                self._again(name)
                self.since[name] = now

    def _again(self, name: str) -> None:
        del self.due[name]
        try:
            self.stack.children[name] = self.stack.restarts[name]()
        except Cannot as reason:
            self.stack.say(str(reason))
            return
        running.write(self.stack, self.settings)
        self.stack.say(f"{name} started again")


def up(plan: Plan, afterwards: Sequence[str] = ()) -> int:
    """Run the system until a signal ends it.

    `afterwards` is a command that runs once all is ready, such as the loading of the
    demonstration. Returns the exit code; raises `Cannot` when it can't start.
    """
    kept.open_folder(plan.state)
    with only_one(plan.state):
        stack, bell = Stack(plan, speaker()), Bell()
        for number in ENDING:
            signal.signal(number, bell.ring)
        try:
            _run(stack, bell, afterwards)
        except Ending:
            stack.say("draining; once more to end at once")
        finally:
            _drain(stack)
    return 0


def _run(stack: Stack, bell: Bell, afterwards: Sequence[str]) -> None:
    settings = stack.start()
    running.write(stack, settings)
    _greet(Watch(stack, settings, bell), afterwards)


def _greet(watch: Watch, afterwards: Sequence[str]) -> None:
    stack = watch.stack
    if afterwards:
        program = Program(
            "what follows the start",
            [sys.executable, *afterwards],
            None,
            dict(stack.plan.environment) | {"QINGXIN_STATE": str(stack.plan.state)},
        )
        guest = start(program)
        stack.guests.append(guest)
        _watch_while(watch, guest.is_running)
        if guest.process.returncode:
            stack.say(f"{program.name} failed ({guest.process.returncode})")
    sys.stdout.write(welcome.text(stack.addresses, watch.settings))
    sys.stdout.flush()
    _watch_while(watch, lambda: True)


def _watch_while(watch: Watch, goes_on: Callable[[], bool]) -> None:
    while goes_on():
        if watch.bell.rang:
            raise Ending
        time.sleep(WATCH_SECONDS)
        watch.look(time.monotonic())


def _drain(stack: Stack) -> None:
    def at_once(_number: int, _frame: FrameType | None) -> None:
        stack.kill()

    for number in ENDING:
        signal.signal(number, at_once)
    running.forget(stack.plan.state)
    if stack.children:
        stack.stop()
        stack.say("everything has ended")
