"""How much one changes within an hour, and how many declarations come from one address."""

from datetime import timedelta

from notices.database import DB
from notices.facts import networks
from notices.facts.numbers import keyed_hash
from notices.limits import Counted, found, over
from notices.tables import Rate

HOUR = timedelta(hours=1)


async def change(key: bytes, who: str, times: int, most: int) -> int | None:
    """Count `times` changes of notices by `who`, in the transaction that makes them.

    Where they are beyond `most` within an hour nothing is counted: the seconds until it is over.
    """
    bucket = _changes(key, who)
    row = await DB.row(
        "INSERT INTO rate AS r (bucket, window_end, uses)"
        " SELECT $1, now() + $2::interval, $3::int WHERE $3 <= $4::int"
        " ON CONFLICT (bucket) DO UPDATE SET"
        f" uses = CASE WHEN {over('$2')} THEN $3 ELSE r.uses + $3 END,"
        f" window_end = CASE WHEN {over('$2')} THEN excluded.window_end ELSE r.window_end END"
        f" WHERE {over('$2')} OR r.uses + $3 <= $4 RETURNING uses",
        bucket,
        HOUR,
        times,
        most,
    )
    return None if row is not None else (await found(bucket, HOUR))[0]


async def forget_changes(key: bytes, who: str) -> None:
    """Somebody else has said that `who` may go on: they begin anew."""
    await Rate.delete().where(Rate.bucket == _changes(key, who))


def _changes(key: bytes, who: str) -> bytes:
    return keyed_hash(key, "changes by", who)


CROWDED = 10
"""Declarations within an hour of one address, from which on an officer looks at them."""


async def crowd(key: bytes, by: Counted) -> bool:
    """Count a declaration from an address; whether so many came from there within the hour.

    Of the address nothing is kept but this count, under a keyed hash, and not longer.
    """
    own = networks.own(by.who)
    row = await DB.row(
        "INSERT INTO rate AS r (bucket, window_end, uses)"  # noqa: S608  (our own words)
        " VALUES ($1, now() + $2::interval, 1) ON CONFLICT (bucket) DO UPDATE SET"
        f" uses = CASE WHEN {over('$2')} THEN 1 ELSE least(r.uses + 1, 1000000000) END,"
        f" window_end = CASE WHEN {over('$2')} THEN excluded.window_end ELSE r.window_end END"
        " RETURNING uses",
        keyed_hash(key, "declarations from", own),
        HOUR,
    )
    return row is not None and row["uses"] >= CROWDED
