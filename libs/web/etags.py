"""Versions of a stream as strong ETags: If-Match on change, If-None-Match on read."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Response

from libs.web.languages import Said
from libs.web.problems import More, Problem

TAG = re.compile(r'(?P<weak>W/)?"v?(?P<version>\d{1,18})"|(?P<other>(W/)?"[^"]*")')
# No stream is ever at this version, so that a weak or foreign tag is stale.
NEVER = -1
BLIND = Said(
    "If-Match: * 不被接受，请写明您看到的版本。",
    "If-Match: * is not accepted; name the version you saw.",
)


def etag(version: int) -> str:
    """Return the strong ETag of a stream's version, such as `"v17"`."""
    return f'"v{version}"'


@dataclass(frozen=True)
class Seen:
    """The versions that a client says it saw; none of ours when empty."""

    versions: frozenset[int]

    def require(self, current: int) -> None:
        """Raise 412 unless the current version is among those seen."""
        if current not in self.versions:
            raise stale(current)

    def on(self, stream: str) -> tuple[str, int]:
        """Return the version seen of a stream, for `perform`; -1 when none is ours.

        Raises 400 when several were named: an act stands on one.
        """
        if len(self.versions) > 1:
            raise Problem("if-match-malformed")
        return stream, next(iter(self.versions), NEVER)


def stale(current: int) -> Problem:
    """Return the 412 that carries the ETag as it is now."""
    return Problem("stale", more=More(headers={"ETag": etag(current)}))


def seen_versions(
    if_match: Annotated[str | None, Header(max_length=400)] = None,
) -> Seen:
    """Read If-Match: missing or `*` is 428, unreadable 400; weak tags never match."""
    if if_match is None or not if_match.strip():
        raise Problem("if-match-missing")
    if if_match.strip() == "*":
        raise Problem("if-match-missing", BLIND)
    versions = _versions(if_match, weak_counts=False)
    if versions is None:
        raise Problem("if-match-malformed")
    return Seen(versions)


Expected = Annotated[Seen, Depends(seen_versions)]


def unchanged(if_none_match: str | None, version: int) -> Response | None:
    """Return the 304 when the client already holds this version, else None."""
    if if_none_match is None:
        return None
    held = _versions(if_none_match[:400], weak_counts=True) or frozenset()
    if if_none_match.strip() != "*" and version not in held:
        return None
    return Response(status_code=304, headers={"ETag": etag(version)})


def _versions(header: str, *, weak_counts: bool) -> frozenset[int] | None:
    """Return the versions of a list of entity tags; None when it is not such a list."""
    found: set[int] = set()
    for part in header.split(","):
        tag = TAG.fullmatch(part.strip())
        if tag is None:
            return None
        if tag["version"] and (weak_counts or not tag["weak"]):
            found.add(int(tag["version"]))
    return frozenset(found)
