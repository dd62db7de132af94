"""One running system for all end-to-end tests, on this run's own servers."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.end_to_end.whole import Whole, running_whole


@pytest.fixture(scope="session")
def whole(stack_folder: Path, postgres: str, kafka: str) -> Iterator[Whole]:
    """The four services, the issuer and a simulated clock, ready."""
    mark = uuid4().hex[:6]
    with running_whole(
        stack_folder / "whole",
        QINGXIN_POSTGRES_DSN=postgres,
        QINGXIN_KAFKA=kafka,
        QINGXIN_TOPIC_PREFIX=f"e{mark}.",
        QINGXIN_DATABASE_PREFIX=f"e{mark}_",
    ) as found:
        yield found
