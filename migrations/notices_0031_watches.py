"""Whose number is watched by whom, what they are told of, and who asked to hear of checks."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0031_watches"
VERSION = "1.38.0"
DESCRIPTION = "watch, delivery, alert; alert_on_check, silent keys"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    """
    CREATE TABLE watch (
      id text PRIMARY KEY,
      agency text REFERENCES agency (id),
      owner bytea CHECK (length(owner) = 32),
      by_certificate bytea NOT NULL CHECK (length(by_certificate) = 32),
      rules smallint NOT NULL,
      at timestamptz NOT NULL,
      since bigint NOT NULL CHECK (since >= 0),
      receiver bytea CHECK (length(receiver) = 32),
      gone_at timestamptz,
      sealed bytea NOT NULL,
      CHECK ((agency IS NULL) <> (owner IS NULL)),
      CHECK (agency IS NOT NULL OR receiver IS NULL)
    )
    """,
    "CREATE INDEX watch_number ON watch (by_certificate)",
    "CREATE INDEX watch_owner ON watch (owner, id) WHERE owner IS NOT NULL",
    "CREATE INDEX watch_agency ON watch (agency, id) WHERE agency IS NOT NULL",
    # A row is to be sent as long as it says when; of whoever has no webhook none ever does.
    """
    CREATE TABLE delivery (
      watch text REFERENCES watch (id) ON DELETE CASCADE,
      event bigint REFERENCES event (index),
      status text NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      receiver bytea,
      due_at timestamptz,
      attempts integer NOT NULL DEFAULT 0,
      answered smallint,
      error text,
      delivered_at timestamptz,
      dead_at timestamptz,
      PRIMARY KEY (watch, event),
      CHECK (due_at IS NULL OR receiver IS NOT NULL),
      CHECK (num_nonnulls(due_at, delivered_at, dead_at) <= 1)
    )
    """,
    "CREATE INDEX delivery_due ON delivery (receiver, due_at) WHERE due_at IS NOT NULL",
    # Its condition is said in a way of its own: it is no way to rows of one receiver or watch.
    "CREATE INDEX delivery_waiting ON delivery (at)"
    " WHERE coalesce(due_at, 'infinity') < 'infinity'",
    "CREATE INDEX delivery_dead ON delivery (watch) WHERE dead_at IS NOT NULL",
    "CREATE INDEX delivery_done ON delivery (at) WHERE due_at IS NULL",
    """
    CREATE TABLE alert (
      notice text REFERENCES notice (id),
      hour timestamptz,
      kind text CHECK (kind IN
        ('government', 'court', 'notary', 'bank', 'insurer', 'platform', 'other')),
      PRIMARY KEY (notice, hour, kind)
    )
    """,
    "CREATE INDEX alert_hour ON alert (hour)",
    "ALTER TABLE notice_private ADD COLUMN alert_on_check boolean NOT NULL DEFAULT false",
    "ALTER TABLE agency_key ADD COLUMN silent boolean NOT NULL DEFAULT false",
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
