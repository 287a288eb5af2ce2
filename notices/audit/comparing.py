"""Comparing what notices claim, and what is sealed with them, with what is made again.

Making it again (`reckoning`) costs more than reading the log, so of a large register another
process does it while this one hashes; a few thousand rows at a time are on their way.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from typing import Any

import msgspec

from notices import data_keys, matching_keys
from notices.audit import agreeing, reckoning
from notices.audit.reckoning import Look, Row, Rules
from notices.changing import following, objecting, rejecting, rivals
from notices.deployment import Deployment
from notices.facts.event_kinds import KINDS, NAMED
from notices.facts.numbers import identifier_form
from notices.facts.texts import Message
from notices.settings import Settings
from notices.tables import KeyCheck, Objection, Rival
from notices.tables.prepared import as_sql
from notices.trust.keyring import Wrapped
from notices.trust.sealing import SealError
from notices.trust.watching import Difference

ROWS = 1_024
WORTH_A_PROCESS = 8_000
"""Entries; below this, starting another process costs more time than it saves."""
AHEAD = 4

_PRIVATE = """
SELECT e.index, e.kind, e.notice, p.sealed FROM event e
LEFT JOIN event_private p ON p.event = e.index
WHERE e.kind = ANY($1::text[]) AND e.index >= $2 AND e.index < $3 ORDER BY e.index
"""
_OBJECTIONS = as_sql(
    Objection.select(
        Objection.id, Objection.notice, Objection.sealed, Objection.status, Objection.decision
    ).order_by(Objection.id)
)
_RIVALS = as_sql(
    Rival.select(
        Rival.id, Rival.notice, Rival.sealed, Rival.holder_hash, Rival.declarant_hash
    ).order_by(Rival.id)
)


class Numbers:
    """One comparison of all that notices claim, by the rules and keys of `settings`.

    `older` is then how many have claims of older rules, of which nothing is said; `sealed` whether
    the keys are here, so that hashes and private sides could be looked at.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rules = Rules.under(settings)
        self._executor: Executor | None = None
        self._wrapped: Sequence[Wrapped] = ()
        self.sealed = self._rules.here is not None
        self.older = 0

    async def learn(self, connection: Any) -> None:
        """Unwrap the data keys of the database; raises Difference where one is not ours."""
        here = self._rules.here
        if here is None:
            return
        self._wrapped = await data_keys.read(connection.fetch)
        checks = await matching_keys.named(connection.fetch)
        if checks and not matching_keys.settle(here.keys, checks):
            raise Difference(_OTHER_KEY.format(name="matching"))
        await _refuse_other_keys(connection, here, self._wrapped)
        try:
            here.keys.sealer.learn(self._wrapped)
        except SealError:
            raise Difference(_NOT_WRAPPED) from None

    @contextlib.contextmanager
    def beside(self, size: int) -> Iterator[None]:
        """Within it another process stands ready, where the log's `size` is worth it.

        It starts while whoever calls this does something else.
        """
        spare = min((os.cpu_count() or 1) - 1, AHEAD)
        if size < WORTH_A_PROCESS or not spare:
            yield
            return
        # Not forked: this process has a loop and an open connection.
        self._executor = ProcessPoolExecutor(
            spare,
            multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(self._settings, self._wrapped, self._checks()),
        )
        try:
            for _ in range(spare):
                self._executor.submit(_look, [])
            yield
        finally:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _checks(self) -> tuple[str, ...]:
        return self._rules.here.keys.matching.checks if self._rules.here is not None else ()

    async def refuse_others(self, connection: Any, size: int) -> None:
        """Raises Difference for the first notice whose claims or private side are not its own."""
        here, looks = self._rules.here, deque[Awaitable[Look]]()
        async for rows in _rows(connection, size):
            if self._executor is None:
                self._refuse(reckoning.look(self._rules, rows))
                continue
            loop = asyncio.get_running_loop()
            looks.append(loop.run_in_executor(self._executor, _look, rows))
            if len(looks) >= AHEAD:
                self._refuse(await looks.popleft())
        while looks:
            self._refuse(await looks.popleft())
        if here is not None:
            await _refuse_what_nobody_did(connection, size, here)

    def _refuse(self, look: Look) -> None:
        found, older = look
        self.older += older
        if found is not None:
            id, wrong = found
            words = _WORDS | {name: agreeing.WORDS[name] for name in ("evidence", "living")}
            raise Difference(words[wrong].format(id=id))


async def _refuse_other_keys(connection: Any, here: Deployment, wrapped: Sequence[Wrapped]) -> None:
    """Raises Difference where the database says that others hashed and sealed what is in it.

    The master key may be the one that is taking the place of the one that is named.
    """
    of_keys = KeyCheck.select().where(KeyCheck.purpose.like("% key"))
    rows = await connection.fetch(*as_sql(of_keys))
    known = {row["purpose"]: row["check_value"] for row in rows}
    if data_keys.follows(wrapped, here.keys, known.get("sealing key", "")):
        known.pop("sealing key", None)
    for name in ("matching", "sealing"):
        own = here.keys.check_values[name][1]
        if known.get(f"{name} key", own) != own:
            raise Difference(_OTHER_KEY.format(name=name))


async def _rows(connection: Any, size: int) -> AsyncIterator[list[Row]]:
    for first, end in agreeing.pieces(size):
        cursor = await connection.cursor(reckoning.NOTICES, first, end)
        while rows := await cursor.fetch(ROWS):
            yield [_plain(row) for row in rows]


