"""What was typed into the form of a page."""

import contextlib
from collections.abc import Mapping
from urllib.parse import parse_qsl

from notices.facts import text_check
from notices.facts.dates import read_day
from notices.facts.errors import BadRequest, Refusal
from notices.facts.texts import Message
from notices.web import bodies, cross_site, languages
from notices.web.authentication import AnyRequest
from notices.web.options import UNSENT

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100


async def fields(request: AnyRequest, most: int = bodies.MOST_BYTES) -> dict[str, str]:
    """The fields of a posted form of `most` bytes; raises BodyTooLarge, MediaType or BadRequest."""
    given = decode(await bodies.read(request, FORM, most))
    request.scope["state"][UNSENT] = given, None
    return given


async def rescue(request: AnyRequest, most: int = bodies.MOST_BYTES) -> None:
    """Read a page's form that is refused unread, since the page of the refusal gives it back."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "POST" and kind == FORM and not languages.for_machines(request.url.path):
        with contextlib.suppress(Refusal):
            # What another site sent would be sent once more by whoever sees the page.
            cross_site.refuse(request)
            await fields(request, most)


def decode(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadRequest(reason=Message("表单编码不对。")) from None
    return dict(pairs)


def filled(given: Mapping[str, str], name: str) -> str | None:
    """What was typed into a field, or None where it was left empty."""
    return text_check.given(given.get(name))


def with_days(given: Mapping[str, str]) -> dict[str, str]:
    """`given` with days as the register writes them, however they were typed.

    What is no day stays as it is, to be told wrong and shown again.
    """
    return {
        name: (read_day(value) or value) if name.endswith("_on") else value
        for name, value in given.items()
    }
