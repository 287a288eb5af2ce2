-- Made by tests/test_schema.py (GOLDEN=write) out of a database that was just migrated.

CREATE SEQUENCE migration_id_seq AS integer INCREMENT 1 MINVALUE 1 MAXVALUE 2147483647 START 1;

CREATE SEQUENCE notice_serial AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 99999999 START 1;

CREATE OR REPLACE FUNCTION public.event_at_the_end()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NEW;
  END IF;
  IF NEW.at NOT BETWEEN clock_timestamp() - interval '5 minutes'
      AND clock_timestamp() + interval '5 minutes'
    OR NEW.index <> (SELECT size - 1 FROM log_head WHERE id = 1) THEN
    -- A clock that jumped within a transaction is nobody's fault: the same may be tried again.
    RAISE transaction_rollback USING MESSAGE = 'an entry is of now, and at the end of the log';
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.event_redacted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE event SET salt = NULL, form = NULL
  WHERE notice = NEW.notice AND index < NEW.index AND salt IS NOT NULL;
  UPDATE notice SET form = NULL, number_key = NULL WHERE id = NEW.notice;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.journal_chained()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    DECLARE turn record; said jsonb := NEW.entry::jsonb;
    BEGIN
      SELECT t.number, t.previous INTO turn FROM journal_turn() t;
      IF NEW.number <> turn.number OR (said ->> 'number')::bigint <> turn.number
        OR said ->> 'previous' <> encode(turn.previous, 'base64')
        OR (said ->> 'at')::timestamptz NOT BETWEEN clock_timestamp() - interval '5 minutes'
          AND clock_timestamp() + interval '5 minutes' THEN
        RAISE transaction_rollback USING MESSAGE = 'an entry follows the last one, and is of now';
      END IF;
      NEW.hash := sha256(convert_to(NEW.entry, 'UTF8'));
      RETURN NEW;
    END $function$;

CREATE OR REPLACE FUNCTION public.journal_turn(OUT number bigint, OUT previous bytea, OUT at timestamp with time zone)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    BEGIN
      PERFORM pg_advisory_xact_lock(1785689458);
      SELECT j.number + 1, j.hash INTO number, previous
      FROM journal j ORDER BY j.number DESC LIMIT 1;
      number := coalesce(number, 0);
      previous := coalesce(previous, decode(repeat('00', 32), 'hex'));
      at := date_trunc('milliseconds', clock_timestamp());
    END $function$;

CREATE OR REPLACE FUNCTION public.notice_awaiting_of_form()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.awaiting := true;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.notice_period_of_form()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.period_value := NEW.form -> 'notice_period' ->> 'value';
  NEW.period_unit := NEW.form -> 'notice_period' ->> 'unit';
  NEW.period_from := 'form';
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.notice_terms(form jsonb, number_key text, published_index bigint)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
DECLARE
  -- Every term begins with the chunk of the log its notice is in, so that a search can go from
  -- chunk to chunk and stop, and what is written together lies together in the index.
  chunk text := published_index >> 14;
  region text := form ->> 'region';
  name text := coalesce(form -> 'holder' ->> 'name', '');
  words text := name || '|' || coalesce(form ->> 'issuer', '') || '|';
  runs text := concat_ws(' ', number_key, form -> 'holder' ->> 'identifier');
BEGIN
  IF form IS NULL THEN
    RETURN NULL;
  END IF;
  IF number_key IS NOT NULL THEN
    words := words || coalesce(form ->> 'number', '') || '|';
  END IF;
  IF name ~ '[0-9]' THEN
    runs := runs || ' ' || upper(name);
  END IF;
  -- Letters alone, field after field; long numbers are found by their ends and not by pairs.
  words := regexp_replace(
    words, '[^[:alnum:]|]+|[0-9][0-9][0-9][0-9]+' COLLATE pg_c_utf8, '', 'g');
  runs := reverse(runs);
  -- Of each number its runs of letters and digits, its runs of digits, and all of its digits.
  IF runs ~ '[0-9][^0-9 ]+[0-9]' THEN
    runs := concat_ws(' ', regexp_replace(runs, '[^0-9A-Z]+', ' ', 'g'),
      regexp_replace(runs, '[^0-9]+', ' ', 'g'), regexp_replace(runs, '[^0-9 ]+', '', 'g'));
  ELSE
    runs := regexp_replace(runs, '[^0-9A-Z]+', ' ', 'g');
  END IF;
  RETURN (regexp_replace(words, '(..?)', ' ' || chunk || '.\1', 'g')
    || regexp_replace(substr(words, 2), '(..?)', ' ' || chunk || '.\1', 'g')
    || ' ' || chunk || '-' || replace(runs, ' ', ' ' || chunk || '-')
    || coalesce(' ' || chunk || '@' || (form ->> 'certificate'), '')
    || coalesce(' ' || chunk || '+' || (form ->> 'matter'), '')
    || coalesce(' ' || chunk || '#' || region, '')
    || coalesce(' ' || chunk || '#' || left(region, 4), '')
    || coalesce(' ' || chunk || '#' || left(region, 2), ''))::tsvector;
