"""What the role that serves may do in each table, and giving it that and no more."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from notices.database import answering, connect

GRANTS = {
    # The log grows and nothing else: not even a service that somebody broke into can change it.
    "event": "SELECT, INSERT",
    "log_node": "SELECT, INSERT",
    # Not what an owner has accepted of it, or which key is spent.
    "log_head": "SELECT, UPDATE (size, last_at, peaks)",
    # Never when it was published, under which id, or by which number it is found.
    "notice": "SELECT, INSERT, UPDATE (form, evidence, effective_at, provisional, awaiting,"
    " objections)",
    # Where nothing rests on it any more, as triggers have it.
    "notice_private": "SELECT, INSERT, UPDATE (sealed, alert_on_check)",
    "event_private": "SELECT, INSERT",
    "claim": "SELECT, INSERT, UPDATE (living, awaiting, replaced)",
    "overlap": "SELECT",
    "rival": "SELECT, INSERT, UPDATE (set_aside_at, decision, sealed)",
    "objection": "SELECT, INSERT, UPDATE (status, decided_at, decision, sealed, evidence_type,"
    " evidence_size, evidence_sha256)",
    "exhibit": "SELECT, INSERT, DELETE",
    # As the log does: not even the service that wrote it changes what its staff did.
    "journal": "SELECT, INSERT",
    "brake": "SELECT, INSERT, UPDATE (sealed, at, released_at, decision)",
    "flag": "SELECT, INSERT, UPDATE (set_aside_at, decision)",
    "purpose": "SELECT, INSERT, UPDATE, DELETE",
    # Who is one, and by which keys, an operator says; what is done with these is counted.
    "agency": "SELECT",
    "agency_key": "SELECT",
    "agency_use": "SELECT, INSERT, UPDATE (checks), DELETE",
    "check_count": "SELECT, INSERT, UPDATE (checks, met)",
    "statistic": "SELECT, INSERT, UPDATE (value)",
    "duration": "SELECT, INSERT, UPDATE (times)",
    # Whose number it is, and by which key, is said once; what is told of it comes and goes.
    "watch": "SELECT, INSERT, UPDATE (gone_at), DELETE",
    "delivery": "SELECT, INSERT, DELETE, UPDATE (due_at, attempts, answered, error, delivered_at,"
    " dead_at, at, receiver)",
    "alert": "SELECT, INSERT, DELETE",
    "hold": "SELECT",
    "key_check": "SELECT, INSERT, UPDATE, DELETE",
    "data_key": "SELECT, INSERT",
    "migration": "SELECT",
    "session": "SELECT, INSERT, UPDATE, DELETE",
    "sign_in": "SELECT, INSERT, DELETE",
    "draft": "SELECT, INSERT, UPDATE, DELETE",
    "idempotency": "SELECT, INSERT, UPDATE, DELETE",
    "rate": "SELECT, INSERT, UPDATE, DELETE",
    "follower": "SELECT, INSERT, UPDATE, DELETE",
    "touched": "SELECT, INSERT, UPDATE, DELETE",
    "parked": "SELECT, INSERT, UPDATE, DELETE",
}
"""What the role that serves may do in each table; what is not named here it may not.

Text of a notice is deleted by the database itself, for the entry `redacted` that says so; and an
entry of another time than now, or anywhere but at the log's end, it takes from the owner alone.
"""
AUDIT = {"journal": "SELECT", "data_key": "SELECT"}
"""What the role of auditors may do: read what staff did, where all private of it is sealed.

The wrapped keys open it for whoever has the master key as well, and say nothing to anybody else.
"""
SEQUENCES = "USAGE, SELECT"


class Right(NamedTuple):
    """Something that may be done with a relation, or with a column of it (else "")."""

    relation: str
    column: str
    what: str


# What somebody was given beside the owner; of everybody (`grantee` 0) and of the role alone.
_THERE = """
WITH given AS (SELECT c.relname, c.relowner, '' AS attname, c.relacl AS acl FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION ALL SELECT c.relname, c.relowner, t.attname, t.attacl FROM pg_class c
    JOIN pg_attribute t ON t.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND t.attacl IS NOT NULL)
SELECT g.relname::text AS relation, g.attname::text AS column, a.privilege_type AS what,
  a.grantee = 0 AS everybody, a.is_grantable AS handed_on
