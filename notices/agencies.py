"""Agencies: who holds a key, and for which issuers it speaks."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from notices.database import DB
from notices.facts.errors import Invalid
from notices.facts.names import same_name
from notices.facts.refusals import UnknownKey
from notices.facts.text_check import text_problems
from notices.facts.texts import Text

PREFIX = "nk_"
"""How every key begins, so that one that gets loose is known for what it is."""

_KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)


class KnownAgency(Exception):
    """There is an agency of this name already."""

    text = Text(
        "已有这个名称的机关。", "There is an agency of this name already; its key stays as it is."
    )


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, and the issuers it speaks for as their names are written in notices."""

    id: str
    name: str
    issuers: tuple[str, ...]

    @property
    def identity(self) -> str:
        """Who asks, where persons and agencies are told apart by one text."""
        return f"agency {self.id}"

    def speaks_for(self, issuer: str | None) -> bool:
        return issuer is not None and any(same_name(issuer, each) for each in self.issuers)


async def add(name: str, issuers: list[str]) -> tuple[Agency, str]:
    """A new agency and its key, which is kept nowhere; raises Invalid or KnownAgency."""
    problems = list(text_problems("name", name, required=True))
    for issuer in issuers or [""]:
        problems += text_problems("issuer", issuer, required=True)
    if problems:
        raise Invalid(problems=problems)
    agency = Agency(secrets.token_hex(6), name.strip(), tuple(issuers))
    key = PREFIX + secrets.token_urlsafe(32)
    row = await DB.row(
        "INSERT INTO agency (id, name, issuers, key_hash) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING RETURNING id",
        agency.id,
        agency.name,
        list(agency.issuers),
        _hash(key),
    )
    if row is None:
        raise KnownAgency
    return agency, key


async def of_key(key: str) -> Agency:
    """Whose key it is; raises UnknownKey."""
    row = None
    if _KEY.fullmatch(key):
        row = await DB.row(
            "SELECT id, name, issuers FROM agency WHERE key_hash = $1 AND revoked_at IS NULL",
            _hash(key),
        )
    if row is None:
        raise UnknownKey
    return Agency(row["id"], row["name"], tuple(row["issuers"]))


def _hash(key: str) -> bytes:
    # 256 random bits: nothing slower than one hash is needed to keep them.
    return hashlib.sha256(key.encode()).digest()