END $function$;

CREATE OR REPLACE FUNCTION public.rival_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.sealed_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  free boolean;
BEGIN
  IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'objection' THEN
    free := OLD.decided_at IS NOT NULL;
  ELSE
    free := EXISTS (SELECT FROM event e WHERE e.notice = OLD.notice AND e.kind = 'redacted');
  END IF;
  IF NOT free THEN
    RAISE insufficient_privilege USING MESSAGE = 'what is sealed is kept';
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.statistic_redacted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE each record;
BEGIN
  FOR each IN SELECT name, position FROM follower
    WHERE name IN ('statistics', 'statistics anew') ORDER BY name FOR SHARE
  LOOP
    IF OLD.published_index < each.position THEN
      UPDATE statistic SET value = value - 1
      WHERE follower = each.name AND measure = 'by_region' AND key = OLD.region;
    END IF;
  END LOOP;
  RETURN NULL;
END $function$;

CREATE TABLE agency (
  id text NOT NULL,
  name text NOT NULL,
  issuers text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_at timestamp with time zone,
  kind text NOT NULL DEFAULT 'other'::text,
  test boolean NOT NULL DEFAULT false,
  quota integer,
  masked_quota integer,
  CONSTRAINT agency_pkey PRIMARY KEY (id),
  CONSTRAINT agency_id_check CHECK ((id ~ '^[0-9a-z]+$'::text)),
  CONSTRAINT agency_kind_check CHECK ((kind = ANY (ARRAY['government'::text, 'court'::text, 'notary'::text, 'bank'::text, 'insurer'::text, 'platform'::text, 'other'::text]))),
  CONSTRAINT agency_masked_quota_check CHECK ((masked_quota > 0)),
  CONSTRAINT agency_quota_check CHECK ((quota > 0))
);
CREATE UNIQUE INDEX agency_name ON public.agency USING btree (name, test) WHERE (revoked_at IS NULL);

CREATE TABLE agency_key (
  id text NOT NULL,
  agency text NOT NULL,
  key_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  silent boolean NOT NULL DEFAULT false,
  CONSTRAINT agency_key_pkey PRIMARY KEY (id),
  CONSTRAINT agency_key_key_hash_key UNIQUE (key_hash),
  CONSTRAINT agency_key_id_check CHECK ((id ~ '^[0-9a-z]+[.][0-9]+$'::text)),
  CONSTRAINT agency_key_key_hash_check CHECK ((length(key_hash) = 32)),
  CONSTRAINT agency_key_scopes_check CHECK ((scopes <@ ARRAY['verify'::text, 'batch'::text, 'watch'::text, 'issue'::text, 'masked'::text])),
  CONSTRAINT agency_key_agency_fkey FOREIGN KEY (agency) REFERENCES agency(id)
);
CREATE INDEX agency_key_agency ON public.agency_key USING btree (agency);

CREATE TABLE agency_use (
  day date NOT NULL,
  key text NOT NULL,
  checks bigint NOT NULL,
  CONSTRAINT agency_use_pkey PRIMARY KEY (day, key),
  CONSTRAINT agency_use_checks_check CHECK ((checks >= 0)),
  CONSTRAINT agency_use_key_fkey FOREIGN KEY (key) REFERENCES agency_key(id)
);

CREATE TABLE alert (
  notice text NOT NULL,
  hour timestamp with time zone NOT NULL,
  kind text NOT NULL,
  CONSTRAINT alert_pkey PRIMARY KEY (notice, hour, kind),
  CONSTRAINT alert_kind_check CHECK ((kind = ANY (ARRAY['government'::text, 'court'::text, 'notary'::text, 'bank'::text, 'insurer'::text, 'platform'::text, 'other'::text]))),
  CONSTRAINT alert_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id)
);
CREATE INDEX alert_hour ON public.alert USING btree (hour);

CREATE TABLE brake (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  actor bytea NOT NULL,
  sealed bytea NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  released_at timestamp with time zone,
  decision bytea,
  CONSTRAINT brake_pkey PRIMARY KEY (id),
  CONSTRAINT brake_actor_check CHECK ((length(actor) = 32)),
  CONSTRAINT brake_released_check CHECK (((released_at IS NULL) = (decision IS NULL)))
);
CREATE UNIQUE INDEX brake_waiting ON public.brake USING btree (actor) WHERE (released_at IS NULL);

