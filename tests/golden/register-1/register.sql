
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE FUNCTION public.notice_terms(form jsonb, number_key text, published_index bigint) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
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
END $$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.agency (
    id text NOT NULL,
    name text NOT NULL,
    issuers text[] NOT NULL,
    key_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT agency_id_check CHECK ((id ~ '^[0-9a-z]+$'::text)),
    CONSTRAINT agency_key_hash_check CHECK ((length(key_hash) = 32))
);

CREATE TABLE public.claim (
    id bigint NOT NULL,
    number_hash bytea NOT NULL,
    copy text NOT NULL,
    notice text NOT NULL,
    living boolean DEFAULT true NOT NULL,
    CONSTRAINT claim_copy_check CHECK ((copy = ANY (ARRAY[''::text, 'original'::text, 'duplicate'::text]))),
    CONSTRAINT claim_number_hash_check CHECK ((length(number_hash) = 32))
);

ALTER TABLE public.claim ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.event (
    index bigint NOT NULL,
    notice text NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    entry text NOT NULL,
    salt bytea,
    form jsonb,
    CONSTRAINT event_check CHECK (((salt IS NULL) = (form IS NULL))),
    CONSTRAINT event_index_check CHECK ((index >= 0)),
    CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['published'::text, 'corrected'::text, 'withdrawn'::text, 'confirmed'::text, 'contested'::text, 'dismissed'::text, 'annulled'::text, 'replaced'::text, 'redacted'::text]))),
    CONSTRAINT event_salt_check CHECK ((length(salt) = 32))
);

