"""Reading a JSON body so that every wrong field is told at once (RFC 8259, msgspec)."""

import json
import types
import typing
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException

from notices.facts.errors import BadRequest, BodyTooLarge, MediaType, Problem, UnknownField
from notices.facts.texts import Text

MOST_BYTES = 64 * 1024

Body = TypeVar("Body", bound=msgspec.Struct)
WORDS = {
    bool: Text("true 或 false", "true or false"),
    str: Text("文字（字符串）", "a string"),
    dict: Text("对象", "an object"),
    list: Text("数组", "an array"),
}


async def read(
    request: Request[Any, Any, Any],
    media_type: str,
    most: int = MOST_BYTES,
    *,
    may_be_empty: bool = False,
) -> bytes:
    """The body's bytes; raises BodyTooLarge before it has read more than `most`, or MediaType.

    With `may_be_empty` nothing at all is a body too, whatever type it says it has.
    """
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > most:
        raise BodyTooLarge(limit=most)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise BodyTooLarge(limit=most)
    except InternalServerException:
        # Litestar's word for a client that hangs up; that is nothing of ours to be alarmed by.
        raise BadRequest(
            reason=Text("内容没有传完。", "the body ended before it was complete.")
        ) from None
    if may_be_empty and not body:
        return b""
    refuse_packed(request)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != media_type:
        raise MediaType(expected=media_type)
    return bytes(body)


def refuse_packed(request: Request[Any, Any, Any]) -> None:
    """Raise MediaType for a body that is packed: none is unpacked here (RFC 9110, 15.5.16)."""
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise MediaType(
            headers={"Accept-Encoding": "identity"}, expected="Content-Encoding: identity"
        )


async def raw_json(
    request: Request[Any, Any, Any], most: int = MOST_BYTES, *, may_be_empty: bool = False
) -> bytes:
    return await read(request, "application/json", most, may_be_empty=may_be_empty)


_NO_JSON = Text("内容不是正确的 JSON（UTF-8）。", "the body is not JSON in UTF-8.")


class _Twice(ValueError):
    """A JSON object names a member twice, and readers would disagree on which one counts."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Twice
    return members


def load_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; raises BadRequest."""
    try:
        data = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadRequest(reason=_NO_JSON) from None
    if not isinstance(data, dict):
        raise BadRequest(
            reason=Text("内容应为一个 JSON 对象。", "the body has to be a JSON object.")
        )
    try:
        json.loads(raw, object_pairs_hook=_members)
    except _Twice:
        raise BadRequest(
            reason=Text("JSON 里有重复的字段名。", "an object in the body names a field twice.")
        ) from None
    except (RecursionError, ValueError):
        raise BadRequest(reason=_NO_JSON) from None
    return data


def fill(data: dict[str, Any], body: type[Body]) -> tuple[Body, list[Problem]]:
    """A `body` from `data`, and a problem for each value of the wrong type, which is left out.

    Raises UnknownField naming every field that `body` does not have.
    """
    unknown: list[str] = []
    wrong: list[Problem] = []
    filled = _fill(data, body, "", unknown, wrong)
    if unknown:
        raise UnknownField(
            problems=[Problem(name, "unknown_field", {"name": name}) for name in unknown]
        )
    return filled, wrong


def decode(raw: bytes, body: type[Body]) -> tuple[Body, list[Problem]]:
    """`fill` for the JSON object in `raw`."""
    return fill(load_object(raw), body)


def _fill(
    data: dict[str, Any], body: type[Body], at: str, unknown: list[str], wrong: list[Problem]
) -> Body:
    fields = {field.encode_name: field for field in msgspec.structs.fields(body)}
    unknown += [at + name[:60] for name in data if name not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in data:
            continue
        value, kinds = data[name], _kinds(field.type)
        nested = next((kind for kind in kinds if _is_struct(kind)), None)
        if nested is not None and isinstance(value, dict):
            values[field.name] = _fill(value, nested, f"{at}{name}.", unknown, wrong)
            continue
        try:
            values[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            kind = next((kind for kind in kinds if kind is not type(None)), str)
            expected = WORDS.get(typing.get_origin(kind) or kind, WORDS[dict])
            wrong.append(Problem(at + name, "wrong_type", {"expected": expected}))
    return body(**values)


def _kinds(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
