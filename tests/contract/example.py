"""An example of every event, made from its JSON Schema alone, the same each time."""

from collections.abc import Mapping
from typing import Any

TEXTS = {
    "uuid": "00000000-0000-5000-8000-00000000000{digit}",
    "date": "2023-11-1{digit}",
    "date-time": "2023-11-1{digit}T01:02:03.000004Z",
}
PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": "code-{digit}",
    r"^[0-9a-f]{64}$": "{digit}" * 64,
    r"^(19[8-9]\d|20\d\d)-(0[1-9]|1[0-2])$": "2023-0{digit}",
    r"^[A-Z]{3}$": "CNY",
}
Schema = Mapping[str, Any]


class Examples:
    """Makes values; each text or number differs from the one before."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema
        self._parts: Mapping[str, Schema] = schema.get("$defs", {})
        self._digit = 0

    def event(self) -> dict[str, Any]:
        """Return an example with every field, the optional ones too."""
        return self._object(self._root)

    def _object(self, schema: Schema) -> dict[str, Any]:
        return {
            name: self._value(field)
            for name, field in schema.get("properties", {}).items()
        }

    def _value(self, schema: Schema) -> Any:
        if "$ref" in schema:
            return self._value(self._parts[schema["$ref"].rsplit("/", 1)[1]])
        if "anyOf" in schema:
            # Optional fields name the present case first, the absent one last.
            return self._value(schema["anyOf"][0])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        return self._plain(schema)

    def _plain(self, schema: Schema) -> Any:
        match schema["type"]:
            case "object":
                return self._object(schema)
            case "array":
                items = schema.get("items") or schema["prefixItems"][0]
                return [self._value(items)]
            case "integer":
                return max(schema.get("minimum", 0), self._next())
            case "boolean":
                return True
            case "string":
                return self._text(schema)
            case unknown:
                message = f"no example for {unknown}"
                raise LookupError(message)

    def _text(self, schema: Schema) -> str:
        form = TEXTS.get(schema.get("format", ""))
        form = form or PATTERNS.get(schema.get("pattern", ""))
        return (form or "字𠮷{digit}").format(digit=self._next())

    def _next(self) -> int:
        self._digit = self._digit % 9 + 1
        return self._digit
