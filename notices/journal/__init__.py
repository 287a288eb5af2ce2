"""The audit log: what staff and operators did with private values, and with notices of others.

Every entry is canonical JSON (RFC 8785), and tells the SHA-256 of the one before it. It holds no
private value: who it was stands in it as a keyed hash, and their name and what they wrote lie
beside it, sealed, under a commitment. So it can be handed out and checked by anybody, and is read
by whoever has the key.

It is written in the transaction of the act, last of all: whoever holds its place waits for no other
lock. `log.py` has the order of all locks; neither of the two logs is ever waited for by whoever
has this one.
"""

import secrets
from typing import Literal

import msgspec
import structlog

from notices.database import DB
from notices.facts.numbers import keyed_hash
from notices.facts.texts import rfc3339
from notices.tables import Journal
from notices.tables.prepared import Prepared
from notices.trust import chain
from notices.trust.chain import VERSION
from notices.trust.encoding import canonical, to_base64
from notices.trust.keys import Keys

Office = Literal["officer", "agency", "operator"]
Looked = Literal["case", "objections", "rivals", "evidence", "exhibit"]
Did = Literal[
    "admit", "dismiss", "annul", "reject", "confirm", "replace", "redact", "set_aside",
    "held", "release", "undo",
    "signed_in", "sign_in_failed",
    "agency_added", "agency_changed", "agency_rotated", "agency_revoked",
    "keys_rotated", "keys_exported", "keys_imported", "backup_made", "journal_exported",
    "privacy_exported", "privacy_erased", "log_accepted", "restored",
]  # fmt: skip

SALT = 32


class Actor(msgspec.Struct, frozen=True):
    """Who does something: in which office, by what they are known, and what they are called."""

    office: Office
    subject: str
    name: str
    agency: str = ""
    """Of an agency's staff or key: by what all of it is known."""

    natural: str = ""
    """The natural person behind the account, as `Person.natural`; nobody knows that of a key."""

    @property
    def counted(self) -> str:
        """By what changes are counted: an agency's together, a person's by whatever account."""
        return self.agency or self.natural or self.subject


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did, or looked at: of which notices, and which objections, files, agencies.

    `purpose` is a word of `facts.purposes`; the `text` is what they wrote, and is sealed.
    """

    what: Looked | Did
    by: Actor | None
    """None: whom nobody knows, since they could not sign in."""

    notices: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    purpose: str | None = None
    text: str | None = None


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What of an entry only an auditor with the key may read."""

    name: str | None
    subject: str | None
    text: str | None


_ADD = Prepared(
    lambda number, entry, sealed: Journal.insert(Journal(number=number, entry=entry, sealed=sealed))
)


async def write(keys: Keys, act: Act) -> None:
    """Add an entry, in the open transaction and last in it: then there is either both or neither.

    Raises Unavailable, for which the act is then rolled back.
    """
    if DB.current_transaction.get() is None:
        raise RuntimeError("An act and its entry are written together.")
    turn = await DB.row("SELECT number, previous, at FROM journal_turn()")
    assert turn is not None  # noqa: S101  (a function's one row)
    number, by = turn["number"], act.by
    private = Sealed(
        name=by.name if by else None, subject=by.subject if by else None, text=act.text
    )
    plain, salt = msgspec.json.encode(private), secrets.token_bytes(SALT)
    entry = {
        "v": VERSION,
        "number": number,
        "previous": to_base64(turn["previous"]),
        "at": rfc3339(turn["at"]),
        "what": act.what,
        "office": by.office if by else None,
        "who": to_base64(keyed_hash(keys.matching.present, "journal", by.subject)) if by else None,
        "notices": list(act.notices),
        "about": list(act.about),
        "purpose": act.purpose,
        "request": structlog.contextvars.get_contextvars().get("request"),
        "sealed": chain.commitment(salt, plain),
    }
    sealed = keys.sealer.seal(salt + plain, chain.place(number))
    await _ADD.fetch(number, canonical(entry).decode(), sealed)


async def note(keys: Keys, act: Act) -> None:
    """`write` in a transaction of its own: of a look, which is written before it is answered."""
    async with DB.transaction():
        await write(keys, act)