CREATE TABLE check_count (
  month date NOT NULL,
  certificate text NOT NULL,
  checks bigint NOT NULL,
  met bigint NOT NULL,
  CONSTRAINT check_count_pkey PRIMARY KEY (month, certificate),
  CONSTRAINT check_count_check CHECK (((met >= 0) AND (met <= checks)))
);

CREATE TABLE claim (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  by_certificate bytea NOT NULL,
  copy text NOT NULL,
  notice text NOT NULL,
  living boolean NOT NULL DEFAULT true,
  by_number bytea,
  by_digits bytea,
  by_holder bytea,
  document text NOT NULL DEFAULT ''::text,
  copy_number integer,
  lettered boolean NOT NULL DEFAULT true,
  shown boolean NOT NULL DEFAULT false,
  replaced boolean NOT NULL DEFAULT false,
  rules smallint NOT NULL,
  awaiting boolean NOT NULL DEFAULT false,
  CONSTRAINT claim_pkey PRIMARY KEY (id),
  CONSTRAINT claim_by_digits_check CHECK ((length(by_digits) = 32)),
  CONSTRAINT claim_by_holder_check CHECK ((length(by_holder) = 32)),
  CONSTRAINT claim_by_number_check CHECK ((length(by_number) = 32)),
  CONSTRAINT claim_check CHECK (((copy_number IS NULL) OR (copy = 'duplicate'::text))),
  CONSTRAINT claim_copy_check CHECK ((copy = ANY (ARRAY[''::text, 'original'::text, 'duplicate'::text]))),
  CONSTRAINT claim_copy_number_check CHECK (((copy_number >= 0) AND (copy_number <= 999))),
  CONSTRAINT claim_number_hash_check CHECK ((length(by_certificate) = 32)),
  CONSTRAINT claim_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX claim_by_certificate ON public.claim USING btree (by_certificate, living DESC, awaiting, replaced DESC, id DESC);
CREATE INDEX claim_by_digits ON public.claim USING btree (by_digits, living DESC, awaiting, replaced DESC, id DESC) WHERE shown;
CREATE INDEX claim_by_holder ON public.claim USING btree (by_holder, living DESC, awaiting, replaced DESC, id DESC) WHERE (by_holder IS NOT NULL);
CREATE INDEX claim_by_number ON public.claim USING btree (by_number, living DESC, awaiting, replaced DESC, id DESC) WHERE shown;
CREATE INDEX claim_notice ON public.claim USING btree (notice);
CREATE INDEX claim_old_rules ON public.claim USING btree (id) WHERE (rules < 2);
CREATE INDEX claim_short_certificate ON public.claim USING btree ((((('x'::text || encode(substr(by_certificate, 1, 8), 'hex'::text)))::bit(64))::bigint));
CREATE INDEX claim_short_digits ON public.claim USING btree ((((('x'::text || encode(substr(by_digits, 1, 8), 'hex'::text)))::bit(64))::bigint));
CREATE INDEX claim_short_holder ON public.claim USING btree ((((('x'::text || encode(substr(COALESCE(by_holder, '\x'::bytea), 1, 8), 'hex'::text)))::bit(64))::bigint));
CREATE INDEX claim_short_number ON public.claim USING btree ((((('x'::text || encode(substr(by_number, 1, 8), 'hex'::text)))::bit(64))::bigint));

CREATE TABLE data_key (
  purpose text NOT NULL,
  generation integer NOT NULL,
  master bytea NOT NULL,
  algorithm bytea NOT NULL,
  id bytea NOT NULL,
  wrapped bytea NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  retired_at timestamp with time zone,
  CONSTRAINT data_key_pkey PRIMARY KEY (purpose, generation, master),
  CONSTRAINT data_key_algorithm_check CHECK ((length(algorithm) = 1)),
  CONSTRAINT data_key_id_check CHECK ((length(id) = 4)),
  CONSTRAINT data_key_master_check CHECK ((length(master) = 4)),
  CONSTRAINT data_key_purpose_check CHECK ((purpose = ANY (ARRAY['sealing'::text, 'passing'::text])))
);

CREATE TABLE delivery (
  watch text NOT NULL,
  event bigint NOT NULL,
  status text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  receiver bytea,
  due_at timestamp with time zone,
  attempts integer NOT NULL DEFAULT 0,
  answered smallint,
  error text,
  delivered_at timestamp with time zone,
  dead_at timestamp with time zone,
  CONSTRAINT delivery_pkey PRIMARY KEY (watch, event),
  CONSTRAINT delivery_check CHECK (((due_at IS NULL) OR (receiver IS NOT NULL))),
  CONSTRAINT delivery_check1 CHECK ((num_nonnulls(due_at, delivered_at, dead_at) <= 1)),
  CONSTRAINT delivery_event_fkey FOREIGN KEY (event) REFERENCES event(index),
  CONSTRAINT delivery_watch_fkey FOREIGN KEY (watch) REFERENCES watch(id) ON DELETE CASCADE
);
CREATE INDEX delivery_dead ON public.delivery USING btree (watch) WHERE (dead_at IS NOT NULL);
CREATE INDEX delivery_done ON public.delivery USING btree (at) WHERE (due_at IS NULL);
CREATE INDEX delivery_due ON public.delivery USING btree (receiver, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX delivery_waiting ON public.delivery USING btree (at) WHERE (COALESCE(due_at, 'infinity'::timestamp with time zone) < 'infinity'::timestamp with time zone);

CREATE TABLE draft (
  owner bytea NOT NULL,
  id text NOT NULL,
  account bytea NOT NULL,
  sealed bytea NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  lasting boolean NOT NULL DEFAULT false,
  CONSTRAINT draft_pkey PRIMARY KEY (owner, id)
);
CREATE INDEX draft_at ON public.draft USING btree (at);
CREATE INDEX draft_of_a_form ON public.draft USING btree (at) WHERE (NOT lasting);
CREATE INDEX draft_of_account ON public.draft USING btree (account, at);

CREATE TABLE duration (
  day date NOT NULL,
  measure text NOT NULL,
  bucket smallint NOT NULL,
  times bigint NOT NULL,
  CONSTRAINT duration_pkey PRIMARY KEY (day, measure, bucket),
  CONSTRAINT duration_bucket_check CHECK ((bucket >= 0)),
  CONSTRAINT duration_measure_check CHECK ((measure = ANY (ARRAY['publish'::text, 'check'::text, 'search'::text, 'list'::text]))),
  CONSTRAINT duration_times_check CHECK ((times >= 0))
);

CREATE TABLE event (
  index bigint NOT NULL,
  notice text NOT NULL,
  kind text NOT NULL,
  at timestamp with time zone NOT NULL,
  entry text NOT NULL,
  salt bytea,
  form jsonb,
  logged_at timestamp with time zone,
  CONSTRAINT event_pkey PRIMARY KEY (index),
  CONSTRAINT event_check CHECK (((salt IS NULL) = (form IS NULL))),
  CONSTRAINT event_index_check CHECK ((index >= 0)),
  CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['published'::text, 'corrected'::text, 'withdrawn'::text, 'confirmed'::text, 'contested'::text, 'dismissed'::text, 'annulled'::text, 'superseded'::text, 'replaced'::text, 'restored'::text, 'unconfirmed'::text, 'redacted'::text]))),
  CONSTRAINT event_logged_later CHECK ((logged_at > at)) NOT VALID,
  CONSTRAINT event_salt_check CHECK ((length(salt) = 32)),
  CONSTRAINT event_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX event_notice ON public.event USING btree (notice);
