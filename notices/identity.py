"""Who is signed in: a person, and the session that remembers them."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from notices.deployment import Deployment
from notices.facts import numbers
from notices.facts.identifiers import identifier_type
from notices.facts.requests import Holder
from notices.journal import Actor, Office
from notices.tables import Session
from notices.tables.expressions import NOW, ago
from notices.tables.prepared import Prepared

KINDS = ("person", "organisation", "officer")
"""As whom somebody signs in to the demo; a provider knows an agency's staff as well."""
SESSION_LASTS = timedelta(hours=8)
LONGEST = timedelta(hours=24)
"""From the sign-in on, however often a session is extended; WCAG 2.2.1 asks for 20 hours."""
NO_LONGER = SESSION_LASTS + timedelta(hours=1)
"""What ends later than any can that begins now was opened by a clock that was ahead."""
IDLE = timedelta(minutes=30)
"""Without a request; of whoever works here, since what they see is other people's."""
_LIVING = (
    (Session.expires_at > NOW)
    & (Session.expires_at < NOW + NO_LONGER)
    & (Session.seen_at.is_null() | (Session.seen_at > ago(IDLE)))
)
_BEGIN = Prepared(
    lambda key, sealed, lasts, subject, sid: Session.insert(
        Session(
            token_hash=key, sealed=sealed, expires_at=NOW + lasts, subject=subject, sid=sid,
        )
    )
)  # fmt: skip
_FIND = Prepared(
    lambda key: Session.select(Session.sealed, Session.expires_at, Session.seen_at, NOW).where(
        Session.token_hash == key, _LIVING
    )
)
_EXTEND = Prepared(
    lambda key, until: (
        Session.update({Session.expires_at: until})
        .where(Session.token_hash == key, _LIVING)
        .returning(Session.expires_at)
    )
)
_KEEP = Prepared(
    lambda key: (
        Session.select(Session.token_hash)
        .where(Session.token_hash == key, _LIVING)
        .lock_rows("KEY SHARE")
    )
)
_END = Prepared(
    lambda key: Session.delete().where(Session.token_hash == key).returning(Session.sealed)
)


