"""Log lines: one JSON object each, a constant event name with keys, and no person."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import orjson
import structlog
from opentelemetry import trace
from opentelemetry._logs import Logger, SeverityNumber

from libs.telemetry.instruments import sight
from libs.telemetry.plain import plain_name, plain_value

if TYPE_CHECKING:
    from structlog.typing import Processor

Line = MutableMapping[str, Any]

_SEVERITY = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}
# Texts of these never quote a request or a record; of any other library only the
# constant part of a message is printed.
_TRUSTED = ("aiokafka", "faststream", "opentelemetry", "uvicorn.error")
_DEEPEST = 30


def configure_logs(out: TextIO, level: int, ship: Logger | None) -> None:
    """Send structlog and the standard library's logs to `out` as JSON lines.

    `ship` is the OTLP logger the same lines go to. The order of the chain is part of
    its meaning: everything is withheld or kept before a line goes anywhere.
    """
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _add_origin,
        _add_error,
        _withhold,
    ]
    if ship is not None:
        chain.append(_Shipped(ship))
    structlog.configure(
        processors=[*chain, _to_json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_FromLibraries()]
    root.setLevel(max(level, logging.INFO))
    # Its lines hold paths and queries; the server span says what is needed.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _add_origin(_logger: object, _method: str, line: Line) -> Line:
    line["at"] = datetime.now(UTC).isoformat(timespec="microseconds")
    line["service"] = sight().service
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = f"{span.trace_id:032x}"
        line["span_id"] = f"{span.span_id:016x}"
    return line


def _add_error(_logger: object, _method: str, line: Line) -> Line:
    """Say which error and where; its text may quote a person and stays out."""
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["error_type"] = f"{type(error).__module__}.{type(error).__qualname__}"
        line["error_at"] = _places(error.__traceback__)
        cause = error.__cause__ or error.__context__
        if cause is not None:
            line["error_cause"] = type(cause).__qualname__
            line["error_cause_at"] = _places(cause.__traceback__)
    return line


def _places(trail: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trail)[-_DEEPEST:]
    return [
        f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}"
        for frame in frames
    ]


def _withhold(_logger: object, _method: str, line: Line) -> Line:
    ours = {"at", "service", "level", "trace_id", "span_id"}
    return {
        key if key in ours else plain_name(key): value
        if key in ours
        else plain_value(value)
        for key, value in line.items()
    }


class _Shipped:
    """Sends each line to OTLP as well; a full queue drops it there."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger

    def __call__(self, _logger: object, _method: str, line: Line) -> Line:
        # What the exporter says about its own failures must not feed it.
        if not str(line.get("logger", "")).startswith("opentelemetry"):
            level = str(line.get("level", "info"))
            rest = {k: v for k, v in line.items() if k not in {"event", "at"}}
            self._logger.emit(
                body=str(line["event"]),
                severity_text=level.upper(),
                severity_number=_SEVERITY.get(level, SeverityNumber.INFO),
                attributes=rest,
                event_name=str(line["event"]),
            )
        return line


def _to_json(_logger: object, _method: str, line: Line) -> str:
    return orjson.dumps(line, default=str).decode()


class _FromLibraries(logging.Handler):
    """Takes what libraries say through the standard library into the same chain."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the constant part, or all of it when the library is trusted."""
        text = str(record.msg)
        if record.name.startswith(_TRUSTED):
            text = record.getMessage()
        log = structlog.get_logger()
        say = log.error if record.levelno >= logging.ERROR else log.warning
        if record.levelno < logging.WARNING:
            say = log.info
        say("library_said", logger=record.name, said=text, exc_info=record.exc_info)
