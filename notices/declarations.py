"""Declaring a certificate lost: what publishes a notice, and what refuses to."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from notices import idempotency, log, matching_keys, records, register
from notices.changing import exhibits, flags, following, inspecting, rivals
from notices.changing.exhibits import KeptFile, Receiving
from notices.database import DB, committed
from notices.deployment import Deployment
from notices.facts import (
    declaration_check,
    documents,
    identifiers,
    notice_ids,
    numbers,
    periods,
    public_terms,
    relations,
)
from notices.facts.catalogue import Certificate
from notices.facts.errors import AlreadyDeclared, Invalid, NotTheHolder, Problem
from notices.facts.names import same_name
from notices.facts.public.notice import DeclaredNotice, with_more
from notices.facts.requests import Declaration, Holder
from notices.facts.text_check import LONGEST_TEXT
from notices.facts.texts import CHINA
from notices.idempotency import Done, Once
from notices.identity import Person, Ward, hashes_of, hashes_of_acting
from notices.matching_keys import Stale
from notices.register import beside, claims
from notices.register.claims import Claim
from notices.statistics import measuring
from notices.tables import Exhibit, NoticePrivate
from notices.tables.prepared import Prepared


class _Conflict(Exception):
    """Another living notice covers a copy; the transaction is to be rolled back."""


def check(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    now: datetime,
    wrong: Sequence[Problem] = (),
    *,
    exhibit: bool = False,
) -> Certificate:
    """The declared certificate; raises Invalid with all problems, or NotTheHolder.

    `wrong` are problems already found in decoding, of fields that were then left out, and
    `exhibit` says that a document came along.
    """
    today = now.astimezone(CHINA).date()
    problems = list(wrong)
    known = {problem.field for problem in wrong}
    problems += [
        problem
        for problem in declaration_check.check(
            declaration, deployment.catalogue, deployment.regions, today, exhibit=exhibit
        )
        if problem.field not in known
    ]
    holder = declaration.holder
    name = person.acts_for[2]
    if holder is not None and is_own(person, holder):
        if not same_name(holder.name or name, name):
            problems.append(Problem("holder.name", "holder_name_differs"))
        if relations.for_another(declaration) and "relation" not in {one.field for one in problems}:
            problems.append(Problem("relation", "relation_of_self"))
    if problems:
        raise Invalid(problems=problems)
    assert holder is not None  # noqa: S101  (checked above)
    assert declaration.certificate is not None  # noqa: S101  (likewise)
    _refuse_unless_holder(person, holder, declaration.relation or "self")
    return deployment.catalogue.certificates[declaration.certificate]


def is_own(person: Person, holder: Holder) -> bool:
    """Whether `holder` is whom `person` acts for: same kind, same document, same identifier."""
    kind, identifier, _ = person.acts_for
    return (
        holder.kind == kind
        and identifiers.identifier_type(holder) == person.document
        and numbers.identifier_form((holder.identifier or "")[:LONGEST_TEXT]) == identifier
    )


def _refuse_unless_holder(person: Person, holder: Holder, relation: str) -> None:
    if person.is_staff:
        raise NotTheHolder
    # An organisation's session declares for that organisation only.
    if not is_own(person, holder) and (person.kind != "person" or relation == "self"):
        raise NotTheHolder


async def declare(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    *,
    certificate: Certificate,
    once_: Once | None = None,
    channel: str = "web",
    receiving: Receiving | None = None,
    kept: KeptFile | None = None,
    crowded: bool = False,
) -> Done:
    """Publish `declaration`; its answer is the 201's body: the public notice and its receipt.

    `certificate` is what `check` returned for it. With `receiving` an exhibit comes along, which
    is durable before the notice is; `kept` is one that came before. Raises AlreadyDeclared or
    IdempotencyKeyReused; nothing is then written. `crowded`: many come from one address (`flags`).
    """
    ward = records.ward_in(person, declaration, datetime.now(UTC).astimezone(CHINA).date())
    try:
        exhibit = await receiving.keep() if receiving is not None else kept
        if exhibit is not None:
            await inspecting.refuse_wrong_content(deployment, exhibit, "exhibit")
        while True:
            claim = claims.claimed(deployment, certificate, declaration, vouched=ward is not None)
            new = _New(person, declaration, certificate, claim, channel, exhibit, ward, crowded)
            try:
                return await _declare_once(deployment, new, once_, receiving)
            except _Conflict:
                refusal = await _already_declared(deployment, person, declaration, claim)
                if refusal is not None:
                    raise refusal from None
            except Stale:
                await matching_keys.sure(deployment.keys)
    except BaseException:
        if receiving is not None:
            receiving.give_up()
        raise


class _New(NamedTuple):
    """All that a notice is made of."""

    person: Person
    declaration: Declaration
    certificate: Certificate
    claim: Claim
    channel: str
    exhibit: KeptFile | None
    ward: Ward | None
    crowded: bool


async def _declare_once(
    deployment: Deployment, new: _New, once_: Once | None, receiving: Receiving | None
) -> Done:
    """`declare`, or _Conflict; the notice in the way may be withdrawn at this very moment."""
    async with DB.transaction():
        earlier = await idempotency.begin(once_)
        if earlier is None:
            if new.exhibit is not None and receiving is None:
                await exhibits.hold(deployment, new.exhibit, "exhibit")
            id, index, began = await _publish(deployment, new)
            await idempotency.done(once_, id, index)
            if receiving is not None:
                receiving.committing = True
        else:
            id, index = earlier.notice, earlier.event
            if receiving is not None:
                receiving.discard()  # it came with the first request
    if earlier is None:
        measuring.took("check", time.monotonic() - began)  # now every check finds it
    elif earlier.response is not None:
        return Done(id, earlier.response)
    with committed():
        notice = await register.get(id)
        receipt = await register.receipt(deployment, notice, index)
        body = DeclaredNotice(**with_more(notice.public(deployment), receipt=receipt))
        return Done(id, await idempotency.answer(once_, msgspec.json.encode(body).decode()))


async def _publish(deployment: Deployment, new: _New) -> tuple[str, int, float]:
    """Id, place in the log, and when its entry got its time, by a clock that nobody sets."""
    person, declaration, certificate, claim, channel, exhibit, ward, crowded = new
    holder = declaration.holder or Holder()
    both = deployment.keys.matching.both
    held = hashes_of(both, holder)
    # The lock is waited for here, so that the next statement sees what was claimed before.
    row = await DB.row(
        "SELECT nextval('notice_serial') AS serial, pg_advisory_xact_lock_shared($1),"
        " pg_advisory_xact_lock($2), pg_advisory_xact_lock($3), pg_advisory_xact_lock($4)",
        claims.IN_BULK,
        *claim.locks,
        int.from_bytes(held[-1][:8], signed=True),
    )
    assert row is not None  # noqa: S101
    id = notice_ids.make(deployment.settings.region[:4], row["serial"])
    taken = await claims.take([(claim, id)])
    if id not in taken.ids:
        raise _Conflict
    rows = records.record(deployment, person, declaration, certificate, id, channel, ward)
    paper = documents.of_declaration(declaration, certificate)
    await flags.look(
        id, holder=held, declarant=hashes_of_acting(both, person), number=claim.numbers,
        certificate=certificate.id, document=paper.id if paper else None, crowded=crowded,
    )  # fmt: skip
    turn, holder = await log.take_turn(), declaration.holder or Holder()
    began = time.monotonic()
    end = periods.end(turn.at, certificate.notice_period)
    await DB.fetch(
        "WITH notice AS (INSERT INTO notice (id, form, number_key, evidence, published_index,"
        "   published_at, effective_at, provisional, agreed_until)"
        "   VALUES ($1, $2::jsonb, $3, $4, $5, $6, $7, $8, $9))"
        " INSERT INTO notice_private (notice, sealed, holder_hash, declarant_hash, relation,"
        "   consent_version, channel, consent_sha256, alert_on_check)"
        " VALUES ($10, $11, $12, $13, $14, $15, $16, $17, $18)",
        *rows.notice,
        turn.index,
        turn.at,
        end.at,
        end.provisional,
        public_terms.end(turn.at, holder.kind, certificate.public_term_years),
        *rows.private,
    )
    await log.append(turn, "published", id, certificate.id, rows.commitment)
    if exhibit is not None:
        came = (exhibit.id, exhibit.media_type, exhibit.size, exhibit.sha256)
        await _KEEP_EXHIBIT.fetch(id, *came)
    if taken.beside and (ward or not relations.for_another(declaration)):
        await following.supersede(await beside.unconfirmed_beside(id, held), id)
    return id, turn.index, began


_KEEP_EXHIBIT = Prepared(
    lambda id, file, media_type, size, sha256: Exhibit.insert(
        Exhibit(notice=id, file=file, media_type=media_type, size=size, sha256=sha256)
    )
)
_WHOSE = Prepared(
    lambda id: NoticePrivate.select(
        NoticePrivate.notice, NoticePrivate.holder_hash, NoticePrivate.declarant_hash
    ).where(NoticePrivate.notice == id)
)


async def _already_declared(
    deployment: Deployment, person: Person, declaration: Declaration, claim: Claim
) -> AlreadyDeclared | None:
    """The refusal that names the first notice, None when that is living no more.

    Another holder's declaration is kept, sealed, for an officer.
    """
    existing = await claims.in_the_way(claim)
    if existing is None:
        return None
    row = await _WHOSE.row(existing)
    assert row is not None  # noqa: S101
    # A holder without identifier hashes differently each time; who declared for them does not.
    both = deployment.keys.matching.both
    theirs = row["holder_hash"] not in hashes_of(both, declaration.holder or Holder())
    if theirs and row["declarant_hash"] not in hashes_of_acting(both, person):
        await rivals.keep(deployment, row["notice"], person, declaration)
    notice = await register.get(row["notice"])
    return AlreadyDeclared(notice.existing(deployment))
