"""Reading a JSON body so that every wrong field is told at once (RFC 8259, msgspec)."""

import functools
import json
import re
import types
import typing
from collections.abc import Collection
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException

from notices.facts.errors import BadRequest, BodyTooLarge, MediaType, Problem, UnknownField
from notices.facts.texts import Message, Text
from notices.limits.slices import Slices

MOST_BYTES = 64 * 1024

Body = TypeVar("Body", bound=msgspec.Struct)
WORDS = {
    bool: Message("true 或 false"),
    str: Message("文字（字符串）"),
    dict: Message("对象"),
    list: Message("数组"),
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
        raise BadRequest(reason=Message("内容没有传完。")) from None
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


_NO_JSON = Message("内容不是正确的 JSON（UTF-8）。")

_NO_OBJECT = Message("内容应为一个 JSON 对象。")
_TWICE_NAMED = Message("JSON 里有重复的字段名。")


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
        raise BadRequest(reason=_NO_OBJECT)
    try:
        json.loads(raw, object_pairs_hook=_members)
    except _Twice:
        raise BadRequest(reason=_TWICE_NAMED) from None
    except (RecursionError, ValueError):
        raise BadRequest(reason=_NO_JSON) from None
    return data


class _Items(msgspec.Struct):
    items: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_ALONE = re.compile(r'\s*\{\s*"[^"]*"\s*:\s*')
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|[{}\[\],]')


async def load_items(raw: bytes, most: int, known: Collection[str]) -> msgspec.Raw:
    """The text of `items`, the only member of the JSON object in `raw`; raises BadRequest.

    For a long body: to make all of its values takes a third of a second, in which nobody else
    would be answered. What the items say is for `load_object` to find out, one by one. A body
    without `items` may have `most` bytes; `known` are the members that it then may have.
    """
    try:
        items = msgspec.json.decode(raw, type=_Items).items
        text = raw.decode()
    except msgspec.ValidationError:
        raise BadRequest(reason=_NO_OBJECT) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadRequest(reason=_NO_JSON) from None
    if isinstance(items, msgspec.Raw) and _is_alone(text, bytes(items).decode()):
        return items
    known = ["items"] if isinstance(items, msgspec.Raw) else known
    unknown, more, given = await _unknown_names(text, known)
    if given > 1:
        raise BadRequest(reason=_TWICE_NAMED)
    if unknown:
        raise unknown_fields(unknown, more)
    if isinstance(items, msgspec.Raw):
        return items
    raise BodyTooLarge(limit=most)


def _is_alone(text: str, value: str) -> bool:
    """Whether `value` is that of the only member of the object in `text`."""
    found = _ALONE.match(text)
    end = found.end() if found else 0
    return text.startswith(value, end) and text[end + len(value) :].strip() == "}"


async def _unknown_names(text: str, known: Collection[str]) -> tuple[list[str], int, int]:
    """Of an object's own members: unknown names, how many more there are, and how often `items` is.

    There may be a hundred thousand, so only those are kept that will be told.
    """
    unknown: list[str] = []
    more = given = depth = 0
    expected, slices = False, Slices()
    for number, token in enumerate(_TOKEN.finditer(text)):
        if number % 256 == 0:
            await slices.end()
        sign = text[token.start()]
        if sign == ",":
            expected = depth == 1
        elif sign in "{[":
            depth += 1
            expected = depth == 1
        elif sign in "}]":
            depth -= 1
        elif expected:
            name = token[1]
            name = json.loads(token[0]) if "\\" in name else name
            given += name == "items"
            if name not in known:
                if len(unknown) < MOST_NAMED:
                    unknown.append(name)
                else:
                    more += 1
            expected = False
    return unknown, more, given


def fill(data: dict[str, Any], body: type[Body]) -> tuple[Body, list[Problem]]:
    """A `body` from `data`, and a problem for each value of the wrong type, which is left out.

    Raises UnknownField naming every field that `body` does not have.
    """
    unknown: list[str] = []
    wrong: list[Problem] = []
    filled = _fill(data, body, "", unknown, wrong)
    if unknown:
        raise unknown_fields(unknown)
    return filled, wrong


MOST_NAMED = 20
"""Of what is wrong in a body so many are named, and the others counted."""

LONGEST_NAME = 60


def unknown_fields(names: Collection[str], more: int = 0) -> UnknownField:
    """The refusal of fields that nobody knows, however many and however long they are.

    There are `more` than those of `names`.
    """
    named = [name[:LONGEST_NAME] for name in islice(names, MOST_NAMED)]
    return UnknownField(
        problems=[Problem(name, "unknown_field", {"name": name}) for name in named],
        more=len(names) - len(named) + more,
    )


def decode(raw: bytes, body: type[Body]) -> tuple[Body, list[Problem]]:
    """`fill` for the JSON object in `raw`."""
    return fill(load_object(raw), body)


def _fill(
    data: dict[str, Any], body: type[Body], at: str, unknown: list[str], wrong: list[Problem]
) -> Body:
    fields = _fields(body)
    unknown += [at + name for name in data if name not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in data:
            continue
        value = data[name]
        if field.nested is not None and isinstance(value, dict):
            values[field.name] = _fill(value, field.nested, f"{at}{name}.", unknown, wrong)
            continue
        try:
            values[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            wrong.append(Problem(at + name, "wrong_type", {"expected": field.expected}))
    return body(**values)


class _Field(NamedTuple):
    """A field of a body: its type, the struct in it if there is one, and what it is called."""

    name: str
    type: Any
    nested: type[msgspec.Struct] | None
    expected: Text


@functools.cache
def _fields(body: type[msgspec.Struct]) -> dict[str, _Field]:
    """By the names in JSON. Python reads annotations anew each time, longer than all the rest."""
    found = {}
    for field in msgspec.structs.fields(body):
        kinds = _kinds(field.type)
        nested = next((kind for kind in kinds if _is_struct(kind)), None)
        kind = next((kind for kind in kinds if kind is not type(None)), str)
        expected = WORDS.get(typing.get_origin(kind) or kind, WORDS[dict])
        found[field.encode_name] = _Field(field.name, field.type, nested, expected)
    return found


def _kinds(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
