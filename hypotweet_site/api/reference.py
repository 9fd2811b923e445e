"""The description of the API, read from OpenAPI into what a page shows."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Description = dict[str, Any]
REFERENCE = "#/components/schemas/"
BINARY = "binary"


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    needed: bool
    default: str
    meaning: str
    shape: str  # The name of the shape that it has, or that its items have.


@dataclass(frozen=True)
class Shape:
    name: str
    meaning: str
    fields: list[Field]


@dataclass(frozen=True)
class Answer:
    status: str
    meaning: str
    shapes: list[str]


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str
    meaning: str
    needs_key: bool
    in_path: list[Field]
    in_query: list[Field]
    in_body: list[Field]
    answers: list[Answer]
    example: str


@dataclass(frozen=True)
class Reference:
    operations: dict[str, list[Operation]]  # by subject
    shapes: list[Shape]  # those of answers, in the order in which they are met


def read(description: Description, site: str) -> Reference:
    """What OpenAPI's `description` says; examples ask `site` (`https://host`)."""
    shapes = description["components"]["schemas"]
    operations: dict[str, list[Operation]] = {}
    met: list[str] = []
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            operation = _operation(method, path, told, shapes, site)
            operations.setdefault(told["tags"][0], []).append(operation)
            for answer in operation.answers:
                _meet(answer.shapes, shapes, met)
    return Reference(operations, [_shape(name, shapes[name]) for name in met])


def _operation(
    method: str, path: str, told: Description, shapes: Description, site: str
) -> Operation:
    media_type, body = _body(told, shapes)
    parameters = told["parameters"]
    needs_key = {} not in told["security"]
    return Operation(
        method=method.upper(),
        path=path,
        name=told["operationId"].rpartition("_api_")[2],
        meaning=told["description"],
        needs_key=needs_key,
        in_path=_parameters(parameters, "path"),
        in_query=_parameters(parameters, "query"),
        in_body=_fields(body),
        answers=[
            _answer(status, answer) for status, answer in told["responses"].items()
        ],
        example=" \\\n  ".join(
            [
                f'curl "{site}{path}"',
                *(['-H "Authorization: Bearer $KEY"'] if needs_key else []),
                *_sent(media_type, body),
                *(["-X POST"] if method == "post" and not body else []),
            ]
        ),
    )


def _body(told: Description, shapes: Description) -> tuple[str, Description]:
    """The media type of what is sent, and its schema. Empty where nothing is."""
    for media_type, content in told.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        name = schema.get("$ref", "").removeprefix(REFERENCE)
        return media_type, shapes[name] if name else schema
    return "", {}


def _sent(media_type: str, body: Description) -> list[str]:
    """What curl is given to send."""
    if media_type == "application/json":
        example = json.dumps(body["examples"][0])
        return [f'-H "Content-Type: {media_type}"', f"-d '{example}'"]
    return [
        f'-F "{name}=@tweets.csv"'
        for name, schema in body.get("properties", {}).items()
        if BINARY in _kind(schema)
    ]


def _parameters(parameters: list[Description], where: str) -> list[Field]:
    return [
        _field(one["name"], one["schema"], one["required"])
        for one in parameters
        if one["in"] == where
    ]


def _fields(schema: Description) -> list[Field]:
    needed = schema.get("required", [])
    return [
        _field(name, property_, name in needed)
        for name, property_ in schema.get("properties", {}).items()
    ]


def _field(name: str, schema: Description, needed: bool) -> Field:
    return Field(
        name=name,
        kind=_kind(schema),
        needed=needed,
        default=json.dumps(schema["default"]) if schema.get("default") else "",
        meaning=schema.get("description", ""),
        shape=next(_references(schema), ""),
    )


def _shape(name: str, schema: Description) -> Shape:
    return Shape(name, schema.get("description", ""), _fields(schema))


def _answer(status: str, told: Description) -> Answer:
    schema = next(iter(told["content"].values()))["schema"]
    return Answer(str(status), told["description"], list(_references(schema)))


def _kind(schema: Description) -> str:
    """`integer, 1 to 50` for a schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"]]
        return (", or " if ", " in "".join(kinds) else " or ").join(kinds)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " or ".join(json.dumps(one) for one in schema["enum"])
    if schema["type"] == "array":
        return f"list of {_kind(schema['items'])}{_bounds(schema, 'Items')}"
    kind = schema.get("format", schema["type"])
    return f"{kind}{_bounds(schema, 'imum')}{_bounds(schema, 'Length')}"


def _bounds(schema: Description, what: str) -> str:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if most is None:
        return "" if least is None else f", {least:,} or more"
    return f", at most {most:,}" if least is None else f", {least:,} to {most:,}"


def _references(schema: Description) -> Iterator[str]:
    """The names of the shapes that a schema points to."""
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(REFERENCE)
    parts = [*schema.get("anyOf", []), *filter(None, [schema.get("items")])]
    for part in parts:
        yield from _references(part)


def _meet(names: Iterable[str], shapes: Description, met: list[str]) -> None:
    """Adds names to those met, and after each what its fields point to."""
    for name in names:
        if name not in met:
            met.append(name)
            for field in shapes[name]["properties"].values():
                _meet(_references(field), shapes, met)
