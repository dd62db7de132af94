"""Forms as they come in: the fields as typed, held to the session's token."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from libs.web.languages import Said
from libs.web.permissions import ACT
from libs.web.problems import Problem
from services.reporting.console.session import Session
from services.reporting.console.visit import Visit

MOST_FIELDS = 20_000
"""A roster of two thousand workers has nine fields a row."""

OWN_MARKS = frozenset({"csrf", "key", "tag", "saw", "since", "back", "draft_id"})
"""Fields that a page fills in by itself."""

FOREIGN = Said(
    "表单已过期或不是从本页面提交的，请返回后重新提交。",
    "The form is out of date or came from elsewhere: go back and send it again.",
)


@dataclass(frozen=True)
class Typed:
    """What somebody typed: texts by field name, in order.

    `sent_to` is the path that the form was sent to; empty, it is no one form's.
    """

    fields: dict[str, tuple[str, ...]]
    files: dict[str, UploadFile]
    sent_to: str = ""

    def one(self, name: str) -> str:
        """Return a field's text without outer blanks; empty when it is not there."""
        found = self.fields.get(name, ())
        return found[0].strip() if found else ""

    def only(self, names: Collection[str]) -> "Typed":
        """Return what was typed into these fields alone."""
        said = {name: texts for name, texts in self.fields.items() if name in names}
        return Typed(said, {}, self.sent_to)

    @property
    def written(self) -> Sequence[tuple[str, str]]:
        """Return what somebody wrote or chose, without what the page itself put in."""
        return [
            (name, "、".join(text for text in texts if text.strip()))
            for name, texts in self.fields.items()
            if name not in OWN_MARKS and any(text.strip() for text in texts)
        ]

    def many(self, name: str) -> Sequence[str]:
        """Return every text of a field."""
        return [text.strip() for text in self.fields.get(name, ())]


EMPTY = Typed({}, {})


async def checked_form(
    request: Request, session: Session, *, kept: bool = True
) -> Typed:
    """Return a form's fields; raises 403 for one that this sign-in did not show.

    `kept`: a page that refuses it says again what was typed.
    """
    said = typed_of(await request.form(max_fields=MOST_FIELDS))
    if not session.wrote(said.one("csrf")):
        raise Problem("not-permitted", FOREIGN)
    typed = Typed(said.fields, said.files, request.url.path)
    if kept:
        request.state.typed = typed
    return typed


async def own_form(request: Request, visit: Visit, command: str) -> Typed:
    """Return the form of somebody who may do what it asks; raises 403, naming who may.

    Whoever may not sees nothing of the page that the form stands on, not even refused.
    """
    visit.require(command, ACT)
    return await checked_form(request, visit.session)


def typed_of(form: FormData) -> Typed:
    """Return what a form says."""
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, UploadFile] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = value
        else:
            fields[name] = (*fields.get(name, ()), value)
    return Typed(fields, files)