CREATE INDEX event_outcome ON public.event USING btree (notice, index) INCLUDE (kind) WHERE (kind = ANY (ARRAY['contested'::text, 'dismissed'::text, 'withdrawn'::text, 'annulled'::text, 'superseded'::text, 'replaced'::text, 'restored'::text]));
CREATE INDEX event_outcome_kind ON public.event USING btree (kind) INCLUDE (notice) WHERE (kind = ANY (ARRAY['contested'::text, 'dismissed'::text, 'withdrawn'::text, 'annulled'::text, 'superseded'::text, 'replaced'::text, 'restored'::text]));
CREATE TRIGGER event_at_the_end BEFORE INSERT ON public.event FOR EACH ROW EXECUTE FUNCTION event_at_the_end();
CREATE TRIGGER event_redacted AFTER INSERT ON public.event FOR EACH ROW WHEN ((new.kind = 'redacted'::text)) EXECUTE FUNCTION event_redacted();

CREATE TABLE event_private (
  event bigint NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT event_private_pkey PRIMARY KEY (event),
  CONSTRAINT event_private_event_fkey FOREIGN KEY (event) REFERENCES event(index) ON DELETE RESTRICT
);

CREATE TABLE exhibit (
  notice text NOT NULL,
  file text NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  CONSTRAINT exhibit_pkey PRIMARY KEY (notice),
  CONSTRAINT exhibit_sha256_check CHECK ((length(sha256) = 32)),
  CONSTRAINT exhibit_size_check CHECK ((size > 0)),
  CONSTRAINT exhibit_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT
);
CREATE INDEX exhibit_file ON public.exhibit USING btree (file);

