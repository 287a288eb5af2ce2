"""The register: notices, their private side, events, log, and what serves them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0001_register"
VERSION = "1.38.0"
DESCRIPTION = "notice, event, log, claim, session, idempotency, follower"

STATEMENTS = """
CREATE SEQUENCE notice_serial AS bigint MINVALUE 1 MAXVALUE 99999999 NO CYCLE;

CREATE TABLE notice (
  id text PRIMARY KEY CHECK (id ~ '^[0-9]+$' AND length(id) = 14),
  form jsonb,
  number_key text,
  evidence text NOT NULL
    CHECK (evidence IN ('self_declared', 'identity_verified', 'issuer_confirmed')),
  number_form text NOT NULL CHECK (number_form IN ('usual', 'unusual')),
  published_index bigint NOT NULL UNIQUE,
  published_at timestamptz NOT NULL,
  effective_at timestamptz NOT NULL CHECK (effective_at >= published_at),
  objections integer NOT NULL DEFAULT 0 CHECK (objections >= 0),
  certificate text GENERATED ALWAYS AS (form ->> 'certificate') STORED,
  region text GENERATED ALWAYS AS (form ->> 'region') STORED,
  holder_kind text GENERATED ALWAYS AS (form -> 'holder' ->> 'kind') STORED,
  holder_name text GENERATED ALWAYS AS (form -> 'holder' ->> 'name') STORED
);
CREATE INDEX notice_number_key ON notice (number_key text_pattern_ops);
CREATE INDEX notice_number_tail ON notice (reverse(number_key) text_pattern_ops);
CREATE INDEX notice_newest_organisations ON notice (published_index DESC)
  WHERE holder_kind = 'organisation';

CREATE TABLE notice_private (
  notice text PRIMARY KEY REFERENCES notice ON DELETE RESTRICT,
  sealed bytea NOT NULL,
  holder_hash bytea NOT NULL,
  declarant_hash bytea NOT NULL,
  relation text NOT NULL CHECK (relation IN ('self', 'parent', 'guardian', 'mandate')),
  consent_version text NOT NULL,
  channel text NOT NULL CHECK (channel IN ('web', 'app', 'kiosk', 'counter', 'telephone')),
  assisted_by text,
  elicense_id text CHECK (length(elicense_id) <= 128)
);
CREATE INDEX notice_private_holder ON notice_private (holder_hash);
CREATE INDEX notice_private_declarant ON notice_private (declarant_hash);

CREATE TABLE claim (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number_hash bytea NOT NULL CHECK (length(number_hash) = 32),
  copy text NOT NULL CHECK (copy IN ('', 'original', 'duplicate')),
  notice text NOT NULL REFERENCES notice ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  living boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX claim_one_living ON claim (number_hash, copy) WHERE living;
CREATE INDEX claim_number ON claim (number_hash);
CREATE INDEX claim_notice ON claim (notice);

CREATE TABLE rival (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  notice text NOT NULL REFERENCES notice ON DELETE RESTRICT,
  at timestamptz NOT NULL,
  sealed bytea NOT NULL
);
CREATE INDEX rival_notice ON rival (notice);

CREATE TABLE event (
  index bigint PRIMARY KEY CHECK (index >= 0),
  notice text NOT NULL REFERENCES notice ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  kind text NOT NULL CHECK (kind IN ('published', 'corrected', 'withdrawn', 'confirmed',
    'contested', 'dismissed', 'annulled', 'replaced', 'redacted')),
  at timestamptz NOT NULL,
  entry text NOT NULL,
  salt bytea CHECK (length(salt) = 32),
  form jsonb,
  CHECK ((salt IS NULL) = (form IS NULL))
);
CREATE INDEX event_notice ON event (notice);

CREATE TABLE log_head (
  id integer PRIMARY KEY CHECK (id = 1),
  size bigint NOT NULL CHECK (size >= 0),
  last_at timestamptz NOT NULL,
  peaks bytea NOT NULL CHECK (length(peaks) % 32 = 0)
);
INSERT INTO log_head VALUES (1, 0, '-infinity', '');

CREATE TABLE log_node (
  level smallint NOT NULL CHECK (level >= 0),
  position bigint NOT NULL CHECK (position >= 0),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
);

CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  sealed bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE idempotency (
  scope bytea PRIMARY KEY,
  body_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  notice text,
  event bigint,
  response text
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE follower (
  name text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
  moved_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE parked (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  follower text NOT NULL,
  notice text NOT NULL,
  index bigint NOT NULL,
  error text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (follower, notice)
);

CREATE TABLE key_check (
  purpose text PRIMARY KEY,
  key_id text NOT NULL,
  check_value text NOT NULL
);

CREATE TABLE rate (
  bucket bytea PRIMARY KEY,
  window_end timestamptz NOT NULL,
  uses integer NOT NULL
);
CREATE INDEX rate_window ON rate (window_end);
"""


class RawTable(Table):
    """Piccolo runs raw SQL through a table of the migration's own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS.split(";\n"):
            if statement.strip():
                await RawTable.raw(statement)

    manager.add_raw(run)
    return manager
