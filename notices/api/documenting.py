"""How handlers describe themselves in OpenAPI 3.1: what Litestar cannot tell from their types.

Answers are the types that handlers return. Here is the rest: what a query may hold, bodies, who may
ask, which refusals there are, and an example of each, which `tests/engines/test_examples.py` makes.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
)

from notices.api.schemas import Raw, reference_to
from notices.facts.public.problem import ProblemDetails
from notices.web import options, purposes, requested
from notices.web.requested import Nothing

JSON, FORM, PROBLEM = "application/json", "multipart/form-data", "application/problem+json"
EXAMPLES = Path(__file__).parent.parent / "facts" / "data" / "examples.json"
SESSION: Mapping[str, list[str]] = {"session": []}
AGENCY: Mapping[str, list[str]] = {"agency": []}
READ = (400, 429, 503)
READ_ONE = (400, 404, 429, 503)
WRITE = (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
KEYED = (401, 429, 503)
"""Of whatever is read: a key that somebody shows is looked up, and one that is none is counted."""
WITH_FILE = 507
EVIDENCE_TYPES = ("application/pdf", "image/jpeg", "image/png")
RETRIED = (429, 503, 507)

LIMITS: Mapping[str, str] = {
    "RateLimit-Policy": "How much is let through: of each count its most (q) and seconds (w).",
    "RateLimit": "What is left of each (r), and in how many seconds it is whole again (t).",
}
"""As the IETF's draft has them, structured fields: `"verify-day";q=100000;w=86400`."""

NONE_ELSE: Mapping[int, str | None] = {}

_BODIES: dict[str, type[msgspec.Struct]] = {}
"""Whatever a handler takes."""


class Rendered(JsonRenderPlugin):
    """The description with the bodies of requests among its components."""

    def render(self, request: Any, openapi_schema: dict[str, Any]) -> bytes:
        """Of the schema that Litestar made once, which is added to once."""
        schemas = openapi_schema["components"]["schemas"]
        if not any(name in schemas for name in map(_body_name, _BODIES.values())):
            schemas |= requested.bodies(list(_BODIES.values()))
        return super().render(request, openapi_schema)


def _body_name(body: type[msgspec.Struct]) -> str:
    return requested.BODY.format(name=body.__name__)


@functools.cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def _problems(*statuses: int) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(ProblemDetails, description="Problem", media_type=PROBLEM)
        for status in statuses
    }


def _operation(
    query: type[msgspec.Struct],
    contents: Mapping[str, Any] | None = None,
    *,
    may_be_empty: bool = False,
    once: bool = False,
    looks: bool = False,
    kinds: Sequence[str] = (),
    also: Mapping[int, str | None] = NONE_ELSE,
    headers: Mapping[str, str] | None = None,
) -> type[Operation]:
    """`contents` are the bodies by media type, `headers` are said with what was made; for `kinds`
    and `also` see `reads`.
    """

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *_parameters(query, once, looks)]
            example = _examples().get(self.operation_id or "", {})
            if contents is not None:
                self.request_body = RequestBody(
                    content={
                        kind: OpenAPIMediaType(
                            schema=schema, example=_whole(example.get("request"))
                        )
                        if kind == JSON
                        else OpenAPIMediaType(schema=schema)
                        for kind, schema in contents.items()
                    },
                    required=not may_be_empty,
                )
            answers = cast("dict[str, OpenAPIResponse]", self.responses or {})
            for status, answer in answers.items():
                _illustrate(answer, int(status), example)
            if "201" in answers and headers:
                answers["201"].headers = _headers(headers)
            if kinds:
                answers["200"].content = {
                    kind: OpenAPIMediaType(schema=_of(kind)) for kind in kinds
                }
            for code, kind in also.items():
                other = answers.setdefault(str(code), OpenAPIResponse(description="As it is."))
                if kind is not None:
                    schema = (answers["200"].content or {})[kind].schema
                    other.content = {**(other.content or {}), kind: OpenAPIMediaType(schema=schema)}

    return Described


_BYTES = {"type": "string", "format": "binary"}


def _of(kind: str) -> Schema:
    """The schema of what is no JSON."""
    text = kind.startswith("text/") or kind.endswith("xml")
    return Raw({"type": "string"} if text else _BYTES)


def _parameters(query: type[msgspec.Struct], once: bool, looks: bool) -> list[Parameter]:
    found = [
        Parameter(name=name, param_in="query", schema=Raw(schema))
        for name, schema in requested.parameters(query).items()
    ]
    if once:
        found.append(
            Parameter(
                name="Idempotency-Key",
                param_in="header",
                schema=Raw({"type": "string", "minLength": 1, "maxLength": 255}),
                description="The same key and body are carried out once, within 24 hours.",
            )
        )
    if looks:
        name, schema = purposes.HEADER, Raw(purposes.SCHEMA)
        found.append(Parameter(name, "header", schema, description=purposes.DESCRIPTION))
    return found