FROM given g CROSS JOIN LATERAL aclexplode(g.acl) AS a
WHERE a.grantee <> g.relowner
  AND a.grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1::text))
"""
_AROUND = """
SELECT quote_ident(d.datname) AS database, quote_ident(r.rolname) AS role,
  EXISTS (SELECT 1 FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner)))
    AS a WHERE n.nspname = 'public' AND a.grantee IN (0, r.oid)
    AND a.grantee <> n.nspowner AND a.privilege_type = 'CREATE') AS in_schema,
  EXISTS (SELECT 1 FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
    WHERE a.grantee IN (0, r.oid) AND a.grantee <> d.datdba AND a.privilege_type = 'CREATE'
  ) AS in_database,
  has_schema_privilege(r.oid, 'public', 'USAGE') AS enters,
  ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind = 'S') AS sequences
FROM pg_roles r, pg_database d WHERE r.rolname = $1::text AND d.datname = current_database()
"""


def wanted(sequences: list[str], tables: Mapping[str, str] = GRANTS) -> set[Right]:
    """All that a role is to have in a database of these tables and sequences."""
    grants = {**tables, **dict.fromkeys(sequences, SEQUENCES)}
    return {
        Right(relation, column, what)
        for relation, text in grants.items()
        for what, columns in re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", text)
        for column in (columns.split(", ") if columns else [""])
    }


async def grant(connection: Any, role: str, tables: Mapping[str, str] = GRANTS) -> int:
    """Give `role` what `tables` says and take the rest from it, and what everybody has, from all.

    Only what differs is touched, nearly always nothing; returned is how many statements that were.
    """
    around = await connection.fetchrow(_AROUND, role)
    all_sequences = around["sequences"]
    right = wanted(all_sequences if tables is GRANTS else [], tables)
    there, wrong = set(), set()
    for row in await connection.fetch(_THERE, role):
        each = Right(row["relation"], row["column"], row["what"])
        if row["everybody"] or row["handed_on"] or each not in right:
            wrong.add(each.relation)
        else:
            there.add(each)
    differing = sorted(wrong | {each.relation for each in right - there})
    statements = [
        statement
        for relation in differing
        for statement in _settled(relation, around["role"], relation in all_sequences, tables)
    ]
    for is_so, statement in (
        (around["in_schema"], "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}"),
        (around["in_database"], "REVOKE CREATE ON DATABASE {database} FROM PUBLIC, {role}"),
        (not around["enters"], "GRANT USAGE ON SCHEMA public TO {role}"),
    ):
        if is_so:
            statements.append(statement.format(role=around["role"], database=around["database"]))
    if statements:
        async with connection.transaction():
            await connection.execute(";\n".join(statements))
    return len(statements)


def _settled(relation: str, role: str, sequence: bool, tables: Mapping[str, str]) -> list[str]:
    name = '"' + relation.replace('"', '""') + '"'
    kind = "SEQUENCE" if sequence else "TABLE"
    what = SEQUENCES if sequence and tables is GRANTS else tables.get(relation)
    revoke = f"REVOKE ALL ON {kind} public.{name} FROM PUBLIC, {role}"
    return [revoke, *([f"GRANT {what} ON {kind} public.{name} TO {role}"] if what else [])]


async def may_change_the_log(url: str) -> bool:
    """Whether the role of `url` could change or delete what the log, or the audit log, holds.

    By what it was granted, or since it may become the tables' owner, owns the database, or is a
    superuser.
    """
    connection = await connect(url, timeout=10)
    try:
        with answering():
            found = await connection.fetchval(
                "SELECT bool_or(has_table_privilege(c.oid, 'DELETE, TRUNCATE')"
                "  OR has_any_column_privilege(c.oid, 'UPDATE')"
                "  OR pg_has_role(c.relowner, 'MEMBER') OR pg_has_role(d.datdba, 'MEMBER')"
                "  OR r.rolsuper)"
                " FROM pg_class c, pg_database d, pg_roles r"
                " WHERE c.oid IN ('public.event'::regclass, 'public.log_node'::regclass,"
                " 'public.journal'::regclass)"
                " AND d.datname = current_database() AND r.rolname = current_user"
            )
            return bool(found)
    finally:
        await connection.close()
