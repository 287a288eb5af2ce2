"""Filling a register with made-up notices, through the log like any other.

What a declaration leaves in the register and the log is made by the functions that publish a
real one (`records`, `log.Growth`); only the writing differs: COPY, a thousand notices a
transaction.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from notices import data_keys, log, matching_keys, records
from notices.database import DB
from notices.demo.making import AHEAD, Made, make_here, makers
from notices.demo.numbering import NumbersExhaustedError
from notices.deployment import Deployment
from notices.facts import periods
from notices.facts.texts import CHINA, Message, TextError
from notices.log import Commitment
from notices.register import claims
from notices.tables import ANALYZE, Notice

BATCH = 1_000
SPAN = 1_826
"""Five years, in days."""

OPENS, OPEN_HOURS = 7, 15
"""People declare between seven in the morning and ten in the evening."""

LONG = timedelta(days=3_650)
"""Later than any made-up notice is withdrawn."""

ATTEMPTS = 20
"""How often a batch looks for numbers in place of those that were declared before."""


SORTED_AT_ONCE = 4_096
"""Kilobytes of terms that wait for the index: many at once cost less, and nobody searches yet."""


class Withdrawal(NamedTuple):
    """An event to come, in the order of times."""

    at: datetime
    notice: str
    certificate: str
    commitment: Commitment


class RealRegister(TextError):
    """The register holds what people have proved to be theirs; nothing made up belongs there."""

    text = Message(
        "登记簿中有经核实身份的真实公告，示例公告写入后无法删除，因此没有写入。"
        "请用 DATA 或 DATABASE_URL 指定另一个空的登记簿。"
    )


def times(count: int, now: datetime) -> Callable[[int, float], datetime]:
    """From the place of a notice among `count` to its time, evenly over five years up to `now`.

    The time's second argument, from 0 to 1, is where in its share of the years it lies.
    """
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    opened = timedelta(hours=OPEN_HOURS)
    today = (now - midnight - timedelta(hours=OPENS)) / opened
    days = SPAN + min(max(today, 0.0), 1.0)
    first = midnight - timedelta(days=SPAN) + timedelta(hours=OPENS)

    def at(place: int, jitter: float) -> datetime:
        day, part = divmod(days * (place + jitter) / count, 1)
        exact = first + timedelta(days=day) + opened * part
        return exact.replace(microsecond=exact.microsecond // 1000 * 1000)

    return at


class _Plan:
    """When each notice is to be published: over five years into an empty log, else now."""

    def __init__(self, count: int, seed: int, now: datetime, empty: bool) -> None:
        self.count, self.seed, self.now, self.empty = count, seed, now, empty
        self._at = times(count, now)

    def batches(self) -> Iterator[range]:
        for start in range(0, self.count, BATCH):
            yield range(start, min(start + BATCH, self.count))

    def published(self, batch: range) -> list[datetime]:
        if not self.empty:
            return [self.now] * len(batch)
        random = Random(f"{self.seed} times {batch.start}")  # noqa: S311
        return [self._at(place, random.random()) for place in batch]

    def material(self, batch: range, attempt: int = 0) -> str:
        """What the random choices of a batch begin with."""
        return f"{self.seed} {batch.start} {attempt}"


async def fill(
    deployment: Deployment, count: int, seed: int, progress: Callable[[int, int], None]
) -> None:
    """Write `count` made-up notices; `progress` hears how many of them are committed.

    Raises RealRegister where one notice is not `self_declared`.

    Whenever it is killed, whole transactions of a thousand are there and nothing else.
    """
    if await Notice.exists().where(Notice.evidence != "self_declared"):
        raise RealRegister
    row = await DB.row(
        "SELECT size, date_trunc('milliseconds', clock_timestamp()) AS now"
        " FROM log_head WHERE id = 1"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    await data_keys.begin(deployment.keys)
    await matching_keys.load(deployment.keys)
    plan = _Plan(count, seed, row["now"], row["size"] == 0)
    pending: list[Withdrawal] = []
    with makers(deployment, count) as executor:
        making: deque[tuple[range, list[datetime], Awaitable[list[Made]]]] = deque()
        batches = plan.batches()
        while True:
            while len(making) < AHEAD and (batch := next(batches, None)) is not None:
                published = plan.published(batch)
                made = await _start(executor, plan.material(batch), published)
                making.append((batch, published, made))
            if not making:
                break
            batch, published, made = making.popleft()
            notices = await made
            async with DB.transaction():
                await DB.fetch(f"SET LOCAL gin_pending_list_limit = {SORTED_AT_ONCE}")
                await DB.fetch("SELECT pg_advisory_xact_lock($1)", claims.IN_BULK)
                await _claim_all(executor, plan, batch, notices, published)
                await _publish(plan, batch, notices, published, pending)
            progress(batch.stop, count)
    # Whoever searches should not have to.
    await DB.fetch("SELECT gin_clean_pending_list('notice_terms')")
    await DB.fetch(ANALYZE)


async def _start(
    executor: Executor, material: str, published: list[datetime]
) -> Awaitable[list[Made]]:
    """Begin to make a notice for each time, under serials that nobody else gets."""
    rows = await DB.fetch(
        "SELECT nextval('notice_serial') AS serial FROM generate_series(1, $1)", len(published)
    )
    serials = [row["serial"] for row in rows]
    return asyncio.get_running_loop().run_in_executor(
        executor, make_here, material, serials, published
    )


async def _claim_all(
    executor: Executor,
    plan: _Plan,
    batch: range,
    notices: list[Made],
    published: list[datetime],
) -> None:
    """Claim every number; a notice whose number is taken gives its place to another."""
    places = list(range(len(notices)))
    for attempt in range(1, ATTEMPTS + 1):
        places = await _taken(notices, places)
        if not places:
            return
        made = await _start(executor, plan.material(batch, attempt), [published[p] for p in places])
        for place, notice in zip(places, await made, strict=True):
            notices[place] = notice
    raise NumbersExhaustedError


async def _taken(notices: list[Made], places: list[int]) -> list[int]:
    """Claim the numbers of the notices at `places`; returned are those that could not be."""
    wanted = [notices[place] for place in places]
    taken = await claims.take([(made.claimed, made.id) for made in wanted])
    failed = [place for place in places if notices[place].id not in taken.ids]
    if failed:
        await DB.fetch(
            "DELETE FROM claim WHERE notice = ANY($1::text[])", [notices[p].id for p in failed]
        )
    return failed


async def _publish(
    plan: _Plan,
    batch: range,
    notices: list[Made],
    published: list[datetime],
    pending: list[Withdrawal],
) -> None:
    """Write a batch and the withdrawals that fall into its time, from `pending` or its own."""
    grown, now = await log.take_turns()
    if not plan.empty:
        published = [now] * len(notices)
    for made, at in zip(notices, published, strict=True):
        if made.withdrawn is not None:
            delay, commitment = made.withdrawn
            later = Withdrawal(at + delay, made.id, made.certificate, commitment)
            heapq.heappush(pending, later)
    # Where all happens now, some days later is now too.
    until = published[-1] if plan.empty else published[-1] + LONG
    if plan.empty and batch.stop == plan.count:
        until = plan.now
    withdrawals = await _due(pending, until)
    rows = []
    for made, planned in zip(notices, published, strict=True):
        while withdrawals and withdrawals[0].at < planned:
            _withdraw(grown, withdrawals.popleft(), planned)
        # Somebody may have declared meanwhile, at their own present time.
        at = max(planned, grown.last_at)
        index = grown.add(at, "published", made.id, made.certificate, made.record.commitment)
        end = periods.end(at, made.period)
        rows.append((*made.record.notice, index, at, *end))
    for withdrawal in withdrawals:
        _withdraw(grown, withdrawal, now)
    turned = ("published_index", "published_at", "effective_at", "provisional")
    await DB.copy("notice", (*records.NOTICE, *turned), rows)
    await DB.copy("notice_private", records.PRIVATE, [made.record.private for made in notices])
    await log.append_all(grown)


def _withdraw(grown: log.Growth, withdrawal: Withdrawal, latest: datetime) -> None:
    at = max(min(withdrawal.at, latest), grown.last_at)
    grown.add(at, "withdrawn", withdrawal.notice, withdrawal.certificate, withdrawal.commitment)


async def _due(pending: list[Withdrawal], until: datetime) -> deque[Withdrawal]:
    """Take the withdrawals up to `until` out of `pending`, less those that somebody has made."""
    due = []
    while pending and pending[0].at <= until:
        due.append(heapq.heappop(pending))
    rows = await DB.fetch(
        "UPDATE claim SET living = false WHERE notice = ANY($1::text[]) AND living"
        " RETURNING notice",
        [withdrawal.notice for withdrawal in due],
    )
    living = {row["notice"] for row in rows}
    return deque(withdrawal for withdrawal in due if withdrawal.notice in living)
