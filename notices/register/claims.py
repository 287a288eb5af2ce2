"""Which number, document and copy a notice claims, and the hashes by which a number is found."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from notices import tables
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import disclosure, documents, numbers, readings, relations
from notices.facts.certificate import Certificate
from notices.facts.requests import Declaration, Holder
from notices.facts.text_check import is_blank
from notices.matching_keys import STATE, Stale
from notices.tables.prepared import Prepared

ANY = "any certificate"
"""Stands for the certificate in the hash of a number alone; no certificate's id has a space."""

IN_BULK = 0x636C61696D
"""The lock ("claim") that whoever claims one number shares, and a bulk fill has alone."""


class Claim(NamedTuple):
    """What a declaration claims: keyed hashes of its number, and which paper it is.

    `by_holder` is there where the holder's code may stand for the number; `document` is empty
    where the number alone tells the paper. `lettered` says that the number holds letters, and
    `shown` that it is public in full. One that is `awaiting` a confirmation claims nothing yet.
    """

    by_certificate: bytes
    by_number: bytes
    by_digits: bytes | None
    by_holder: bytes | None
    document: str
    copies: tuple[str, ...]
    copy_number: int | None
    lettered: bool
    shown: bool
    awaiting: bool = False
    before: "Claim | None" = None
    """The same by the key of before, while some of what there is may be hashed by that."""
    state: str | None = None
    """`Matching.state` when it was hashed; None of one that no register holds it against."""

    @property
    def numbers(self) -> list[bytes]:
        """The hashes by which claims of this number are found."""
        return [self.by_certificate, *([self.before.by_certificate] if self.before else [])]

    @property
    def locks(self) -> tuple[int, int]:
        """The keys of the locks under which this number's claims are decided, as bigints."""
        before = self.before or self
        return _lock(before.by_certificate), _lock(self.by_certificate)


def _lock(by_certificate: bytes) -> int:
    return int.from_bytes(by_certificate[:8], signed=True)


def digits_hash(key: bytes, certificate: str, normal: str) -> bytes | None:
    """The hash of a number's digits alone; None of a number without any."""
    digits = readings.digits_of(normal)
    return numbers.keyed_hash(key, f"digits {certificate}", digits) if digits else None


def claimed(
    deployment: Deployment,
    certificate: Certificate,
    declaration: Declaration,
    *,
    vouched: bool = False,
) -> Claim:
    """What the checked `declaration` claims; `vouched` as in `relations.awaits_confirmation`."""
    normal = certificate.normal_number(declaration.number or "")
    shown = disclosure.public_number(declaration, certificate)
    matching = deployment.keys.matching
    claim, *before = [
        covered(key, certificate, declaration, normal, shown) for key in matching.both
    ]
    return claim._replace(
        awaiting=relations.awaits_confirmation(declaration, certificate, vouched=vouched),
        before=before[0] if before else None,
        state=matching.state,
    )


def covered(
    key: bytes, certificate: Certificate, declaration: Declaration, normal: str, shown: str | None
) -> Claim:
    """`claimed`, but for whether it awaits a confirmation: hashed with `key`.

    `normal` is the number as it is compared, `shown` as the public sees it.
    """
    holder = declaration.holder or Holder()
    blank = is_blank(declaration.number)
    stands = certificate.stands_for_number
    code = certificate.normal_number(holder.identifier or "") if blank or stands else ""
    normal = code if blank else normal
    # Who types the holder's code where a seal's own would stand means the same as who types none.
    without = blank or (stands and normal == code)
    document = documents.of_declaration(declaration, certificate) if without else None
    both = declaration.copies == "both"
    return Claim(
        by_certificate=numbers.keyed_hash(key, certificate.id, normal),
        by_number=numbers.keyed_hash(key, ANY, normal),
        by_digits=digits_hash(key, certificate.id, normal),
        by_holder=numbers.keyed_hash(key, certificate.id, code) if stands else None,
        document=document.id if document else "",
        copies=(certificate.parts if both else (declaration.copies or "",))
        if certificate.parts
        else ("",),
        copy_number=documents.copy_of(documents.copy_number(declaration, certificate)),
        lettered=readings.has_letters(normal),
        shown="*" not in (shown or ""),
    )


