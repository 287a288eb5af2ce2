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
    """Whose uses are counted: an address, whoever is signed in, or an agency.

    `told` are the quotas a day that an operator gave to this one, by policies.
    """

    kind: Kind
    who: str
    told: tuple[tuple[str, int], ...] = ()


class Left(NamedTuple):
    """A count of one's own: how much it may come to, what of that is left, for how many seconds."""

    policy: str
    window: timedelta
    most: int
    left: int
    seconds: int


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
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
        {
            "address": {MINUTE: 30, DAY: 3000},
            "account": {MINUTE: 1000, DAY: 10_000},
            "agency": {DAY: 1_000_000},
        },
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
        for window, most in most_of(policy, by).items()
    ]


def most_of(policy: str, by: Counted) -> dict[timedelta, int]:
    """How often this one may; an agency's quotas are its own where it was given some."""
    usual, told = POLICIES[policy].most.get(by.kind, {}), dict(by.told)
    return {DAY: told[policy]} if policy in told else usual


def over(window: str) -> str:
    """Whether a count `r` is over, as SQL: its time has passed, or has yet to come.

    It was then begun by a clock that was ahead; nobody waits for that time.
    """
    return f"(r.window_end <= now() OR r.window_end > now() + 2 * {window}::interval)"


@cache
def _counting(tiers: int) -> str:
    """Counts in each tier if it fits there and did in those before; a row for each it fitted in.

    Nothing that does not fit is counted: who goes on asking is not shut out for longer. Nobody
    waits until a count is on the disk: a crash forgets a second of it, and nothing else.
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
            f" uses = CASE WHEN {over(window)} THEN $1 ELSE r.uses + $1 END,"
            f" window_end = CASE WHEN {over(window)} THEN now() + {window}"
            " ELSE r.window_end END"
            f" WHERE {over(window)} OR r.uses + $1 <= {most} RETURNING uses, window_end)"
        )
    rows = " UNION ALL ".join(
        f"SELECT {number} AS tier, uses,"  # noqa: S608  (our own words)
        " ceil(extract(epoch FROM window_end - now()))::int AS seconds,"
        f" set_config('synchronous_commit', 'off', true) FROM c{number}"
        for number in range(1, tiers + 1)
    )
    return f"WITH {', '.join(steps)} {rows}"


async def use(
    key: bytes, policy: str, by: Counted, times: int = 1, told: list[Left] | None = None
) -> None:
    """Count `times` uses of `policy`; raises TooManyRequests with Retry-After in seconds.

    `key` is the passing key: an identifier or an address has so few forms that a bare hash
    of it would tell it. What is left of each count is `told`, of a network's only where it is
    what refuses: how much neighbours ask is theirs.
    """
    tiers = _tiers(key, policy, by)
    if not tiers or times == 0:
        return
    values = [value for each in tiers for value in (each.bucket, each.window, each.most)]
    rows = await DB.fetch(_counting(len(tiers)), times, *values)
    told = [] if told is None else told
    for row in rows:
        tier = tiers[row["tier"] - 1]
        if tier.whose == by.kind:
            left = tier.most - row["uses"]
            told.append(Left(policy, tier.window, tier.most, left, row["seconds"]))
    if len(rows) < len(tiers):
        tier = tiers[len(rows)]
        by_account = POLICIES[policy].most.get("account")
        kind = TooManyRequests
        if by.kind == "address" and by_account and by_account != POLICIES[policy].most["address"]:
            kind = TooManyUnlessSignedIn
        wait, uses = await found(tier.bucket, tier.window)
        # A neighbour's count is another one, however alike: what is left of one's own stays told.
        name = policy if tier.whose == by.kind else f"{policy}-{tier.whose}"
        told.append(Left(name, tier.window, tier.most, max(0, tier.most - uses), wait))
        raise _refusal(kind, wait, _sentence(policy, tier))


async def used(key: bytes, policy: str, by: Counted) -> tuple[int, datetime | None]:
    """How often within the present day it was done by `by`, and when that is over."""
    day = {each.window: each.bucket for each in _tiers(key, policy, by)}
    row = await _ENDS.row(day[DAY])
    # As `over` has it: what a clock that was ahead began counts no more.
    if row is None or not row["uses"] or row["window_end"] > row["now"] + 2 * DAY:
        return 0, None
    return row["uses"], row["window_end"]


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
        f"   uses = CASE WHEN {over('$3')} THEN excluded.uses"
        "     ELSE least(r.uses::bigint + excluded.uses, 1000000000)::int END,"
        f"   window_end = CASE WHEN {over('$3')} THEN excluded.window_end"
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
            wait, _ = await found(row["bucket"], DAY)
            raise _refusal(TooManyUnlessSignedIn, wait, sentence)


async def give_back(key: bytes, policy: str, by: Counted, times: int = 1) -> None:
    """Take back uses of something that was refused in the end."""
    buckets = [each.bucket for each in _tiers(key, policy, by)]
    if buckets:
        less = Rate.update({Rate.uses: Rate.uses - times})
        await less.where(Rate.bucket.is_in(buckets), Rate.uses >= times)


async def forget_old(now: datetime) -> None:
    # As `over` has it, of the longest window there is.
    await Rate.delete().where((Rate.window_end <= now) | (Rate.window_end > now + 2 * DAY))


def _sentence(policy: str, tier: _Tier) -> Text:
    what = POLICIES[policy].what.format(n=tier.most)
    return _SENTENCE.format(who=WHO[tier.whose], window=WINDOWS[tier.window], what=what)


_ENDS = Prepared(
    lambda bucket: Rate.select(Rate.window_end, Rate.uses, NOW).where(
        Rate.bucket == bucket, Rate.window_end > NOW
    )
)


def _refusal(kind: type[TooManyRequests], wait: int, sentence: Text) -> TooManyRequests:
    return kind(headers={"Retry-After": str(wait)}, limit=sentence, wait=durations.in_words(wait))


async def found(bucket: bytes, window: timedelta) -> tuple[int, int]:
    """Seconds until a count is over, and how much there is in it."""
    row = await _ENDS.row(bucket)
    if row is None:
        return math.ceil(window.total_seconds()), 0
    return math.ceil((row["window_end"] - row["now"]).total_seconds()), row["uses"]