def _whole(example: dict[str, Any] | None) -> Raw | None:
    """With its nulls, which Litestar would leave out."""
    return Raw(example) if example is not None else None


def _illustrate(answer: OpenAPIResponse, status: int, example: dict[str, Any]) -> None:
    """Put the example into an answer, and the header that comes with its status."""
    if status in (204, 302):
        answer.content = None
    for kind, content in (answer.content or {}).items():
        if kind == PROBLEM:
            content.example = _whole(_examples()["problems"].get(str(status)))
        elif "answer" in example:
            content.example = _whole(example["answer"])
    if status == 401:
        answer.headers = _headers({"WWW-Authenticate": "In which way to say who asks (RFC 6750)."})
    if status in RETRIED:
        told = LIMITS if status == 429 else {}
        words = {"Retry-After": "Seconds after which to send the same again.", **told}
        answer.headers = _headers(words)


def _headers(words: Mapping[str, str]) -> dict[str, Any]:
    text = Raw({"type": "string"})
    return {name: OpenAPIHeader(schema=text, description=each) for name, each in words.items()}


def reads(
    operation_id: str,
    tag: str,
    query: type[msgspec.Struct] = Nothing,
    *,
    problems: tuple[int, ...] = READ,
    closed: bool = False,
    looks: bool = False,
    lenient: bool = False,
    kinds: Sequence[str] = (),
    also: Mapping[int, str | None] = NONE_ELSE,
) -> dict[str, Any]:
    """Keyword arguments of a handler that reads and knows the parameters of this query.

    `closed` says that it needs an identity; what others read, pages of any site may read too.
    `looks`: at what is private. `lenient` says that it ignores other parameters, as pages do. It
    answers in one of `kinds` where that is not JSON, and `also` with these statuses: as with 200,
    or with nothing.
    """
    known = None if lenient else frozenset(query.__struct_fields__)
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "opt": {options.QUERY: known, options.CLOSED: closed},
        "security": [SESSION] if closed else [],
        "operation_class": _operation(query, looks=looks, kinds=kinds, also=also),
        "responses": _problems(*{*problems, *KEYED, *((403,) if closed else ())}),
    }


def writes(
    operation_id: str,
    tag: str,
    body: type[msgspec.Struct],
    *,
    file: str | None = None,
    whole: str | None = None,
    by: Sequence[Mapping[str, list[str]]] = (SESSION,),
    may_be_empty: bool = False,
    once: bool = True,
    problems: tuple[int, ...] = (*WRITE, 404),
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Keyword arguments of a handler that takes `body` as JSON, or in a form with a `file`.

    `whole` is the field of that form that holds all of `body`; else each of it has its own.
    `by` are those who may, each by what shows it; `once` says that it knows the Idempotency-Key.
    Of a file there may be no room, whatever else the `problems` are.
    """
    contents = _contents(body, file, whole)
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "opt": {options.QUERY: frozenset(), options.KEYED: True},
        "security": list(by),
        "operation_class": _operation(
            Nothing, contents, may_be_empty=may_be_empty, once=once, headers=headers
        ),
        "responses": _problems(*problems, *((WITH_FILE,) if file else ())),
    }


def _contents(
    body: type[msgspec.Struct], file: str | None, whole: str | None
) -> dict[str, Reference | Schema]:
    _BODIES[body.__name__] = body
    all_of_it = reference_to(_body_name(body))
    if file is None:
        return {JSON: all_of_it}
    fields: dict[str, Any] = {name: {"type": "string"} for name in body.__struct_fields__}
    needed = list(requested.NEEDED[body])
    if whole is not None:
        fields, needed = {whole: {"$ref": all_of_it.ref}}, [whole]
    form = {"type": "object", "properties": {**fields, file: _BYTES}, "required": needed}
    return {JSON: all_of_it, FORM: Raw(form)}


def asks(operation_id: str, tag: str, body: type[msgspec.Struct]) -> dict[str, Any]:
    """Keyword arguments of a handler that answers a question in JSON and changes nothing."""
    return {
        **writes(
            operation_id,
            tag,
            body,
            by=({}, SESSION, AGENCY),
            once=False,
            problems=(400, 401, 403, 408, 413, 415, 422, 429, 503),
        ),
        "opt": {
            options.QUERY: frozenset(),
            options.ASKS: True,
            options.COUNTS: True,
            options.KEYED: True,
        },
    }
