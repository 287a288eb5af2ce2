"""Base64 and JSON from strangers: one spelling for one value, our own error for all else."""

import base64
import binascii
import json
from typing import Any, NoReturn

import msgspec
import rfc8785

LARGEST_INTEGER = (1 << 53) - 1
"""What JCS can carry exactly (RFC 8785, section 3.2.2.3)."""


class EncodingError(Exception):
    """Text that is no strict base64, or no strict JSON."""


def to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def from_base64(text: object, length: int | None = None) -> bytes:
    """The bytes behind `text`, which must be their only spelling and, if told, `length` long."""
    if not isinstance(text, str):
        raise EncodingError("base64 is text")
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as problem:
        raise EncodingError("this is no base64") from problem
    # Two texts that differ in unused bits would be one value: then a signed text could be changed.
    if to_base64(value) != text:
        raise EncodingError("this is not the canonical base64")
    if length is not None and len(value) != length:
        raise EncodingError(f"{length} bytes were expected, not {len(value)}")
    return value


def canonical(value: Any) -> bytes:
    """The JCS (RFC 8785) of `value`, or EncodingError where it has none."""
    try:
        # What forms, entries and answers are made of, in a thirtieth of the time.
        if _plain(value):
            return msgspec.json.encode(value, order="sorted")
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as problem:
        raise EncodingError("this value has no canonical JSON") from problem


def _plain(value: Any) -> bool:
    """Whether `value` holds nothing on which msgspec's sorted JSON and JCS could differ.

    JCS orders names by UTF-16, which is the order of code points where names are ASCII; it
    writes numbers as ECMAScript does, which is as decimals for whole ones that it can carry.
    """
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return True
    if kind is int:
        return bool(-LARGEST_INTEGER <= value <= LARGEST_INTEGER)
    if kind is dict:
        for name, part in value.items():
            if not (type(name) is str and name.isascii() and _plain(part)):
                return False
        return True
    return kind is list and all(map(_plain, value))


def strict_json(text: bytes) -> Any:
    """JSON without floats, without large integers, and with no name twice in one object."""
    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as problem:
        raise EncodingError("this is no JSON in UTF-8") from problem


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise EncodingError("a name stands twice in one object")
    return result


def _integer(digits: str) -> int:
    if len(digits) > len(str(LARGEST_INTEGER)) + 1 or digits == "-0":
        raise EncodingError("an integer is too large")
    value = int(digits)
    if abs(value) > LARGEST_INTEGER:
        raise EncodingError("an integer is too large")
    return value


def _no_number(_: str) -> NoReturn:
    raise EncodingError("only whole numbers are used")
