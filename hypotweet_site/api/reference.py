"""Reads an OpenAPI description into what the page of the API shows."""

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
    type: str
    is_required: bool
    default: str
    description: str
    schema: str  # The name of its schema, or of the schema of its items.


@dataclass(frozen=True)
class Schema:
    name: str
    description: str
    fields: list[Field]


@dataclass(frozen=True)
class Response:
    status: str
    description: str
    schemas: list[str]


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str
    description: str
    needs_key: bool
    path_fields: list[Field]
    query_fields: list[Field]
    body_fields: list[Field]
    responses: list[Response]
    example: str


@dataclass(frozen=True)
class Reference:
    operations: dict[str, list[Operation]]  # by tag
    schemas: list[Schema]  # of responses, in the order of their first use


def read(description: Description, site: str) -> Reference:
    """Read an OpenAPI `description`; examples send requests to `site`, such as
    `https://example.org`."""
    schemas = description["components"]["schemas"]
    operations: dict[str, list[Operation]] = {}
    used: list[str] = []
    for path, methods in description["paths"].items():
        for method, described in methods.items():
            operation = _operation(method, path, described, schemas, site)
            operations.setdefault(described["tags"][0], []).append(operation)
            for response in operation.responses:
                _add_used(response.schemas, schemas, used)
    return Reference(operations, [_schema(name, schemas[name]) for name in used])


def _operation(
    method: str, path: str, described: Description, schemas: Description, site: str
) -> Operation:
    media_type, body = _body(described, schemas)
    parameters = described["parameters"]
    needs_key = {} not in described["security"]
    return Operation(
        method=method.upper(),
        path=path,
        name=described["operationId"].rpartition("_api_")[2],
        description=described["description"],
        needs_key=needs_key,
        path_fields=_parameters(parameters, "path"),
        query_fields=_parameters(parameters, "query"),
        body_fields=_fields(body),
        responses=[
            _response(status, response)
            for status, response in described["responses"].items()
        ],
        example=" \\\n  ".join(
            [
                f'curl "{site}{path}"',
                *(['-H "Authorization: Bearer $KEY"'] if needs_key else []),
                *_curl_data(media_type, body),
                *(["-X POST"] if method == "post" and not body else []),
            ]
        ),
    )


def _body(described: Description, schemas: Description) -> tuple[str, Description]:
    """Return media type and schema of the request body, both empty without one."""
    contents = described.get("requestBody", {}).get("content", {})
    for media_type, content in contents.items():
        schema = content["schema"]
        name = schema.get("$ref", "").removeprefix(REFERENCE)
        return media_type, schemas[name] if name else schema
    return "", {}


def _curl_data(media_type: str, body: Description) -> list[str]:
    """Return curl's arguments that send an example of the body."""
    if media_type == "application/json":
        example = json.dumps(body["examples"][0])
        return [f'-H "Content-Type: {media_type}"', f"-d '{example}'"]
    return [
        f'-F "{name}=@tweets.csv"'
        for name, schema in body.get("properties", {}).items()
        if BINARY in _type(schema)
    ]


def _parameters(parameters: list[Description], where: str) -> list[Field]:
    return [
        _field(one["name"], one["schema"], one["required"])
        for one in parameters
        if one["in"] == where
    ]


def _fields(schema: Description) -> list[Field]:
    required = schema.get("required", [])
    return [
        _field(name, property_, name in required)
        for name, property_ in schema.get("properties", {}).items()
    ]


def _field(name: str, schema: Description, is_required: bool) -> Field:
    return Field(
        name=name,
        type=_type(schema),
        is_required=is_required,
        default=json.dumps(schema["default"]) if schema.get("default") else "",
        description=schema.get("description", ""),
        schema=next(_references(schema), ""),
    )


def _schema(name: str, schema: Description) -> Schema:
    return Schema(name, schema.get("description", ""), _fields(schema))


def _response(status: str, described: Description) -> Response:
    schema = next(iter(described["content"].values()))["schema"]
    return Response(str(status), described["description"], list(_references(schema)))


def _type(schema: Description) -> str:
    """Describe the type of a schema: `integer, 1 to 50`."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "anyOf" in schema:
        types = [_type(one) for one in schema["anyOf"]]
        return (", or " if ", " in "".join(types) else " or ").join(types)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " or ".join(json.dumps(one) for one in schema["enum"])
    if schema["type"] == "array":
        return f"list of {_type(schema['items'])}{_bounds(schema, 'Items')}"
    name = schema.get("format", schema["type"])
    return f"{name}{_bounds(schema, 'imum')}{_bounds(schema, 'Length')}"


def _bounds(schema: Description, suffix: str) -> str:
    """Describe `min` and `max` of a schema whose keywords end in `suffix`."""
    least, most = schema.get(f"min{suffix}"), schema.get(f"max{suffix}")
    if most is None:
        return "" if least is None else f", {least:,} or more"
    return f", at most {most:,}" if least is None else f", {least:,} to {most:,}"


def _references(schema: Description) -> Iterator[str]:
    """Yield the names of the schemas to which a schema refers."""
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(REFERENCE)
    parts = [*schema.get("anyOf", []), *filter(None, [schema.get("items")])]
    for part in parts:
        yield from _references(part)


def _add_used(names: Iterable[str], schemas: Description, used: list[str]) -> None:
    """Append names to `used`, each followed by those to which its fields refer."""
    for name in names:
        if name not in used:
            used.append(name)
            for field in schemas[name]["properties"].values():
                _add_used(_references(field), schemas, used)
