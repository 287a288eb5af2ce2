"""Whose key a request shows, and of which agency somebody signed in as staff."""

from typing import Any

from notices import tables
from notices.agencies import Agency, hashed
from notices.database import DB
from notices.facts import agency_keys
from notices.facts.refusals import UnknownKey
from notices.tables.expressions import NOW, is_false
from notices.tables.prepared import Prepared


async def of_id(id: str) -> Agency | None:
    """The agency of this id, unless it is one no more; its staff needs no key."""
    row = await _OF_ID.row(id)
    if row is None:
        return None
    keys = await _SCOPES.fetch(id)
    return Agency(
        row["id"],
        row["name"],
        tuple(row["issuers"]),
        scopes={"issue"}.union(*(each["scopes"] for each in keys)),
        kind=row["kind"],
        told=_told(row),
    )


def _told(row: Any) -> tuple[tuple[str, int], ...]:
    quotas = {"verify": row["quota"], "masked": row["masked_quota"]}
    return tuple((policy, most) for policy, most in quotas.items() if most is not None)


_OF_ID = Prepared(
    lambda id: tables.Agency.select(
        tables.Agency.id,
        tables.Agency.name,
        tables.Agency.issuers,
        tables.Agency.kind,
        tables.Agency.quota,
        tables.Agency.masked_quota,
    ).where(
        tables.Agency.id == id, tables.Agency.revoked_at.is_null(), is_false(tables.Agency.test)
    )
)
_SCOPES = Prepared(
    lambda id: tables.AgencyKey.select(tables.AgencyKey.scopes).where(
        tables.AgencyKey.agency == id,
        tables.AgencyKey.revoked_at.is_null(),
        tables.AgencyKey.expires_at.is_null() | (tables.AgencyKey.expires_at > NOW),
    )
)
_OF_KEY = """
SELECT k.id AS key, k.scopes, k.silent, a.id, a.name, a.issuers, a.kind, a.test, a.quota,
  a.masked_quota
FROM agency_key k JOIN agency a ON a.id = k.agency
WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND a.revoked_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > now())
"""


async def of_key(key: str) -> Agency:
    """Whose key it is; raises UnknownKey."""
    row = await DB.row(_OF_KEY, hashed(key)) if agency_keys.may_be_one(key) else None
    if row is None:
        raise UnknownKey
    return Agency(
        row["id"],
        row["name"],
        tuple(row["issuers"]),
        scopes=frozenset(row["scopes"]),
        key=row["key"],
        kind=row["kind"],
        test=row["test"],
        silent=row["silent"],
        told=_told(row),
    )
