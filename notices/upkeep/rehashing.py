"""Hashing every claimed number anew, when the rules for numbers have changed.

A new normal form makes every stored hash one of another number: asked about a void paper the
service would answer `no_notice`. So before a version with newer rules (`readings.RULES`) serves a
database, all claims are made again from the sealed numbers, piece by piece: whoever is killed in
between goes on where they stopped, and doing it twice changes nothing.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from notices.changing import following, issuing
from notices.database import DB
from notices.deployment import Deployment, WrongDatabase, refuse_other_keys
from notices.facts.event_kinds import standing
from notices.facts.readings import RULES
from notices.facts.texts import Message
from notices.records import PrivateRecord, number_key
from notices.register.claims import OVERLAPPING
from notices.register.reclaiming import Shown, claim_of
from notices.tables import KeyCheck
from notices.upkeep import persons, rewatching

PIECE = 1000

LOG = structlog.get_logger()

_CLAIMS = f"""
SELECT c.id, c.copy, c.notice, p.sealed, n.form, c.living,
  r.index AS replaced_by, (SELECT sealed FROM event_private WHERE event = r.index) AS replacement,
  (SELECT e.entry FROM event e WHERE e.index = n.published_index) AS entry,
  (SELECT array_agg(o.copy) FROM claim o WHERE o.notice = c.notice) AS copies
FROM claim c JOIN notice n ON n.id = c.notice JOIN notice_private p ON p.notice = c.notice
CROSS JOIN LATERAL (SELECT {standing(("replaced",), "e")} AS index
  FROM event e WHERE e.notice = c.notice) r
WHERE c.rules < {RULES} ORDER BY c.id LIMIT {PIECE} FOR UPDATE OF c
"""  # noqa: S608  (likewise)

_WRITE = """
UPDATE claim SET by_certificate = new.by_certificate, by_number = new.by_number,
  by_digits = new.by_digits, by_holder = new.by_holder, document = new.document,
  copy_number = new.copy_number, lettered = new.lettered, shown = new.shown, rules = new.rules,
  living = new.living
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[],
  $7::int[], $8::boolean[], $9::boolean[], $10::smallint[], $11::boolean[])
  AS new (id, by_certificate, by_number, by_digits, by_holder, document, copy_number, lettered,
    shown, rules, living)
WHERE claim.id = new.id
"""

_WRITE_KEYS = """
UPDATE notice SET number_key = new.key FROM unnest($1::text[], $2::text[]) AS new (id, key)
WHERE notice.id = new.id AND notice.number_key IS DISTINCT FROM new.key
"""

# Both stay, and an officer looks at them: which of two holders' papers it is nobody here knows.
_LIST_OVERLAPS = f"""
INSERT INTO overlap (one, other)
SELECT DISTINCT least(a.notice, c.notice), greatest(a.notice, c.notice)
FROM claim a JOIN claim c ON c.by_certificate = a.by_certificate AND c.notice <> a.notice
WHERE a.living AND NOT a.awaiting AND a.id < c.id AND {OVERLAPPING} ON CONFLICT DO NOTHING
"""  # noqa: S608  (nothing in it comes from outside)


async def rehash(deployment: Deployment) -> int:
    """Make all claims anew that were made by older rules; how many there were.

    Those that were refused before they were hashed at all are hashed too.
    Raises WrongDatabase where keys or catalogue are not those that the database was written with.
    """
    await refuse_other_keys(deployment)
    await persons.name_rivals(deployment)
    if watches := await rewatching.rehash(deployment):
        LOG.info("watches_hashed_anew", watches=watches)
    done = 0
    while piece := await _piece(deployment):
        done += piece
        LOG.info("claims_hashed_anew", claims=done)
    if done or await _under_older_rules():
        async with DB.transaction():
            await DB.fetch(_LIST_OVERLAPS)
            await _remember(deployment)
    return done


async def _under_older_rules() -> bool:
    """Whether the database still says that its numbers were hashed by other rules."""
    rows = await DB.fetch(
        "SELECT 1 FROM key_check WHERE starts_with(purpose, 'certificate ')"
        " AND jsonb_typeof(check_value::jsonb -> 0) <> 'number' LIMIT 1"
    )
    return bool(rows)


async def _piece(deployment: Deployment) -> int:
    async with DB.transaction():
        rows = await DB.fetch(_CLAIMS)
        if not rows:
            return 0
        _refuse_lost(deployment, rows)
        made = [_made(deployment, row) for row in rows]
        await DB.fetch(_WRITE, *([each[0][column] for each in made] for column in range(11)))
        keys = {id: key for _, id, key in made}
        await DB.fetch(_WRITE_KEYS, list(keys), list(keys.values()))
    return len(rows)


def _certificate_id(row: Any) -> str:
    return str(msgspec.json.decode(row["entry"])["certificate"])


def _refuse_lost(deployment: Deployment, rows: Sequence[Any]) -> None:
    lost = {_certificate_id(row) for row in rows} - deployment.catalogue.certificates.keys()
    if lost:
        ids = ", ".join(sorted(lost))
        raise WrongDatabase(_LOST.format(ids=ids))


def _made(deployment: Deployment, row: Any) -> tuple[tuple[Any, ...], str, str | None]:
    """The values for `_WRITE`, the notice, and its number's key where that is public."""
    certificate = deployment.catalogue.certificates[_certificate_id(row)]
    private = msgspec.json.decode(
        deployment.keys.sealer.open(row["sealed"], row["notice"].encode()), type=PrivateRecord
    )
    normal = certificate.normal_number(private.number or "")
    form = msgspec.json.decode(row["form"], type=Shown) if row["form"] is not None else None
    number = private.number, normal
    claim = claim_of(
        deployment.keys.matching.present, certificate, number, private.holder, form, row["copies"]
    )
    key = number_key(normal, form.number if form is not None else None)
    copy_number = claim.copy_number if row["copy"] == "duplicate" else None
    living = row["living"]
    if row["replacement"] is not None:
        place = following.place(row["replaced_by"])
        new = msgspec.json.decode(
            deployment.keys.sealer.open(row["replacement"], place), type=issuing.PrivateReplacement
        )
        living = living and not issuing.bears_the_same(certificate, private, new.number)
    values = (
        row["id"], claim.by_certificate, claim.by_number, claim.by_digits, claim.by_holder,
        claim.document, copy_number, claim.lettered, claim.shown, RULES,
        living,
    )  # fmt: skip
    return values, row["notice"], key


async def _remember(deployment: Deployment) -> None:
    """By which rules the numbers are hashed now, for whoever looks before they serve.

    Another prefix was reckoned in. Other parts were not, and stay to be refused.
    """
    query = KeyCheck.select(KeyCheck.purpose, KeyCheck.check_value)
    rows = await query.where(KeyCheck.purpose.like("certificate %"))
    for row in rows:
        certificate = deployment.catalogue.certificates.get(
            row["purpose"].removeprefix("certificate ")
        )
        before = json.loads(row["check_value"])
        # [prefix, parts] by the first rules, [rules, prefix, parts, …] since.
        parts = before[1] if isinstance(before[0], str) else before[2]
        if certificate is not None and list(certificate.parts) == parts:
            await KeyCheck.update({KeyCheck.check_value: certificate.matched_by}).where(
                KeyCheck.purpose == row["purpose"]
            )


_LOST = Message(
    "证件目录里没有 {ids}，而这些证件已有公告，无法按新规则重新登记它们的号码。"
    "请用 CATALOGUE 指定原来的目录后再运行。"
)
