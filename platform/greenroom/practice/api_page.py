"""The page of the API, read from its OpenAPI description. Pure; nothing comes from elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from greenroom.bank.views import title_html

Schema = Mapping[str, Any]
TAGS = {
    "accounts": "Tokens",
    "bank": "Questions",
    "submissions": "Submissions",
}


@dataclass(frozen=True)
class Field:
    """A parameter or a field of a body: its name and what may stand in it."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """One thing that a script can ask for. `gives` are the fields of the answer."""

    id: str
    method: str
    path: str
    sentence: Markup
    takes: tuple[Field, ...]
    status: str
    gives: tuple[Field, ...]


@dataclass(frozen=True)
class Part:
    """Operations that belong together."""

    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class ApiPage:
    """All that the API offers, and the address to which examples are sent."""

    parts: tuple[Part, ...]
    base: str


def api_page(description: Schema, base: str) -> ApiPage:
    """Return the page of an OpenAPI description."""
    parts: dict[str, list[Operation]] = {}
    schemas = description.get("components", {}).get("schemas", {})
    for path, methods in description["paths"].items():
        for method, said in methods.items():
            tag = next(iter(said.get("tags", ())), "other")
            parts.setdefault(tag, []).append(_operation(method, path, said, schemas))
    return ApiPage(
        parts=tuple(
            Part(TAGS.get(tag, tag.capitalize()), tuple(found)) for tag, found in parts.items()
        ),
        base=base.rstrip("/"),
    )


def _operation(method: str, path: str, said: Schema, schemas: Schema) -> Operation:
    status = next(code for code in sorted(said["responses"]) if code.startswith("2"))
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        sentence=title_html(" ".join(said.get("description", "").split())),
        takes=(*_parameters(said, schemas), *_fields(_content(said.get("requestBody")), schemas)),
        status=status,
        gives=tuple(_fields(_content(said["responses"][status]), schemas)),
    )


def _parameters(said: Schema, schemas: Schema) -> Iterator[Field]:
    for each in said.get("parameters", ()):
        place = {"query": "in the query", "path": "in the path", "header": "a header"}[each["in"]]
        kind = f"{_kind(each.get('schema', {}), schemas)}, {place}"
        yield Field(each["name"], kind, each.get("required", False))


def _content(holder: Schema | None) -> Schema:
    content: Schema = (holder or {}).get("content", {}).get("application/json", {})
    schema: Schema = content.get("schema", {})
    return schema


def _fields(schema: Schema, schemas: Schema) -> Iterator[Field]:
    found = _resolved(schema, schemas)
    required = found.get("required", ())
    for name, each in found.get("properties", {}).items():
        yield Field(name, _kind(each, schemas), name in required)


def _kind(schema: Schema, schemas: Schema) -> str:
    """Return what a schema allows, in a few words."""
    found = _resolved(schema, schemas)
    if "enum" in found:
        return " or ".join(f"“{value}”" for value in found["enum"])
    if "anyOf" in found:
        return " or ".join(dict.fromkeys(_kind(each, schemas) for each in found["anyOf"]))
    if found.get("type") == "array":
        return f"list of {_kind(found.get('items', {}), schemas)}"
    if found.get("type") == "object" and isinstance(found.get("additionalProperties"), Mapping):
        return f"object of {_kind(found['additionalProperties'], schemas)} by name"
    if inside := tuple(found.get("properties", ())):
        return f"object ({', '.join(inside)})"
    return str(found.get("format") or found.get("type") or "anything")


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    resolved: Schema = schemas[reference.rsplit("/", 1)[1]]
    return resolved
