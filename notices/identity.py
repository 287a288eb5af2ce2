"""Who is asking: a signed-in person, and the session that remembers him.

A real sign-in (OpenID Connect, say) has to do one thing to take the place of the demo's:
make a `Person` and call `sign_in`.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import msgspec

from notices.database import DB
from notices.deployment import Deployment
from notices.facts import numbers
from notices.facts.declaration_check import IDENTIFIER_TYPES, identifier_type
from notices.facts.errors import Invalid, Problem
from notices.facts.forms import Holder

SESSION_LASTS = timedelta(hours=8)


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

    @property
    def document(self) -> str:
        """What the identifier of whom this session can declare for is."""
        return "uscc" if self.kind == "organisation" else self.identifier_type

    @property
    def acts_for(self) -> tuple[str, str, str]:
        """Kind, normal identifier and name of whom this session can declare for."""
        if self.kind == "organisation" and self.organisation is not None:
            code = numbers.identifier_form(self.organisation.identifier)
            return "organisation", code, self.organisation.name
        return "person", numbers.identifier_form(self.identifier), self.name


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /api/v1/demo/login, decoded leniently."""

    kind: str | None = None
    name: str | None = None
    identifier_type: str | None = None
    identifier: str | None = None
    organisation: dict[str, Any] | None = None


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


def person_from(login: Login) -> Person:
    """The person of a demo sign-in; raises Invalid with every problem."""
    problems = []
    kind = login.kind
    if kind not in ("person", "organisation", "officer"):
        problems.append(Problem("kind", "bad_value", {"expected": "person, organisation, officer"}))
    for name in ("name", "identifier"):
        problems += _text_problems(name, getattr(login, name))
    type_ = login.identifier_type or "resident-id"
    if type_ not in IDENTIFIER_TYPES["person"]:
        expected = ", ".join(IDENTIFIER_TYPES["person"])
        problems.append(Problem("identifier_type", "bad_value", {"expected": expected}))
    if (
        not problems
        and type_ == "resident-id"
        and not numbers.resident_id_ok(numbers.identifier_form(login.identifier or ""))
    ):
        problems.append(Problem("identifier", "identifier_check_digit"))
    organisation = None
    if kind == "organisation":
        given = login.organisation or {}
        problems += [
            Problem(f"organisation.{name}", "unknown_field")
            for name in sorted(set(given) - {"name", "identifier"})
        ]
        for name in ("name", "identifier"):
            problems += _text_problems(f"organisation.{name}", given.get(name))
        code = given.get("identifier")
        if isinstance(code, str) and code and not numbers.uscc_ok(numbers.identifier_form(code)):
            problems.append(Problem("organisation.identifier", "identifier_check_digit"))
        if not problems:
            organisation = Organisation(given["name"].strip(), given["identifier"].strip())
    elif login.organisation is not None:
        problems.append(Problem("organisation", "bad_value", {"expected": "null"}))
    if problems:
        raise Invalid(problems=problems)
    return Person(
        kind=kind or "",
        name=(login.name or "").strip(),
        identifier=(login.identifier or "").strip(),
        identifier_type=type_,
        organisation=organisation,
    )


def _text_problems(field: str, value: object) -> list[Problem]:
    if value is None or (isinstance(value, str) and not value.strip()):
        return [Problem(field, "required")]
    if not isinstance(value, str):
        return [Problem(field, "wrong_type", {"expected": "text"})]
    if len(value) > 200:
        return [Problem(field, "too_long", {"limit": 200})]
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in value):
        return [Problem(field, "control_character")]
    return []


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def sign_in(deployment: Deployment, person: Person) -> str:
    """Open a session for `person` and return the cookie's value, which nothing else knows."""
    token = secrets.token_urlsafe(32)
    key = _token_hash(token)
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(person), key)
    await DB.fetch(
        "WITH old AS (DELETE FROM session WHERE expires_at < now())"
        " INSERT INTO session (token_hash, sealed, expires_at) VALUES ($1, $2, now() + $3)",
        key,
        sealed,
        SESSION_LASTS,
    )
    return token


async def who(deployment: Deployment, token: str) -> Person | None:
    """The person of a living session, else None."""
    key = _token_hash(token)
    row = await DB.row(
        "SELECT sealed FROM session WHERE token_hash = $1 AND expires_at > now()", key
    )
    if row is None:
        return None
    return msgspec.json.decode(deployment.keys.sealer.open(row["sealed"], key), type=Person)


async def sign_out(token: str) -> None:
    await DB.fetch("DELETE FROM session WHERE token_hash = $1", _token_hash(token))
