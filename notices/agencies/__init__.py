"""Agencies: who they are, which keys they have, and what each key is for."""

import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from notices import tables
from notices.database import DB
from notices.facts import agencies, agency_keys
from notices.facts import issuers as issuers_facts
from notices.facts.errors import Invalid, Problem
from notices.facts.names import same_name
from notices.facts.refusals import InsufficientScope, KeyIsForTests
from notices.facts.text_check import text_problems
from notices.facts.texts import Message, TextError
from notices.identity import Person
from notices.journal import Actor
from notices.tables.expressions import NOW

OVERLAP = timedelta(days=7)
"""For which a key goes on beside the one that takes its place, unless it is told otherwise."""


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

    scopes: Collection[str] = ("issue",)
    """What the key is for; its staff confirms and replaces, and may ask as its keys may."""

    key: str | None = None
    """Which of its keys was shown, by its id."""

    kind: str = "other"
    """A word of `facts.agencies.KINDS`."""

    test: bool = False
    silent: bool = False
    """Whether nobody is told of what it checks with this key."""

    told: tuple[tuple[str, int], ...] = ()
    """Quotas a day that an operator gave it, by policies of `limits`."""

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

    def require(self, scope: str) -> None:
        """Raises InsufficientScope where the key is not for this."""
        if scope not in self.scopes:
            raise InsufficientScope(scope)

    def refuse_to_change(self) -> None:
        """Raises what keeps this key from confirming and replacing: its scopes, or a test."""
        self.require("issue")
        if self.test:
            raise KeyIsForTests


class NoSuchAgency(TextError):
    """There is no agency of this id whose key is still taken."""

    text = Message("没有这个编号的机关，或它的密钥已停用；notices agencies list 列出全部。")


async def add(
    name: str,
    issuers: list[str],
    expires_at: datetime | None = None,
    *,
    scopes: Sequence[str] = agencies.USUAL,
    kind: str = "other",
    quota: int | None = None,
    masked_quota: int | None = None,
    test: bool = False,
    silent: bool = False,
) -> tuple[Agency, str]:
    """A new agency and its key, which is kept nowhere; raises Invalid or KnownAgency."""
    # Whoever checks is listed in public.
    problems = list(text_problems("name", name, required=True, published=True))
    for issuer in issuers or [""] * ("issue" in scopes):
        wrong = list(text_problems("issuer", issuer, required=True, published=True))
        if not wrong and not issuers_facts.is_office(issuer):
            # No declaration could name it, so this agency could never do anything.
            wrong = [Problem("issuer", "issuer_unusual")]
        problems += wrong
    if problems:
        raise Invalid(problems=problems)
    agency = Agency(
        secrets.token_hex(6), name.strip(), tuple(issuers), scopes=scopes, kind=kind, test=test
    )
    row = tables.Agency(
        id=agency.id,
        name=agency.name,
        issuers=list(agency.issuers),
        kind=kind,
        test=test,
        quota=quota,
        masked_quota=masked_quota,
    )
    async with _together():
        if not await tables.Agency.insert(row).on_conflict(action="DO NOTHING"):
            raise KnownAgency
        return agency, await _give_key(agency.id, 1, scopes, expires_at, test=test, silent=silent)


async def rotate(
    id: str,
    expires_at: datetime | None = None,
    overlap: timedelta = OVERLAP,
    scopes: Sequence[str] | None = None,
) -> tuple[str, datetime | None]:
    """A new key for agency `id`, and until when the one before is taken beside it.

    It is for `scopes`, else for what that one was for. Two live at once: what was in its overlap
    already ends. Raises NoSuchAgency, or Invalid where one that speaks for nobody is to issue.
    """
    table = tables.AgencyKey
    async with _together():
        rows = await _locked(id)
        if not rows:
            raise NoSuchAgency
        if scopes is not None and "issue" in scopes and not rows[0]["issuers"]:
            raise Invalid(problems=[Problem("issuer", "required")])
        now, ends = rows[0]["now"], rows[0]["now"] + overlap
        keys = await table.select(
            table.id, table.scopes, table.silent, table.expires_at, table.revoked_at
        ).where(table.agency == id)
        keys.sort(key=lambda each: _place(each["id"]))
        living = [each for each in keys if _lives(each, now)]
        for each in living:
            stays = each is living[-1] and overlap
            if not stays:
                await table.update({table.revoked_at: NOW}).where(table.id == each["id"])
            elif each["expires_at"] is None or each["expires_at"] > ends:
                await table.update({table.expires_at: ends}).where(table.id == each["id"])
        given = await _give_key(
            id, _place(keys[-1]["id"]) + 1, keys[-1]["scopes"] if scopes is None else scopes,
            expires_at, test=rows[0]["test"], silent=keys[-1]["silent"],
        )  # fmt: skip
    if not living or not overlap:
        return given, None
    return given, min(ends, living[-1]["expires_at"] or ends)


async def _locked(id: str) -> list[dict[str, Any]]:
    """The agency, unless it is one no more; until the transaction ends nobody else rotates."""
    table = tables.Agency
    living = (table.id == id) & table.revoked_at.is_null()
    return await table.select(table.test, table.issuers, NOW).where(living).lock_rows()


def _place(key: str) -> int:
    return int(key.rpartition(".")[2])


def _lives(key: dict[str, Any], now: datetime) -> bool:
    return key["revoked_at"] is None and (key["expires_at"] is None or key["expires_at"] > now)


async def revoke(id: str) -> None:
    """From now on no key of agency `id` is taken any more, or that one key; for good.

    Raises NoSuchAgency.
    """
    table: Any = tables.AgencyKey if "." in id else tables.Agency
    revoked = table.update({table.revoked_at: NOW})
    async with _together():
        if not await revoked.where(table.id == id, table.revoked_at.is_null()).returning(table.id):
            raise NoSuchAgency
        # Of one that is an agency no more; with another key the others' watches go on.
        await tables.Watch.delete().where(tables.Watch.agency == id)


async def _give_key(
    agency: str,
    number: int,
    scopes: Sequence[str],
    expires_at: datetime | None,
    *,
    test: bool,
    silent: bool,
) -> str:
    """A further key, which is kept nowhere but as its hash."""
    random = "".join(secrets.choice(agency_keys.ALPHABET) for _ in range(agency_keys.RANDOM))
    key = agency_keys.key_of(random, test=test)
    row = tables.AgencyKey(
        id=f"{agency}.{number}",
        agency=agency,
        key_hash=hashed(key),
        scopes=list(scopes),
        expires_at=expires_at,
        silent=silent,
    )
    await tables.AgencyKey.insert(row)
    return key


@contextlib.asynccontextmanager
async def _together() -> AsyncIterator[None]:
    """In the command's transaction, which writes into the audit log too, or in one of its own."""
    if DB.current_transaction.get() is not None:
        yield
    else:
        async with DB.transaction():
            yield


def hashed(key: str) -> bytes:
    # 256 random bits: nothing slower than one hash is needed to keep them.
    return hashlib.sha256(key.encode()).digest()