CREATE TABLE flag (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  notice text NOT NULL,
  kind text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  set_aside_at timestamp with time zone,
  decision bytea,
  CONSTRAINT flag_pkey PRIMARY KEY (id),
  CONSTRAINT flag_kind_check CHECK ((kind = ANY (ARRAY['repeated'::text, 'two_holders'::text, 'one_address'::text]))),
  CONSTRAINT flag_set_aside_check CHECK (((set_aside_at IS NULL) = (decision IS NULL))),
  CONSTRAINT flag_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX flag_of_notice ON public.flag USING btree (notice, id) WHERE (set_aside_at IS NULL);
CREATE INDEX flag_waiting ON public.flag USING btree (id) WHERE (set_aside_at IS NULL);

CREATE TABLE follower (
  name text NOT NULL,
  position bigint NOT NULL DEFAULT 0,
  moved_at timestamp with time zone NOT NULL DEFAULT now(),
  checked_at timestamp with time zone,
  alive_at timestamp with time zone NOT NULL DEFAULT now(),
  stale boolean NOT NULL DEFAULT false,
  CONSTRAINT follower_pkey PRIMARY KEY (name),
  CONSTRAINT follower_position_check CHECK (("position" >= 0))
) WITH (autovacuum_vacuum_threshold=50, autovacuum_vacuum_scale_factor=0, autovacuum_analyze_threshold=50, autovacuum_analyze_scale_factor=0, autovacuum_vacuum_cost_delay=0, vacuum_truncate=false, fillfactor=50);
CREATE INDEX follower_alive ON public.follower USING btree (alive_at);

CREATE TABLE hold (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  reason text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT hold_pkey PRIMARY KEY (id)
);

CREATE TABLE idempotency (
  scope bytea NOT NULL,
  body_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  notice text,
  event bigint,
  response text,
  CONSTRAINT idempotency_pkey PRIMARY KEY (scope)
) WITH (autovacuum_vacuum_threshold=500, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_threshold=500, autovacuum_analyze_scale_factor=0.05, autovacuum_vacuum_cost_delay=0, fillfactor=70);
CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);
CREATE INDEX idempotency_notice ON public.idempotency USING btree (notice);

CREATE TABLE journal (
  number bigint NOT NULL,
  entry text NOT NULL,
  hash bytea NOT NULL DEFAULT '\x'::bytea,
  sealed bytea NOT NULL,
  CONSTRAINT journal_pkey PRIMARY KEY (number),
  CONSTRAINT journal_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT journal_number_check CHECK ((number >= 0))
);
CREATE INDEX journal_notices ON public.journal USING gin ((((entry)::jsonb -> 'notices'::text)));
CREATE TRIGGER journal_chained BEFORE INSERT ON public.journal FOR EACH ROW EXECUTE FUNCTION journal_chained();

CREATE TABLE key_check (
  purpose text NOT NULL,
  key_id text NOT NULL,
  check_value text NOT NULL,
  CONSTRAINT key_check_pkey PRIMARY KEY (purpose)
);

CREATE TABLE log_head (
  id integer NOT NULL,
  size bigint NOT NULL,
  last_at timestamp with time zone NOT NULL,
  peaks bytea NOT NULL,
  later timestamp with time zone,
  spent_key text,
  spent_size bigint,
  CONSTRAINT log_head_pkey PRIMARY KEY (id),
  CONSTRAINT log_head_check CHECK (((spent_key IS NULL) = (spent_size IS NULL))),
  CONSTRAINT log_head_id_check CHECK ((id = 1)),
  CONSTRAINT log_head_peaks_check CHECK (((length(peaks) % 32) = 0)),
  CONSTRAINT log_head_size_check CHECK ((size >= 0))
) WITH (autovacuum_vacuum_threshold=50, autovacuum_vacuum_scale_factor=0, autovacuum_analyze_threshold=50, autovacuum_analyze_scale_factor=0, autovacuum_vacuum_cost_delay=0, vacuum_truncate=false, fillfactor=50);

CREATE TABLE log_node (
  level smallint NOT NULL,
  position bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT log_node_pkey PRIMARY KEY (level, "position"),
  CONSTRAINT log_node_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT log_node_level_check CHECK ((level >= 0)),
  CONSTRAINT log_node_position_check CHECK (("position" >= 0))
);

CREATE TABLE migration (
  id integer NOT NULL DEFAULT nextval('migration_id_seq'::regclass),
  name character varying(200) NOT NULL DEFAULT ''::character varying,
  app_name character varying(200) NOT NULL DEFAULT ''::character varying,
  ran_on timestamp without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT migration_pkey PRIMARY KEY (id)
);