CREATE TABLE public.event_private (
    event bigint NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE public.follower (
    name text NOT NULL,
    "position" bigint DEFAULT 0 NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    checked_at timestamp with time zone,
    CONSTRAINT follower_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.hold (
    id bigint NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.hold ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.idempotency (
    scope bytea NOT NULL,
    body_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    notice text,
    event bigint,
    response text
);

CREATE TABLE public.key_check (
    purpose text NOT NULL,
    key_id text NOT NULL,
    check_value text NOT NULL
);

CREATE TABLE public.log_head (
    id integer NOT NULL,
    size bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    peaks bytea NOT NULL,
    CONSTRAINT log_head_id_check CHECK ((id = 1)),
    CONSTRAINT log_head_peaks_check CHECK (((length(peaks) % 32) = 0)),
    CONSTRAINT log_head_size_check CHECK ((size >= 0))
);

CREATE TABLE public.log_node (
    level smallint NOT NULL,
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT log_node_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT log_node_level_check CHECK ((level >= 0)),
    CONSTRAINT log_node_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.migration (
    id integer NOT NULL,
    name character varying(200) DEFAULT ''::character varying NOT NULL,
    app_name character varying(200) DEFAULT ''::character varying NOT NULL,
    ran_on timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE SEQUENCE public.migration_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.migration_id_seq OWNED BY public.migration.id;

CREATE TABLE public.notice (
    id text NOT NULL,
    form jsonb,
    number_key text,
    evidence text NOT NULL,
    number_form text NOT NULL,
    published_index bigint NOT NULL,
    published_at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    objections integer DEFAULT 0 NOT NULL,
    certificate text GENERATED ALWAYS AS ((form ->> 'certificate'::text)) STORED,
    region text GENERATED ALWAYS AS ((form ->> 'region'::text)) STORED,
    holder_kind text GENERATED ALWAYS AS (((form -> 'holder'::text) ->> 'kind'::text)) STORED,
    holder_name text GENERATED ALWAYS AS (((form -> 'holder'::text) ->> 'name'::text)) STORED,
    provisional boolean DEFAULT false NOT NULL,
    CONSTRAINT notice_check CHECK ((effective_at >= published_at)),
    CONSTRAINT notice_evidence_check CHECK ((evidence = ANY (ARRAY['self_declared'::text, 'identity_verified'::text, 'issuer_confirmed'::text]))),
    CONSTRAINT notice_id_check CHECK (((id ~ '^[0-9]+$'::text) AND (length(id) = 14))),
    CONSTRAINT notice_number_form_check CHECK ((number_form = ANY (ARRAY['usual'::text, 'unusual'::text]))),
    CONSTRAINT notice_objections_check CHECK ((objections >= 0))
);

CREATE TABLE public.notice_private (
    notice text NOT NULL,
    sealed bytea NOT NULL,
    holder_hash bytea NOT NULL,
    declarant_hash bytea NOT NULL,
    relation text NOT NULL,
    consent_version text NOT NULL,
    channel text NOT NULL,
    assisted_by text,
    elicense_id text,
    CONSTRAINT notice_private_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'app'::text, 'kiosk'::text, 'counter'::text, 'telephone'::text]))),
    CONSTRAINT notice_private_elicense_id_check CHECK ((length(elicense_id) <= 128)),
    CONSTRAINT notice_private_relation_check CHECK ((relation = ANY (ARRAY['self'::text, 'parent'::text, 'guardian'::text, 'mandate'::text])))
);

CREATE SEQUENCE public.notice_serial
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 99999999
    CACHE 1;

CREATE TABLE public.objection (
    id text NOT NULL,
    notice text NOT NULL,
    at timestamp with time zone NOT NULL,
    ground text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    objector_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    evidence_type text,
    evidence_size bigint,
    evidence_sha256 bytea,
    decided_at timestamp with time zone,
    CONSTRAINT objection_check CHECK (((evidence_type IS NULL) = (evidence_size IS NULL))),
    CONSTRAINT objection_check1 CHECK (((evidence_type IS NULL) = (evidence_sha256 IS NULL))),
    CONSTRAINT objection_evidence_sha256_check CHECK ((length(evidence_sha256) = 32)),
    CONSTRAINT objection_ground_check CHECK ((ground = ANY (ARRAY['holder'::text, 'not_lost'::text, 'false'::text, 'other'::text]))),
    CONSTRAINT objection_status_check CHECK ((status = ANY (ARRAY['open'::text, 'admitted'::text, 'dismissed'::text, 'upheld'::text, 'closed'::text])))
);

CREATE TABLE public.parked (
    id bigint NOT NULL,
    follower text NOT NULL,
    notice text NOT NULL,
    index bigint NOT NULL,
    error text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.rate (
    bucket bytea NOT NULL,
    window_end timestamp with time zone NOT NULL,
    uses integer NOT NULL
);

CREATE TABLE public.rival (
    id bigint NOT NULL,
    notice text NOT NULL,
    at timestamp with time zone NOT NULL,
    sealed bytea NOT NULL
);

ALTER TABLE public.rival ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rival_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.session (
    token_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.touched (
    notice text NOT NULL,
    at timestamp with time zone NOT NULL,
    taken boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.migration ALTER COLUMN id SET DEFAULT nextval('public.migration_id_seq'::regclass);

INSERT INTO public.agency VALUES ('6e6111360d4a', '试样局', '{试样局}', '\x673feb72f18d5f5caf5b9761a424030c4f82354a5ed41249f11f5fb1522a81cb', '2026-11-28 09:21:14.020935+00', NULL);

INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (1, '\x19aa76fb140de250c92d88fac5dbc4a7a771a67abc29d5e16b5c8f281ab9f1c6', 'original', '37070000000136', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (2, '\x7f3a7a8e38d567439bb6093293755032e12a9a56a12e67cefead07e31eeaf931', 'duplicate', '37070000000233', false);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (3, '\x7f3a7a8e38d567439bb6093293755032e12a9a56a12e67cefead07e31eeaf931', 'original', '37070000000233', false);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (4, '\x77e1278c8a186f4fe21b51ada93585eed55fde8ca31a7d9a2bf721f4cd594974', 'duplicate', '37070000000330', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (5, '\x77e1278c8a186f4fe21b51ada93585eed55fde8ca31a7d9a2bf721f4cd594974', 'original', '37070000000330', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (6, '\x0cdbdb6ce3ad36c897c0256db250de41a21845e454a90006e41a1d9827fc53c6', '', '37070000000427', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (7, '\x57dc13ceafe4669dc4d2b36b5c73ff12ed9df2f91dbda1ab41f80cda9113042a', '', '37070000000524', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (8, '\x456edac07e54adfc48b0e5b9c1ffb30bf0f542750a5222c7864fc64363b6ca67', '', '37070000000621', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (9, '\x056231bb7315d38bc04e29a2ee51b5a5a342ebfb9ac9f0483b3a6b6dd6a0010b', '', '37070000000718', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (10, '\x75869c0145a91d6bfad48772fa41e6ad76f8bc5d4b4fe99188857cec432c618e', '', '37070000000815', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (11, '\xa3e6149e91457a30882170800cbe592c0844d0e6bb4d42f1f16c16b7030254bf', 'original', '37070000000912', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (12, '\xce6e89e5df618726b0980600ae12a3207129bfe6327528cba5836259cc97b5b2', '', '37070000001009', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (13, '\x22ea3addd3ec9573bd087eb7b84fde8ca0b5bd281795c265a1d9fe4dad1b8db2', '', '37070000001106', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (14, '\x562eff32533d0462f379326164da9525ec76ee115a0288fc050b1b02c625c998', 'duplicate', '37070000001203', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (15, '\xcd0f59bd0a383fca761ee5a61b7b173785ce7afd1e1f862a8168bea2d41cbfce', 'duplicate', '37070000001397', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (16, '\xcd0f59bd0a383fca761ee5a61b7b173785ce7afd1e1f862a8168bea2d41cbfce', 'original', '37070000001397', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (17, '\x89f4259cc8854328f4124a5d84293d86bebf51f18c5a91e8eb8c8c75e8791acc', 'original', '37070000001494', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (18, '\x6fc8832a6d30ad4da1c536a5a92785b34b960da24333e1e1e0f0c48bf43548bb', 'duplicate', '37070000001591', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (19, '\x6fc8832a6d30ad4da1c536a5a92785b34b960da24333e1e1e0f0c48bf43548bb', 'original', '37070000001591', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (20, '\xa66e91e6e2c31b6de42913771d32b9a186076184cc6177787d310625fa41d49f', 'duplicate', '37070000001688', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (21, '\xa66e91e6e2c31b6de42913771d32b9a186076184cc6177787d310625fa41d49f', 'original', '37070000001688', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (22, '\x8d3a7565192ad55886772bb419c80fc96b0bfeca0bddb1640b9333b70a5fb962', 'duplicate', '37070000001785', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (23, '\x8d3a7565192ad55886772bb419c80fc96b0bfeca0bddb1640b9333b70a5fb962', 'original', '37070000001785', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (24, '\xdbc7065d40abf73f3f993fc2015557eb217a7af748733c4605bcf12bd1033381', 'duplicate', '37070000001882', true);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (25, '\xdbc7065d40abf73f3f993fc2015557eb217a7af748733c4605bcf12bd1033381', 'original', '37070000001882', true);

INSERT INTO public.event VALUES (0, '37070000000136', 'published', '2026-11-28 09:21:08.18+00', '{"at":"2026-11-28T17:21:08.180+08:00","certificate":"business-license","commitment":"diu67cBAXCCd1LQnQ8S5CFZ4ifTL6rLgByQT3mRLZto=","id":"37070000000136","kind":"published","v":1}', '\x681a9242c1b8ddab60da93a9b8e07e2ae3daf88318a86c28add2b991b2bbcd51', '{"cause": "lost", "copies": "original", "holder": {"kind": "organisation", "name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}, "issuer": null, "matter": null, "number": "91379999MA0000100Q", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": "https://www.gsxt.gov.cn", "channel": {"en": "National Enterprise Credit Information Publicity System", "zh": "国家企业信用信息公示系统"}, "required": true}, "issued_on": null, "statement": "潍坊试样一有限公司（统一社会信用代码：91379999MA0000100Q）不慎遗失《营业执照》正本，统一社会信用代码：91379999MA0000100Q。本单位对本声明的真实性负责，现声明作废。", "certificate": "business-license", "certificate_name": {"en": "Business licence", "zh": "营业执照"}}');
INSERT INTO public.event VALUES (1, '37070000000233', 'published', '2026-11-28 09:21:08.416+00', '{"at":"2026-11-28T17:21:08.416+08:00","certificate":"business-license","commitment":"IlViNccBbLeduTJ3cVWFhu5bAJn/T+Kp7S4TNub3QK8=","id":"37070000000233","kind":"published","v":1}', '\xfbfab7765a424dde119d13697eed477ad48f5f105748ca444a0f2c1117c6c81f', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样二有限公司", "identifier": "91379999MA0000101U"}, "issuer": null, "matter": null, "number": "91379999MA0000101U", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": "https://www.gsxt.gov.cn", "channel": {"en": "National Enterprise Credit Information Publicity System", "zh": "国家企业信用信息公示系统"}, "required": true}, "issued_on": null, "statement": "潍坊试样二有限公司（统一社会信用代码：91379999MA0000101U）不慎遗失《营业执照》正本、副本，统一社会信用代码：91379999MA0000101U。本单位对本声明的真实性负责，现声明作废。", "certificate": "business-license", "certificate_name": {"en": "Business licence", "zh": "营业执照"}}');
INSERT INTO public.event VALUES (2, '37070000000233', 'withdrawn', '2026-11-28 09:21:08.524+00', '{"at":"2026-11-28T17:21:08.524+08:00","certificate":"business-license","commitment":"2R33YflgihzPu5i6e9lBVod0X3xEKveq4X+EtoD5JS0=","id":"37070000000233","kind":"withdrawn","v":1}', '\x792b1ce7af03ddeacb0b1f4d31a6924ab936a88ce711952e6d80bf9818e4e7af', '{"reason": "found", "statement": "3707-0000-0002-33号遗失声明所列证件已找回，且未补发新证，声明人撤回该声明。"}');
INSERT INTO public.event VALUES (3, '37070000000330', 'published', '2026-11-28 09:21:08.601+00', '{"at":"2026-11-28T17:21:08.601+08:00","certificate":"food-operation-license","commitment":"ZpFEy2pbhES7cbuTzK784xo4KN97csXe4i6UCytE1Bo=","id":"37070000000330","kind":"published","v":1}', '\xc36ef791a971c293c821aea4af1a8b00a9a0cf548c519948fadad1b9f1aa3a6b', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样三有限公司", "identifier": "91379999MA0000102Y"}, "issuer": null, "matter": null, "number": "JY13799990000011", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样三有限公司（统一社会信用代码：91379999MA0000102Y）不慎遗失《食品经营许可证》正本、副本，许可证编号：JY13799990000011。本单位对本声明的真实性负责，现声明作废。", "certificate": "food-operation-license", "certificate_name": {"en": "Food operation licence", "zh": "食品经营许可证"}}');
INSERT INTO public.event VALUES (4, '37070000000427', 'published', '2026-11-28 09:21:08.662+00', '{"at":"2026-11-28T17:21:08.662+08:00","certificate":"real-estate-title","commitment":"lRwqMb7jsR63j8NuGNvjYoj5zuJuCJ0b5iBzK2xsUIE=","id":"37070000000427","kind":"published","v":1}', '\x88f2d65d3caac526eeaed225fb5cca425fd509ebe36a835cdf3d65907639172b', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "鲁（2020）⻘州市不动产权第0012345号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "The website of the real-estate registry", "zh": "不动产登记机构的门户网站"}, "required": true}, "issued_on": null, "statement": "试*不慎遗失《不动产权证书》，不动产权证号：鲁（2020）⻘州市不动产权第0012345号。声明人对本声明的真实性负责，现声明作废。", "certificate": "real-estate-title", "certificate_name": {"en": "Real-estate title certificate", "zh": "不动产权证书"}}');
INSERT INTO public.event VALUES (5, '37070000000524', 'published', '2026-11-28 09:21:08.734+00', '{"at":"2026-11-28T17:21:08.734+08:00","certificate":"real-estate-title","commitment":"AllTMV1FqAL1ECoVsumt5DWplTQu6j+lV9xN9HG6Nf4=","id":"37070000000524","kind":"published","v":1}', '\x72eb379eda387d879612605ddba08b34c015504cab3b884233f3599d5572b907', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "鲁（2020）青州市不动产权第0012345号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "The website of the real-estate registry", "zh": "不动产登记机构的门户网站"}, "required": true}, "issued_on": null, "statement": "试*不慎遗失《不动产权证书》，不动产权证号：鲁（2020）青州市不动产权第0012345号。声明人对本声明的真实性负责，现声明作废。", "certificate": "real-estate-title", "certificate_name": {"en": "Real-estate title certificate", "zh": "不动产权证书"}}');
INSERT INTO public.event VALUES (6, '37070000000621', 'published', '2026-11-28 09:21:08.796+00', '{"at":"2026-11-28T17:21:08.796+08:00","certificate":"company-seal","commitment":"4XuSqYuphmcAQfuc0EDO1qtYwAGUDxisAAmLm2fVSN8=","id":"37070000000621","kind":"published","v":1}', '\x8f2e611b69d89689c85680856dd0f04bb03dcc818e08172f101226ecb8b74703', '{"cause": "lost", "copies": null, "holder": {"kind": "organisation", "name": "潍坊试样四有限公司", "identifier": "91379999MA00001032"}, "issuer": null, "matter": null, "number": null, "region": "370705", "details": {"kind": "财务专用章"}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "Ask the police office that files seals which medium it accepts", "zh": "请询问办理印章备案的公安机关认可哪种媒体"}, "required": false}, "issued_on": null, "statement": "潍坊试样四有限公司（统一社会信用代码：91379999MA00001032）不慎遗失财务专用章1枚，印章编码(备案编码)：无编码。本单位对本声明的真实性负责，现声明作废。", "certificate": "company-seal", "certificate_name": {"en": "Organisation seal (chop)", "zh": "印章(公章、财务专用章、合同专用章、发票专用章、法定代表人名章)"}}');
INSERT INTO public.event VALUES (14, '37070000001494', 'published', '2026-11-28 09:21:09.593+00', '{"at":"2026-11-28T17:21:09.593+08:00","certificate":"food-operation-license","commitment":"sifNiJUM2merUdDOKHmU1CJyEPzPATvqD2jgq/teTV8=","id":"37070000001494","kind":"published","v":1}', '\xf8011a654f150e6529859f9b37b57aedf1adf11a0ccba38a0cfafe6ed533fa4c', '{"cause": "lost", "copies": "original", "holder": {"kind": "organisation", "name": "潍坊试样七有限公司", "identifier": "91379999MA0000106B"}, "issuer": null, "matter": null, "number": "编号：JY23799990000024", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样七有限公司（统一社会信用代码：91379999MA0000106B）不慎遗失《食品经营许可证》正本，许可证编号：编号：JY23799990000024。本单位对本声明的真实性负责，现声明作废。", "certificate": "food-operation-license", "certificate_name": {"en": "Food operation licence", "zh": "食品经营许可证"}}');
INSERT INTO public.event VALUES (7, '37070000000718', 'published', '2026-11-28 09:21:08.88+00', '{"at":"2026-11-28T17:21:08.880+08:00","certificate":"company-seal","commitment":"J09kPup0uNFQa3aQHwG7w9zdJNHTlcflKml3K63N2Zo=","id":"37070000000718","kind":"published","v":1}', '\xed01f54744fbe322cfc1eb924c8187688374b6a2882f3ca8fc26b6c67d47aaf8', '{"cause": "lost", "copies": null, "holder": {"kind": "organisation", "name": "潍坊试样四有限公司", "identifier": "91379999MA00001032"}, "issuer": null, "matter": null, "number": "3799990000011", "region": "370705", "details": {"kind": "公章"}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "Ask the police office that files seals which medium it accepts", "zh": "请询问办理印章备案的公安机关认可哪种媒体"}, "required": false}, "issued_on": null, "statement": "潍坊试样四有限公司（统一社会信用代码：91379999MA00001032）不慎遗失公章1枚，印章编码(备案编码)：3799990000011。本单位对本声明的真实性负责，现声明作废。", "certificate": "company-seal", "certificate_name": {"en": "Organisation seal (chop)", "zh": "印章(公章、财务专用章、合同专用章、发票专用章、法定代表人名章)"}}');
INSERT INTO public.event VALUES (9, '37070000000912', 'published', '2026-11-28 09:21:09.045+00', '{"at":"2026-11-28T17:21:09.045+08:00","certificate":"birth-medical-certificate","commitment":"YyEaexwlo0ZccnP0qKZE3inC1XDfTasnvsAtS6UeAhk=","id":"37070000000912","kind":"published","v":1}', '\xdbc2c3a690331393cf26e0c12e601986861e0030fe21a15408a9e793471cf872', '{"cause": "lost", "copies": "original", "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "X990****01", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "Ask the issuing institution whether a newspaper of the place of issue is wanted too", "zh": "请询问签发机构是否还须在签发地的报纸上声明"}, "required": false}, "issued_on": null, "statement": "试*的《出生医学证明》正页不慎遗失，出生医学证明编号：X990****01。由其监护人声明并对本声明的真实性负责，现声明作废。", "certificate": "birth-medical-certificate", "certificate_name": {"en": "Birth medical certificate", "zh": "出生医学证明"}}');
INSERT INTO public.event VALUES (10, '37070000001009', 'published', '2026-11-28 09:21:09.129+00', '{"at":"2026-11-28T17:21:09.129+08:00","certificate":"road-transport-practitioner-certificate","commitment":"LYDac+4Wk2vuPsiORZt2G8nfccDjTaU7kKcae7ysvS4=","id":"37070000001009","kind":"published","v":1}', '\xb5d5f4e1b05520198e254992a80389eceece84a36c1d24c2706e30a418e54c3a', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "379**********04", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "试*不慎遗失《道路运输从业人员从业资格证》，证号(多为身份证号)：379**********04。声明人对本声明的真实性负责，现声明作废。", "certificate": "road-transport-practitioner-certificate", "certificate_name": {"en": "Road transport practitioner certificate", "zh": "道路运输从业人员从业资格证"}}');
INSERT INTO public.event VALUES (11, '37070000001106', 'published', '2026-11-28 09:21:09.217+00', '{"at":"2026-11-28T17:21:09.217+08:00","certificate":"road-transport-practitioner-certificate","commitment":"4o+l6wZwukNNOH4sFXGubB4vxTmo3yocfMp6Ko05Rgc=","id":"37070000001106","kind":"published","v":1}', '\x2b9cdc68e685cfeea94de23e19361e8fb883c1cc2ab63ae9a0ee1bb99c1f4de0', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "379*************41", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "试*不慎遗失《道路运输从业人员从业资格证》，证号(多为身份证号)：379*************41。声明人对本声明的真实性负责，现声明作废。", "certificate": "road-transport-practitioner-certificate", "certificate_name": {"en": "Road transport practitioner certificate", "zh": "道路运输从业人员从业资格证"}}');
INSERT INTO public.event VALUES (12, '37070000001203', 'published', '2026-11-28 09:21:09.317+00', '{"at":"2026-11-28T17:21:09.317+08:00","certificate":"social-organization-certificate","commitment":"nOMT2izhTu2iTnoMTxjKDegXa+p71VTZbd7+LDvq5EI=","id":"37070000001203","kind":"published","v":1}', '\x797dfae2deea6204ea46239a24af2c94d80b0f3c137aa9b96c31ff17d7493311', '{"cause": "lost", "copies": "duplicate", "holder": {"kind": "organisation", "name": "潍坊试样六有限公司", "identifier": "91379999MA00001058"}, "issuer": null, "matter": null, "number": "社证字第5908-14号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样六有限公司（统一社会信用代码：91379999MA00001058）不慎遗失《社会组织法人登记证书(社会团体、民办非企业单位、基金会)》副本，统一社会信用代码：社证字第5908-14号。本单位对本声明的真实性负责，现声明作废。", "certificate": "social-organization-certificate", "certificate_name": {"en": "Social-organisation registration certificate", "zh": "社会组织法人登记证书(社会团体、民办非企业单位、基金会)"}}');
INSERT INTO public.event VALUES (13, '37070000001397', 'published', '2026-11-28 09:21:09.438+00', '{"at":"2026-11-28T17:21:09.438+08:00","certificate":"tobacco-retail-license","commitment":"lyVmwm0QgPXVJORSgoKD7wwC7xF7EvmctEZ6v4a4opw=","id":"37070000001397","kind":"published","v":1}', '\x33802a002c7213c55cee23a1c033678edaf4b0f40c3656ed21e7fea378f47bb7', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样七有限公司", "identifier": "91379999MA0000106B"}, "issuer": null, "matter": null, "number": "无编号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样七有限公司（统一社会信用代码：91379999MA0000106B）不慎遗失《烟草专卖零售许可证》正本、副本，许可证号：无编号。本单位对本声明的真实性负责，现声明作废。", "certificate": "tobacco-retail-license", "certificate_name": {"en": "Tobacco retail licence", "zh": "烟草专卖零售许可证"}}');
INSERT INTO public.event VALUES (8, '37070000000815', 'published', '2026-11-28 09:21:08.968+00', '{"at":"2026-11-28T17:21:08.968+08:00","certificate":"company-seal","commitment":"a3pOWIz0MHtoLwUBZayrQfG14ge/l6VoUUcZPTpoZs4=","id":"37070000000815","kind":"published","v":1}', NULL, NULL);
INSERT INTO public.event VALUES (15, '37070000001591', 'published', '2026-11-28 09:21:09.714+00', '{"at":"2026-11-28T17:21:09.714+08:00","certificate":"food-operation-license","commitment":"Lcn/Bg5Yoyombgh4PV10Dbbhz97oCdQrws7b2s7IjVs=","id":"37070000001591","kind":"published","v":1}', '\xc993e4254a891b4a1241d0e26abd8436b4b1c5f65cfa758fba050314b1cf4054', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样七有限公司", "identifier": "91379999MA0000106B"}, "issuer": null, "matter": null, "number": "魯餐證字2010379999002888", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样七有限公司（统一社会信用代码：91379999MA0000106B）不慎遗失《食品经营许可证》正本、副本，许可证编号：魯餐證字2010379999002888。本单位对本声明的真实性负责，现声明作废。", "certificate": "food-operation-license", "certificate_name": {"en": "Food operation licence", "zh": "食品经营许可证"}}');
INSERT INTO public.event VALUES (16, '37070000001688', 'published', '2026-11-28 09:21:09.805+00', '{"at":"2026-11-28T17:21:09.805+08:00","certificate":"road-transport-operation-license","commitment":"CLXeMHjTxNnoXxocWc2RNCyF5PtiZlCPNLcCLWlxdXU=","id":"37070000001688","kind":"published","v":1}', '\xeeeac329fa5829a2a8402f931d5eaf4316bde8a32083a69e7b3d3dc6954c6b2a', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样八有限公司", "identifier": "91379999MA0000107E"}, "issuer": null, "matter": null, "number": "鲁交运管许可济字379999000001号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样八有限公司（统一社会信用代码：91379999MA0000107E）不慎遗失《道路运输经营许可证》正本、副本，许可证号：鲁交运管许可济字379999000001号。本单位对本声明的真实性负责，现声明作废。", "certificate": "road-transport-operation-license", "certificate_name": {"en": "Road transport operation licence", "zh": "道路运输经营许可证"}}');
INSERT INTO public.event VALUES (17, '37070000001785', 'published', '2026-11-28 09:21:09.93+00', '{"at":"2026-11-28T17:21:09.930+08:00","certificate":"tobacco-retail-license","commitment":"rHm5JPgKkDg5vY73EoVMI/G3SL1zPoQUXZPlM0FWmiA=","id":"37070000001785","kind":"published","v":1}', '\xf48ab8bc06ec2edca2555aba5e18257d0e2af3ad1710aaa7d156d60c047efa78', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样八有限公司", "identifier": "91379999MA0000107E"}, "issuer": "试样局", "matter": null, "number": "379999000001", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样八有限公司（统一社会信用代码：91379999MA0000107E）不慎遗失《烟草专卖零售许可证》正本、副本，许可证号：379999000001，发证机关：试样局。本单位对本声明的真实性负责，现声明作废。", "certificate": "tobacco-retail-license", "certificate_name": {"en": "Tobacco retail licence", "zh": "烟草专卖零售许可证"}}');
INSERT INTO public.event VALUES (18, '37070000001882', 'published', '2026-11-28 09:21:10.038+00', '{"at":"2026-11-28T17:21:10.038+08:00","certificate":"business-license","commitment":"KiL4fv9ig9t4Wyjl9l3j7Kv0/GIRBkMW9652hK1zPE8=","id":"37070000001882","kind":"published","v":1}', '\xe7924702956ce95fedf78f1e0c1045ec513f0112df85bd08898963de4707b8a5', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样八有限公司", "identifier": "91379999MA0000107E"}, "issuer": "试样局", "matter": null, "number": "91379999MA0000107E", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": "https://www.gsxt.gov.cn", "channel": {"en": "National Enterprise Credit Information Publicity System", "zh": "国家企业信用信息公示系统"}, "required": true}, "issued_on": null, "statement": "潍坊试样八有限公司（统一社会信用代码：91379999MA0000107E）不慎遗失《营业执照》正本、副本，统一社会信用代码：91379999MA0000107E，发证机关：试样局。本单位对本声明的真实性负责，现声明作废。", "certificate": "business-license", "certificate_name": {"en": "Business licence", "zh": "营业执照"}}');
INSERT INTO public.event VALUES (19, '37070000001785', 'replaced', '2026-11-28 09:21:15.175+00', '{"at":"2026-11-28T17:21:15.175+08:00","certificate":"tobacco-retail-license","commitment":"WWsNpuol20OBvdy3Ypf07V7i9aXl9b2LGn3tb5sYCko=","id":"37070000001785","kind":"replaced","v":1}', '\x9eb25dd9f8c74df0dddaf730b169aa74fa7b8eaede14403811015665f606c8f5', '{"agency": "试样局", "number": "379999000002", "issued_on": "2026-11-20", "statement": "试样局已于2026年11月20日补发新证，新证号码：379999000002。3707-0000-0017-85号遗失声明所列原证永久作废。"}');
INSERT INTO public.event VALUES (20, '37070000001882', 'replaced', '2026-11-28 09:21:15.225+00', '{"at":"2026-11-28T17:21:15.225+08:00","certificate":"business-license","commitment":"bd81ULTH/Wu5HPus8AZY/h/BFVE/RL8EOS5gaij6HRY=","id":"37070000001882","kind":"replaced","v":1}', '\xea99d14d233d4be5bd8d706c9b383ad6ee97dcbd9bb31dcc7323610a2a0eefee', '{"agency": "试样局", "number": null, "issued_on": "2026-11-20", "statement": "试样局已于2026年11月20日补发新证。3707-0000-0018-82号遗失声明所列原证永久作废。"}');
INSERT INTO public.event VALUES (21, '37070000000815', 'redacted', '2026-11-28 09:21:15.601+00', '{"at":"2026-11-28T17:21:15.601+08:00","certificate":"company-seal","commitment":"/NjRbFwud1ueHZd1kMeExzgnAihudPxpoRN2cnQSMZ4=","id":"37070000000815","kind":"redacted","v":1}', '\xab6782305197120448a33cd7c46048921f948543a80674c91781fa25b4a1e02b', '{"statement": "3707-0000-0008-15号公告的内容已依规定移除；编号、时间、状态和登记簿中的记录保留。"}');

INSERT INTO public.event_private VALUES (19, '\x019ee9873bc763fbc8d9f8964dda672b39ea558d7064e3f3ccfe14e91f1e818d1ad0e3c5e38dd388bc5d0ae01cdea36c7e75e626835c50e0447e51883f7f11d14375ea946204d6c130c27d56b183f73b1110');
INSERT INTO public.event_private VALUES (20, '\x019ee9873bfb98a6fbc2b4a1bfdc6afb0b48f1bd8443bb0dd71e50c495525596ba3c33fe40c7bcf8c9ea80da046eec16572864f5125672e7b4bb5e3fb80aaf72148da9486aa79633');
INSERT INTO public.event_private VALUES (21, '\x019ee9873b7439058724a5135d3ff8adf476b8351bcaaaf65ed73d10c6fb5730fbb2c053d5f34e0cb3487476b9fd942087e8bc58fc584c0f8722e4b918e1da66a76f23f0e9744b6d24f6083c1dbda292a43f49e7453d26addc959c68ec9d08d1dca7178d0ee52a99106f4ab7eaf833bc320e928679803919dd019dd52b32ff6595a43c89873149d1fc6fad244f93f8d43ecb843f110a853ee7e79e5b54f4ebf46d1d18152f0b39a8a0371ba8d87629c9b183ab678c3e5e5a590f00453bbcfbf88714dc61d53ea7e73f59c92b4b2bbd12160445b4');

INSERT INTO public.key_check VALUES ('matching key', '265fda63', '62509a1b57c81475f3af77644661c17d');
INSERT INTO public.key_check VALUES ('sealing key', '9ee9873b', '9ee9873b');
INSERT INTO public.key_check VALUES ('log key', '80abe748', '127.0.0.1:8199/log+80abe748+Aa2zQKInJzRPR/UPetxUJt3dskDfw5Us8o7biovToXMB');
INSERT INTO public.key_check VALUES ('answers key', '912df867b0d1f6a9', '912df867b0d1f6a9');
INSERT INTO public.key_check VALUES ('certificate business-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate company-seal', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate food-operation-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate food-production-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate drug-operation-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate medical-device-operation-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate special-equipment-use-registration', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate medical-institution-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate public-place-hygiene-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate birth-medical-certificate', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate real-estate-title', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate real-estate-registration-proof', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate mineral-right-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate water-abstraction-permit', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate pollutant-discharge-permit', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate road-transport-operation-license', '2026-11-', '["[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]交运管许可[一-龥]{1,3}(?=\\d{12}$)", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate road-transport-vehicle-certificate', '2026-11-', '["[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]交运管(?!许可)[一-龥]{1,3}(?=\\d{12}$)", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate road-transport-practitioner-certificate', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate vessel-registration-certificate', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate private-school-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate social-organization-certificate', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate public-institution-certificate', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate lawyer-practice-certificate', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate construction-enterprise-qualification', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate work-safety-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate hazardous-chemicals-operation-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate pesticide-operation-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate animal-epidemic-prevention-certificate', '2026-11-', '["", []]');
INSERT INTO public.key_check VALUES ('certificate tobacco-retail-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate religious-venue-certificate', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate publication-operation-license', '2026-11-', '["", ["original", "duplicate"]]');
INSERT INTO public.key_check VALUES ('certificate travel-agency-license', '2026-11-', '["", ["original", "duplicate"]]');

INSERT INTO public.log_head VALUES (1, 22, '2026-11-28 09:21:15.601+00', '\x220b67c93fab540258e037baaeb032366421cc26cc30343c8968ed4506d5c35edce83104825962f20b74ea602c58a2725546d14389f878cb76ae8e9603653e28633db463fa1db43cc7588b47698d2bc9e46afbef1f3aa726531e619be4d7c2b8');

INSERT INTO public.log_node VALUES (0, 0, '\x0c8386566fa7b13d62a6ddf4a123c3ceef63a756b665384583acba7aec7b1ecb');
INSERT INTO public.log_node VALUES (0, 1, '\xbef87e02792621d76a06f309ea2803d9cb22f74c48b0590d52e518f1948f51c5');
INSERT INTO public.log_node VALUES (1, 0, '\xf1faeb635139d18f3f2225e01ae48c6760ff653ba14a19309a8311bdb40d710f');
INSERT INTO public.log_node VALUES (0, 2, '\x1f2d5fd03e469d61e677c62adf3a85673458f8d25183c9a9adc31567ae353387');
INSERT INTO public.log_node VALUES (0, 3, '\x24d144afd221c1e3b76f59661afb8037abe967a0aa93fe727c19754eea1944e7');
INSERT INTO public.log_node VALUES (1, 1, '\x5cf60ec07d3c4797306b7d1c23c2c4c777d605433aa18bc4afbf9e4218657cf4');
INSERT INTO public.log_node VALUES (2, 0, '\x98df4b9a248b843c13ed638bc449dd0ccd540e00d8d1c6bc6ae464a54acd924e');
INSERT INTO public.log_node VALUES (0, 4, '\x6c823e58cff025f1579843c0d19256f301dfb87beb20f66cc3e197d0d6a59aca');
INSERT INTO public.log_node VALUES (0, 5, '\x238ac17e3287957a9761551938f395e3f884040c028eb55de04f86f2a1f4ac77');
INSERT INTO public.log_node VALUES (1, 2, '\xec4cf27efb20f9d4a2668b63a9b44c7db3ae8501d6929460a38cb8ff86b8f79f');
INSERT INTO public.log_node VALUES (0, 6, '\x4216cea81869cefcea0930e4018b1fdb2229257013a7e8e52b73b4914e261899');
INSERT INTO public.log_node VALUES (0, 7, '\x6582f8ea3555cee5b2d2928d38b328bf27af37d35654b6f44406694f276f1248');
INSERT INTO public.log_node VALUES (1, 3, '\xa2d14ac6b20676feed9b53fefd21d7733c04378b3532d7c38dd26124bc2cd2f3');
INSERT INTO public.log_node VALUES (2, 1, '\x9786576fc68c887660629d1fd17150b6972aa32819bf964c7190025997922e15');
INSERT INTO public.log_node VALUES (3, 0, '\xdd57a25d59c4cf4160207fada6506037e7ef1f3a45d77c6714810558ffe49913');
INSERT INTO public.log_node VALUES (0, 8, '\xedb4905ae7bb847c1cff139c0832168b7c5b659c7838314356235f01a8caff35');
INSERT INTO public.log_node VALUES (0, 9, '\xe3cc6ed15319d2760f75d81d3128987ecfcb6ff29f90865c4bf1d92909bbb4a0');
INSERT INTO public.log_node VALUES (1, 4, '\xd89ecba94867cedb0584188771619ae908f469eb36957f1db4fb6dd0f4108f78');
INSERT INTO public.log_node VALUES (0, 10, '\xef55e6627b52874cc13de9f420e86cee104da4de16578395da49691eb78dc009');
INSERT INTO public.log_node VALUES (0, 11, '\xfe7fa5f4da9fda9f078bce3768982239302e7096229ddc8ec5643dd284eed8e8');
INSERT INTO public.log_node VALUES (1, 5, '\x3dd7f026ddea7eb37e6d62df1a5bfa3e6ac2917e8d11902129cfae81852031d5');
INSERT INTO public.log_node VALUES (2, 2, '\x9a4cef9e058f20c1c1df28482a6f5a185313ec3a20b1749386add7725a1d91c9');
INSERT INTO public.log_node VALUES (0, 12, '\x78d036281011e3d831ea74b6d53b0d08cf7ff1f63d6345954bc0fa011f0d6983');
INSERT INTO public.log_node VALUES (0, 13, '\xef12e9a11be10f031ada3da8939055ab4172d4459f5831e2fa36f7862febd248');
INSERT INTO public.log_node VALUES (1, 6, '\x63f875fac0801d9d3e2dd39db4435335519fc820742619f3602e93f4a8352e0a');
INSERT INTO public.log_node VALUES (0, 14, '\xa2cc5758141b193fcf0b30c2da438d24d717e722926a832598ba980594b282ac');
INSERT INTO public.log_node VALUES (0, 15, '\xa23e7c1c6a24b89a235236d9d064a54c9416cd2b187b621eb9786970c79a281e');
INSERT INTO public.log_node VALUES (1, 7, '\xbed3ea276215e96d6a38960ab3f584f51ebdcf5b79092689620fc6c1109778e7');
INSERT INTO public.log_node VALUES (2, 3, '\x33cbaa51da17e5f37df9cb7f5735fa0ccbae306b05045888b80040a0d6320b30');
INSERT INTO public.log_node VALUES (3, 1, '\xb278e48a6b1e2db3bddf7f5466855dc465e8e6956ff37ab3ee60e920e7dcff15');
INSERT INTO public.log_node VALUES (4, 0, '\x220b67c93fab540258e037baaeb032366421cc26cc30343c8968ed4506d5c35e');
INSERT INTO public.log_node VALUES (0, 16, '\x63acd90a35f2ae66a762933c479ba7885571970b94431fc4613eaa0df056799e');
INSERT INTO public.log_node VALUES (0, 17, '\x71f6d687a769df866be2a53e2ef1d2cbedcb54564d1629fbc79dbbd9ce1f39bc');
INSERT INTO public.log_node VALUES (1, 8, '\x179854634b378f524fec4d7f993a105b663673ab65f9618a8eb0d1ecdda51bdd');
INSERT INTO public.log_node VALUES (0, 18, '\x221d5a5c46c96ac76aff739c6cdb7616c5a08a40fa2ec2ac37e7bfb1a6479d85');
INSERT INTO public.log_node VALUES (0, 19, '\x11db1dee1373ae78bbca8e50f615adb17afb13ca036df094bffddbedf3fc239e');
INSERT INTO public.log_node VALUES (1, 9, '\x49286e9ef1a4321dead195dd1b322a4c23ee5aef07803ff49f0cc0e60355704f');
INSERT INTO public.log_node VALUES (2, 4, '\xdce83104825962f20b74ea602c58a2725546d14389f878cb76ae8e9603653e28');
INSERT INTO public.log_node VALUES (0, 20, '\x5022b052fa43296755d8fbe935785ae6d507bba1a1bc605507d9644fc6dd2094');
INSERT INTO public.log_node VALUES (0, 21, '\x36c368662df0b0d3eab6776dcce664c2efd82abf113c83a35af3c79ee6591a18');
INSERT INTO public.log_node VALUES (1, 10, '\x633db463fa1db43cc7588b47698d2bc9e46afbef1f3aa726531e619be4d7c2b8');

INSERT INTO public.migration VALUES (1, 'notices_0001_register', 'notices', '2026-11-28 09:20:47.39268');
INSERT INTO public.migration VALUES (2, 'notices_0002_terms', 'notices', '2026-11-28 09:20:47.454389');
INSERT INTO public.migration VALUES (3, 'notices_0003_follower_checked', 'notices', '2026-11-28 09:20:47.468809');
INSERT INTO public.migration VALUES (4, 'notices_0004_life', 'notices', '2026-11-28 09:20:47.575402');
INSERT INTO public.migration VALUES (5, 'notices_0005_held', 'notices', '2026-11-28 09:20:47.629967');

INSERT INTO public.notice VALUES ('37070000000136', '{"cause": "lost", "copies": "original", "holder": {"kind": "organisation", "name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}, "issuer": null, "matter": null, "number": "91379999MA0000100Q", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": "https://www.gsxt.gov.cn", "channel": {"en": "National Enterprise Credit Information Publicity System", "zh": "国家企业信用信息公示系统"}, "required": true}, "issued_on": null, "statement": "潍坊试样一有限公司（统一社会信用代码：91379999MA0000100Q）不慎遗失《营业执照》正本，统一社会信用代码：91379999MA0000100Q。本单位对本声明的真实性负责，现声明作废。", "certificate": "business-license", "certificate_name": {"en": "Business licence", "zh": "营业执照"}}', '91379999MA0000100Q', 'self_declared', 'usual', 0, '2026-11-28 09:21:08.18+00', '2026-11-28 09:21:08.18+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000233', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样二有限公司", "identifier": "91379999MA0000101U"}, "issuer": null, "matter": null, "number": "91379999MA0000101U", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": "https://www.gsxt.gov.cn", "channel": {"en": "National Enterprise Credit Information Publicity System", "zh": "国家企业信用信息公示系统"}, "required": true}, "issued_on": null, "statement": "潍坊试样二有限公司（统一社会信用代码：91379999MA0000101U）不慎遗失《营业执照》正本、副本，统一社会信用代码：91379999MA0000101U。本单位对本声明的真实性负责，现声明作废。", "certificate": "business-license", "certificate_name": {"en": "Business licence", "zh": "营业执照"}}', '91379999MA0000101U', 'self_declared', 'usual', 1, '2026-11-28 09:21:08.416+00', '2026-11-28 09:21:08.416+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000330', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样三有限公司", "identifier": "91379999MA0000102Y"}, "issuer": null, "matter": null, "number": "JY13799990000011", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样三有限公司（统一社会信用代码：91379999MA0000102Y）不慎遗失《食品经营许可证》正本、副本，许可证编号：JY13799990000011。本单位对本声明的真实性负责，现声明作废。", "certificate": "food-operation-license", "certificate_name": {"en": "Food operation licence", "zh": "食品经营许可证"}}', 'JY13799990000011', 'self_declared', 'usual', 3, '2026-11-28 09:21:08.601+00', '2026-11-28 09:21:08.601+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000427', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "鲁（2020）⻘州市不动产权第0012345号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "The website of the real-estate registry", "zh": "不动产登记机构的门户网站"}, "required": true}, "issued_on": null, "statement": "试*不慎遗失《不动产权证书》，不动产权证号：鲁（2020）⻘州市不动产权第0012345号。声明人对本声明的真实性负责，现声明作废。", "certificate": "real-estate-title", "certificate_name": {"en": "Real-estate title certificate", "zh": "不动产权证书"}}', '鲁2020州市不动产权0012345', 'self_declared', 'usual', 4, '2026-11-28 09:21:08.662+00', '2026-11-28 09:21:08.662+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000524', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "鲁（2020）青州市不动产权第0012345号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "The website of the real-estate registry", "zh": "不动产登记机构的门户网站"}, "required": true}, "issued_on": null, "statement": "试*不慎遗失《不动产权证书》，不动产权证号：鲁（2020）青州市不动产权第0012345号。声明人对本声明的真实性负责，现声明作废。", "certificate": "real-estate-title", "certificate_name": {"en": "Real-estate title certificate", "zh": "不动产权证书"}}', '鲁2020青州市不动产权0012345', 'self_declared', 'usual', 5, '2026-11-28 09:21:08.734+00', '2026-11-28 09:21:08.734+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000621', '{"cause": "lost", "copies": null, "holder": {"kind": "organisation", "name": "潍坊试样四有限公司", "identifier": "91379999MA00001032"}, "issuer": null, "matter": null, "number": null, "region": "370705", "details": {"kind": "财务专用章"}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "Ask the police office that files seals which medium it accepts", "zh": "请询问办理印章备案的公安机关认可哪种媒体"}, "required": false}, "issued_on": null, "statement": "潍坊试样四有限公司（统一社会信用代码：91379999MA00001032）不慎遗失财务专用章1枚，印章编码(备案编码)：无编码。本单位对本声明的真实性负责，现声明作废。", "certificate": "company-seal", "certificate_name": {"en": "Organisation seal (chop)", "zh": "印章(公章、财务专用章、合同专用章、发票专用章、法定代表人名章)"}}', NULL, 'self_declared', 'usual', 6, '2026-11-28 09:21:08.796+00', '2026-12-01 16:00:00+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000718', '{"cause": "lost", "copies": null, "holder": {"kind": "organisation", "name": "潍坊试样四有限公司", "identifier": "91379999MA00001032"}, "issuer": null, "matter": null, "number": "3799990000011", "region": "370705", "details": {"kind": "公章"}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "Ask the police office that files seals which medium it accepts", "zh": "请询问办理印章备案的公安机关认可哪种媒体"}, "required": false}, "issued_on": null, "statement": "潍坊试样四有限公司（统一社会信用代码：91379999MA00001032）不慎遗失公章1枚，印章编码(备案编码)：3799990000011。本单位对本声明的真实性负责，现声明作废。", "certificate": "company-seal", "certificate_name": {"en": "Organisation seal (chop)", "zh": "印章(公章、财务专用章、合同专用章、发票专用章、法定代表人名章)"}}', '3799990000011', 'self_declared', 'usual', 7, '2026-11-28 09:21:08.88+00', '2026-12-01 16:00:00+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000912', '{"cause": "lost", "copies": "original", "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "X990****01", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": null, "channel": {"en": "Ask the issuing institution whether a newspaper of the place of issue is wanted too", "zh": "请询问签发机构是否还须在签发地的报纸上声明"}, "required": false}, "issued_on": null, "statement": "试*的《出生医学证明》正页不慎遗失，出生医学证明编号：X990****01。由其监护人声明并对本声明的真实性负责，现声明作废。", "certificate": "birth-medical-certificate", "certificate_name": {"en": "Birth medical certificate", "zh": "出生医学证明"}}', NULL, 'self_declared', 'usual', 9, '2026-11-28 09:21:09.045+00', '2026-11-28 09:21:09.045+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001009', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "379**********04", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "试*不慎遗失《道路运输从业人员从业资格证》，证号(多为身份证号)：379**********04。声明人对本声明的真实性负责，现声明作废。", "certificate": "road-transport-practitioner-certificate", "certificate_name": {"en": "Road transport practitioner certificate", "zh": "道路运输从业人员从业资格证"}}', NULL, 'self_declared', 'unusual', 10, '2026-11-28 09:21:09.129+00', '2026-11-28 09:21:09.129+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001106', '{"cause": "lost", "copies": null, "holder": {"kind": "person", "name": "试*"}, "issuer": null, "matter": null, "number": "379*************41", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "试*不慎遗失《道路运输从业人员从业资格证》，证号(多为身份证号)：379*************41。声明人对本声明的真实性负责，现声明作废。", "certificate": "road-transport-practitioner-certificate", "certificate_name": {"en": "Road transport practitioner certificate", "zh": "道路运输从业人员从业资格证"}}', NULL, 'self_declared', 'usual', 11, '2026-11-28 09:21:09.217+00', '2026-11-28 09:21:09.217+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001203', '{"cause": "lost", "copies": "duplicate", "holder": {"kind": "organisation", "name": "潍坊试样六有限公司", "identifier": "91379999MA00001058"}, "issuer": null, "matter": null, "number": "社证字第5908-14号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样六有限公司（统一社会信用代码：91379999MA00001058）不慎遗失《社会组织法人登记证书(社会团体、民办非企业单位、基金会)》副本，统一社会信用代码：社证字第5908-14号。本单位对本声明的真实性负责，现声明作废。", "certificate": "social-organization-certificate", "certificate_name": {"en": "Social-organisation registration certificate", "zh": "社会组织法人登记证书(社会团体、民办非企业单位、基金会)"}}', '社证590814', 'self_declared', 'unusual', 12, '2026-11-28 09:21:09.317+00', '2026-11-28 09:21:09.317+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001397', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样七有限公司", "identifier": "91379999MA0000106B"}, "issuer": null, "matter": null, "number": "无编号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样七有限公司（统一社会信用代码：91379999MA0000106B）不慎遗失《烟草专卖零售许可证》正本、副本，许可证号：无编号。本单位对本声明的真实性负责，现声明作废。", "certificate": "tobacco-retail-license", "certificate_name": {"en": "Tobacco retail licence", "zh": "烟草专卖零售许可证"}}', '无编', 'self_declared', 'unusual', 13, '2026-11-28 09:21:09.438+00', '2026-11-28 09:21:09.438+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001494', '{"cause": "lost", "copies": "original", "holder": {"kind": "organisation", "name": "潍坊试样七有限公司", "identifier": "91379999MA0000106B"}, "issuer": null, "matter": null, "number": "编号：JY23799990000024", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样七有限公司（统一社会信用代码：91379999MA0000106B）不慎遗失《食品经营许可证》正本，许可证编号：编号：JY23799990000024。本单位对本声明的真实性负责，现声明作废。", "certificate": "food-operation-license", "certificate_name": {"en": "Food operation licence", "zh": "食品经营许可证"}}', '编JY23799990000024', 'self_declared', 'unusual', 14, '2026-11-28 09:21:09.593+00', '2026-11-28 09:21:09.593+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001591', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样七有限公司", "identifier": "91379999MA0000106B"}, "issuer": null, "matter": null, "number": "魯餐證字2010379999002888", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样七有限公司（统一社会信用代码：91379999MA0000106B）不慎遗失《食品经营许可证》正本、副本，许可证编号：魯餐證字2010379999002888。本单位对本声明的真实性负责，现声明作废。", "certificate": "food-operation-license", "certificate_name": {"en": "Food operation licence", "zh": "食品经营许可证"}}', '魯餐證2010379999002888', 'self_declared', 'unusual', 15, '2026-11-28 09:21:09.714+00', '2026-11-28 09:21:09.714+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001688', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样八有限公司", "identifier": "91379999MA0000107E"}, "issuer": null, "matter": null, "number": "鲁交运管许可济字379999000001号", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样八有限公司（统一社会信用代码：91379999MA0000107E）不慎遗失《道路运输经营许可证》正本、副本，许可证号：鲁交运管许可济字379999000001号。本单位对本声明的真实性负责，现声明作废。", "certificate": "road-transport-operation-license", "certificate_name": {"en": "Road transport operation licence", "zh": "道路运输经营许可证"}}', '379999000001', 'self_declared', 'usual', 16, '2026-11-28 09:21:09.805+00', '2026-11-28 09:21:09.805+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001785', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样八有限公司", "identifier": "91379999MA0000107E"}, "issuer": "试样局", "matter": null, "number": "379999000001", "region": "370705", "details": {}, "lost_on": null, "elsewhere": null, "issued_on": null, "statement": "潍坊试样八有限公司（统一社会信用代码：91379999MA0000107E）不慎遗失《烟草专卖零售许可证》正本、副本，许可证号：379999000001，发证机关：试样局。本单位对本声明的真实性负责，现声明作废。", "certificate": "tobacco-retail-license", "certificate_name": {"en": "Tobacco retail licence", "zh": "烟草专卖零售许可证"}}', '379999000001', 'self_declared', 'usual', 17, '2026-11-28 09:21:09.93+00', '2026-11-28 09:21:09.93+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000001882', '{"cause": "lost", "copies": "both", "holder": {"kind": "organisation", "name": "潍坊试样八有限公司", "identifier": "91379999MA0000107E"}, "issuer": "试样局", "matter": null, "number": "91379999MA0000107E", "region": "370705", "details": {}, "lost_on": null, "elsewhere": {"url": "https://www.gsxt.gov.cn", "channel": {"en": "National Enterprise Credit Information Publicity System", "zh": "国家企业信用信息公示系统"}, "required": true}, "issued_on": null, "statement": "潍坊试样八有限公司（统一社会信用代码：91379999MA0000107E）不慎遗失《营业执照》正本、副本，统一社会信用代码：91379999MA0000107E，发证机关：试样局。本单位对本声明的真实性负责，现声明作废。", "certificate": "business-license", "certificate_name": {"en": "Business licence", "zh": "营业执照"}}', '91379999MA0000107E', 'self_declared', 'usual', 18, '2026-11-28 09:21:10.038+00', '2026-11-28 09:21:10.038+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);
INSERT INTO public.notice VALUES ('37070000000815', NULL, NULL, 'self_declared', 'usual', 8, '2026-11-28 09:21:08.968+00', '2026-12-01 16:00:00+00', 0, DEFAULT, DEFAULT, DEFAULT, DEFAULT, false);

INSERT INTO public.notice_private VALUES ('37070000000136', '\x019ee9873b861f1cc652fa723cbd52548ff2f1486a14ce5b93918ceadd6b7f429c9288fbcfb955350cb086935dc618512266fb44407a26cd2cdfa3fb338860be11c187fe06ab2b229a0b7c13645628e369f60c214b42cff989fa23449ee213d2d681bff716a528e15c02fd5865df7138f9c8702d90b72048f5f501d4d422dc48e36263ed4d2589e8d8cbe01f4af903df3f6750c2398de3d4ffc28968c59500dd48e3cbcfd3c709c4bd8375a75920624322adb9ecf432638ae7d08059fe24384601e66e93d045f2acca0d26045bb95c9dcd8cf264a3745704b755bb3bb2ec46a0f0ebda0efcd5011173d27059a5c0de336420e79a0b4d7dce0686f1b51ac8850498b877f3ef8784d0b931951c041f2147ea912fb8b40d7462acfaac778681b53ec014389d2f3c4d3213d3fd755100f38245ed2ee6c114904fa334132bb0a77ea4d605f30045a8428ccf790689d60bfc46b06b64f378aee3f7b10d1fb8755cc6717c0de7db6ea095f0de51bc6b7513148890c0a48b3dedc4de6136aebd470b480128d567a4d43298ef10405689e8e6697824f8797f25e0241b2db856a4ac33ec', '\x0d91364cb428c6cbbc12cd1e3f1440a4ea8373183a0afd26aaafd3b19fada1e2', '\x0d91364cb428c6cbbc12cd1e3f1440a4ea8373183a0afd26aaafd3b19fada1e2', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000233', '\x019ee9873b867669e745dd0e171103c28f880b30e1de38faf331ff72040df9b42f692839559ccbe7e0c52d5b4ad8de6145816148b642d8daf9bec8d7ffdcc8aec18209aa021c5106e554d4058443912b8f40ea7be2fad4291f5ba995ff816d1a0adac2191e613204573c628ed625488760b6bd8ed753f59a11da325917956ce1b3675d7e388d95e8f9033023b525fbe9eaf4a0a55e547890e88d29dfeb9ef56d22d924b4d0e3c1a284b92e56a5626cc7b6c24b0ef58f8944c06c80ff722316b27e30f5154d993b31438f7348040f4ebff077247107abd5048609d8f79512ad8af57733a044bec0c93d98f275b6871157447cc4e9f4bc286c0b0efb2ea58b44d2eebb2ae1146b6fb5a602258a7454266fe5c71e11e180ef0f2fa6984781f13c2f000a6fb327ea0369968d9da2390d1633348168deba745086049afd333f5f6d63fd4f6dbd6faca23a2597953dafed5db804612788da0eb6829e20c080301a75ea59d4ce96b530897bd7eddb5edce24a330b8e3b1cad7a9fc05db6543908579f7b305409613dd0c44563b07baf942b3dd54574e8a8c7f8e35ce05da8160d27fd', '\x99977f450c6a8386ca4172d41c9eaf909a48d79f7264a6f79fc8bc8a4e2ac650', '\x99977f450c6a8386ca4172d41c9eaf909a48d79f7264a6f79fc8bc8a4e2ac650', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000330', '\x019ee9873b14630c656f06d47710492181d74898e0616d7b78166bdd9e914db32634d2400aa479d4fca82da74ca85ef05c2c3e76d4fc2b928aba11c63810ac3494e98610bb6510749099641c5c3cdffa603ae8cf6932d2f7d0617eef84850e57d9a9cbfa22326f4b6f7e1cd6e95b3eb3a866feb7ffa7d0e32d56f6d8972733bd93ff6b496dd32110bc93de32779949e66add6dd3f1da1047a400609c1e697d2448a860dcda465bb2f681d46f099f2c32386abd2e4e26a42d13f51903893812a9f68ce7f16b9eb70a811f4ffffeaa3ca357f5fca41bb722bd9c685167c3a245e6dc7ccdbb4b203d357719c25e0ed091716519dac3b60662ad7bea9c059c69e61e0d5fb35a6e32b9fa91127e591c66d883b67ee1e06a30da02bd9ac0d972e2bb512d7141aea039d1a93d25dc21f2240d91eae856b1f7b077ab924844b6f4ef65f397a1781294b3272c58b74287823a934e4f84b0c17d43e6234f30267c19130164eb593a2c05e87877f9f5515e63e59080ec8961effa4dc78bc243ef69cb3bf092fcf6d6a6dc8d8ddd34cd51340868185cffbe0f164df19b044bcb902d61', '\x8de8b8936aaf9a205c8754108bb51d0dabd88cca9c69ac7c3391b890f580ce5d', '\x8de8b8936aaf9a205c8754108bb51d0dabd88cca9c69ac7c3391b890f580ce5d', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000427', '\x019ee9873b1f16733940786f193aee2f5145660cd5fb4e49ebae1ea59c5df0eb251777385c0835d3aff3f9623284c43d7efa282c6991ebfbb80f5ad9d0971cf2666ff4db5ffa7f21effde5b6bfb11ea7d20ab46479b9ee81ceaf56cbb082ea490c44e0dde45618f2a4ea1de8277499e70e3f6692404dd6eae21ff94b2889f9c37f3298e93fb5350cd74a945935d9ac128fbb0f388dd6437d95948c20b707bd166b4b2922e977952e05723497b039fe76e4d830e710ac44662d82ab187fcf7cebea0a56eb71e6b6106429808624abf2420d4473fb661f0ba8bfa8dc15aaa930a24105a8249c43070377091fbef88475614b077ce1e5a914c2994fc1f93fafc7d02aa31176c35e20daa2930e589a527611b701c46e8b2d535eaab992d525395afd5c1cecf3d6e98cbc1b8fd0b7febcf89d7848c2eba835708224012bc7cedd4fb2da81042148c562c32151d76d44aeee4cf6c0cec965443ef0d208', '\x2bc56489ff906391dbb74d0c6d49eb3fece6946ab102231acdc6120452c50c5f', '\x2bc56489ff906391dbb74d0c6d49eb3fece6946ab102231acdc6120452c50c5f', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000524', '\x019ee9873bd644cccaa126c3a10eec40e7dea4b157eb91d9d29b3784f0617cda1bed18292bb476c9824d98ecb11e686454e85ce0c330bf6ce7347c472247deffa3c0843765c11070435bf78c9cd9030dfb6accd2c399bb6bc774429479162a3394c2976eea75888d8fb6db1d0b075e9589adccc33d46c24622f45eb83725964033fab4395fde4b007cfc88ffdbeaa25b6af35c70845952694f0c8e58612dd4cb57e4fad03555d85ec580a850f9ae0a9794d1d8eb9f26bfb20ef035439d85c88eacd62b46cb99d88396e147852796253d04cb8ccdbf2db9fae3031931dd62b531a8dfe704e4331f2aff955091b231c6099e0ad50b6d6622ed0278178e25b4b2ff8e5a8bf2220cd3a24f2d727b10c0acec42faf2f285dce02a6ee133a437bf43c30c143f8a601585686fe422541591338a8964a99b8aadbf3e24e2b0bd2e7c80230e149f22df852655d2040922a594fa7628629a4455a31a55fffe', '\x5a8418a09a7ed4d8a51199bc02241669bac8ce84f4d60c97b78d73ba0233320b', '\x5a8418a09a7ed4d8a51199bc02241669bac8ce84f4d60c97b78d73ba0233320b', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000621', '\x019ee9873b5afb2df0a0417e6445699c7399a00faa365995517d666525e19f9492d2e0d5b79e5c1e8fa67528b318005929f15ef5c4913114dcc1bddac5681c298fd67af99c7631a3f19598b2c577f6766cc7d19005965aa14e328dd2e1f016d5c18b6c5b8805976cccbb169616ebcdce3706037f76b11395001b863e928f55fe7059e0e973b99e8fb9968f54b984975d07a327516f1d595d83edf51e8db437ce1ff73c9a0107db832439fedf7378cb4167e3abf0f040d5034fdc6c259baff125c06da39dcc57752876b55e72bdbbeaf58ba6bba21ede95c6d273023f73c15edf3163097e1aab9d4d08b40fd89dc79e0c70ac3066154412b9b71c397dd20b153dea210aff1ddd66ce0116c8adf329acfba87e4fa14c75df105fcaf03c8004604adb72baf405aa0230bd20093e37ced94f392234bee720a0ef1aaa4770137f2c68264ea8c714292edb4cf1149dbe9e88c098e1a566bc73807a04df36b9083c82cd7c6ec1d14c7209546788feef6c72eca647b2064311111d80a3041f6b4a9e4c003be6127a10e912c992897b87625ea0', '\x6efe345b5c15cae932bc082acc1d73dd1de85c5365e53e9e02a138713d716db0', '\x6efe345b5c15cae932bc082acc1d73dd1de85c5365e53e9e02a138713d716db0', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000718', '\x019ee9873b4ad72a3a7de53c88adfc261b800f2667b25a91dbdb4bb9fd8320329ffce258db9311686e24d1ef24d724fd254d1f7697838cc6cc3ee5566045d4cad20649b4deec19d16565c155bb41c26ea1c833e7a4edb21fa5262a1613fb7b62e1b05c240576adb71d9f567ab5632803683689d75e5cd3576b3447102a8a6441542f7a2e2d413ddbfb359f76247ff96b2c21372f2d721a7707d6321afa8d630c230574bcc517bd5f2a819ddc241bea308fdf48b7fd8a1a998a0b45ed5865a022d051b6721424b626dae9206019a3c0e5502080aa3b7f89506179957325440a4550a748a5d1bbf15c08e5ff0fe496fa9529e0c208fa67b18c96ecbc24c8218e93fbe3101fa24d0c67f94c20b918868ed0bc85c3b159b5b6b4a172d96ee4ba0faedfc7e1028b638537bdc927c70ac786dee2260373de8a38cc1fb30945a7fd1cea5cb1fb66ea935380ef1ad8467d0357ebe669bd4b6e6ddcd77c15d93e78e3b2efb7fbcd282b37ac67bf851a12741291dde4d63d2cda08adeeb525d8dd0c2f4773f390b83e3331ba7dd7e7a2228c1147c3d238da82cbd9a0e6fc25', '\x6efe345b5c15cae932bc082acc1d73dd1de85c5365e53e9e02a138713d716db0', '\x6efe345b5c15cae932bc082acc1d73dd1de85c5365e53e9e02a138713d716db0', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000815', '\x019ee9873be4249ba0614252133fad00ac921c0adf8d729811369fe580252c15b847f7f91387deb3eb6046ef472d31db2031453f06e7bb1e9883df1e67bcae84066e09bb18dd9b4674035510ccc027cc6cf2f87626856836be29a5c40f6010e71b234d806e66a611b69c5b6e780d0e9dbf9c67104b9a26caae20fc91fa78195412a9df0b63203cb1c98e8c54d0b1c97ca9a068c9c803cec4414f0138498af1b37a392b0f95362905fcf80662ddb069656276a07e9d8d57d74c97fd0439b4ff6580ed6728a8c310fa5a3ab65c8024ac75c9c73e3d1e1921c8e67dddd1fd91ac8f9653732c1b787357d763ebade5f158c6eb162e0fc2e0884f54a887430c3cd325667042f46b32bc160cf22d0d84467fd47cf407fe3875a3e8bbd05a6f5c7ba28b4048359507598051dc6a3a612274295b1f95575c8c1f7230d2a169fac26d7a7eba57bf5be4d273e528c9b345d0e3d9ef96c8ce9d300604f7d5bf43686a4b54b2cbbfe7928efb1c041e2a1220dfb5fb2661a5e6fa1cd44720e469281a21f9010ae8a41f612aa573c898f89429025732', '\xffefd9beb73bde9a4ad6da4a90a53781252c3bcee921abe53fd63b2703ff2a12', '\xffefd9beb73bde9a4ad6da4a90a53781252c3bcee921abe53fd63b2703ff2a12', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000000912', '\x019ee9873b1c2496a74b890301a5979864c4b292c4a2e75e1fbaae17f331eb86f1f6e63c1122618cafd2970da2e760b0103e0f6ad180ba9c602000be12539ecb713bf22b46cda7ba7d1f2c2899680a1f57c85007bcbef6839eaee3ae08064f1ec3bfc95cf8e0cf2c2089c2fbac99513d213e386098ed092df2125e90715565eeddd2e9c300657a9c2d316406a14bc6fd1e554a3d1c41516f3c565f5f6103d063442a9e022d1757effeb16271298ce01b19c73380b239c3b5184f0f3e9d72525dc53124f2cb5bf6a83cfc613e56f4532e2fcc986ac9480c7244d40ccefcce51e11d764188e2a6caa4a6420ebc7244d102cd9ab0708e4d5c53e7c922b92fa92f77bc5ec2ad37485c408d6b4235955d60a15c7d6581d5d14cbfae9dde1e355f8d6fa49a82570030dc74', '\x24f75a646e559ff1daf78e4990ef3af5aa53e7076cae490a41b87aa95452976a', '\x351e5188c8be3be944b8a40ec5fd4f999daa8da28dafef641917009ccbbcfe9c', 'parent', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001009', '\x019ee9873b4b24663e5b138c1b5236b8aba48b7a5f65d92f0e1c34aabc4c998fe31fb6b1b7c555aeb0e8d31e6cb4e5b380855127e6481d8f66e68cedf31924bd2a289028a913bcb7e45e75bc2560c021ee2d0092c0d01d7a9fa5e228c1ba082161f934895c4ed478430f757769dba716d08d1a377004e2aa01a45820b0fd21cb6f44acf78f1024a5bd5aa4479fbcc38b0fde288bbf42028fa62c03baf433e83468bf00641fa60fe0ea70ef78fd295949a8516fd9fa5efca4135d43390deefe2a7c4038ee00340cffbd8568d00edd8510e5a387ab8de42440cd2c03cf526001bb3761b5b99f7047b8f945580613ed4acbdede7343243948a8864a1ab92f3fb13fe1718ce60b9c33e1aadc5dabd3f74e26e0eccb99af6a72092690be4075f468a5775f569b4f5889ea3bafcf32f6b8de65b04999004e6ecc2cfc85', '\x409614d2d17184ef09b2a35026bc07a3f7b01ca1cda6cb90730f954ceefebef7', '\x409614d2d17184ef09b2a35026bc07a3f7b01ca1cda6cb90730f954ceefebef7', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001106', '\x019ee9873bf96199e6ce7698b9929fb624893945e3832d852014a08c3bf444faa3748273b8f9596249fb97049ee354a5e8c7a19f1b57f7574f42a7e9454534662838892cef624d243580aec25103af81ebd97b23abdd3027ec2467b54958fb4a807ee101bbe66a5242ef74261b836f45ae69379efa5ddbc05b1edb0fd8f87e70aa9994b1ac91263f8cccef5d9f986c1da266b00442ef7404c90fd114cb51dc19a93d4589b2d690283dd8d0e10b20408ac38578da5aaac5e69f387be8466ceaf61755b960ede62c5ad0107ebaf42615952919872fee18909f2f2b063d3d541ec0e27698240792ba896152504482afa98c158d1d050e91655a8f7f710f40b452542b551fe2e77d99eb2d610f7c56c5612a60258bfa87b36bd38a63ce48310c6c6e4a08f55c9c45cfed1aa75c9f1485465893d6d4ca1af5e63ddb4320f4c7', '\x409614d2d17184ef09b2a35026bc07a3f7b01ca1cda6cb90730f954ceefebef7', '\x409614d2d17184ef09b2a35026bc07a3f7b01ca1cda6cb90730f954ceefebef7', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001203', '\x019ee9873b32a88c89f2f6ed7f90c0f1a0d47618270f8e14275ada41c3a80374fb7120a7fb759be8be077c2d3f02c047d463fdf09aa3646b8ec2a7be6496dfd35e04ab03f6d677c2be5298a86098814f205b2743b09509338f62ff4591f62820e68f99088d4e74d7e93c1081a54cef88454bca9c4e885d27b6db1436e617b3bdacb7bedffd83f5620e60bb44d5f48ce36fa5471408b83d922685cddcae7d3a3d4cfe3ce83e6ec63a8994bb8f9de7d5cc72efc5711f9d9d63dcdef57dbaf9774c9f9709a4bff78245f40fe1fc56aa4eeec39e6968b0cc5de1a58abea4efa6102d9f38a54d958229e0c14c67a2081ef3a2e17f036ccf534eff0ee324a6767c97b8d5d6122d765ac14e7e7ebb12dc29b96e8aaaeff99b69527274344dea19f8647ff24269ef9b099991f0e8e38efa0cf46befb49b7eccc2af4c7890a4cabb454ba07dc49cd520cdb94dc781182d292b28559744f642cdd3087fdc2ae748f387d8594fb0e443f29003930c2dcc180463e94e0d84fec90a07504a66426c1023fc4a59e0d25169c85a8e535a1149e4317743b0d7d39579bc4f6aa6665d098241c7edd8c5b240', '\x216d0e939bd8018772cae0429dcddeffd016d82835e5c7f3cd231fcf8cf23f2c', '\x216d0e939bd8018772cae0429dcddeffd016d82835e5c7f3cd231fcf8cf23f2c', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001397', '\x019ee9873b42b0dc8dfe13d01aab516cfcd57079129e9cbd0fefd66571b9ab2a0069024da41e1907cd58e962d62764a0dda2f7f4f9ef6d6266f06f5e652d82dfedef20a899a9289d41e8427024a45c429210ed732e82d32bcead072de66ebc73a2309aa1105ee5f1d0656de9e7332ae4b95510d791816608a47097dc36a39964c610fbba16deb2ac781bce20642d1b3166b4cda35e6659a8cc35d11cde9f0e5716133672a642a07932b5803bedea51099999f92fc1c5310184d7b7512e05dc5d949fbe5afcadbdefb9ae8be644897ee715a5ce634b2247a745d118bd5c0b03948618c445901d94f658cee435a1d9848e77963e5f33408b9ec872fbcf6ccd19e625de86592275029fde0ec5b9b22b9c92a2f15f10a3c73861ca2b38e5bcff30ff4b8bd4306d35f72a115522e8513c7fd33f521a6056101273b02be7134e3d4664a00cbeb273ea3abd83bcd48fd769a4eb8f8064f5fcdfcc70443b64f6e7917c27d911c26a2bf3990618eb435bc3afa798cc91d72549271a49ebf481f9743e771d2d4432faf3167e0bb76ef2c88887c2806443a1d74aba', '\xd2180b624030f7a5123a3eba5fd4b366a2c24d1a1a8a37c45fdce60c157ecc68', '\xd2180b624030f7a5123a3eba5fd4b366a2c24d1a1a8a37c45fdce60c157ecc68', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001494', '\x019ee9873b5d342a855e81515730bfe332888f8a7a801b9026d1a48e594da117ca4fe59597da672197b7941f2f3362944c27072e8168302994b007c19999d5b08c156617a77b8eb653731387bc8492fd07b25288ec8cffe714cd7761584ab1390e9ff954aa42b2febb741eef2c0818ae88805fcc58606c5fa1ada11690af6aff8dfbf6d94b7ca30ead972451bdf1c0d03db9c60122a4db533a2eaa15cd8abdecc700c3af6e37f537f77012920b9d0ecaa83ac1cedb886301c53db0bf222cb861d6f6245efb0222cb7019c9770c17d6b03e7792d4481ec453276eeaa90e1fb275c96eb067a5ba4d6852d06e8f1d9ceaa915c4257e25178db144d720000dd739450ca5e274ceb2035ef45c40b59d7e92ea79de3b641520179514d831a3d2959034cfe9cdc85d14d24687a0856510f9daafcf16066f72788536290d5fa1fc0dbef1f0231b8f84e213919586cccf93e5dafab8ba9c75e2aa74e95f927ab52fbf9d376c215e63c46a78495bca9f7fd625793d7e01ddc000dcd3b9523eb844bd4f3b8868f4aea97da288abb94481d9ec2d4411de561e1a56f74bba7c7a4683c99206edba0d7bf86bec', '\xd2180b624030f7a5123a3eba5fd4b366a2c24d1a1a8a37c45fdce60c157ecc68', '\xd2180b624030f7a5123a3eba5fd4b366a2c24d1a1a8a37c45fdce60c157ecc68', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001591', '\x019ee9873bfc4da5c78d26bd7edefe973ca2d0daf07bbecbc6cfe1534d1b9a442ca2269fed4f98aab4977ab4aa6e3373da4584957d361386c9c1b7fd33e2290082ed5de0b8f77288a06d5f1e88b8762713a5077e60bde979c77e503fe478cc8c517b85486e8e3656f231ee24e04994771349a6589b67043d16f14d1d798841cfdddf7374818c9f9bb786ad5def0d4470b7ee195180c0b8f764df6dc5c2690aa7d0ffd91fec0c50ad3d6840a7fe31b31b215aa657f00ba0dafc36b454fff4460cb3538128d320914910e3d55f03791d6b2538c9a4416a81a155a0bebf789f584aa6cbf4c19408bfca20fdf2142a8d27a857c61231eaa1b4a94774f3fb55752012bde90751901a3765ee2b1a5187c08d587c25cc743f92fa8c56c50ccddf549a3e54c724e0a7c5f2b7a30a9816684ec02b46c66322431f69b295e337c50e165d35ac4561f9f06b969565abb0e5637bd86fe25b42be73b77f7b08a3d4b60851cc470aa4be1018e62605461020e574a6aaf98b474faf5f25b0f14755bc0e1f85c31bfce00ab9e7ba671b432e3d4d8bfc267c18d839696e440231e96ddb2230266e33f8398caa5e075d7582', '\xd2180b624030f7a5123a3eba5fd4b366a2c24d1a1a8a37c45fdce60c157ecc68', '\xd2180b624030f7a5123a3eba5fd4b366a2c24d1a1a8a37c45fdce60c157ecc68', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001688', '\x019ee9873b59265a16056d4d01994e09c053f88ab14af1af2ff13152565450db5d198e468587ad2c0f7665e5759850121c29bde9557360173fa99dee3ee02101e7ea3ccd8a2d6436cfc66194831344044b494ef302bc6c3bb49c4be0cb0a4d22be1a9f560380186d2e5eb2074ed72e8ebc779be66e6e4ae1db04dca817d4a8661031bef55e1793bc8b929832dd4814d1e9a0abb2bea37cb03eb3fc5a7dc2f5c5c580a6db73a374c49bc1ad461003507e1934e0488482eb27cac2f693583bb33b72fe4a3059bbe2b5d1cb8a3b271e920d1c1042723c14db5ace87e3deff3aed5b64a2aa475724513fe7d53b6fe3c29ca2ddbe8e89c8c99a4a866d2cafaf98e297e6f0994abff99520a13195d0ef81a57e5b9351a88dcc4f1cc6fea44e08f2ccfd9229c2e2ec0e7a1219f4df05166f679a58b4b612cb2c832c1dcb09154ea1294b52ae4b74af0b9111a80cb53bc6eb7362c71607a85a3ef55d734cfdf76011f94c2bcd4ac16aaa49ab8aab9fe489bd8fec65a5793189d059ba45824c3af562dbba74d838b07df529ea2828d6c03a34fdfef34f5d1f0b81cfb1ffb637672462205e6261373556ca54bd1f93e56bb047a0c4ee3645b3', '\x0964d352f6bda1e96f8979ea2ef09aeddc7fd63a17d9780454c61ccfe2dab438', '\x0964d352f6bda1e96f8979ea2ef09aeddc7fd63a17d9780454c61ccfe2dab438', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001785', '\x019ee9873b0de84b09ed88996274a063d08b9ca388ff2d01076b6bf50ed324a97c26444ea974a69b8d23323b47524b2f0e62528f6af5b1ad30b0d76f10541c8eec799d101fc9f13f00387ba8e9697cec371d84d94c96615fd35213305c7a35c7ce2bb046e91a6f60f7b6ac56a16b6960c139c4d6923440124e7358c7b1358f037b1b3953a72548a115487cf932f9641d0e772c4485303c04b231fced1b706537331c344c9c5a0a53061b1934ac1d1fbf2dd19be75ae3214483cd99f4593bee310d2f1bd2b6b53b51e81973919f7661c365fcbbf01f96032cbe6b0e7b7d1bb9270cfb2d990211e740b4d1d793a5c3f5a7a1920fd475cbf1bfcaf92e04b23f9b110bc8ea0be8f47045c4d774b7c3e78c733a4d175d6accaa6c195cee96923c7609d7be55dca255b7425f78c7bc58341b56084fc52a3150059d8ec53350ce80f4b01b1d9cffa18207f82eadf504752f8819d75455e6cc04060ee94f6edcc863e486a514d24ba9786991a5cb0c41bd3d5017adec5e3eb2546847ce7e83f404d88e50d217ed3f5ae91ef3309dfbaa74071b7b2737a126eeeb03a984', '\x0964d352f6bda1e96f8979ea2ef09aeddc7fd63a17d9780454c61ccfe2dab438', '\x0964d352f6bda1e96f8979ea2ef09aeddc7fd63a17d9780454c61ccfe2dab438', 'self', '2026-11', 'web', NULL, NULL);
INSERT INTO public.notice_private VALUES ('37070000001882', '\x019ee9873bb279c300d68a0033f829fa52a9b35d892e728ee5cacafc23a72df52115c24e6c2b33032a5c748b372c408c66c9a5854dfa475ea3042dde500051bd5fe17b9185b6a301bfdb00dd287f4a33ab0570c31dbae4884912a9369be900eedf82411f2cd85d735c75e8c087ef199872afe31617395169c8e58fefca33dc9f809d157dcba771940ed5ed7f5ecca750566d184e722b7716980a49e6ee0f813c8c61298db7b37caa8d31124714e4c5e9b4eb5133d2a4f0b2e9b047cf1ea08fe7ad11a319c565fb734ad170824f1ca4a8b84303bd3045e668b18d3df4e50de21d36de37e89287958343bd9da53c0e6c5376481b67b279e737331d3b1975b00867538810ea80b4df7842623a3d6f94d151aca17132231deb7069125d503da13ba56444308f30ce3cfa17618512b6e341f9a7435a919476ab3fb45cbd922903cbcb4bad50ac81a5ad892f4b96c9375a6197202e5205af92f4b65ad6dcc47db6a02068b0bf76a29dc206528d4179a87c37de9079dc668599481d3d7a9c059c0b4a06e1b111ff02252be46a0c9a841e899c1c1c5994249afe1a4136210acbe10249', '\x0964d352f6bda1e96f8979ea2ef09aeddc7fd63a17d9780454c61ccfe2dab438', '\x0964d352f6bda1e96f8979ea2ef09aeddc7fd63a17d9780454c61ccfe2dab438', 'self', '2026-11', 'web', NULL, NULL);

SELECT pg_catalog.setval('public.claim_id_seq', 25, true);

SELECT pg_catalog.setval('public.hold_id_seq', 1, false);

SELECT pg_catalog.setval('public.migration_id_seq', 5, true);

SELECT pg_catalog.setval('public.notice_serial', 18, true);

SELECT pg_catalog.setval('public.parked_id_seq', 1, false);

SELECT pg_catalog.setval('public.rival_id_seq', 1, false);

ALTER TABLE ONLY public.agency
    ADD CONSTRAINT agency_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY public.agency
    ADD CONSTRAINT agency_name_key UNIQUE (name);

ALTER TABLE ONLY public.agency
    ADD CONSTRAINT agency_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (index);

ALTER TABLE ONLY public.event_private
    ADD CONSTRAINT event_private_pkey PRIMARY KEY (event);

ALTER TABLE ONLY public.follower
    ADD CONSTRAINT follower_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (scope);

ALTER TABLE ONLY public.key_check
    ADD CONSTRAINT key_check_pkey PRIMARY KEY (purpose);

ALTER TABLE ONLY public.log_head
    ADD CONSTRAINT log_head_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.log_node
    ADD CONSTRAINT log_node_pkey PRIMARY KEY (level, "position");

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notice_private
    ADD CONSTRAINT notice_private_pkey PRIMARY KEY (notice);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_published_index_key UNIQUE (published_index);

ALTER TABLE ONLY public.objection
    ADD CONSTRAINT objection_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_follower_notice_key UNIQUE (follower, notice);

ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.rate
    ADD CONSTRAINT rate_pkey PRIMARY KEY (bucket);

ALTER TABLE ONLY public.rival
    ADD CONSTRAINT rival_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.touched
    ADD CONSTRAINT touched_pkey PRIMARY KEY (notice);

CREATE INDEX claim_notice ON public.claim USING btree (notice);

CREATE INDEX claim_number ON public.claim USING btree (number_hash);

CREATE UNIQUE INDEX claim_one_living ON public.claim USING btree (number_hash, copy) WHERE living;

CREATE INDEX event_notice ON public.event USING btree (notice);

CREATE INDEX event_outcome ON public.event USING btree (notice, index) INCLUDE (kind) WHERE (kind = ANY (ARRAY['contested'::text, 'dismissed'::text, 'withdrawn'::text, 'annulled'::text, 'replaced'::text]));

CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);

CREATE INDEX notice_effective ON public.notice USING btree (effective_at, published_index);

CREATE INDEX notice_newest_organisations ON public.notice USING btree (published_index DESC) WHERE (holder_kind = 'organisation'::text);

CREATE INDEX notice_number_key ON public.notice USING btree (number_key text_pattern_ops);

CREATE INDEX notice_private_declarant ON public.notice_private USING btree (declarant_hash);

CREATE INDEX notice_private_holder ON public.notice_private USING btree (holder_hash);

CREATE INDEX notice_provisional ON public.notice USING btree (id) WHERE provisional;

CREATE INDEX notice_terms ON public.notice USING gin (public.notice_terms(form, number_key, published_index));
ALTER INDEX public.notice_terms ALTER COLUMN 1 SET STATISTICS 0;

CREATE UNIQUE INDEX objection_once ON public.objection USING btree (notice, objector_hash);

CREATE INDEX objection_waiting ON public.objection USING btree (status, at, id);

CREATE INDEX rate_window ON public.rate USING btree (window_end);

CREATE INDEX rival_notice ON public.rival USING btree (notice);

CREATE INDEX session_expiry ON public.session USING btree (expires_at);

CREATE INDEX touched_waiting ON public.touched USING btree (at) WHERE (NOT taken);

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_notice_fkey FOREIGN KEY (notice) REFERENCES public.notice(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_notice_fkey FOREIGN KEY (notice) REFERENCES public.notice(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.event_private
    ADD CONSTRAINT event_private_event_fkey FOREIGN KEY (event) REFERENCES public.event(index) ON DELETE RESTRICT;

ALTER TABLE ONLY public.notice_private
    ADD CONSTRAINT notice_private_notice_fkey FOREIGN KEY (notice) REFERENCES public.notice(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.objection
    ADD CONSTRAINT objection_notice_fkey FOREIGN KEY (notice) REFERENCES public.notice(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.rival
    ADD CONSTRAINT rival_notice_fkey FOREIGN KEY (notice) REFERENCES public.notice(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.touched
    ADD CONSTRAINT touched_notice_fkey FOREIGN KEY (notice) REFERENCES public.notice(id) ON DELETE RESTRICT;

