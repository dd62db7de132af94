"""What is seen names no person: in spans, in log lines, whatever a programmer wrote."""

import io
import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st

from libs.codes import find_personal
from libs.telemetry.logs import configure_logs
from libs.telemetry.plain import ALLOWED, WITHHELD, allowed, is_plain, plain_value

CASE = UUID("0198c0de-1890-7000-8000-123456789012")
# Impossible persons only: born in the 1890s.
CANARIES = (
    "310101189001010013",
    "31010118900101001X",
    "310101 18900101 0013",
    "13800138000",
    "138-0013-8000",
    "+86 138 0013 8000",
    "6222020200112233445",
    "6222020200112233",
    "6222 0202 0011 2233",
    "021-57812345",
    "赵测试",
    "case of 赵测试",
)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_personal_text_is_not_plain(canary: str) -> None:
    assert not is_plain(canary)
    assert plain_value(canary) == WITHHELD
    assert plain_value({"deep": [canary]}) == {"deep": [WITHHELD]}


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("key", sorted(ALLOWED))
def test_no_known_attribute_takes_a_personal_text(key: str, canary: str) -> None:
    assert allowed({key: canary}) == {}


def test_a_phone_as_a_number_is_withheld_too() -> None:
    assert allowed({"qingxin.rows": 13800138000, "http.route": 13800138000}) == {}
    assert plain_value(13800138000) == WITHHELD


def test_an_unknown_attribute_is_dropped_whatever_its_type() -> None:
    told = {"worker.name": "Zhao", "age": 44, "glad": True, "http.route": "/v1/x"}
    assert allowed(told) == {"http.route": "/v1/x"}


@pytest.mark.parametrize(
    "text",
    [
        str(CASE),
        f"case-{CASE}",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00f067aa0ba902b7",
        "2023-11-10T01:02:03.000004Z",
        "qingxin.intake.v1",
        "/v1/cases/{case_id}",
    ],
)
def test_identifiers_are_plain(text: str) -> None:
    assert is_plain(text)
    assert plain_value(text) == text


@st.composite
def numbers_in_text(draw: st.DrawFn) -> str:
    """A number of the shapes people have, in groups as people write them."""
    shape = draw(
        st.sampled_from(
            [
                r"1[3-9][0-9]{9}",
                r"310101189[0-9]0[1-9]1[0-9][0-9]{3}[0-9X]",
                r"62[0-9]{14,17}",
                r"021[2-9][0-9]{7}",
            ]
        )
    )
    number = draw(st.from_regex(shape, fullmatch=True))
    gap = draw(st.sampled_from(["", " ", "-", "."]))
    every = draw(st.integers(1, 6))
    groups = [number[i : i + every] for i in range(0, len(number), every)]
    around = st.sampled_from(["", "call ", "id=", "(", ", then x"])
    return draw(around) + gap.join(groups) + draw(around)


@given(numbers_in_text())
def test_whatever_the_detector_finds_is_withheld(text: str) -> None:
    assume(find_personal(text))
    assert not is_plain(text)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where log lines go in one test; the process's own logging is put back."""
    root, heard = logging.getLogger(), logging.getLogger("uvicorn.access")
    before, disabled, level = root.handlers[:], heard.disabled, root.level
    lines = io.StringIO()
    configure_logs(lines, logging.INFO, None)
    yield lines
    structlog.reset_defaults()
    root.handlers[:], heard.disabled = before, disabled
    root.setLevel(level)


def _fail() -> None:
    raise ValueError(CANARIES[0])


def _lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_log_line_is_json_with_its_constant_event_and_keys(out: io.StringIO) -> None:
    structlog.get_logger().info("case_transferred", case=CASE, to="LI", hop=2)
    (line,) = _lines(out)
    assert line["event"] == "case_transferred"
    assert line["case"] == str(CASE)
    assert (line["to"], line["hop"], line["level"]) == ("LI", 2, "info")


def test_a_log_line_withholds_a_person_and_an_errors_own_text(out: io.StringIO) -> None:
    log = structlog.get_logger()
    try:
        _fail()
    except ValueError:
        log.exception("went_wrong", who=CANARIES[-2], phone=CANARIES[3])
    logging.getLogger("asyncio").error("never awaited: %s", CANARIES[0])
    logging.getLogger("asyncio").error("never awaited: %s", "Zhao Ceshi")
    logging.getLogger("aiokafka").warning("odd record: %s", CANARIES[0])
    logging.getLogger("some.library").error("worker " + CANARIES[0])  # noqa: G003  # the very mistake
    text = out.getvalue()
    assert not [canary for canary in (*CANARIES, "Zhao") if canary in text]
    error = _lines(out)[0]
    assert error["error_type"] == "builtins.ValueError"
    assert "test_telemetry_plain.py" in str(error["error_at"])


def test_a_library_is_heard_in_the_same_lines(out: io.StringIO) -> None:
    logging.getLogger("aiokafka.cluster").warning("topic %s not known", "x.y")
    (line,) = _lines(out)
    assert line["event"] == "library_said"
    assert line["said"] == "topic x.y not known"
    assert line["level"] == "warning"
