"""What a refused request is told (RFC 9457), with every value that is wrong."""

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.notice import Existing


class WrongValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value that is wrong: where, what (a stable code), and how to mend it."""

    field: str
    code: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused: `code` is a stable word that `type` explains.

    `more_errors` says how many errors there are besides those named, `sign_in` where signing in
    would help, `existing` which notice is in the way.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[WrongValue] | UnsetType = UNSET
    more_errors: int | UnsetType = UNSET
    sign_in: str | UnsetType = UNSET
    existing: Existing | UnsetType = UNSET
