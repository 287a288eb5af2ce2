"""What was typed into the form of a page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from notices.facts.errors import BadRequest, BodyTooLarge, MediaType
from notices.facts.texts import Text
from notices.web import guards
from notices.web.bodies import MOST_BYTES

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100


async def fields(request: Request[Any, Any, Any], *, writing: bool = True) -> dict[str, str]:
    """The fields of a posted form; raises CrossSite, BodyTooLarge, MediaType or BadRequest."""
    if writing:
        guards.refuse_cross_site(request)
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > MOST_BYTES:
        raise BodyTooLarge(limit=MOST_BYTES)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BodyTooLarge(limit=MOST_BYTES)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise MediaType(expected=FORM)
    return decode(bytes(body))


def decode(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadRequest(reason=Text("表单编码不对。", "the form's encoding is wrong.")) from None
    return dict(pairs)


def filled(given: Mapping[str, str], name: str) -> str | None:
    """What was typed into a field, or None where it was left empty."""
    return given.get(name, "").strip() or None
