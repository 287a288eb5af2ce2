"""Sealing anew, by the present data key, what older ones sealed: rows, beside whoever uses them.

A row is changed only where it is still what was read, so nothing that anybody writes meanwhile is
lost, and whoever is killed has lost nothing either: what is done is told by its key.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import structlog

from notices.changing import (
    braking,
    following,
    looking,
    objecting,
    rejecting,
    setting_aside,
    unfinished,
)
from notices.database import DB
from notices.trust import chain
from notices.trust.keyring import Sealer
from notices.trust.sealing import HEADER, SealError
from notices.watches import place as place_of_watch

PIECE = 500
"""Rows in one transaction."""

LOG = structlog.get_logger()


class Column(NamedTuple):
    """Where sealed values lie: in which column, by which key of the table, under which context."""

    table: str
    column: str
    keys: dict[str, str]
    """The columns that tell a row from all others, with their types."""
    place: Callable[[Any], bytes]
    more: tuple[str, ...] = ()


SEALED = (
    Column("notice_private", "sealed", {"notice": "text"}, lambda row: row["notice"].encode()),
    Column(
        "event_private", "sealed", {"event": "bigint"}, lambda row: following.place(row["event"])
    ),
    Column("objection", "sealed", {"id": "text"}, lambda row: objecting.place(row["id"])),
    Column("objection", "decision", {"id": "text"}, lambda row: rejecting.place(row["id"])),
    Column("rival", "sealed", {"id": "bigint"}, lambda row: row["notice"].encode(), ("notice",)),
    Column(
        "draft", "sealed", {"owner": "bytea", "id": "text"},
        lambda row: unfinished.place(row["owner"], row["id"]),
    ),
    Column("journal", "sealed", {"number": "bigint"}, lambda row: chain.place(row["number"])),
    Column(
        "rival", "decision", {"id": "bigint"},
        lambda row: setting_aside.place(f"rival {row['id']}"),
    ),
    Column(
        "flag", "decision", {"id": "bigint"}, lambda row: setting_aside.place(f"flag {row['id']}")
    ),
    Column(
        "brake", "sealed", {"id": "bigint"}, lambda row: braking.place(row["actor"]), ("actor",)
    ),
    Column(
        "brake", "decision", {"id": "bigint"},
        lambda row: braking.decision_place(str(row["id"])),
    ),
    Column(
        "purpose", "sealed", {"session": "bytea", "notice": "text"},
        lambda row: looking.place(row["notice"]),
    ),
    Column("watch", "sealed", {"id": "text"}, lambda row: place_of_watch(row["id"])),
    Column("session", "sealed", {"token_hash": "bytea"}, lambda row: row["token_hash"]),
)  # fmt: skip
"""All that lasts. What is kept while somebody is at their provider is under a context that nobody
here knows, and runs out within 15 minutes."""

PASSES = "sign_in"
"""The table of that."""


async def counts() -> Counter[bytes]:
    """How many values there are by each header, in all tables."""
    found: Counter[bytes] = Counter()
    tables = [*((each.table, each.column) for each in SEALED), (PASSES, "sealed")]
    for table, column in tables:
        rows = await DB.fetch(
            f"SELECT substr({column}, 1, {HEADER}) AS header, count(*) AS values FROM {table}"  # noqa: S608
            f" WHERE length({column}) > 0 GROUP BY 1"
        )
        found.update({row["header"]: row["values"] for row in rows})
    return found


class Pass(NamedTuple):
    """What one walk through all rows did: how many were sealed anew, and how many open no more."""

    done: int
    lost: int


async def reseal(sealer: Sealer, step: Callable[[int], Any]) -> Pass:
    """Seal every row anew that another key sealed; `step` hears how many, and may wait."""
    done = lost = 0
    for column in SEALED:
        last: list[Any] = []
        while rows := await _older(column, sealer.present.header, last):
            last = [rows[-1][key] for key in column.keys]
            made = list(_anew(column, sealer, rows))
            if made:
                await _write(column, made)
            done, lost = done + len(made), lost + len(rows) - len(made)
            await step(len(made))
    return Pass(done, lost)


async def _older(column: Column, header: bytes, last: list[Any]) -> list[Any]:
    keys = ", ".join(column.keys)
    after = ""
    if last:
        places = ", ".join(
            f"${number}::{kind}" for number, kind in enumerate(column.keys.values(), 2)
        )
        after = f" AND ({keys}) > ({places})"
    wanted = ", ".join([*column.keys, *column.more, f"{column.column} AS sealed"])
    return await DB.fetch(
        f"SELECT {wanted} FROM {column.table} WHERE length({column.column}) > 0"  # noqa: S608
        f" AND substr({column.column}, 1, {HEADER}) <> $1{after} ORDER BY {keys} LIMIT {PIECE}",
        header,
        *last,
    )


def _anew(column: Column, sealer: Sealer, rows: list[Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        place = column.place(row)
        try:
            plain = sealer.open(row["sealed"], place)
        except SealError:
            # An audit says which; it is left as it is.
            LOG.error("sealed_value_does_not_open", table=column.table)
            continue
        keys = [row[key] for key in column.keys]
        yield (*keys, row["sealed"], sealer.seal(plain, place))


async def _write(column: Column, made: list[tuple[Any, ...]]) -> None:
    kinds = [*column.keys.values(), "bytea", "bytea"]
    names = [*column.keys, "before", "after"]
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(kinds, 1))
    same = " AND ".join(f"t.{key} = new.{key}" for key in column.keys)
    async with DB.transaction():
        # Whoever else changes one of these is not waited for long, and never in a circle.
        await DB.fetch("SELECT set_config('lock_timeout', '500ms', true)")
        await DB.fetch(
            f"UPDATE {column.table} t SET {column.column} = new.after"  # noqa: S608
            f" FROM unnest({arrays}) AS new ({', '.join(names)})"
            f" WHERE {same} AND t.{column.column} = new.before",
            *([each[at] for each in made] for at in range(len(kinds))),
        )
