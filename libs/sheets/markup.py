"""XML read as a stream, without document types, entities or outside resources."""

import zlib
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile

from libs.sheets.refusal import SheetRefused, malformed

_CHUNK = 1 << 16
_BROKEN = (expat.ExpatError, BadZipFile, zlib.error)

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Characters = Callable[[str], None]


def stream(
    part: IO[bytes],
    start: Start,
    end: End | None = None,
    characters: Characters | None = None,
) -> Iterator[None]:
    """Feed a part to handlers, yielding after each chunk.

    Names arrive without prefix; an attribute with a namespace as `address name`.
    Raises `SheetRefused`: malformed, document-type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    names: dict[str, str] = {}

    def local(name: str) -> str:
        short = names.get(name)
        if short is None:
            short = names[name] = name.rpartition(" ")[2]
        return short

    parser.StartElementHandler = lambda name, attrs: start(local(name), attrs)
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda name: ended(local(name))
    if characters is not None:
        parser.CharacterDataHandler = characters
    yield from _feed(parser, part)


def parse(part: IO[bytes], start: Start) -> None:
    """Run through a whole part for its start tags; raises as `stream`."""
    for _ in stream(part, start):
        pass


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """Return an attribute by its local name, whatever its namespace."""
    if name in attributes:
        return attributes[name]
    for key, value in attributes.items():
        if key.rpartition(" ")[2] == name:
            return value
    return None


def _feed(parser: expat.XMLParserType, part: IO[bytes]) -> Iterator[None]:
    try:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
            yield
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position
        yield
    # LookupError: an encoding nobody knows, or an attribute that must be there.
    except (*_BROKEN, LookupError, ValueError, EOFError) as broken:
        raise malformed("xml") from broken


def _refuse_document_type(*_: object) -> None:
    raise SheetRefused(
        "document-type",
        "文件内含不允许的文档类型声明;请另存为新文件后再上传。",
        "The file declares a document type, which no sheet needs; save it as a new"
        " file and send that.",
    )
