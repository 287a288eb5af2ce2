"""How handlers describe themselves in OpenAPI 3.1, and which query parameters they know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIMediaType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from notices.web import sharing

COUNTS = "counts"
"""Option of handlers: it counts what is sent to it by a policy of its own."""


class ProblemBody(msgspec.Struct):
    """RFC 9457: what was wrong."""

    type: str
    title: str
    status: int
    code: str
    detail: str


def _problems(*statuses: int) -> Mapping[int, ResponseSpec]:
    return {
        status: ResponseSpec(
            ProblemBody, description="Problem", media_type="application/problem+json"
        )
        for status in statuses
    }


def _operation(parameters: tuple[str, ...], body: type[msgspec.Struct] | None) -> type[Operation]:
    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            self.parameters = [
                *(self.parameters or []),
                *(
                    Parameter(name=name, param_in="query", schema=Schema(type="string"))  # type: ignore[arg-type]
                    for name in parameters
                ),
            ]
            if body is not None:
                definitions = msgspec.json.schema(body)["$defs"]
                self.request_body = RequestBody(
                    content={
                        "application/json": OpenAPIMediaType(schema=_inline(body, definitions))
                    },
                    required=True,
                )

    return Described


def _inline(body: type[msgspec.Struct], definitions: dict[str, Any]) -> Schema:
    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rsplit("/", 1)[-1]])
            return {key: resolve(value) for key, value in node.items() if key != "title"}
        return [resolve(one) for one in node] if isinstance(node, list) else node

    return _RawSchema(resolve(definitions[body.__name__]))


class _RawSchema(Schema):
    """A JSON Schema that is already what OpenAPI 3.1 shows."""

    def __init__(self, raw: dict[str, Any]) -> None:
        super().__init__()
        self.raw = raw

    def to_schema(self) -> dict[str, Any]:
        return self.raw


def reads(
    operation_id: str,
    tag: str,
    *parameters: str,
    problems: tuple[int, ...] = (400, 404, 429, 503),
    closed: bool = False,
    lenient: bool = False,
) -> dict[str, Any]:
    """Keyword arguments of a handler that reads and knows these query parameters.

    `closed` says that it needs an identity; what others read, pages of any site may read too.
    `lenient` says that it ignores other parameters, as pages do.
    """
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "opt": {"query": None if lenient else frozenset(parameters), sharing.CLOSED: closed},
        "operation_class": _operation(parameters, None),
        "responses": _problems(*problems),
    }


def writes(operation_id: str, tag: str, body: type[msgspec.Struct]) -> dict[str, Any]:
    """Keyword arguments of a handler that takes `body` as JSON."""
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "opt": {"query": frozenset()},
        "operation_class": _operation((), body),
        "responses": _problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503, 507),
    }


def asks(operation_id: str, tag: str, body: type[msgspec.Struct]) -> dict[str, Any]:
    """Keyword arguments of a handler that answers a question in JSON and changes nothing."""
    return {
        **writes(operation_id, tag, body),
        "opt": {"query": frozenset(), sharing.ASKS: True, COUNTS: True},
        "responses": _problems(400, 401, 413, 415, 422, 429, 503),
    }
