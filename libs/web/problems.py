"""Problem: an error answered as RFC 9457 `application/problem+json`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Scope

from libs.telemetry.traceparent import current_trace_id, span_from
from libs.web.languages import Language, Said, preferred
from libs.web.problem_kinds import KINDS, RULE, ProblemKind
from libs.web.token_kinds import TOKEN_KINDS

MEDIA_TYPE = "application/problem+json"
ALL_KINDS: Mapping[str, ProblemKind] = {**KINDS, **TOKEN_KINDS}


@dataclass(frozen=True)
class FieldError:
    """One thing to correct: where it is, a stable code, and what to do.

    `where` is a JSON pointer for the body, a name for a parameter or header.
    """

    kind: Literal["pointer", "parameter", "header"]
    where: str
    code: str
    detail: Said

    def shown(self, language: Language) -> dict[str, str]:
        """Return the entry as it stands in `errors[]`."""
        return {
            self.kind: self.where,
            "code": self.code,
            "detail": self.detail.to(language),
        }


@dataclass(frozen=True)
class More:
    """What a problem may carry beside its code: fields, headers, own members."""

    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)


class Problem(HTTPException):
    """An answer that says no: a code of the catalogue, and what to do.

    A subclass of HTTPException, because FastAPI lets only those through when they
    are raised while a body is being read.
    """

    def __init__(
        self, code: str, detail: Said | None = None, *, more: More | None = None
    ) -> None:
        self.code = code
        self.kind = ALL_KINDS.get(code, RULE)
        self.said = detail or self.kind.todo
        self.more = more or More()
        super().__init__(self.kind.status, self.said.en, dict(self.more.headers))


class RuleProblem(Problem):
    """A rule's refusal: any kebab-case code, 409 unless another kind is given."""

    def __init__(
        self, code: str, detail: Said, kind: ProblemKind, *, more: More | None = None
    ) -> None:
        super().__init__(code, detail, more=more)
        self.kind = kind
        self.status_code = kind.status


def limited(code: str, retry_after: int) -> Problem:
    """Return a problem that heals by itself after so many seconds."""
    return Problem(code, more=More(headers={"Retry-After": str(retry_after)}))


def trace_id(scope: Scope) -> str:
    """Return the trace's id: of the current span, of traceparent, else our own."""
    current = current_trace_id()
    if current:
        return current
    caller = span_from(Headers(scope=scope).get("traceparent"))
    return f"{caller.trace_id:032x}" if caller else request_id(scope).replace("-", "")


def request_id(scope: Scope) -> str:
    """Return the id that the door gave to this request."""
    state: Mapping[str, Any] = scope.get("state", {})
    return str(state.get("request_id", ""))


def problem_response(problem: Problem, scope: Scope) -> JSONResponse:
    """Return a problem as it is answered, in the language that was asked for."""
    language = preferred(Headers(scope=scope).get("accept-language"))
    body: dict[str, object] = {
        "type": f"/problems/{problem.code}",
        "title": problem.kind.title.to(language),
        "status": problem.status_code,
        "detail": problem.said.to(language),
        "instance": f"urn:uuid:{request_id(scope)}",
        "code": problem.code,
        "errors": [error.shown(language) for error in problem.more.errors],
        "trace_id": trace_id(scope),
        **problem.more.members,
    }
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return JSONResponse(
        body,
        problem.status_code,
        headers={**headers, **problem.more.headers},
        media_type=MEDIA_TYPE,
    )