CREATE TABLE notice (
  id text NOT NULL,
  form jsonb,
  number_key text,
  evidence text NOT NULL,
  published_index bigint NOT NULL,
  published_at timestamp with time zone NOT NULL,
  effective_at timestamp with time zone NOT NULL,
  objections integer NOT NULL DEFAULT 0,
  certificate text GENERATED ALWAYS AS (form ->> 'certificate'::text) STORED,
  region text GENERATED ALWAYS AS (form ->> 'region'::text) STORED,
  holder_kind text GENERATED ALWAYS AS ((form -> 'holder'::text) ->> 'kind'::text) STORED,
  holder_name text GENERATED ALWAYS AS ((form -> 'holder'::text) ->> 'name'::text) STORED,
  provisional boolean NOT NULL DEFAULT false,
  period_value smallint,
  period_unit text,
  period_from text,
  awaiting boolean NOT NULL DEFAULT false,
  agreed_until timestamp with time zone,
  CONSTRAINT notice_pkey PRIMARY KEY (id),
  CONSTRAINT notice_published_index_key UNIQUE (published_index),
  CONSTRAINT notice_check CHECK ((effective_at >= published_at)),
  CONSTRAINT notice_check1 CHECK (((period_value IS NULL) = (period_unit IS NULL))),
  CONSTRAINT notice_check2 CHECK (((period_value IS NULL) OR (period_from IS NOT NULL))),
  CONSTRAINT notice_evidence_check CHECK ((evidence = ANY (ARRAY['self_declared'::text, 'identity_verified'::text, 'issuer_confirmed'::text]))),
  CONSTRAINT notice_id_check CHECK (((id ~ '^[0-9]+$'::text) AND (length(id) = 14))),
  CONSTRAINT notice_objections_check CHECK ((objections >= 0)),
  CONSTRAINT notice_period_from_check CHECK ((period_from = ANY (ARRAY['form'::text, 'upgrade'::text]))),
  CONSTRAINT notice_period_unit_check CHECK ((period_unit = ANY (ARRAY['calendar_day'::text, 'working_day'::text]))),
  CONSTRAINT notice_period_value_check CHECK ((period_value > 0))
);
CREATE INDEX notice_agreed ON public.notice USING btree (agreed_until) WHERE ((agreed_until IS NOT NULL) AND (form IS NOT NULL));
CREATE INDEX notice_awaiting ON public.notice USING btree (published_index) WHERE awaiting;
CREATE INDEX notice_effective ON public.notice USING btree (effective_at, published_index);
CREATE INDEX notice_newest_organisations ON public.notice USING btree (((- published_index))) WHERE (holder_kind = 'organisation'::text);
CREATE INDEX notice_number_key ON public.notice USING btree (number_key text_pattern_ops);
CREATE INDEX notice_period_unknown ON public.notice USING btree (id) WHERE (period_from IS NULL);
CREATE INDEX notice_persons ON public.notice USING btree (certificate, published_index) WHERE (holder_kind = 'person'::text);
CREATE INDEX notice_provisional ON public.notice USING btree (id) WHERE provisional;
CREATE INDEX notice_terms ON public.notice USING gin (notice_terms(form, number_key, published_index));
ALTER INDEX notice_terms ALTER COLUMN 1 SET STATISTICS 0;
CREATE TRIGGER notice_awaiting BEFORE INSERT ON public.notice FOR EACH ROW WHEN ((new.form ? 'awaiting'::text)) EXECUTE FUNCTION notice_awaiting_of_form();
CREATE TRIGGER notice_period BEFORE INSERT ON public.notice FOR EACH ROW WHEN ((new.form ? 'notice_period'::text)) EXECUTE FUNCTION notice_period_of_form();
CREATE TRIGGER statistic_redacted AFTER UPDATE OF form ON public.notice FOR EACH ROW WHEN (((old.region IS NOT NULL) AND (new.region IS NULL))) EXECUTE FUNCTION statistic_redacted();

CREATE TABLE notice_private (
  notice text NOT NULL,
  sealed bytea NOT NULL,
  holder_hash bytea NOT NULL,
  declarant_hash bytea NOT NULL,
  relation text NOT NULL,
  consent_version text NOT NULL,
  channel text NOT NULL,
  assisted_by text,
  elicense_id text,
  consent_sha256 bytea,
  alert_on_check boolean NOT NULL DEFAULT false,
  CONSTRAINT notice_private_pkey PRIMARY KEY (notice),
  CONSTRAINT notice_private_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'app'::text, 'kiosk'::text, 'counter'::text, 'telephone'::text]))),
  CONSTRAINT notice_private_consent_sha256_check CHECK ((length(consent_sha256) = 32)),
  CONSTRAINT notice_private_elicense_id_check CHECK ((length(elicense_id) <= 128)),
  CONSTRAINT notice_private_relation_check CHECK ((relation = ANY (ARRAY['self'::text, 'parent'::text, 'guardian'::text, 'mandate'::text, 'liquidator'::text, 'heir'::text]))),
  CONSTRAINT notice_private_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT
);
CREATE INDEX notice_private_declared ON public.notice_private USING btree (declarant_hash, notice);
CREATE INDEX notice_private_held ON public.notice_private USING btree (holder_hash, notice);
CREATE TRIGGER notice_private_kept BEFORE UPDATE OF sealed ON public.notice_private FOR EACH ROW EXECUTE FUNCTION sealed_is_kept();

