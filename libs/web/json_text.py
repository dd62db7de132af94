"""What a JSON body may not hold, found before anything is built from it."""

import re

import orjson

# Possessive, with an optional close: linear even for a string that never ends.
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def refusal(body: bytes, max_depth: int) -> str | None:
    """Return the code of the problem with a JSON body, or None.

    Codes: invalid-utf8, nul-character, json-too-deep, unpaired-surrogate. Whether it
    is JSON at all is left to the parser.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        return "invalid-utf8"
    if b"\0" in body or (b"u0000" in body and ESCAPED_NUL.search(body)):
        return "nul-character"
    if deeper_than(body, max_depth):
        return "json-too-deep"
    if ESCAPED_SURROGATE.search(body) and _has_half_a_character(body):
        return "unpaired-surrogate"
    return None


def deeper_than(body: bytes, max_depth: int) -> bool:
    """Tell whether arrays and objects nest deeper than allowed."""
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return False
    depth = 0
    for bracket in BRACKET.finditer(STRING.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > max_depth:
            return True
    return False


def _has_half_a_character(body: bytes) -> bool:
    # orjson refuses lone surrogates, json.loads lets them in and PostgreSQL breaks.
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return "surrogate" in str(error)
    return False
