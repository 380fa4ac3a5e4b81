"""GitHub's description of its interface: what a request and an answer may look like, and the smallest valid answer of each kind."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from werkzeug import Request, Response

DESCRIPTION = Path(__file__).parent.parent / "data" / "github-openapi.json"
SAMPLES = {
    "uri": "https://example.com/",
    "date-time": "2026-01-05T12:00:00Z",
    "date": "2026-01-05",
    "email": "alice@example.com",
}

Json = dict[str, Any]


@cache
def description() -> Json:
    document: Json = json.loads(DESCRIPTION.read_text())
    return document


@cache
def _openapi() -> OpenAPI:
    return OpenAPI.from_dict(description())


class Contract:
    """Validates; `violations` collects what was wrong, for a test to find empty."""

    def __init__(self) -> None:
        self.violations: list[str] = []

    def check_request(self, request: Request, path: str) -> WerkzeugOpenAPIRequest:
        """Hold a request to the description, and to what the description lets pass: unknown names."""
        described = WerkzeugOpenAPIRequest(_at(request, path))
        try:
            _openapi().validate_request(described)
        except OpenAPIError as error:
            self.violations.append(f"{request.method} {path}: {_tell(error)}")
        self._check_names(request, path)
        return described

    def check_response(self, described: WerkzeugOpenAPIRequest, response: Response) -> None:
        """Hold an answer to the description.

        An error's status that it does not list is GitHub's all the same.
        """
        if response.status_code >= 400:
            return
        try:
            _openapi().validate_response(described, WerkzeugOpenAPIResponse(response))
        except OpenAPIError as error:
            self.violations.append(
                f"answer to {described.method} {described.path}: {_tell(error)}"
            )

    def _check_names(self, request: Request, path: str) -> None:
        operation = find_operation(request.method, path)
        known = {_resolve(one)["name"] for one in operation["parameters"]}
        self.violations += [
            f"{request.method} {path}: no parameter is called {name}"
            for name in request.args
            if name not in known
        ]
        if request.method in {"POST", "PATCH"}:
            body = _resolve(
                operation["requestBody"]["content"]["application/json"]["schema"]
            )
            keys = {
                key
                for one in body.get("oneOf", [body])
                for key in _resolve(one)["properties"]
            }
            given = json.loads(request.get_data())
            self.violations += [
                f"{request.method} {path}: no key is called {name}"
                for name in given
                if name not in keys
            ]


def _at(request: Request, path: str) -> Request:
    """The request as if the interface stood at the server's root.

    What follows `/contents/` counts as one segment.
    """
    head, contents, tail = path.partition("/contents/")
    environ = {
        **request.environ,
        "PATH_INFO": head + contents + quote(tail, safe=""),
        "SCRIPT_NAME": "",
    }
    copy = Request(environ)
    copy.__dict__["_cached_data"] = request.get_data(cache=True)
    return copy


def find_operation(method: str, path: str) -> Json:
    """The description of what a request asks for."""
    head, contents, tail = path.partition("/contents/")
    parts = (head + contents + quote(tail, safe="")).split("/")
    for template, operations in description()["paths"].items():
        wanted = template.split("/")
        if len(wanted) == len(parts) and all(
            one == part or one.startswith("{")
            for one, part in zip(wanted, parts, strict=True)
        ):
            operation: Json = operations[method.lower()]
            return operation
    raise LookupError(f"{method} {path} is not among the paths of the description")


def _tell(error: BaseException) -> str:
    cause = error.__cause__
    details = (
        getattr(cause, "schema_errors", None) or getattr(error, "schema_errors", None) or ()
    )
    return f"{error} {cause or ''} {'; '.join(str(one.message)[:200] for one in details)}"


def _resolve(schema: Json) -> Json:
    while "$ref" in schema:
        node: Any = description()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        schema = node
    return schema


def build(name: str, values: Mapping[str, Any]) -> Json:
    """The smallest valid value of a schema, with these values laid over it."""
    return _lay({"$ref": f"#/components/schemas/{name}"}, values)


def _lay(schema: Json, values: Mapping[str, Any]) -> Json:
    """Objects are laid over objects; everything else takes the place of what would stand there."""
    smallest: Json = _smallest({**_resolve(schema), "nullable": False})
    properties = _resolve(schema).get("properties", {})
    for key, value in values.items():
        is_object = isinstance(value, Mapping) and "properties" in _resolve(
            properties.get(key, {})
        )
        smallest[key] = _lay(properties[key], value) if is_object else value
    return smallest


def _smallest(schema: Json) -> Any:
    schema = _resolve(schema)
    if schema.get("nullable"):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return _smallest(several[0])
    if schema.get("type") == "object":
        return {
            key: _smallest(schema["properties"][key]) for key in schema.get("required", ())
        }
    if schema.get("type") == "string":
        return SAMPLES.get(schema.get("format", ""), "")
    return {"array": [], "boolean": False, "integer": 0, "number": 0}.get(
        schema.get("type", ""), {}
    )
