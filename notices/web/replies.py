"""How the JSON API answers: with a value of a public type, or with what is JSON of it already."""

from typing import Any, TypeVar

import msgspec
from litestar import Response

NO_STORE = {"Cache-Control": "no-store"}

Body = TypeVar("Body", bound=msgspec.Struct)


def answered(
    body: Body, status: int = 200, headers: dict[str, str] | None = None
) -> Response[Body]:
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def passed_on(
    text: str | bytes, kind: type[Body], status: int = 200, headers: dict[str, str] | None = None
) -> Response[Body]:
    """`text`, which is the JSON of a `kind` already: kept for a twin, or as the index has it."""
    content: Any = text.encode() if isinstance(text, str) else text
    return Response(content, status_code=status, media_type="application/json", headers=headers)
