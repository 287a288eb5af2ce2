"""Whether the two roles that were named are what they have to be, and the words for when not."""

from collections.abc import Callable
from typing import Any

from notices.database import connect
from notices.facts.texts import Message, Text, TextError
from notices.migrating.granting import GRANTS


class MigrationError(TextError):
    """The database stands where the last whole step left it."""

    def __init__(self, why: Text) -> None:
        super().__init__(_STANDS.format(why=why))


async def of(url: str, say: Callable[[str], None]) -> str:
    """Who one is under `url`; `say` is told of settings that this role has of its own."""
    connection = await connect(url, timeout=10)
    try:
        row = await connection.fetchrow(_WHO)
    finally:
        await connection.close()
    if row["said"]:
        say(_OWN_SETTINGS.format(**row).both)
    return str(row["name"])


_WHO = """
SELECT r.rolname AS name, (SELECT string_agg(array_to_string(s.setconfig, ', '), ', ')
  FROM pg_db_role_setting s WHERE s.setrole = r.oid
    AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
) AS said FROM pg_roles r WHERE r.rolname = current_user
"""
# Of both roles, what each may do as the owner of what there is; null where there are no tables yet.
_ROLES = """
SELECT current_user AS named, $1::text AS service,
  (SELECT string_agg(DISTINCT quote_ident(pg_get_userbyid(relowner)), ', ') FROM ours) AS owners,
  (SELECT bool_and(pg_has_role(c.relowner, 'USAGE')) FROM ours c) AS owns,
  (SELECT bool_and(pg_has_role($1::text, c.relowner, 'MEMBER')) FROM ours c) AS service_owns,
  (SELECT bool_or(pg_has_role($1::text, c.relowner, 'MEMBER')) FROM ours c) AS service_may,
  pg_has_role($1::text, current_user, 'MEMBER') AS becomes,
  pg_has_role(d.datdba, 'USAGE') AS has_database,
  pg_has_role($1::text, d.datdba, 'MEMBER') AS service_has_database
FROM pg_database d WHERE d.datname = current_database()
"""
_OURS = """
WITH ours AS (SELECT c.relowner FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
  AND c.relkind IN ('r', 'p') AND c.relname = ANY($2::text[]))
"""


async def refuse_wrong(keeper: Any, service: str | None) -> None:
    """Raises MigrationError unless `keeper` is the tables' owner, and who serves can never be.

    Nothing is refused of one role alone, or of one that was named twice: that it could change the
    log is told when it begins to serve.
    """
    row = await keeper.fetchrow(_OURS + _ROLES, service, list(GRANTS))
    if service is None or service == row["named"]:
        return
    if row["owns"] is None:
        if row["service_has_database"] and not row["has_database"]:
            raise MigrationError(_SWAPPED.format(**row))
    elif not row["owns"]:
        raise MigrationError((_SWAPPED if row["service_owns"] else _ANOTHER).format(**row))
    if row["becomes"] or row["service_may"]:
        owners = row["owners"] or row["named"]
        raise MigrationError(_MEMBER.format(service=row["service"], owners=owners))


async def may_migrate(keeper: Any) -> bool:
    """Whether its role may change the tables that there are, and make more."""
    return bool(
        await keeper.fetchval(
            "SELECT has_schema_privilege('public', 'CREATE') AND NOT EXISTS (SELECT 1 FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND relname = ANY($1::text[]) AND NOT pg_has_role(relowner, 'USAGE'))",
            list(GRANTS),
        )
    )


_OWN_SETTINGS = Message(
    "数据库用户 {name} 有自己的设置（{said}）；如果不是您设的，请用 ALTER ROLE … RESET ALL 取消。"
)
_STANDS = Message("数据库结构未能更新，停在最后一个完整的步骤：{why}")
_SWAPPED = Message(
    "DATABASE_URL 与 DATABASE_OWNER_URL 写反了：表（数据库）属于 {service}，它在 DATABASE_URL 中，"
    "而 DATABASE_OWNER_URL 是 {named}。请对调。"
)
_ANOTHER = Message(
    "DATABASE_OWNER_URL 的用户 {named} 不是表的所有者（{owners}）。请写所有者，"
    "或以它运行 REASSIGN OWNED BY {owners} TO {named}。"
)
_MEMBER = Message(
    "DATABASE_URL 的用户 {service} 是表的所有者（{owners}）、它的成员或超级用户，可以改动登记簿，"
    "分成两个用户就没有意义了。请用 REVOKE {owners} FROM {service} 取消成员资格，另建一个用户，"
    "或把表转给所有者（REASSIGN OWNED）。"
)
