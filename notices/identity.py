"""Who is signed in: a person, and the session that remembers them."""

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec

from notices.database import DB
from notices.deployment import Deployment
from notices.facts import numbers
from notices.facts.forms import Holder
from notices.facts.identifiers import identifier_type

KINDS = ("person", "organisation", "officer")
SESSION_LASTS = timedelta(hours=8)
LIVING = "expires_at > now() AND expires_at < now() + interval '9 hours'"
"""What ends later than any can that begins now was opened by a clock that was ahead."""


class Organisation(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    identifier: str


class Person(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A natural person, by real name, and the organisation that he acts for, if any."""

    kind: str
    name: str
    identifier: str
    identifier_type: str = "resident-id"
    organisation: Organisation | None = None
    subject: tuple[str, str] | None = None
    """The provider's `iss` and `sub` (OpenID Connect); the demo has no provider."""

    @property
    def account(self) -> str:
        """Who is counted: what the provider knows him by, or in the demo his identifier."""
        return repr(self.subject) if self.subject is not None else self.natural

    @property
    def document(self) -> str:
        """What the identifier of whom this session can declare for is."""
        return "uscc" if self.kind == "organisation" else self.identifier_type

    @property
    def natural(self) -> str:
        """The natural person alone, whatever the spelling and for whomever he acts."""
        return repr((self.identifier_type, numbers.identifier_form(self.identifier)))

    @property
    def identity(self) -> str:
        """The person in the part in which he is signed in."""
        return repr((self.natural, self.kind, *self.acts_for[:2]))

    @property
    def acts_for(self) -> tuple[str, str, str]:
        """Kind, normal identifier and name of whom this session can declare for."""
        if self.kind == "organisation" and self.organisation is not None:
            code = numbers.identifier_form(self.organisation.identifier)
            return "organisation", code, self.organisation.name
        return "person", numbers.identifier_form(self.identifier), self.name


def holder_hash(deployment: Deployment, document: str, identifier: str) -> bytes:
    """The keyed hash of a holder; two kinds of documents may carry the same identifier."""
    return numbers.keyed_hash(deployment.keys.matching, f"holder {document}", identifier)


def hash_of(deployment: Deployment, holder: Holder) -> bytes:
    """`holder_hash` of a declared holder; of one without identifier nobody has it again."""
    # A newborn: nobody acts for it but the guardian who declared.
    identifier = numbers.identifier_form(holder.identifier or "") or secrets.token_hex(32)
    return holder_hash(deployment, identifier_type(holder), identifier)


def hash_of_acting(deployment: Deployment, person: Person) -> bytes:
    """`holder_hash` of whom `person` acts for."""
    return holder_hash(deployment, person.document, person.acts_for[1])


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def sign_in(deployment: Deployment, person: Person) -> str:
    """Open a session for `person` and return the cookie's value, which nothing else knows."""
    token = secrets.token_urlsafe(32)
    key = _token_hash(token)
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(person), key)
    await DB.fetch(
        "INSERT INTO session (token_hash, sealed, expires_at) VALUES ($1, $2, now() + $3)",
        key,
        sealed,
        SESSION_LASTS,
    )
    return token


async def who(deployment: Deployment, token: str) -> Person | None:
    """The person of a living session, else None."""
    key = _token_hash(token)
    row = await DB.row(
        f"SELECT sealed FROM session WHERE token_hash = $1 AND {LIVING}",  # noqa: S608  (our own)
        key,
    )
    return None if row is None else _opened(deployment, row["sealed"], key)


def _opened(deployment: Deployment, sealed: bytes, key: bytes) -> Person:
    return msgspec.json.decode(deployment.keys.sealer.open(sealed, key), type=Person)


async def stays(token: str) -> bool:
    """Whether the session lives; then nobody ends it before the open transaction does."""
    row = await DB.row(
        f"SELECT 1 FROM session WHERE token_hash = $1 AND {LIVING} FOR KEY SHARE",  # noqa: S608  (our own)
        _token_hash(token),
    )
    return row is not None


async def forget_old(now: datetime) -> None:
    living = LIVING.replace("now()", "$1::timestamptz")
    await DB.fetch(f"DELETE FROM session WHERE NOT ({living})", now)  # noqa: S608  (our own)


async def sign_out(deployment: Deployment, token: str) -> Person | None:
    """End a session; whose it was, also where it has run out by itself."""
    key = _token_hash(token)
    row = await DB.row("DELETE FROM session WHERE token_hash = $1 RETURNING sealed", key)
    return None if row is None else _opened(deployment, row["sealed"], key)
