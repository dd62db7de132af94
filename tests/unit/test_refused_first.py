"""Who may not see or do a thing is told so, whatever version of it he names."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from libs.events.command import Command, Stamp
from libs.events.contracts.routing import CaseAssigned
from libs.events.decider import (
    Kind,
    NotVisible,
    NotYours,
    Read,
    Rejected,
    Rule,
    States,
)
from libs.events.event import New
from libs.events.perform import Log, PreconditionFailed, perform
from libs.events.testing import given, stamp
from tests.unit.rights_house import Memory

CASE = UUID("0b7f5d5e-0c5b-5e59-9d52-2f6a5f3c1d11")
KIND = Kind("case", initial=False, evolve=lambda state, _: state)
HELD = given(KIND, CASE, CaseAssigned(case_id=CASE, unit="LI"))


class Do(Command):
    """Do something to a case."""

    case_id: UUID


def deciding(refusal: Rejected) -> Rule[Do]:
    def decide(_: Do, _by: Stamp, _states: States) -> list[New]:
        raise refusal

    reads: Callable[[Do], Sequence[Read]] = lambda said: [Read(KIND, said.case_id)]  # noqa: E731
    return Rule(Do, reads, decide)


def told(refusal: Rejected, version: int) -> Exception:
    memory = Memory("routing", HELD)
    log = Log(memory, memory)  # type: ignore[arg-type]  # a journal in memory
    seen = (KIND.stream(CASE), version)
    doing = perform(log, deciding(refusal), Do(case_id=CASE), stamp(), if_match=seen)
    with pytest.raises((Rejected, PreconditionFailed)) as refused:
        asyncio.run(doing)
    return refused.value


@pytest.mark.parametrize("version", [0, 1, 7])
@pytest.mark.parametrize("refusal", [NotVisible(), NotYours("别人的", may=["LI"])])
def test_a_version_tells_nothing_to_whom_it_is_not(
    refusal: Rejected, version: int
) -> None:
    """412 with the version as it is would say that the case exists."""
    assert told(refusal, version) is refusal


def test_whoever_may_hears_of_a_moved_version_before_the_rule() -> None:
    refusal = Rejected("case-closed", "已办结。")
    assert isinstance(told(refusal, 0), PreconditionFailed)
    assert told(refusal, 1) is refusal
