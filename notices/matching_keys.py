"""By which keys the numbers and persons of the database are hashed, for whoever asks by them."""

from collections.abc import Sequence
from typing import Any

import structlog

from notices.database import DB, Database
from notices.facts.errors import Unavailable
from notices.tables import KeyCheck
from notices.tables.prepared import as_sql
from notices.trust.keys import Keys, matching_in

PRESENT, BEFORE = "matching key", "matching key before"
"""Under which purposes `key_check` names them; the second while the first takes its place."""

STATE = f"""
(SELECT string_agg(check_value, ' ' ORDER BY purpose) FROM key_check
  WHERE purpose IN ('{PRESENT}', '{BEFORE}'))
"""  # noqa: S608  (nothing in it comes from outside)
"""What `Matching.state` has to be for a hash to be found, in whatever statement asks by it."""

LOG = structlog.get_logger()

_NAMED = as_sql(
    KeyCheck.select(KeyCheck.check_value)
    .where(KeyCheck.purpose.is_in([PRESENT, BEFORE]))
    .order_by(KeyCheck.purpose)
)


class Stale(Exception):
    """Hashed by keys that are no longer those of the register, or not yet; once more, then."""


async def named(fetch: Any) -> list[str]:
    """The check values of the keys of the register, the present one first."""
    return [row["check_value"] for row in await fetch(*_NAMED)]


async def load(keys: Keys, database: Database = DB) -> bool:
    """Hash by the keys of this register; False where the folder lacks one of them."""
    checks = await named(database.fetch)
    if not checks or tuple(checks) == keys.matching.checks:
        return True
    return settle(keys, checks)


def settle(keys: Keys, checks: Sequence[str]) -> bool:
    """Hash by the keys with these check values; a file may have come since the last look."""
    if keys.matching.settle(checks):
        return True
    if keys.folder is not None:
        keys.matching.add(matching_in(keys.folder))
    return keys.matching.settle(checks)


async def sure(keys: Keys) -> None:
    """Before something is asked by a hash that the statement itself does not hold against STATE.

    Nothing is hashed anew for seconds after it was said by which key. Raises Unavailable where a
    key of the register is not here.
    """
    if not await load(keys):
        LOG.error("matching_key_missing")
        raise Unavailable
