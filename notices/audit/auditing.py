"""Auditing the database: every event hashed again, and held against tree, head, and notices.

All of it is read in one snapshot, so it may run beside a service in use, and piece by piece, so
that it may be of any length. Nothing is written.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
import msgspec

from notices.audit import agreeing
from notices.audit.comparing import Numbers
from notices.database import AWAY, answering, connect
from notices.facts.texts import Message, rfc3339
from notices.log import HAPPENED_AT, split
from notices.tables import LogHead, LogNode
from notices.tables.prepared import as_sql
from notices.trust import merkle, receipts, watching
from notices.trust.encoding import EncodingError, canonical
from notices.trust.tiles import WIDTH
from notices.trust.watching import Difference, Entry, Later, Run, Seen

Progress = Callable[[int, int], None]

ROWS = 16 * WIDTH
"""That are fetched at a time, of each cursor."""
ANSWERS, STATEMENT = 10.0, 120.0
"""Seconds for a connection, and for a statement, none of which looks at more than a piece of the
log: a database that is frozen is given up, and said to be."""
LEAVES = 2.0

# Only what was redacted may lack its opening, and the redaction comes after it in the log.
_EVENTS = """
SELECT e.index, e.notice, e.kind, e.at, e.logged_at, e.entry, e.salt, e.form,
  CASE WHEN e.form IS NULL THEN EXISTS (SELECT 1 FROM event r
    WHERE r.notice = e.notice AND r.kind = 'redacted' AND r.index > e.index) END AS redacted
FROM event e ORDER BY e.index
"""


@contextlib.asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Any]:
    """A connection that sees the database as it is now, and can change nothing."""
    connection = await connect(url, timeout=ANSWERS, command_timeout=STATEMENT)
    try:
        with answering():
            # Closing ends it; whoever ended the transaction of a connection that was cut would be
            # told of that, and not of why.
            await connection.transaction(isolation="repeatable_read", readonly=True).start()
        yield connection
    finally:
        try:
            async with asyncio.timeout(LEAVES):
                await connection.close()
        except AWAY:
            connection.terminate()


async def audit(
    connection: Any,
    progress: Progress,
    *before: Seen,
    later: Later | None = None,
    numbers: Numbers | None = None,
) -> Seen:
    """What the database's log is, when all of it agrees; raises Difference.

    `connection` is in a snapshot; `before` is what was seen of this log earlier. `later` is
    shown all entries. By `numbers` what notices claim is made again; else nothing is said of it.
    """
    with answering():
        found = LogHead.select(LogHead.size, LogHead.last_at, LogHead.peaks)
        head = await connection.fetchrow(*as_sql(found.where(LogHead.id == 1)))
        if head is None:
            raise Difference(_NO_HEAD)
        size = head["size"]
        seen_most = max((seen.size for seen in before), default=0)
        if size < seen_most:
            raise Difference(_SHRUNK.format(old=seen_most, size=size))
        if numbers is not None:
            await numbers.learn(connection)
        with numbers.beside(size) if numbers is not None else contextlib.nullcontext():
            seen = await _walked(connection, progress, head, before, later)
            await agreeing.refuse_what_disagrees(connection, size)
            if numbers is not None:
                await numbers.refuse_others(connection, size)
        return seen


async def _walked(
    connection: Any,
    progress: Progress,
    head: asyncpg.Record,
    before: Sequence[Seen],
    later: Later | None,
) -> Seen:
    """What the log is, with its tree and the columns of its events; raises Difference."""
    size, peaks = head["size"], split(head["peaks"])
    walk = watching.Walk(*before)
    tree = _Tree(connection)
    async for rows in _tiles(connection):
        if rows[-1]["index"] >= size:
            raise Difference(_TOO_MANY.format(index=max(size, rows[0]["index"]), size=size))
        said, runs = walk.add([row["entry"].encode() for row in rows])
        if later is not None:
            later.look(rows[0]["index"], said)
        for row, entry in zip(rows, said, strict=True):
            _refuse_other_row(row, entry)
        await tree.compare(runs)
        progress(walk.size, size)
    if walk.size < size:
        raise Difference(_TOO_FEW.format(first=walk.size, last=size - 1, size=size))
    if peaks != walk.all_peaks:
        raise Difference(_OTHER_PEAKS.format(size=size))
    if size and head["last_at"] != walk.at:
        raise Difference(_OTHER_END.format(said=head["last_at"], at=walk.at))
    await tree.end()
    return walk.end(size, merkle.root(peaks))


async def _tiles(connection: Any) -> AsyncIterator[list[asyncpg.Record]]:
    """The events in order, a tile at a time; raises Difference where one is missing."""
    cursor = await connection.cursor(_EVENTS)
    expected = 0
    while rows := await cursor.fetch(ROWS):
        for index, row in enumerate(rows, expected):
            if row["index"] != index:
                raise Difference(_MISSING.format(index=index, next=row["index"]))
        expected += len(rows)
        for first in range(0, len(rows), WIDTH):
            yield rows[first : first + WIDTH]


def _refuse_other_row(row: asyncpg.Record, entry: Entry) -> None:
    """Raises Difference unless the columns of an event say what its entry does."""
    index = row["index"]
    for column, said, logged in (
        ("notice", row["notice"], entry.id),
        ("kind", row["kind"], entry.kind),
        ("logged_at" if row["logged_at"] else "at", row["logged_at"] or row["at"], entry.at),
    ):
        if said != logged:
            raise Difference(
                _OTHER_COLUMN.format(index=index, column=column, said=said, logged=logged)
            )
    if row["form"] is None or row["salt"] is None:
        if not row["redacted"]:
            raise Difference(_NO_OPENING.format(index=index, id=entry.id))
        return
    form = msgspec.json.decode(row["form"])
    # Of a redacted one nothing tells any more when it really was: only its column does.
    happened = form.get(HAPPENED_AT)
    if happened != (rfc3339(row["at"]) if row["logged_at"] else None):
        raise Difference(
            _OTHER_COLUMN.format(index=index, column="at", said=row["at"], logged=happened)
        )
    try:
        made = receipts.commitment_to(row["salt"], canonical(form))
    except EncodingError:
        made = ""
    if made != entry.commitment:
        raise Difference(_OTHER_FORM.format(index=index, id=entry.id, kind=entry.kind))
    if entry.kind == "published" and form.get("certificate") != entry.certificate:
        raise Difference(_OTHER_CERTIFICATE.format(index=index, id=entry.id))


class _Tree:
    """The nodes in the database, read beside the walk that makes them anew."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._cursors: dict[int, Any] = {}
        self._rows: dict[int, list[asyncpg.Record]] = {}

    async def compare(self, runs: list[Run]) -> None:
        for run in runs:
            rows = await self._next(run.level, len(run.hashes))
            for at, hash_ in enumerate(run.hashes):
                position = run.first + at
                if at >= len(rows) or rows[at]["position"] != position:
                    words = _NO_NODE
                elif rows[at]["hash"] != hash_:
                    words = _OTHER_NODE
                else:
                    continue
                raise Difference(
                    words.format(level=run.level, position=position, entries=run.entries(position))
                )

    async def _next(self, level: int, count: int) -> list[asyncpg.Record]:
        """The next `count` nodes of a level, or as many as there are."""
        rows = self._rows.get(level, [])
        if len(rows) < count:
            if level not in self._cursors:
                nodes = LogNode.select(LogNode.position, LogNode.hash)
                nodes = nodes.where(LogNode.level == level).order_by(LogNode.position)
                self._cursors[level] = await self._connection.cursor(*as_sql(nodes))
            rows = rows + await self._cursors[level].fetch(max(ROWS, count))
        self._rows[level] = rows[count:]
        return rows[:count]

    async def end(self) -> None:
        """Raises Difference when there are nodes over entries that do not exist."""
        for level in self._cursors:
            if rows := await self._next(level, 1):
                raise Difference(_NODE_TOO_MANY.format(level=level, position=rows[0]["position"]))
        row = await self._connection.fetchrow(
            "SELECT level, position FROM log_node WHERE level <> ALL($1::int[]) LIMIT 1",
            list(self._cursors),
        )
        if row is not None:
            raise Difference(_NODE_TOO_MANY.format(**row))


