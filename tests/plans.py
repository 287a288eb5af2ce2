"""What statements ask of a large register, and what of it they read from one end to the other."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import asyncpg

WAITING = {
    "touched_waiting",
    "notice_provisional",
    "rival_waiting",
    "flag_waiting",
    "brake_waiting",
}
"""Indexes that hold nothing but what is to be done, and may be read to the end for that."""

SMALL = {
    "agency", "agency_key", "data_key", "hold", "key_check", "migration", "overlap", "statistic",
}  # fmt: skip
"""Tables whose size does not follow from how long the service runs, but for a row a month."""

REWRITTEN = {"log_head", "follower"}
"""Tables of a row that changes with every event: they grow by its old versions."""

VERSIONS = 3_000
"""Versions of such a row that nobody has cleaned up: what some minutes' snapshot leaves behind."""

MANY = 4_000


class Asked(NamedTuple):
    """A statement with one set of values, and the settings of the connection it went through."""

    sql: str
    values: tuple[Any, ...]
    settings: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> tuple[Any, ...]:
        """What of the values a plan may follow from: which are given, and how many there are."""
        sizes = (
            len(value) if isinstance(value, list | tuple) else value is None
            for value in self.values
        )
        return (self.sql, self.settings, *sizes)


GENERIC = """
CREATE FUNCTION pg_temp.generic(statement text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, GENERIC_PLAN) ' || statement INTO plan;
  RETURN plan;
END $$
"""
"""Sent as a statement with parameters of its own, EXPLAIN would want their values."""


async def explained(connection: Any, asked: Asked) -> dict[str, dict[str, Any]]:
    """The plan for any values, and the one for these where the connection may take either."""
    texts = {"any values": await connection.fetchval("SELECT pg_temp.generic($1)", asked.sql)}
    if dict(asked.settings).get("plan_cache_mode") != "force_generic_plan":
        these = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {asked.sql}", *asked.values)
        texts["these values"] = these
    return {kind: json.loads(text)[0]["Plan"] for kind, text in texts.items()}


def faults(node: dict[str, Any], bounded: bool = False) -> Iterator[str]:
    """Every scan below `node` that reads a table that grows, or an index of it, as a whole.

    An index may be walked in its order where somebody stops after the first rows (`bounded`) and
    none of them is thrown away.
    """
    kind, table, index = node["Node Type"], node.get("Relation Name"), node.get("Index Name", "")
    where = node.get("Index Cond", "").replace("IS NOT NULL", "")
    looked_up = any(sign in where for sign in "=<>@")
    if table in SMALL and kind == "Bitmap Heap Scan":
        return
    if index in WAITING or table in SMALL:
        pass
    elif kind == "Seq Scan":
        yield f"Seq Scan of {table}"
    elif kind in ("Index Scan", "Index Only Scan"):
        if not looked_up and not (bounded and "Filter" not in node):
            yield f"{kind} of all of {table} by {index}"
    elif kind == "Bitmap Index Scan" and not looked_up:
        yield f"Bitmap Index Scan of all of {index}"
    for number, child in enumerate(node.get("Plans", [])):
        match kind:
            case "Limit":
                stops = True
            case "Nested Loop":
                stops = bounded and number == 0
            case "LockRows" | "Subquery Scan" | "Result" | "Append" | "Unique" | "ProjectSet":
                stops = bounded
            case _:
                stops = False
        yield from faults(child, stops and child.get("Parent Relationship") != "InitPlan")


async def states(connection: Any) -> AsyncIterator[str]:
    """Brings the register into each state that statistics can be in, and names it.

    Every growing table that has a row gets MANY like it.
    """
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    names = sorted(row["relname"] for row in rows)
    for name in names:
        await connection.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = false)")
    try:
        await connection.execute("ANALYZE")
        # Whoever plans now keeps that plan for as long as he stays connected.
        yield "of a few rows"
        for name in dict.fromkeys(["notice", "event", *names]):
            if name not in SMALL | REWRITTEN:
                await _crowd(connection, name)
        for name in REWRITTEN:
            await _age(connection, name)
        yield "stale"
        for name in names:
            await _forget(connection, name)
        yield "missing"
        await connection.execute("ANALYZE")
        yield "fresh"
    finally:
        for name in names:
            await connection.execute(f"ALTER TABLE {name} RESET (autovacuum_enabled)")


async def _crowd(connection: Any, table: str) -> None:
    """Give `table` MANY rows like its first one, each with keys of its own."""
    columns = await connection.fetch(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = $1"
        " AND is_generated = 'NEVER' AND is_identity = 'NO'",
        table,
    )
    values = ", ".join(_value(table, row["name"], row["type"]) for row in columns)
    names = ", ".join(row["name"] for row in columns)
    # No trigger of ours looks at what was made up: an audit log of such entries is no chain.
    await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    await connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT * FROM {table} LIMIT 1) t,"
        f" generate_series(1, {MANY}) AS i"
    )
    await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _value(table: str, column: str, type: str) -> str:
    match column, type:
        case ("notice", _) | ("id", "text"):
            return "(37990000000000 + i)::text"
        case ("entry", _) if table == "journal":
            own = "jsonb_build_array((37990000000000 + i)::text)"
            return f"jsonb_set(t.entry::jsonb, '{{notices}}', {own})::text"
        case ("published_index" | "number" | "index" | "event" | "position", _):
            return "1000 + i"
        case ("number_key", _):
            return "t.number_key || i"
        case (_, "timestamp with time zone"):
            return f"t.{column} - i * interval '1 minute'"
        case (_, "date"):
            return f"t.{column} - i::int"
        case (_, "bytea"):  # hashes, salts: what is sealed is longer
            own = f"sha256(('{column}' || i)::bytea)"
            return f"CASE WHEN length(t.{column}) = 32 THEN {own} ELSE t.{column} END"
        case _:
            return f"t.{column}"


async def _age(connection: Any, table: str) -> None:
    """Leave many versions of each row behind, as declaring does while a snapshot is open."""
    column = {"log_head": "size", "follower": "position"}[table]
    await connection.execute(
        f"DO $$ BEGIN FOR i IN 1..{VERSIONS} LOOP"
        f" UPDATE {table} SET {column} = {column} + 1; END LOOP; END $$"
    )


async def _forget(connection: Any, table: str) -> None:
    """Take away all that ANALYZE noted, as in a database that was just restored."""
    await connection.execute(f"SELECT pg_clear_relation_stats('public', '{table}')")
    await connection.execute(
        "SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited)"
        f" FROM pg_stats WHERE schemaname = 'public' AND tablename = '{table}'"
    )


async def connected(dsn: str, settings: tuple[tuple[str, str], ...]) -> Any:
    connection = await asyncpg.connect(dsn, server_settings=dict(settings))
    await connection.execute(GENERIC)
    return connection
