"""What a route produces, held against what the client accepts (RFC 9110 §12.5.1)."""

from fastapi import Request

from libs.web.problems import More, Problem

DEFAULT = "application/json"


def acceptable(request: Request) -> None:
    """Raise 406 when none of the route's media types is accepted."""
    accepted = request.headers.get("accept")
    if not accepted:
        return
    offered = produced(request)
    ranges = [_range(part) for part in accepted[:1000].split(",")]
    if not any(_fits(kind, ranges) for kind in offered):
        raise Problem("not-acceptable", more=More(members={"available": offered}))


def produced(request: Request) -> list[str]:
    """Return the media types of a route: its response class and declared contents."""
    route = request.scope.get("route")
    response_class = getattr(route, "response_class", None)
    kinds = [getattr(response_class, "media_type", None) or DEFAULT]
    for status, answer in (getattr(route, "responses", None) or {}).items():
        if str(status).startswith("2"):
            kinds.extend(answer.get("content", {}))
    return sorted(set(kinds))


def _range(part: str) -> tuple[str, float]:
    name, *parameters = part.split(";")
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.strip().partition("=")
        if key == "q":
            weight = _number(value)
    return name.strip().lower(), weight


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 1.0


def _fits(kind: str, ranges: list[tuple[str, float]]) -> bool:
    kind = kind.partition(";")[0]
    wide = f"{kind.partition('/')[0]}/*"
    for name in (kind, wide, "*/*"):
        weights = [weight for candidate, weight in ranges if candidate == name]
        if weights:
            return max(weights) > 0
    return False