class Organisation(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    identifier: str


class Ward(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Whose guardian somebody is, as their provider vouches for it; by resident ID."""

    name: str
    identifier: str


class Person(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A natural person, by real name, and the organisation that they act for, if any."""

    kind: str
    name: str
    identifier: str
    identifier_type: str = "resident-id"
    organisation: Organisation | None = None
    subject: tuple[str, str] | None = None
    """The provider's `iss` and `sub` (OpenID Connect); the demo has no provider."""

    verified: bool = False
    """Whether the provider is as sure of who they are as the city wants."""

    roles: tuple[str, ...] = ()
    agency: str | None = None
    """Whose staff somebody of kind `agency` is."""

    phone: str | None = None
    """What the provider calls them by: a proposal, kept with the session and nowhere else."""

    wards: tuple[Ward, ...] = ()
    """Of these a declaration keeps the one that it is for: it rests on that."""

    def recorded(self, of: Ward | None = None) -> "Person":
        """What is kept of who did something, for as long as what they did."""
        return msgspec.structs.replace(self, phone=None, wards=() if of is None else (of,))

    def __repr__(self) -> str:
        return f"Person({self.kind})"  # whatever describes it, a log or a traceback, tells nobody

    @property
    def is_staff(self) -> bool:
        """Whether they work here, and declare nothing of their own in this session."""
        return self.kind in ("officer", "agency")

    @property
    def account(self) -> str:
        """Who is counted: what the provider knows them by, or in the demo their identifier."""
        return repr(self.subject) if self.subject is not None else self.natural

    @property
    def actor(self) -> Actor:
        """An officer, or an agency's staff, as the audit log knows them."""
        office: Office = "agency" if self.kind == "agency" else "officer"
        return Actor(office, self.account, self.name, natural=self.natural)

    @property
    def document(self) -> str:
        """What the identifier of whom this session can declare for is."""
        return "uscc" if self.kind == "organisation" else self.identifier_type

    @property
    def natural(self) -> str:
        """The natural person alone, whatever the spelling and for whomever they act."""
        return repr((self.identifier_type, numbers.identifier_form(self.identifier)))

    @property
    def identity(self) -> str:
        """The person in the part in which they are signed in."""
        return repr((self.natural, self.kind, *self.acts_for[:2]))

    @property
    def acts_for(self) -> tuple[str, str, str]:
        """Kind, normal identifier and name of whom this session can declare for."""
        if self.kind == "organisation" and self.organisation is not None:
            code = numbers.identifier_form(self.organisation.identifier)
            return "organisation", code, self.organisation.name
        return "person", numbers.identifier_form(self.identifier), self.name


class Signed(msgspec.Struct, frozen=True):
    """A session: who is signed in, as whom they may go on instead, and for how long."""

    person: Person
    parts: tuple[Person, ...] = ()
    """All whom they may act as, `person` among them; empty where there is no choice."""
    sid: str | None = None
    since: datetime | None = None
    """When they signed in; a session that goes on in another part is no longer for it."""
    left: float = 0
    """Seconds to its end; those that are sealed mean nothing."""
    longest: float = 0
    """Seconds for which it may be made to last from now on."""


class KnownPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person as officers see them: who they are, and not how they signed in."""

    kind: str
    name: str
    identifier: str
    identifier_type: str
    organisation: Organisation | None
    subject: tuple[str, str] | None

    @classmethod
    def of(cls, person: Person) -> "KnownPerson":
        return cls(**{name: getattr(person, name) for name in cls.__struct_fields__})

    @property
    def acts_for(self) -> tuple[str, str, str]:
        """As `Person.acts_for`."""
        return Person(**{name: getattr(self, name) for name in self.__struct_fields__}).acts_for


def holder_hashes(keys: Sequence[bytes], document: str, identifier: str) -> list[bytes]:
    """The hashes of a holder, by each key; two kinds of documents may carry one identifier."""
    return [numbers.keyed_hash(key, f"holder {document}", identifier) for key in keys]


def hashes_of(keys: Sequence[bytes], holder: Holder) -> list[bytes]:
    """`holder_hashes` of a declared holder; of one without identifier nobody has them again."""
    # A newborn: nobody acts for it but the guardian who declared.
    identifier = numbers.identifier_form(holder.identifier or "") or secrets.token_hex(32)
    return holder_hashes(keys, identifier_type(holder), identifier)


def hashes_of_acting(keys: Sequence[bytes], person: Person) -> list[bytes]:
    """`holder_hashes` of whom `person` acts for."""
    return holder_hashes(keys, person.document, person.acts_for[1])


def token_hash(token: str) -> bytes:
    """By what a session is kept, which nobody can make a cookie of."""
    return hashlib.sha256(token.encode()).digest()


async def sign_in(
    deployment: Deployment,
    person: Person,
    sid: str | None = None,
    parts: tuple[Person, ...] = (),
    since: datetime | None = None,
) -> str:
    """Open a session for `person` and return the cookie's value, which nothing else knows.

    `sid` is what their provider calls the session that they have there; `parts` and `since` as
    `Signed` has them: one that goes on in another part ends no later for it than it may.
    """
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    key, began = token_hash(token), since or now
    kept, lasts = Signed(person, parts, sid, began), min(SESSION_LASTS, began + LONGEST - now)
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(kept), key)
    there = None
    if person.subject is not None and sid is not None:
        there = by_provider(deployment, "sid", person.subject[0], sid)
    await _BEGIN.fetch(key, sealed, lasts, account_hash(deployment, person), there)
    return token


def account_hash(deployment: Deployment, person: Person) -> bytes:
    """By what all sessions of one account are found, for whomever they act; as `Person.account`."""
    issuer, name = person.subject or ("", person.natural)
    return by_provider(deployment, "subject", issuer, name)


def by_provider(deployment: Deployment, what: str, issuer: str, name: str) -> bytes:
    """By what sessions are found that a provider calls so."""
    return numbers.keyed_hash(deployment.keys.sealer.passing, f"session {what} {issuer}", name)


async def who(deployment: Deployment, token: str) -> Signed | None:
    """The living session that `token` opens, else None."""
    found = await _living(deployment, token)
    return None if found is None else found[0]


async def extend(deployment: Deployment, token: str) -> Signed | None:
    """As `who`, after the session was made to last as long from now on as it may."""
    found = await _living(deployment, token)
    if found is None:
        return None
    signed, until = found
    rows = await _EXTEND.fetch(token_hash(token), until)
    return msgspec.structs.replace(signed, left=signed.longest) if rows else None


async def _living(deployment: Deployment, token: str) -> tuple[Signed, datetime] | None:
    """The session, and until when it may be made to last."""
    key = token_hash(token)
    row = await _FIND.row(key)
    if row is None:
        return None
    signed, now, ends = _opened(deployment, row["sealed"], key), row["now"], row["expires_at"]
    since = None if signed.person.is_staff else signed.since
    last = ends if since is None else max(ends, since + LONGEST)
    until = min(now + SESSION_LASTS, last)
    soonest, latest = ends, until
    if row["seen_at"] is not None:
        soonest, latest = min(ends, row["seen_at"] + IDLE), min(until, now + IDLE)
    left, longest = (soonest - now).total_seconds(), (latest - now).total_seconds()
    return msgspec.structs.replace(signed, left=left, longest=longest), until


def whose(deployment: Deployment, row: Any) -> Person:
    """Whose session a row of the table is, living or not."""
    return _opened(deployment, row["sealed"], row["token_hash"]).person


def _opened(deployment: Deployment, sealed: bytes, key: bytes) -> Signed:
    plain = deployment.keys.sealer.open(sealed, key)
    try:
        return msgspec.json.decode(plain, type=Signed)
    except msgspec.ValidationError:  # a session that began before there were parts
        return Signed(msgspec.json.decode(plain, type=Person))


async def stays(token: str) -> bool:
    """Whether the session lives; then nobody ends it before the open transaction does."""
    return await _KEEP.row(token_hash(token)) is not None


async def forget_old(now: datetime) -> None:
    await Session.delete().where(
        (Session.expires_at <= now) | (Session.expires_at >= now + NO_LONGER)
    )


async def sign_out(deployment: Deployment, token: str) -> Person | None:
    """End a session; whose it was, also where it has run out by itself."""
    key = token_hash(token)
    row = await _END.row(key)
    return None if row is None else _opened(deployment, row["sealed"], key).person