CREATE TABLE objection (
  id text NOT NULL,
  notice text NOT NULL,
  at timestamp with time zone NOT NULL,
  ground text NOT NULL,
  status text NOT NULL DEFAULT 'open'::text,
  objector_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  evidence_type text,
  evidence_size bigint,
  evidence_sha256 bytea,
  decided_at timestamp with time zone,
  decision bytea,
  CONSTRAINT objection_pkey PRIMARY KEY (id),
  CONSTRAINT objection_check CHECK (((evidence_type IS NULL) = (evidence_size IS NULL))),
  CONSTRAINT objection_check1 CHECK (((evidence_type IS NULL) = (evidence_sha256 IS NULL))),
  CONSTRAINT objection_evidence_sha256_check CHECK ((length(evidence_sha256) = 32)),
  CONSTRAINT objection_ground_check CHECK ((ground = ANY (ARRAY['holder'::text, 'not_lost'::text, 'false'::text, 'other'::text]))),
  CONSTRAINT objection_rejected_check CHECK (((status = 'rejected'::text) = (decision IS NOT NULL))),
  CONSTRAINT objection_status_check CHECK ((status = ANY (ARRAY['open'::text, 'admitted'::text, 'dismissed'::text, 'upheld'::text, 'closed'::text, 'rejected'::text]))),
  CONSTRAINT objection_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT
);
CREATE INDEX objection_of_notice ON public.objection USING btree (notice, at, id);
CREATE INDEX objection_of_person ON public.objection USING btree (objector_hash);
CREATE INDEX objection_oldest ON public.objection USING btree (at, id);
CREATE UNIQUE INDEX objection_once ON public.objection USING btree (notice, objector_hash);
CREATE INDEX objection_waiting ON public.objection USING btree (status, at, id);
CREATE TRIGGER objection_kept BEFORE UPDATE OF sealed, evidence_type, evidence_size, evidence_sha256 ON public.objection FOR EACH ROW EXECUTE FUNCTION sealed_is_kept();

CREATE TABLE overlap (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  one text NOT NULL,
  other text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT overlap_pkey PRIMARY KEY (id),
  CONSTRAINT overlap_one_other_key UNIQUE (one, other),
  CONSTRAINT overlap_one_fkey FOREIGN KEY (one) REFERENCES notice(id) ON DELETE RESTRICT,
  CONSTRAINT overlap_other_fkey FOREIGN KEY (other) REFERENCES notice(id) ON DELETE RESTRICT
);

CREATE TABLE parked (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  follower text NOT NULL,
  notice text NOT NULL,
  index bigint NOT NULL,
  error text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT parked_pkey PRIMARY KEY (id),
  CONSTRAINT parked_follower_notice_key UNIQUE (follower, notice)
) WITH (autovacuum_vacuum_threshold=500, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_threshold=500, autovacuum_analyze_scale_factor=0.05, autovacuum_vacuum_cost_delay=0);

CREATE TABLE purpose (
  session bytea NOT NULL,
  notice text NOT NULL,
  sealed bytea NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT purpose_pkey PRIMARY KEY (session, notice),
  CONSTRAINT purpose_session_check CHECK ((length(session) = 32)),
  CONSTRAINT purpose_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT
);
CREATE INDEX purpose_at ON public.purpose USING btree (at);

CREATE TABLE rate (
  bucket bytea NOT NULL,
  window_end timestamp with time zone NOT NULL,
  uses integer NOT NULL,
  CONSTRAINT rate_pkey PRIMARY KEY (bucket)
) WITH (autovacuum_vacuum_threshold=500, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_threshold=500, autovacuum_analyze_scale_factor=0.05, autovacuum_vacuum_cost_delay=0, fillfactor=70);
CREATE INDEX rate_window ON public.rate USING btree (window_end);