def overlap(one: Claim, other: Claim) -> bool:
    """Whether two claims of the same number may be about one paper, as `SAME_PAPER` says it."""
    documents = {one.document, other.document}
    numbers = {one.copy_number, other.copy_number}
    same = {
        copy
        for copy in set(one.copies) & set(other.copies)
        if copy != "duplicate" or len(numbers) == 1 or None in numbers
    }
    return bool(same) and (len(documents) == 1 or "" in documents)


SAME_PAPER = """
  c.living AND (c.document = a.document OR c.document = '' OR a.document = '')
  AND c.copy = a.copy
  AND (c.copy_number = a.copy_number OR c.copy_number IS NULL OR a.copy_number IS NULL)
"""
"""When a living claim `c` and another one `a` of the same number may be about one paper."""

OVERLAPPING = f"{SAME_PAPER} AND NOT c.awaiting"
"""When `c` then stands in the way of `a`; what is not confirmed yet stands in nobody's."""

_ASKED = """
  unnest($1::bytea[], $2::text[], $3::text[], $4::int[], $5::bytea[])
    AS a (by_certificate, document, copy, copy_number, before)
"""
_OF_ONE_NUMBER = "c.by_certificate = ANY(ARRAY[a.by_certificate, a.before])"

# All claims of one number are hashed by one key, and all with one holder's code have that by one:
# while some are hashed by the key of before (`before`, `before_holder`), so is what joins them.
# Then claims of one number are found by one hash, whichever it is.
_TAKE = f"""
INSERT INTO claim (by_certificate, by_number, by_digits, by_holder, document, copy, copy_number,
  lettered, shown, awaiting, rules, notice)
SELECT CASE WHEN old.number THEN a.before ELSE a.by_certificate END,
  CASE WHEN old.number THEN a.before_number ELSE a.by_number END,
  CASE WHEN old.number THEN a.before_digits ELSE a.by_digits END,
  CASE WHEN old.holder THEN a.before_holder ELSE a.by_holder END,
  a.document, a.copy, a.copy_number, a.lettered, a.shown, a.awaiting, a.rules, a.notice
FROM unnest($1::bytea[], $2::text[], $3::text[], $4::int[], $5::bytea[], $6::bytea[],
    $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[],
    $12::boolean[], $13::boolean[], $14::boolean[], $15::smallint[], $16::text[])
  AS a (by_certificate, document, copy, copy_number, before, before_number, before_digits,
    before_holder, by_number, by_digits, by_holder, lettered, shown, awaiting, rules, notice)
CROSS JOIN LATERAL (SELECT
  (SELECT true FROM claim c WHERE c.by_certificate = a.before LIMIT 1) AS number,
  (SELECT true FROM claim c WHERE c.by_holder = a.before_holder LIMIT 1) AS holder) AS old
WHERE ($17::text IS NULL OR $17 = coalesce({STATE}, $17))
  AND NOT EXISTS (SELECT FROM claim c WHERE {_OF_ONE_NUMBER} AND {OVERLAPPING})
RETURNING notice, EXISTS (SELECT FROM claim o
  WHERE o.by_certificate = claim.by_certificate AND o.living AND o.awaiting) AS beside
"""  # noqa: S608  (nothing in it comes from outside)

# Not by the primary key, which would be read until one is met.
_IN_THE_WAY = f"""
SELECT c.notice FROM {_ASKED} JOIN claim c ON {_OF_ONE_NUMBER}
WHERE {OVERLAPPING} ORDER BY c.id + 0 LIMIT 1
"""  # noqa: S608  (likewise)


class Taken(NamedTuple):
    """The notices, by id, that got all they wanted; `beside`: there are unconfirmed ones too."""

    ids: set[str]
    beside: bool