_NO_HEAD = Message("数据库中没有登记簿头。")
_SHRUNK = Message("登记簿变短了：上次见到{old}条记录，现在数据库中只有{size}条。")
_MISSING = Message("缺少第{index}条记录：数据库中下一条是第{next}条。")
_TOO_FEW = Message("缺少第{first}至{last}条记录：登记簿头说有{size}条。")
_TOO_MANY = Message("第{index}条记录是多出来的：登记簿头说只有{size}条。")
_OTHER_PEAKS = Message("登记簿头中的哈希（log_head.peaks）与{size}条记录不符。")
_OTHER_END = Message("登记簿头的时间 {said} 不是最后一条记录的时间 {at}。")
_OTHER_COLUMN = Message("第{index}个事件的 {column} 是“{said}”，它的记录中却是“{logged}”。")
_NO_OPENING = Message("第{index}个事件（公告 {id}）没有内容，但登记簿中没有删除它的事件。")
_OTHER_FORM = Message("第{index}个事件（公告 {id}，{kind}）的内容或盐值与记录中的承诺不符。")
_OTHER_CERTIFICATE = Message("第{index}个事件（公告 {id}）的内容与其记录说的不是同一种证件。")
_NO_NODE = Message("缺少树节点（层{level}，位置{position}），它覆盖第{entries}条记录。")
_OTHER_NODE = Message("树节点（层{level}，位置{position}）与它覆盖的第{entries}条记录不符。")
_NODE_TOO_MANY = Message("多出树节点（层{level}，位置{position}）：没有它覆盖的记录。")
