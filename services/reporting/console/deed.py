"""A deed: one act about to be done on a case, and what the service answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from libs.events.stream.watermark import Fact
from libs.web.problems import Problem
from services.reporting.completeness import seen
from services.reporting.console.acts import ActForm
from services.reporting.console.channel_acts import EVERY_ACT
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.visit import Visit
from services.reporting.reading.case_page import CasePage
from services.reporting.views.claim import ClaimRow

STATES = {
    "clue": ("intake", "/v1/clues/{clue_id}"),
    "links": ("intake", "/v1/clues/{clue_id}/links"),
    "case": ("routing", "/v1/cases/{case_id}"),
    "proceeding": ("enforcement", "/v1/cases/{case_id}"),
    "group": ("enforcement", "/v1/cases/{case_id}/group-flag"),
    "track": ("enforcement", "/v1/cases/{case_id}/track"),
    "claim": ("enforcement", "/v1/cases/{case_id}/claims/{claim_id}"),
}
"""Where the version stands that an act on something must name."""


@dataclass(frozen=True)
class Deed:
    """An act's name and form, and the case, claim, payment or order it is about."""

    act: str
    form: ActForm
    page: CasePage
    claim: ClaimRow | None
    ids: Mapping[str, str]
    complete_up_to: datetime | None = None

    @property
    def address(self) -> str:
        """Return the page of this deed's form."""
        named = {
            k: v
            for k, v in self.ids.items()
            if k not in {"case_id", "clue_id", "clock"}
        }
        query = "&".join(f"{name}={value}" for name, value in named.items())
        path = f"/console/cases/{self.page.case_id}/acts/{self.act}"
        return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class State:
    """A thing as its service holds it now, with the tag that If-Match must name."""

    tag: str
    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        """Return the state as a form carries it along."""
        return json.dumps(self.body, sort_keys=True, ensure_ascii=False)


def deed_of(page: CasePage, act: str, query: Mapping[str, str]) -> Deed:
    """Return the deed that an address names; raises 404."""
    form = EVERY_ACT.get(act)
    if form is None or page.case is None:
        raise Problem("not-found")
    ids = {"case_id": str(page.case_id), "clue_id": str(page.case.clue_id)}
    for name in ("claim_id", "payment_id", "order_id"):
        if f"{{{name}}}" in form.path:
            ids[name] = str(_uuid(query.get(name)))
    if "{clock}" in form.path:
        ids["clock"] = _clock(page)
    claim = None
    if "claim_id" in ids:
        claims = {str(one.claim_id): one for one in page.claims}
        claim = claims.get(ids["claim_id"])
        if claim is None:
            raise Problem("not-found")
    return Deed(act, form, page, claim, ids)


def _clock(page: CasePage) -> str:
    extensible = page.extensible
    if extensible is None:
        raise Problem("not-found")
    return extensible.clock


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Problem("not-found") from None


async def state_of(visit: Visit, deed: Deed) -> State | None:
    """Ask the owning service how the thing stands; None when it cannot say."""
    service, route = STATES[deed.form.on]
    answer = await call(visit, Call(service, "GET", route.format(**deed.ids), route))
    if not answer.done or answer.etag is None:
        return None
    return State(answer.etag, answer.body)


async def do(
    visit: Visit, deed: Deed, tag: str, key: str, body: Mapping[str, Any]
) -> Called:
    """Do the deed at its service's door, once for one key."""
    headers = {"If-Match": tag, "Idempotency-Key": key}
    path = deed.form.path.format(**deed.ids)
    asked = Call(deed.form.service, "POST", path, deed.form.path, body, headers)
    return await call(visit, asked)


def new_key() -> str:
    """Return a fresh key: every form that is shown is one act."""
    return str(uuid4())


def place_of(answer: Mapping[str, Any]) -> str:
    """Return where an answer's events stand, as an address carries it."""
    position = answer.get("position")
    if not isinstance(position, dict):
        return ""
    return "{service}:{sequence}:{partition}".format_map(position)


async def shown(visit: Visit, place: str | None) -> bool:
    """Wait a little until a place can be read here; an unreadable place is shown."""
    parts = (place or "").split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts[1:]):  # noqa: PLR2004 -- a place's three parts
        return True
    if parts[0] not in {"intake", "routing", "enforcement", "reporting"}:
        return True
    fact = Fact(parts[0], int(parts[1]), int(parts[2]))
    return await seen(visit.running, fact)


def by_field(body: Mapping[str, Any]) -> dict[str, str]:
    """Return what a problem says of each field, by the field's own name.

    What lies within a field is named by its pointer: `/lines/0/amount`.
    """
    found: dict[str, list[str]] = {}
    for error in body.get("errors") or ():
        pointer = str(error.get("pointer", "")).strip("/")
        name, _, within = pointer.partition("/")
        detail = str(error.get("detail", ""))
        if name:
            found.setdefault(name, []).append(
                f"/{pointer} {detail}" if within else detail
            )
    return {name: " ".join(details) for name, details in found.items()}


def differences(saw: str, now: Mapping[str, Any]) -> list[tuple[str, object, object]]:
    """Return what changed since a form was shown: name, then, now."""
    try:
        before = json.loads(saw)
    except ValueError:
        return []
    if not isinstance(before, dict):
        return []
    names = [name for name in now if before.get(name) != now[name]]
    return [(name, before.get(name), now[name]) for name in names]
