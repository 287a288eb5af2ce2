"""Lists of agencies: for operators with their keys and uses, and the public one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notices import tables
from notices.agencies import using
from notices.facts.agencies import CHECKING
from notices.facts.public.agencies import AgencyKind
from notices.facts.texts import CHINA
from notices.tables.expressions import NOW, is_false, latest, total
from notices.tables.prepared import Prepared


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as `list` shows it: when it was used is told by the day, and how often."""

    id: str
    scopes: tuple[str, ...]
    silent: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_on: date | None
    checks: int

    def state(self, now: datetime) -> str:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency as `list` shows it; its keys are known to nobody but itself."""

    id: str
    name: str
    issuers: tuple[str, ...]
    kind: str
    test: bool
    quota: int | None
    masked_quota: int | None
    created_at: datetime
    revoked_at: datetime | None
    keys: Sequence[ListedKey]

    def state(self, now: datetime) -> str:
        if self.revoked_at is not None:
            return "revoked"
        states = [each.state(now) for each in self.keys]
        return next((one for one in ("active", "expired") if one in states), "revoked")

    def ends_at(self, now: datetime) -> datetime | None:
        """When the last key that is taken ends; None where one has no end, or none is taken."""
        ends = [each.expires_at for each in self.keys if each.state(now) == "active"]
        known = [each for each in ends if each is not None]
        return max(known) if known and len(known) == len(ends) else None


async def listed() -> list[Listed]:
    """All agencies there ever were, the oldest first, with all their keys."""
    since = datetime.now(CHINA).date() - using.KEPT
    uses = {
        row["key"]: row
        for row in await tables.AgencyUse.select(
            tables.AgencyUse.key, latest(tables.AgencyUse.day), total(tables.AgencyUse.checks)
        )
        .where(tables.AgencyUse.day > since)
        .group_by(tables.AgencyUse.key)
    }
    keys: dict[str, list[ListedKey]] = {}
    for row in await tables.AgencyKey.select(
        tables.AgencyKey.id,
        tables.AgencyKey.agency,
        tables.AgencyKey.scopes,
        tables.AgencyKey.silent,
        tables.AgencyKey.created_at,
        tables.AgencyKey.expires_at,
        tables.AgencyKey.revoked_at,
    ).order_by(tables.AgencyKey.created_at, tables.AgencyKey.id):
        used = uses.get(row["id"], {})
        keys.setdefault(row.pop("agency"), []).append(
            ListedKey(
                **{**row, "scopes": tuple(row["scopes"])},
                used_on=used.get("max"),
                checks=int(used.get("sum", 0)),
            )
        )
    table = tables.Agency
    rows = await table.select(
        table.id, table.name, table.issuers, table.kind, table.test, table.quota,
        table.masked_quota, table.created_at, table.revoked_at,
    ).order_by(table.created_at, table.id)  # fmt: skip
    return [
        Listed(**{**row, "issuers": tuple(row["issuers"]), "keys": keys.get(row["id"], [])})
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Checker:
    """An agency that checks certificates, as everybody may know it."""

    name: str
    kind: AgencyKind
    since: date


_KEYS = Prepared(
    lambda: tables.AgencyKey.select(tables.AgencyKey.agency, tables.AgencyKey.scopes).where(
        tables.AgencyKey.revoked_at.is_null(),
        tables.AgencyKey.expires_at.is_null() | (tables.AgencyKey.expires_at > NOW),
    )
)
_AGENCIES = Prepared(
    lambda: (
        tables.Agency.select(
            tables.Agency.id, tables.Agency.name, tables.Agency.kind, tables.Agency.created_at
        )
        .where(tables.Agency.revoked_at.is_null(), is_false(tables.Agency.test))
        .order_by(tables.Agency.created_at, tables.Agency.id)
    )
)


async def checkers() -> list[Checker]:
    """Those with a key that checks, the first one first; no tests, and none that only issues."""
    checking = {
        row["agency"] for row in await _KEYS.fetch() if CHECKING.intersection(row["scopes"])
    }
    return [
        Checker(row["name"], row["kind"], row["created_at"].astimezone(CHINA).date())
        for row in await _AGENCIES.fetch()
        if row["id"] in checking
    ]
