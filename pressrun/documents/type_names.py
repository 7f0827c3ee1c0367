"""How the type of a field is said to people, from its JSON Schema."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]


def name_of(schema: Schema) -> str:
    """For example `list of [IndexRange](#indexrange)` or `text or null`."""
    for key, say in _BY_KEY.items():
        if key in schema:
            return say(schema)
    say_type = _BY_TYPE.get(schema.get("type", ""))
    return say_type(schema) if say_type else "any JSON"


def _reference(schema: Schema) -> str:
    name = str(schema["$ref"]).rpartition("/")[2]
    return f"[{name}](#{name.lower()})"


def _text(schema: Schema) -> str:
    if schema.get("format") == "date-time":
        return "time"
    if "pattern" in schema:
        return f"text like `{schema['pattern']}`"
    longest = schema.get("maxLength")
    return f"text of at most {longest:,} characters" if longest else "text"


def _integer(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if most is None and "exclusiveMaximum" in schema:
        most = schema["exclusiveMaximum"] - 1
    if least is None:
        return "integer"
    return f"integer from {least}" if most is None else f"integer from {least} to {most}"


def _object(schema: Schema) -> str:
    inside = schema.get("additionalProperties")
    return f"object of {name_of(inside)}" if isinstance(inside, Mapping) else "object"


_BY_KEY: Mapping[str, Callable[[Schema], str]] = {
    "$ref": _reference,
    "const": lambda schema: f"`{schema['const']}`",
    "enum": lambda schema: ", ".join(f"`{value}`" for value in schema["enum"]),
    "anyOf": lambda schema: " or ".join(name_of(choice) for choice in schema["anyOf"]),
}

_BY_TYPE: Mapping[str, Callable[[Schema], str]] = {
    "null": lambda _: "null",
    "boolean": lambda _: "true or false",
    "number": lambda _: "number",
    "string": _text,
    "integer": _integer,
    "object": _object,
    "array": lambda schema: f"list of {name_of(schema.get('items', {}))}",
}
