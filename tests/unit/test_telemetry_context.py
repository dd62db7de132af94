"""A trace context is taken from an event only when it is whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.telemetry.traceparent import (
    current_traceparent,
    quiet,
    span_from,
    traceparent_of,
)

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
WHOLE = f"00-{TRACE}-{SPAN}-01"


def test_a_whole_traceparent_comes_back_as_it_was() -> None:
    span = span_from(WHOLE)
    assert span is not None
    assert span.is_remote
    assert traceparent_of(span) == WHOLE


@pytest.mark.parametrize(
    "garbled",
    [
        None,
        "",
        "nonsense",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_a_garbled_or_foreign_traceparent_is_ignored(garbled: str | None) -> None:
    assert span_from(garbled) is None


def test_a_later_version_may_say_more() -> None:
    assert span_from(f"01-{TRACE}-{SPAN}-01-more") is not None


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    span = span_from(text)
    assert span is None or traceparent_of(span) is not None


def test_quiet_work_carries_an_unsampled_context() -> None:
    with quiet():
        inside = span_from(current_traceparent())
    assert inside is not None
    assert not inside.trace_flags.sampled
    assert current_traceparent() is None
