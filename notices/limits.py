"""How often somebody may do something: counts in PostgreSQL, the same for every web process."""

from datetime import timedelta

from notices.database import DB
from notices.facts.errors import TooManyRequests
from notices.facts.numbers import keyed_hash

POLICIES: dict[str, tuple[int, timedelta]] = {
    "declare": (20, timedelta(days=1)),
    "object": (5, timedelta(days=1)),
    "verify": (30, timedelta(minutes=1)),
    "search": (120, timedelta(minutes=1)),
}
"""Most uses within a window that begins with the first of them."""


async def use(key: bytes, policy: str, who: str) -> None:
    """Count one use of `policy` by `who`; raises TooManyRequests with Retry-After in seconds.

    `key` is the matching key: an identifier or an address has so few forms that a bare hash
    of it would tell it.
    """
    most, window = POLICIES[policy]
    bucket = keyed_hash(key, f"limit {policy}", who)
    row = await DB.row(
        "INSERT INTO rate AS r (bucket, window_end, uses) VALUES ($1, now() + $2, 1)"
        " ON CONFLICT (bucket) DO UPDATE SET"
        "   uses = CASE WHEN r.window_end <= now() THEN 1 ELSE r.uses + 1 END,"
        "   window_end = CASE WHEN r.window_end <= now() THEN now() + $2 ELSE r.window_end END"
        " RETURNING uses, extract(epoch FROM window_end - now())::float8 AS left",
        bucket,
        window,
    )
    if row is not None and row["uses"] > most:
        raise TooManyRequests(headers={"Retry-After": str(max(1, int(row["left"]) + 1))})


async def forget_old() -> None:
    await DB.fetch("DELETE FROM rate WHERE window_end < now()")
