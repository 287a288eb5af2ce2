"""How often somebody may do something: counts in PostgreSQL, the same for every web process."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple

from notices.database import DB
from notices.facts import durations, networks
from notices.facts.excess import TooManyRequests, TooManyUnlessSignedIn
from notices.facts.numbers import keyed_hash
from notices.facts.texts import Message, Text
from notices.tables import Rate
from notices.tables.expressions import NOW
from notices.tables.prepared import Prepared

Kind = Literal["address", "account", "agency"]


class Counted(NamedTuple):
    """Whose uses are counted: an address, whoever is signed in, or an agency."""

    kind: Kind
    who: str


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOWS = {MINUTE: Message("每分钟"), DAY: Message("每天")}
_SENTENCE = Message("{who}{window}{what}")
WHO = {
    "address": Message("每个地址"),
    "network": Message("每个网段"),
    "account": Message("每人"),
    "agency": Message("每个机关"),
}

NETWORK = 10
"""So many times as much has the network of an address: /24, or of IPv6 /48."""


class Policy(NamedTuple):
    """What is counted, and how often each kind of asker may in each window."""

    what: Message
    most: dict[Kind, dict[timedelta, int]]


_SEARCHES: dict[Kind, dict[timedelta, int]] = {"address": {MINUTE: 120}, "account": {MINUTE: 120}}
POLICIES: dict[str, Policy] = {
    "declare": Policy(Message("最多声明 {n} 份"), {"account": {DAY: 20}}),
    "object": Policy(Message("最多提出 {n} 份异议"), {"account": {DAY: 5}}),
    "verify": Policy(
        Message("最多核验 {n} 次"),
        {"address": {MINUTE: 30, DAY: 3000}, "account": {MINUTE: 1000, DAY: 10_000}},
    ),
    "masked": Policy(
        Message("最多核验 {n} 个不全部公开的号码"),
        {
            "address": {MINUTE: 10, DAY: 100},
            "account": {DAY: 100},
            "agency": {DAY: 1000},
        },
    ),
    "search": Policy(Message("最多查找 {n} 次"), _SEARCHES),
    "suggest": Policy(
        Message("最多提示 {n} 次"),
        {"address": {MINUTE: 600}, "account": {MINUTE: 600}},
    ),
    "events": Policy(Message("最多读取 {n} 页事件"), _SEARCHES),
    "print": Policy(
        Message("最多打印 {n} 份公告"),
        {"address": {MINUTE: 20}, "account": {MINUTE: 20}},
    ),
    # Of forms that could not be carried out; beyond it a file is chosen again.
    "keep": Policy(Message("最多暂存 {n} 个文件"), {"address": {DAY: 20}}),
    # Whatever is sent to be written, before anything of it is read: what is refused counts here.
    "submit": Policy(Message("最多提交 {n} 次"), {"address": {MINUTE: 120}}),
}
"""Most uses within a window that begins with the first of them."""

MOST_GUESSES = 1000
"""A day, of all strangers together, at masked numbers that look alike."""

GUESSED = Message("对遮盖后相同的号码，未登录的核验每天共 {n} 次")


class _Tier(NamedTuple):
    """One count of several that a use has to fit into."""

    bucket: bytes
    window: timedelta
    most: int
    whose: str


def _tiers(key: bytes, policy: str, by: Counted) -> list[_Tier]:
    """Its own counts first: what is refused there is not counted for its network."""
    own = networks.own(by.who) if by.kind == "address" else by.who
    counted: list[tuple[str, str, int]] = [(by.kind, own, 1)]
    if by.kind == "address":
        counted.append(("network", networks.around(by.who), NETWORK))
    return [
        _Tier(
            keyed_hash(key, f"limit {policy} {whose} {window.total_seconds():.0f}", who),
            window,
            most * times,
            whose,
        )
        for whose, who, times in counted
        for window, most in POLICIES[policy].most.get(by.kind, {}).items()
    ]


def _over(window: str) -> str:
    """Whether a count `r` is over, as SQL: its time has passed, or has yet to come.

    It was then begun by a clock that was ahead; nobody waits for that time.
    """
    return f"(r.window_end <= now() OR r.window_end > now() + 2 * {window}::interval)"


@cache
def _counting(tiers: int) -> str:
    """Counts in each tier if it fits there and did in those before; how many it fitted in.

    Nothing that does not fit is counted: who goes on asking is not shut out for longer.
    """
    steps = []
    for number in range(1, tiers + 1):
        bucket, window, most = (f"${3 * number + each}" for each in (-1, 0, 1))
        before = f" AND EXISTS (SELECT 1 FROM c{number - 1})" if number > 1 else ""  # noqa: S608
        steps.append(
            f"c{number} AS (INSERT INTO rate AS r (bucket, window_end, uses)"
            f" SELECT {bucket}::bytea, now() + {window}::interval, $1::int"
            f" WHERE $1 <= {most}::int{before}"
            " ON CONFLICT (bucket) DO UPDATE SET"
            f" uses = CASE WHEN {_over(window)} THEN $1 ELSE r.uses + $1 END,"
            f" window_end = CASE WHEN {_over(window)} THEN now() + {window}"
            " ELSE r.window_end END"
            f" WHERE {_over(window)} OR r.uses + $1 <= {most} RETURNING 1)"
        )
    sums = " + ".join(f"(SELECT count(*) FROM c{number})" for number in range(1, tiers + 1))  # noqa: S608
    return f"WITH {', '.join(steps)} SELECT {sums} AS fitted"


async def use(key: bytes, policy: str, by: Counted, times: int = 1) -> None:
    """Count `times` uses of `policy`; raises TooManyRequests with Retry-After in seconds.

    `key` is the passing key: an identifier or an address has so few forms that a bare hash
    of it would tell it.
    """
    tiers = _tiers(key, policy, by)
    if not tiers or times == 0:
        return
    values = [value for each in tiers for value in (each.bucket, each.window, each.most)]
    row = await DB.row(_counting(len(tiers)), times, *values)
    fitted = row["fitted"] if row is not None else 0
    if fitted < len(tiers):
        tier = tiers[fitted]
        by_account = POLICIES[policy].most.get("account")
        kind = TooManyRequests
        if by.kind == "address" and by_account and by_account != POLICIES[policy].most["address"]:
            kind = TooManyUnlessSignedIn
        raise await _refusal(kind, tier.bucket, tier.window, _sentence(policy, tier))


async def guess(key: bytes, guesses: Mapping[str, int], by: Counted) -> None:
    """Count guesses at numbers, by certificate and mask; raises it for strangers when too many.

    One address asks little in a day, but many together would try out what a mask hides. So all
    that are made are counted, whoever makes them, and whether or not there is a notice.
    """
    buckets = {keyed_hash(key, "guess", mask): times for mask, times in guesses.items()}
    if not buckets:
        return
    rows = await DB.fetch(
        "INSERT INTO rate AS r (bucket, window_end, uses)"  # noqa: S608  (our own words)
        " SELECT bucket, now() + $3::interval, uses"
        # In one order, so that two that count the same wait and do not block each other.
        " FROM unnest($1::bytea[], $2::int[]) AS q (bucket, uses) ORDER BY bucket"
        " ON CONFLICT (bucket) DO UPDATE SET"
        f"   uses = CASE WHEN {_over('$3')} THEN excluded.uses"
        "     ELSE least(r.uses::bigint + excluded.uses, 1000000000)::int END,"
        f"   window_end = CASE WHEN {_over('$3')} THEN excluded.window_end"
        "     ELSE r.window_end END"
        " RETURNING bucket, uses",
        list(buckets),
        list(buckets.values()),
        DAY,
    )
    if by.kind != "address":
        return
    for row in rows:
        if row["uses"] > MOST_GUESSES:
            sentence = GUESSED.format(n=MOST_GUESSES)
            raise await _refusal(TooManyUnlessSignedIn, row["bucket"], DAY, sentence)


async def change(key: bytes, who: str, times: int, most: int) -> int | None:
    """Count `times` changes of notices by `who`, in the transaction that makes them.

    Where they are beyond `most` within an hour nothing is counted: the seconds until it is over.
    """
    bucket = _changes(key, who)
    row = await DB.row(
        "INSERT INTO rate AS r (bucket, window_end, uses)"
        " SELECT $1, now() + $2::interval, $3::int WHERE $3 <= $4::int"
        " ON CONFLICT (bucket) DO UPDATE SET"
        f" uses = CASE WHEN {_over('$2')} THEN $3 ELSE r.uses + $3 END,"
        f" window_end = CASE WHEN {_over('$2')} THEN excluded.window_end ELSE r.window_end END"
        f" WHERE {_over('$2')} OR r.uses + $3 <= $4 RETURNING uses",
        bucket,
        HOUR,
        times,
        most,
    )
    return None if row is not None else await _wait(bucket, HOUR)


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
        f" uses = CASE WHEN {_over('$2')} THEN 1 ELSE least(r.uses + 1, 1000000000) END,"
        f" window_end = CASE WHEN {_over('$2')} THEN excluded.window_end ELSE r.window_end END"
        " RETURNING uses",
        keyed_hash(key, "declarations from", own),
        HOUR,
    )
    return row is not None and row["uses"] >= CROWDED


async def give_back(key: bytes, policy: str, by: Counted) -> None:
    """Take back one use, of something that was refused in the end."""
    buckets = [each.bucket for each in _tiers(key, policy, by)]
    if buckets:
        less = Rate.update({Rate.uses: Rate.uses - 1})
        await less.where(Rate.bucket.is_in(buckets), Rate.uses > 0)


async def forget_old(now: datetime) -> None:
    # As `_over` has it, of the longest window there is.
    await Rate.delete().where((Rate.window_end <= now) | (Rate.window_end > now + 2 * DAY))


def _sentence(policy: str, tier: _Tier) -> Text:
    what = POLICIES[policy].what.format(n=tier.most)
    return _SENTENCE.format(who=WHO[tier.whose], window=WINDOWS[tier.window], what=what)


_ENDS = Prepared(
    lambda bucket: Rate.select(Rate.window_end, NOW).where(
        Rate.bucket == bucket, Rate.window_end > NOW
    )
)


async def _refusal(
    kind: type[TooManyRequests], bucket: bytes, window: timedelta, sentence: Text
) -> TooManyRequests:
    wait = await _wait(bucket, window)
    return kind(headers={"Retry-After": str(wait)}, limit=sentence, wait=durations.in_words(wait))


async def _wait(bucket: bytes, window: timedelta) -> int:
    """Seconds until a count that is full is over."""
    row = await _ENDS.row(bucket)
    left = row["window_end"] - row["now"] if row is not None else window
    return math.ceil(left.total_seconds())
