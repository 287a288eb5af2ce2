"""What persons may rely on: refused declarations are found by whom they tell of, and can be erased;
the text of a notice goes when its declarant was told that it would.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0027_persons"
VERSION = "1.38.0"
DESCRIPTION = "rival.holder_hash, rival.declarant_hash, rival_kept, notice.agreed_until"

# As `sealed_is_kept` has it of notices and objections: whoever serves may forget what was declared
# in vain once nobody has to look at it any more, and cannot otherwise.
KEPT = """
CREATE FUNCTION rival_is_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    OR OLD.set_aside_at IS NOT NULL OR (SELECT
        max(e.index) FILTER (WHERE e.kind IN ('withdrawn', 'annulled', 'superseded', 'replaced'))
        > coalesce(max(e.index) FILTER (WHERE e.kind = 'restored'), -1)
      FROM event e WHERE e.notice = OLD.notice)
  THEN
    RETURN NEW;
  END IF;
  RAISE insufficient_privilege USING MESSAGE = 'what is sealed is kept';
END $$
"""

# Since consents are kept by their hash that tells the years: these are the words there were.
AGREED = """
UPDATE notice n SET agreed_until =
  (n.published_at AT TIME ZONE 'Asia/Shanghai' + agreed.years * interval '1 year')
    AT TIME ZONE 'Asia/Shanghai'
FROM notice_private p JOIN (
  SELECT years, sha256(convert_to('我同意公开上面方框里的文字，以及地区、事项和遗失日期，'
    '知道任何人都能查到；撤回声明后，历史仍可查到，'
    || years || ' 年后自动移除。', 'UTF8')) AS sha256
  FROM generate_series(1, 100) AS years) AS agreed ON agreed.sha256 = p.consent_sha256
WHERE p.notice = n.id
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # Null in rows of before until `serve` has opened them (`persons.name_rivals`), and for good
    # where nobody knows any more who declared.
    "ALTER TABLE rival ADD COLUMN holder_hash bytea"
    " CONSTRAINT rival_holder_hash_check CHECK (length(holder_hash) = 32)",
    "ALTER TABLE rival ADD COLUMN declarant_hash bytea"
    " CONSTRAINT rival_declarant_hash_check CHECK (length(declarant_hash) = 32)",
    "CREATE INDEX rival_of_holder ON rival (holder_hash)",
    "CREATE INDEX rival_of_declarant ON rival (declarant_hash)",
    "CREATE INDEX rival_unnamed ON rival (id) WHERE holder_hash IS NULL",
    # Null: by the catalogue alone, as of organisations, of before, and where it knew no end.
    "ALTER TABLE notice ADD COLUMN agreed_until timestamptz",
    AGREED,
    "CREATE INDEX notice_agreed ON notice (agreed_until)"
    " WHERE agreed_until IS NOT NULL AND form IS NOT NULL",
    KEPT,
    "CREATE TRIGGER rival_kept BEFORE UPDATE OF sealed ON rival"
    " FOR EACH ROW EXECUTE FUNCTION rival_is_kept()",
)


class RawTable(Table):
    """Piccolo runs raw SQL through a table of the migration's own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await RawTable.raw(statement)

    manager.add_raw(run)
    return manager
