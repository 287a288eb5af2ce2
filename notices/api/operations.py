"""An operation of the description: parameters, bodies, words, and the examples of it.

`tests/engines/test_examples.py` makes the examples anew and compares.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
from litestar.openapi.spec import (
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from notices.api import saying
from notices.api.schemas import Raw
from notices.web import purposes, requested

EXAMPLES = Path(__file__).parent.parent / "facts" / "data" / "examples.json"
JSON, PROBLEM = "application/json", "application/problem+json"
RETRIED = (429, 503, 507)
NONE_ELSE: Mapping[int, str | None] = {}


@functools.cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def operation(
    query: type[msgspec.Struct],
    contents: Mapping[str, Any] | None = None,
    *,
    may_be_empty: bool = False,
    once: bool = False,
    looks: bool = False,
    kinds: Sequence[str] = (),
    also: Mapping[int, str | None] = NONE_ELSE,
    headers: Mapping[str, str] | None = None,
    counted: bool = False,
) -> type[Operation]:
    """`contents` are the bodies by media type, `headers` are said with what was made, and what is
    left of a quota with what is `counted`; for `kinds` and `also` see `reads`.
    """

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *_parameters(query, once, looks)]
            told = (self.description or "").strip()
            self.summary = " ".join(told.partition("\n\n")[0].split())
            self.description = "\n\n".join(filter(None, (told, saying.who(self.security))))
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
            for status in answers.keys() & {"200", "201"}:
                words = {
                    **((headers or {}) if status == "201" else {}),
                    **(saying.LIMITS if counted else {}),
                }
                answers[status].headers = _headers(words) if words else answers[status].headers
            if "302" in answers:
                answers["302"].headers = _headers({"Location": "Where it is."})
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


BYTES = {"type": "string", "format": "binary"}


def _of(kind: str) -> Schema:
    """The schema of what is no JSON."""
    text = kind.startswith("text/") or kind.endswith("xml")
    return Raw({"type": "string"} if text else BYTES)


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
        told = saying.LIMITS if status == 429 else {}
        words = {"Retry-After": "Seconds after which to send the same again.", **told}
        answer.headers = _headers(words)


def _headers(words: Mapping[str, str]) -> dict[str, Any]:
    text = Raw({"type": "string"})
    return {name: OpenAPIHeader(schema=text, description=each) for name, each in words.items()}
