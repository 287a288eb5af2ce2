"""What the service tells of itself: whether it is well, and which keys it signs with."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.form import Words

Database = Literal["up", "down", "full", "read_only"]
Uploads = Literal["up", "full", "down"]


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """How far the search index is behind the log, and how many notices it refused."""

    events: int
    seconds: float
    parked: int


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Each part apart; what only a database that answers can tell is left out without one."""

    status: Literal["ok", "unavailable"]
    database: Database
    search: Literal["up", "down"]
    uploads: Uploads
    clock: Literal["ok", "off"] | UnsetType = UNSET
    log_size: int | UnsetType = UNSET
    relay: Relay | UnsetType = UNSET
    log_key: Literal["due"] | UnsetType = UNSET
    why: Words | UnsetType = UNSET


class AnswerKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that answers are verified with, in base64."""

    id: str
    alg: str
    key: str


class PublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of the log (C2SP verifier keys) and of answers, the present ones first."""

    log: list[str]
    answers: list[AnswerKey]