CREATE TABLE rival (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  notice text NOT NULL,
  at timestamp with time zone NOT NULL,
  sealed bytea NOT NULL,
  set_aside_at timestamp with time zone,
  decision bytea,
  holder_hash bytea,
  declarant_hash bytea,
  CONSTRAINT rival_pkey PRIMARY KEY (id),
  CONSTRAINT rival_declarant_hash_check CHECK ((length(declarant_hash) = 32)),
  CONSTRAINT rival_holder_hash_check CHECK ((length(holder_hash) = 32)),
  CONSTRAINT rival_set_aside_check CHECK (((set_aside_at IS NULL) = (decision IS NULL))),
  CONSTRAINT rival_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT
);
CREATE INDEX rival_of_declarant ON public.rival USING btree (declarant_hash);
CREATE INDEX rival_of_holder ON public.rival USING btree (holder_hash);
CREATE INDEX rival_of_notice ON public.rival USING btree (notice, id) WHERE (set_aside_at IS NULL);
CREATE INDEX rival_unnamed ON public.rival USING btree (id) WHERE (holder_hash IS NULL);
CREATE INDEX rival_waiting ON public.rival USING btree (id) WHERE (set_aside_at IS NULL);
CREATE TRIGGER rival_kept BEFORE UPDATE OF sealed ON public.rival FOR EACH ROW EXECUTE FUNCTION rival_is_kept();

CREATE TABLE session (
  token_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  subject bytea,
  sid bytea,
  seen_at timestamp with time zone,
  CONSTRAINT session_pkey PRIMARY KEY (token_hash)
) WITH (autovacuum_vacuum_threshold=500, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_threshold=500, autovacuum_analyze_scale_factor=0.05, autovacuum_vacuum_cost_delay=0);
CREATE INDEX session_expiry ON public.session USING btree (expires_at);
CREATE INDEX session_sid ON public.session USING btree (sid) WHERE (sid IS NOT NULL);
CREATE INDEX session_subject ON public.session USING btree (subject) WHERE (subject IS NOT NULL);

CREATE TABLE sign_in (
  key bytea NOT NULL,
  sealed bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT sign_in_pkey PRIMARY KEY (key),
  CONSTRAINT sign_in_key_check CHECK ((length(key) = 32))
);
CREATE INDEX sign_in_expires_at ON public.sign_in USING btree (expires_at);

CREATE TABLE statistic (
  follower text NOT NULL,
  measure text NOT NULL,
  key text NOT NULL,
  value bigint NOT NULL,
  CONSTRAINT statistic_pkey PRIMARY KEY (follower, measure, key),
  CONSTRAINT statistic_measure_check CHECK ((measure = ANY (ARRAY['by_month'::text, 'by_certificate'::text, 'by_region'::text]))),
  CONSTRAINT statistic_value_check CHECK ((value >= 0))
);

CREATE TABLE touched (
  notice text NOT NULL,
  at timestamp with time zone NOT NULL,
  taken boolean NOT NULL DEFAULT false,
  takers text[] NOT NULL DEFAULT ARRAY[]::text[],
  CONSTRAINT touched_pkey PRIMARY KEY (notice),
  CONSTRAINT touched_notice_fkey FOREIGN KEY (notice) REFERENCES notice(id) ON DELETE RESTRICT
) WITH (autovacuum_vacuum_threshold=500, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_threshold=500, autovacuum_analyze_scale_factor=0.05, autovacuum_vacuum_cost_delay=0);
CREATE INDEX touched_taken ON public.touched USING btree (at) WHERE taken;
CREATE INDEX touched_waiting ON public.touched USING btree (at) WHERE (NOT taken);

CREATE TABLE watch (
  id text NOT NULL,
  agency text,
  owner bytea,
  by_certificate bytea NOT NULL,
  rules smallint NOT NULL,
  at timestamp with time zone NOT NULL,
  since bigint NOT NULL,
  receiver bytea,
  gone_at timestamp with time zone,
  sealed bytea NOT NULL,
  CONSTRAINT watch_pkey PRIMARY KEY (id),
  CONSTRAINT watch_by_certificate_check CHECK ((length(by_certificate) = 32)),
  CONSTRAINT watch_check CHECK (((agency IS NULL) <> (owner IS NULL))),
  CONSTRAINT watch_check1 CHECK (((agency IS NOT NULL) OR (receiver IS NULL))),
  CONSTRAINT watch_owner_check CHECK ((length(owner) = 32)),
  CONSTRAINT watch_receiver_check CHECK ((length(receiver) = 32)),
  CONSTRAINT watch_since_check CHECK ((since >= 0)),
  CONSTRAINT watch_agency_fkey FOREIGN KEY (agency) REFERENCES agency(id)
);
CREATE INDEX watch_agency ON public.watch USING btree (agency, id) WHERE (agency IS NOT NULL);
CREATE INDEX watch_number ON public.watch USING btree (by_certificate);
CREATE INDEX watch_owner ON public.watch USING btree (owner, id) WHERE (owner IS NOT NULL);
