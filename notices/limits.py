"""How often somebody may do something: counts in PostgreSQL, the same for every web process."""

from datetime import timedelta

from notices.database import DB
from notices.facts import durations
from notices.facts.errors import TooManyRequests
from notices.facts.numbers import keyed_hash
from notices.facts.texts import Text

POLICIES: dict[str, tuple[int, timedelta, Text]] = {
    "declare": (
        20,
        timedelta(days=1),
        Text("每人每天最多声明 20 份", "20 declarations a day for each person"),
    ),
    "object": (
        5,
        timedelta(days=1),
        Text("每人每天最多提出 5 份异议", "5 objections a day for each person"),
    ),
    "verify": (
        30,
        timedelta(minutes=1),
        Text("每个地址每分钟最多核验 30 次", "30 checks a minute from each address"),
    ),
    "search": (
        120,
        timedelta(minutes=1),
        Text("每个地址每分钟最多查找 120 次", "120 searches a minute from each address"),
    ),
    "suggest": (
        600,
        timedelta(minutes=1),
        Text("每个地址每分钟最多提示 600 次", "600 suggestions a minute from each address"),
    ),
    "print": (
        30,
        timedelta(minutes=1),
        Text("每个地址每分钟最多打印 30 份公告", "30 printed notices a minute for each address"),
    ),
}
"""Most uses within a window that begins with the first of them, and how that is said."""


async def use(key: bytes, policy: str, who: str) -> None:
    """Count one use of `policy` by `who`; raises TooManyRequests with Retry-After in seconds.

    `key` is the matching key: an identifier or an address has so few forms that a bare hash
    of it would tell it.
    """
    most, window, said = POLICIES[policy]
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
        wait = max(1, int(row["left"]) + 1)
        raise TooManyRequests(
            headers={"Retry-After": str(wait)}, limit=said, wait=durations.said(wait)
        )


async def give_back(key: bytes, policy: str, who: str) -> None:
    """Take back one use, of something that was refused in the end."""
    await DB.fetch(
        "UPDATE rate SET uses = uses - 1 WHERE bucket = $1 AND uses > 0",
        keyed_hash(key, f"limit {policy}", who),
    )


async def forget_old() -> None:
    await DB.fetch("DELETE FROM rate WHERE window_end < now()")
