"""The forms of a page as a browser has them: read, filled in, and what is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

FILLED = {
    "date": "2023-12-20",
    "datetime-local": "2023-12-20T09:30",
    "url": "https://example.test/x",
    "email": "gong@example.test",
}
"""What is typed into a field of a type; into any other, by how it is typed."""
MODES = {"numeric": "3", "decimal": "12.50", "tel": "13800000001"}
BOXES = frozenset({"checkbox", "radio"})
UNTYPED = frozenset({"hidden", "file", "button"})
CONTROLS = frozenset({"input", "select", "textarea", "button"})
Sent = dict[str, list[str]]


@dataclass
class Control:
    """One control: its name and kind, what it holds, whether it is ticked."""

    name: str
    kind: str
    held: str = ""
    on: bool = False
    mode: str = ""
    options: list[str] = field(default_factory=list)

    def fill(self, said: Mapping[str, str]) -> None:
        """Fill it in as somebody would, or with what is said of its name."""
        if self.kind == "button":
            self.on = said.get(self.name) == self.held
        elif self.kind in BOXES:
            self.on = True
        elif self.name in said:
            self.held = said[self.name]
        elif self.kind == "select":
            self.held = next((one for one in reversed(self.options) if one), self.held)
        elif self.kind not in UNTYPED and not (self.kind == "textarea" and self.held):
            typed = MODES.get(self.mode, f"写下的 {self.name}")
            self.held = FILLED.get(self.kind, typed)


@dataclass
class Form:
    """One form: where it is sent to, and its controls in their order."""

    address: str
    multipart: bool = False
    controls: list[Control] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Return the path that it is sent to."""
        return urlsplit(self.address).path

    def fill(self, said: Mapping[str, str]) -> None:
        """Fill in every control; of buttons the one said, of radios the last."""
        for one in self.controls:
            one.fill(said)
        radios = {one.name: one for one in self.controls if one.kind == "radio"}
        for one in self.controls:
            one.on = one.on and radios.get(one.name, one) is one

    @property
    def sent(self) -> Sent:
        """Return all that a browser sends of it."""
        return _sent(self.controls)

    @property
    def typed(self) -> Sent:
        """Return what of that somebody typed or chose."""
        return _sent(one for one in self.controls if one.kind not in UNTYPED)


def _sent(controls: Iterable[Control]) -> Sent:
    found: Sent = {}
    for one in controls:
        if one.kind != "file" and (one.kind not in {*BOXES, "button"} or one.on):
            found.setdefault(one.name, []).append(one.held)
    return found


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.control: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form" and said.get("method") == "post":
            self.form = Form(
                said.get("action") or self.path,
                "multipart" in (said.get("enctype") or ""),
            )
            self.forms.append(self.form)
        elif tag == "option" and self.control is not None:
            value = said.get("value") or ""
            self.control.options.append(value)
            if "selected" in said or len(self.control.options) == 1:
                self.control.held = value
        elif tag in CONTROLS and said.get("name") and self.form:
            self._control(tag, said)

    def _control(self, tag: str, said: Mapping[str, str | None]) -> None:
        kind = (said.get("type") or "text") if tag == "input" else tag
        self.control = Control(
            name=said["name"] or "",
            kind=kind,
            held=said.get("value") or "",
            on="checked" in said,
            mode=said.get("inputmode") or "",
        )
        if self.form is not None and "disabled" not in said:
            self.form.controls.append(self.control)

    def handle_data(self, data: str) -> None:
        if self.control is not None and self.control.kind == "textarea":
            self.control.held += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag in {"select", "textarea"}:
            self.control = None


def forms(page: str, path: str) -> list[Form]:
    """Return the forms of a page at a path that are sent by POST."""
    reader = _Reader(path)
    reader.feed(page)
    return reader.forms
