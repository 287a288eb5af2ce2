"""How handlers describe themselves in OpenAPI 3.1: what Litestar cannot tell from their types.

Answers are the types that handlers return. Here is the rest: what a query may hold, bodies, who may
ask, which refusals there are; `operations` has an example of each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Reference,
    Schema,
)

from notices.api import saying
from notices.api.operations import BYTES, JSON, NONE_ELSE, PROBLEM, operation
from notices.api.schemas import Raw, reference_to
from notices.facts.public.problem import ProblemDetails
from notices.web import options, requested
from notices.web.requested import Nothing

FORM = "multipart/form-data"
SESSION: Mapping[str, list[str]] = {"session": []}
AGENCY: Mapping[str, list[str]] = {"agency": []}
"""A key of whatever scopes."""

READ = (400, 429, 503)
READ_ONE = (400, 404, 429, 503)
WRITE = (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
KEYED = (401, 429, 503)
"""Of whatever is read: a key that somebody shows is looked up, and one that is none is counted."""
WITH_FILE = 507
EVIDENCE_TYPES = ("application/pdf", "image/jpeg", "image/png")

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


def agency_for(*scopes: str) -> Mapping[str, list[str]]:
    """A key that has these scopes, as OpenAPI 3.1 says the roles that somebody needs."""
    return {"agency": list(scopes)}


def _problems(*statuses: int) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(ProblemDetails, description=saying.advice(status), media_type=PROBLEM)
        for status in statuses
    }


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
    counted: bool = False,
) -> dict[str, Any]:
    """Keyword arguments of a handler that reads and knows the parameters of this query.

    `closed` says that it needs an identity; what others read, pages of any site may read too.
    `looks`: at what is private. `lenient` says that it ignores other parameters, as pages do. It
    answers in one of `kinds` where that is not JSON, and `also` with these statuses: as with 200,
    or with nothing. Where it is `counted` its answers tell what is left.
    """
    known = None if lenient else frozenset(query.__struct_fields__)
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "opt": {options.QUERY: known, options.CLOSED: closed},
        "security": [SESSION] if closed else [],
        "operation_class": operation(query, looks=looks, kinds=kinds, also=also, counted=counted),
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
    counted: bool = False,
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
        "operation_class": operation(
            Nothing,
            contents,
            may_be_empty=may_be_empty,
            once=once,
            headers=headers,
            counted=counted,
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
    form = {"type": "object", "properties": {**fields, file: BYTES}, "required": needed}
    return {JSON: all_of_it, FORM: Raw(form)}


def takes_file(operation_id: str, tag: str, file: str, kinds: Sequence[str]) -> dict[str, Any]:
    """Keyword arguments of a handler that answers an agency's `file` in one of these kinds."""
    form = {"type": "object", "properties": {file: BYTES}, "required": [file]}
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "opt": {options.QUERY: frozenset(), options.COUNTS: True, options.KEYED: True},
        "security": [agency_for("batch")],
        "operation_class": operation(Nothing, {FORM: Raw(form)}, kinds=kinds, counted=True),
        "responses": _problems(400, 401, 403, 408, 413, 415, 422, 429, 503, WITH_FILE),
    }


def asks(operation_id: str, tag: str, body: type[msgspec.Struct]) -> dict[str, Any]:
    """Keyword arguments of a handler that answers a question in JSON and changes nothing."""
    return {
        **writes(
            operation_id,
            tag,
            body,
            by=({}, SESSION, agency_for("verify")),
            once=False,
            counted=True,
            problems=(400, 401, 403, 408, 413, 415, 422, 429, 503),
        ),
        "opt": {
            options.QUERY: frozenset(),
            options.ASKS: True,
            options.COUNTS: True,
            options.KEYED: True,
        },
    }