def _plain(row: Any) -> Row:
    """Without the driver's own types, which cannot be sent."""
    *rest, confirmed, claimed = row.values()
    parts = ([tuple(each) for each in many or ()] for many in (confirmed, claimed))
    return Row._make([*rest, *parts])


async def _refuse_what_nobody_did(connection: Any, size: int, here: Deployment) -> None:
    """Raises Difference for an act of an officer or agency, or an objection, that was made up."""
    for first, end in agreeing.pieces(size):
        cursor = await connection.cursor(_PRIVATE, list(NAMED), first, end)
        while rows := await cursor.fetch(ROWS):
            for row in rows:
                if not _names_somebody(here, row):
                    raise Difference(_NOBODY.format(**row))
    cursor = await connection.cursor(*_OBJECTIONS)
    while rows := await cursor.fetch(ROWS):
        for row in rows:
            place = objecting.place(row["id"])
            if _opened(here, row["sealed"], place, objecting.PrivateObjection) is None:
                raise Difference(_NO_OBJECTION.format(**row))
            place, private = rejecting.place(row["id"]), rejecting.PrivateRejection
            rejected = row["status"] == "rejected"
            if rejected and _opened(here, row["decision"], place, private) is None:
                raise Difference(_NOT_REJECTED.format(**row))
    cursor = await connection.cursor(*_RIVALS)
    while rows := await cursor.fetch(ROWS):
        for row in rows:
            if _opened(here, row["sealed"], row["notice"].encode(), dict) is None:
                raise Difference(_NO_RIVAL.format(**row))
            if not _found_by_its_people(here, row):
                raise Difference(_OTHER_RIVAL.format(**row))


def _names_somebody(here: Deployment, row: Any) -> bool:
    """Whether the private side of an event names one of those who may do what it is."""
    doer = _opened(here, row["sealed"], following.place(row["index"]), following.Doer)
    return any(getattr(doer, each, None) is not None for each in KINDS[row["kind"]].by)


def _found_by_its_people(here: Deployment, row: Any) -> bool:
    """Whether a refused declaration is found by nobody but those whom it names.

    One of before, which nobody has named yet, is found by nobody; nor is a newborn, ever.
    """
    private = rivals.private_of(here, row)
    holders, declarants = private.hashes(here.keys.matching.both)
    holder = private.declaration.holder
    known = holder is not None and bool(identifier_form(holder.identifier or ""))
    return (not known or row["holder_hash"] in (None, *holders)) and (
        row["declarant_hash"] in (None, *(declarants or ()))
    )


def _opened(
    here: Deployment,
    sealed: bytes | None,
    place: bytes,
    kind: type[msgspec.Struct | dict[Any, Any]],
) -> Any:
    """What is sealed under `place`; None where nothing of this kind is."""
    try:
        return msgspec.json.decode(here.keys.sealer.open(sealed or b"", place), type=kind)
    except (SealError, msgspec.MsgspecError):
        return None


_rules: Rules
"""What a process that makes claims again goes by."""


def _start(settings: Settings, wrapped: Sequence[Wrapped], checks: Sequence[str]) -> None:
    """Load rules and keys anew, since keys cannot be sent; end when the parent does."""
    global _rules
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _rules = Rules.under(settings)
    if _rules.here is not None:
        _rules.here.keys.sealer.learn(wrapped)
        _rules.here.keys.matching.settle(checks)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _look(rows: list[Row]) -> Look:
    return reckoning.look(_rules, rows)


_OTHER_KEY = Message(
    "数据库说它是用另一个 {name} 密钥写入的（key_check），不是这里 keys 目录中的。"
)
_NOT_WRAPPED = Message("数据密钥（data_key）不是本站的 sealing 密钥包装的，或已被改动。")
_WORDS = {
    "claimed": Message("公告 {id} 登记的号码、证件文本或副本（claim）不是它声明的。"),
    "rules": Message("公告 {id} 的号码是按这个版本不认识的规则登记的（claim.rules）。"),
    "number_key": Message("公告 {id} 用于检索的号码（number_key）不是它公布的号码。"),
    "exhibit": Message("公告 {id} 是代他人声明的，须有的声明材料（exhibit）却不在。"),
    "private": Message("公告 {id} 没有声明人（notice_private）。"),
    "declarant": Message(
        "公告 {id} 的持证人或声明人（notice_private 的 holder_hash、declarant_hash、relation）"
        "不是密封内容所说的。"
    ),
    "sealed": Message("公告 {id} 的密封内容不是本站的密钥为它密封的：不是本站受理的声明。"),
}
_NOBODY = Message(
    "第{index}个事件（公告 {notice}，{kind}）没有由本站密钥密封的经办人：不是本站办理的。"
)
_NO_RIVAL = Message(
    "与公告 {notice} 相冲突的声明（rival {id}）不是本站的密钥密封的：不是本站受理的。"
)
_OTHER_RIVAL = Message(
    "与公告 {notice} 相冲突的声明（rival {id}）的持证人或声明人"
    "（holder_hash、declarant_hash）不是密封内容所说的。"
)
_NOT_REJECTED = Message(
    "公告 {notice} 的异议 {id} 标为不予受理，却没有由本站密钥密封的经办人：不是本站办理的。"
)
_NO_OBJECTION = Message("公告 {notice} 的异议 {id} 不是本站的密钥密封的：不是本站受理的。")