async def take(wanted: Sequence[tuple[Claim, str]]) -> Taken:
    """Claim for each notice (by id) what it claims; which of them got all of it.

    Which claims overlap no unique index can say: whoever calls this holds the lock of the number
    (`Claim.locks`, taken in a statement before, under `IN_BULK` shared) or `IN_BULK` alone, and of
    two that want one number here the first has it. The others' rows are to be rolled back, or
    deleted. What awaits a confirmation gets what it wants unless somebody has it already, and
    stands in nobody's way. Raises Stale where the register is hashed by other keys by now.
    """
    held: dict[bytes, list[Claim]] = {}
    rows = []
    for claim, id in wanted:
        before = held.setdefault(claim.by_certificate, [])
        if any(overlap(claim, other) for other in before):
            continue
        if not claim.awaiting:
            before.append(claim)
        rows += [(*row, id) for row in _rows(claim)]
    state = wanted[0][0].state if wanted else None
    columns = ([row[column] for row in rows] for column in range(16))
    taken = await DB.fetch(_TAKE, *columns, state)
    if len(taken) < len(rows) and state is not None:
        now = await DB.row(f"SELECT {STATE} AS state")
        if now is None or now["state"] not in (state, None):
            raise Stale
    counts = Counter(row["notice"] for row in taken)
    ids = {id for claim, id in wanted if counts[id] == len(claim.copies)}
    return Taken(ids, any(row["beside"] for row in taken))


def _rows(claim: Claim) -> list[tuple[Any, ...]]:
    """Of each copy the values of all columns but the notice, those of before among them."""
    before = claim.before[:4] if claim.before is not None else (None,) * 4
    return [
        (
            claim.by_certificate, claim.document, copy,
            claim.copy_number if copy == "duplicate" else None,
            *before, claim.by_number, claim.by_digits, claim.by_holder, claim.lettered, claim.shown,
            claim.awaiting, readings.RULES,
        )
        for copy in claim.copies
    ]  # fmt: skip


async def in_the_way(claim: Claim) -> str | None:
    """The first living notice that has what is claimed, or None."""
    rows = [row[:5] for row in _rows(claim)]
    row = await DB.row(_IN_THE_WAY, *([each[column] for each in rows] for column in range(5)))
    return None if row is None else row["notice"]


def _changing(to: dict[Any, bool]) -> Prepared:
    return Prepared(lambda id: tables.Claim.update(to).where(tables.Claim.notice == id))


_CONFIRM = _changing({tables.Claim.awaiting: False})
_AWAIT = _changing({tables.Claim.awaiting: True})
_END = _changing({tables.Claim.living: False})
_REPLACE = _changing({tables.Claim.replaced: True})
_REPLACE_AND_END = _changing({tables.Claim.replaced: True, tables.Claim.living: False})
_TAKE_AGAIN = _changing({tables.Claim.replaced: False, tables.Claim.living: True})
_NUMBER_OF = Prepared(
    lambda id: (
        tables.Claim.select(tables.Claim.by_certificate).where(tables.Claim.notice == id).limit(1)
    )
)


async def lock_of(id: str) -> None:
    """Take the lock of the number of notice `id`, as whoever claims it does."""
    locked = None  # until it was, it may have been hashed anew
    while (by := await _number_of(id)) != locked:
        locked = by
        await DB.fetch(
            "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)", IN_BULK, _lock(by)
        )


async def _number_of(id: str) -> bytes:
    if (row := await _NUMBER_OF.row(id)) is None:
        raise RuntimeError("A notice claims no number.")
    return bytes(row["by_certificate"])


async def confirm(id: str) -> None:
    """Let notice `id` claim what it only told."""
    await _CONFIRM.fetch(id)


async def await_again(id: str) -> None:
    """Let notice `id` only tell what it claimed, as before it was confirmed."""
    await _AWAIT.fetch(id)


async def end(id: str) -> None:
    """Notice `id` lives no more: its certificate can be declared again."""
    await _END.fetch(id)


async def take_again(id: str) -> None:
    """Notice `id` claims again what it did before it ended.

    Whoever does this has looked, under the lock of its number, that nobody else claims it.
    """
    await _TAKE_AGAIN.fetch(id)


async def replace(id: str, *, free: bool) -> None:
    """The certificate of notice `id` was replaced; `free`: the new one may be declared lost."""
    if free:
        await _REPLACE_AND_END.fetch(id)
    else:
        await _REPLACE.fetch(id)
