"""Agencies: who holds a key, and for which issuers it speaks."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from notices import tables
from notices.facts import issuers as issuers_facts
from notices.facts.errors import Invalid, Problem
from notices.facts.names import same_name
from notices.facts.refusals import UnknownKey
from notices.facts.text_check import text_problems
from notices.facts.texts import Message, TextError
from notices.identity import Person
from notices.journal import Actor
from notices.tables.expressions import NOW
from notices.tables.prepared import Prepared

PREFIX = "notices_live_"
"""How every key begins, so that one that gets loose is known for what it is."""

_KEY = re.compile(rf"(?:{PREFIX}|nk_)[A-Za-z0-9_-]{{43}}", re.ASCII)
"""Keys of before begin with nk_, and are as good as they were."""


class KnownAgency(TextError):
    """There is an agency of this name already."""

    text = Message("已有这个名称的机关。")


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, and the issuers it speaks for as their names are written in notices."""

    id: str
    name: str
    issuers: tuple[str, ...]
    staff: Person | None = None
    """Which of its people it is, where they have signed in and show no key."""

    @property
    def actor(self) -> Actor:
        """Who acts, as the audit log knows them: of a key nobody knows who holds it."""
        who = self.staff.actor if self.staff else Actor("agency", self.identity, self.name)
        return msgspec.structs.replace(who, agency=self.identity)

    @property
    def identity(self) -> str:
        """Who asks, where persons and agencies are told apart by one text."""
        return f"agency {self.id}"

    def speaks_for(self, issuer: str | None) -> bool:
        return issuer is not None and any(same_name(issuer, each) for each in self.issuers)


class NoSuchAgency(TextError):
    """There is no agency of this id whose key is still taken."""

    text = Message("没有这个编号的机关，或它的密钥已停用；notices agencies list 列出全部。")


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency as `list` shows it; its key is known to nobody but itself."""

    id: str
    name: str
    issuers: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


async def add(
    name: str, issuers: list[str], expires_at: datetime | None = None
) -> tuple[Agency, str]:
    """A new agency and its key, which is kept nowhere; raises Invalid or KnownAgency."""
    problems = list(text_problems("name", name, required=True))
    for issuer in issuers or [""]:
        wrong = list(text_problems("issuer", issuer, required=True, published=True))
        if not wrong and not issuers_facts.is_office(issuer):
            # No declaration could name it, so this agency could never do anything.
            wrong = [Problem("issuer", "issuer_unusual")]
        problems += wrong
    if problems:
        raise Invalid(problems=problems)
    agency, key = Agency(secrets.token_hex(6), name.strip(), tuple(issuers)), _new_key()
    row = tables.Agency(
        id=agency.id,
        name=agency.name,
        issuers=list(agency.issuers),
        key_hash=_hash(key),
        expires_at=expires_at,
    )
    if not await tables.Agency.insert(row).on_conflict(action="DO NOTHING"):
        raise KnownAgency
    return agency, key


async def listed() -> list[Listed]:
    """All agencies there ever were, the oldest first."""
    table = tables.Agency
    rows = await table.select(
        table.id, table.name, table.issuers, table.created_at, table.expires_at, table.revoked_at
    ).order_by(table.created_at, table.id)
    return [Listed(**{**row, "issuers": tuple(row["issuers"])}) for row in rows]


async def rotate(id: str, expires_at: datetime | None = None) -> str:
    """A new key for agency `id`; the one before is taken no more. Raises NoSuchAgency."""
    key = _new_key()
    if not await _change(
        id, {tables.Agency.key_hash: _hash(key), tables.Agency.expires_at: expires_at}
    ):
        raise NoSuchAgency
    return key


async def revoke(id: str) -> None:
    """From now on the key of agency `id` is taken no more, for good. Raises NoSuchAgency."""
    if not await _change(id, {tables.Agency.revoked_at: NOW}):
        raise NoSuchAgency


async def _change(id: str, values: dict[Any, Any]) -> bool:
    """Whether there is such an agency whose key is taken; it is then as `values` say."""
    table = tables.Agency
    return bool(
        await table.update(values)
        .where(table.id == id, table.revoked_at.is_null())
        .returning(table.id)
    )


async def of_id(id: str) -> Agency | None:
    """The agency of this id, unless it is one no more; its staff needs no key."""
    row = await _OF_ID.row(id)
    return None if row is None else Agency(row["id"], row["name"], tuple(row["issuers"]))


_OF_ID = Prepared(
    lambda id: tables.Agency.select(
        tables.Agency.id, tables.Agency.name, tables.Agency.issuers
    ).where(tables.Agency.id == id, tables.Agency.revoked_at.is_null())
)
_OF_KEY = Prepared(
    lambda key: tables.Agency.select(
        tables.Agency.id, tables.Agency.name, tables.Agency.issuers
    ).where(
        tables.Agency.key_hash == key,
        tables.Agency.revoked_at.is_null(),
        tables.Agency.expires_at.is_null() | (tables.Agency.expires_at > NOW),
    )
)


async def of_key(key: str) -> Agency:
    """Whose key it is; raises UnknownKey."""
    row = None
    if _KEY.fullmatch(key):
        row = await _OF_KEY.row(_hash(key))
    if row is None:
        raise UnknownKey
    return Agency(row["id"], row["name"], tuple(row["issuers"]))


def _new_key() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _hash(key: str) -> bytes:
    # 256 random bits: nothing slower than one hash is needed to keep them.
    return hashlib.sha256(key.encode()).digest()
