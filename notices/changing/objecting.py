"""Objecting to a notice: anybody who is signed in and knows the certificate's full number may.

An objection changes no status, for any stranger could file one; it is counted on the notice and
waits for an officer (`deciding`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from notices import clock, idempotency, matching_keys, records, register, tables
from notices.changing import exhibits, inspecting
from notices.changing.amending import is_declarant
from notices.changing.exhibits import KeptFile, Receiving
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import lifecycle
from notices.facts.errors import Invalid, NotTheHolder, Problem, refuse_wrong
from notices.facts.event_forms import GROUNDS
from notices.facts.numbers import keyed_hash
from notices.facts.public.form import Ground
from notices.facts.public.notice import ObjectionFiled, ObjectionStatus
from notices.facts.public.shown import Address, Time
from notices.facts.readings import normal_form
from notices.facts.refusals import (
    AlreadyObjected,
    OwnNotice,
    TooManyObjections,
)
from notices.facts.requests import Objection
from notices.facts.text_check import choice_problems, reason_problems, text_problems
from notices.facts.texts import rfc3339
from notices.idempotency import Done, Once
from notices.identity import KnownPerson, Person
from notices.register import Notice, claims

MOST_WAITING = 100
"""Objections to one notice that wait; an officer needs no more to look into it."""


class PrivateObjection(msgspec.Struct, kw_only=True):
    """What of an objection only an officer may see, sealed under its id."""

    text: str
    objector: Person


def place(id: str) -> bytes:
    """What the private side of objection `id` is sealed under."""
    return f"objection {id}".encode()


def hashes_of(keys: Sequence[bytes], natural: str) -> list[bytes]:
    """By whom objections are found, by each key; `natural` as a `Person` has it."""
    return [keyed_hash(key, "objector", natural) for key in keys]


def check(objection: Objection, more: list[Problem]) -> None:
    """Raises Invalid with all problems of the form, and `more` that are known already."""
    problems = [
        *text_problems("number", objection.number, required=True),
        *choice_problems("ground", objection.ground, tuple(GROUNDS), required=True),
        *reason_problems("text", objection.text),
    ]
    refuse_wrong(more, problems)


async def refuse_own(deployment: Deployment, person: Person, notice: Notice) -> None:
    """Raises OwnNotice, and NotTheHolder for officers, who decide and do not object.

    It is also theirs where they declared it for another: a company is signed in by a person.
    """
    if person.is_staff:
        raise NotTheHolder
    if await is_declarant(deployment, person, notice.id):
        raise OwnNotice
    declarant = (await records.private_of(deployment, notice.id)).declarant
    if declarant.natural == person.natural or declarant.account == person.account:
        raise OwnNotice


async def object_to(
    deployment: Deployment,
    person: Person,
    notice: Notice,
    objection: Objection,
    *,
    id: str,
    receiving: Receiving | None = None,
    kept: KeptFile | None = None,
    once_: Once | None = None,
) -> Done:
    """File a checked `objection` as `id`; its answer is `{id, status, at}`.

    Raises Invalid for another number than the certificate's. With `receiving` an evidence file
    comes along, which is durable before the objection is; on any refusal it is gone, unless the
    fault was another one's: then whoever received it may have it `kept` for the next time.
    """
    try:
        await _refuse_another_number(deployment, notice, objection.number or "")
        evidence = await receiving.keep() if receiving is not None else kept
        if evidence is not None:
            await inspecting.refuse_wrong_content(deployment, evidence, "evidence")
        async with DB.transaction():
            earlier = await idempotency.begin(once_)
            if earlier is None or earlier.response is None:
                if evidence is not None and receiving is None:
                    await exhibits.hold(deployment, evidence, "evidence")
                done = await _file(deployment, person, notice.id, objection, id, evidence, once_)
            else:
                filed = msgspec.json.decode(earlier.response, type=ObjectionFiled)
                done = Done(filed.id, earlier.response)
            if receiving is not None:
                receiving.committing = True
        if receiving is not None and done.id != id:
            receiving.discard()  # the file came with the first request
        return done
    except BaseException as error:
        others = isinstance(error, Invalid) and "evidence" not in {p.field for p in error.problems}
        if receiving is not None and not others:
            receiving.give_up()
        raise


async def _refuse_another_number(deployment: Deployment, notice: Notice, number: str) -> None:
    id = await register.certificate_of(notice)
    certificate = deployment.catalogue.certificates.get(id)
    normal = certificate.normal_number(number) if certificate else normal_form(number)
    await matching_keys.sure(deployment.keys)
    known = [keyed_hash(key, id, normal) for key in deployment.keys.matching.both]
    claim = tables.Claim
    its = claim.notice == notice.id
    if not await claim.exists().where(its, claim.by_certificate.is_in(known)):
        raise Invalid(problems=[Problem("number", "number_differs")])


async def _file(
    deployment: Deployment,
    person: Person,
    notice_id: str,
    objection: Objection,
    id: str,
    evidence: KeptFile | None,
    once_: Once | None,
) -> Done:
    hashes = await _hashes(deployment, person)
    asked = clock.HERE.now()
    # The notice's row is locked: its count and its life cannot change beneath this.
    row = await DB.row(
        "UPDATE notice SET objections = objections + 1 WHERE id = $1"
        " RETURNING date_trunc('milliseconds', clock_timestamp()) AS at,"
        " (SELECT count(*) FROM objection WHERE notice = $1 AND status = 'open') AS waiting",
        notice_id,
    )
    if row is None:
        raise RuntimeError("A notice has gone.")
    clock.HERE.refuse_wrong(asked, row["at"])
    lifecycle.refuse_ended((await register.get(notice_id)).state)
    if row["waiting"] >= MOST_WAITING:
        raise TooManyObjections(most=MOST_WAITING)
    private = PrivateObjection(text=(objection.text or "").strip(), objector=person.recorded())
    filed = tables.Objection(
        id=id,
        notice=notice_id,
        at=row["at"],
        ground=objection.ground,
        # By the person: they object once, for themselves or for any of their companies.
        objector_hash=hashes[0],
        sealed=sealed(deployment, private, id),
        evidence_type=evidence.media_type if evidence else None,
        evidence_size=evidence.size if evidence else None,
        evidence_sha256=evidence.sha256 if evidence else None,
    )
    table = tables.Objection
    before = table.exists().where(
        table.notice == notice_id, table.objector_hash.is_in(hashes), table.id != id
    )
    if not await table.insert(filed).on_conflict(action="DO NOTHING") or await before:
        raise AlreadyObjected
    await register.touch(notice_id)
    body = ObjectionFiled(id=id, status="open", at=rfc3339(row["at"]))
    return Done(id, await idempotency.answer(once_, msgspec.json.encode(body).decode()))


async def _hashes(deployment: Deployment, person: Person) -> list[bytes]:
    """Of the person, who objects once, for themselves or for any of their companies.

    By the keys of the register, the present one first: no other takes its place before the open
    transaction ends.
    """
    await DB.fetch("SELECT pg_advisory_xact_lock_shared($1)", claims.IN_BULK)
    await matching_keys.sure(deployment.keys)
    return hashes_of(deployment.keys.matching.both, person.natural)


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file that came with an objection, and where officers can read it."""

    media_type: str
    size: int
    sha256: str
    link: Address


class FiledObjection(msgspec.Struct, frozen=True, kw_only=True):
    """An objection as officers see it, and whoever filed it."""

    id: str
    notice: str
    at: Time
    ground: Ground
    status: ObjectionStatus
    text: str
    objector: KnownPerson
    evidence: EvidenceFile | None
    decided_at: Time | None


class Objections(msgspec.Struct, frozen=True, kw_only=True):
    """Objections, the oldest first."""

    objections: list[FiledObjection]


async def waiting(
    deployment: Deployment, *, notice: str | None, status: str | None, limit: int
) -> list[FiledObjection]:
    """Objections as an officer sees them, the oldest first."""
    table = tables.Objection
    query = table.select()
    # Only what is given is a condition: a plan for any values could use no index.
    if notice is not None:
        query = query.where(table.notice == notice)
    if status is not None:
        query = query.where(table.status == status)
    rows = await query.order_by(table.at, table.id).limit(limit)
    return [_shown(deployment, row) for row in rows]


class Evidence(NamedTuple):
    """The file that came with an objection, and to which notice that is."""

    notice: str
    file: KeptFile


async def evidence_of(id: str) -> Evidence | None:
    """The file that came with objection `id`; None where there is none."""
    table = tables.Objection
    query = table.select(
        table.notice, table.evidence_type, table.evidence_size, table.evidence_sha256
    )
    row = await query.where(table.id == id).first()
    if row is None or row["evidence_type"] is None:
        return None
    notice, *of_file = row.values()
    return Evidence(notice, KeptFile(id, *of_file))


def _shown(deployment: Deployment, row: Any) -> FiledObjection:
    private = private_of(deployment, row["id"], row["sealed"])
    evidence = None
    if row["evidence_type"] is not None:
        evidence = EvidenceFile(
            media_type=row["evidence_type"],
            size=row["evidence_size"],
            sha256=row["evidence_sha256"].hex(),
            link=deployment.link(f"/api/v1/objections/{row['id']}/evidence"),
        )
    return FiledObjection(
        id=row["id"],
        notice=row["notice"],
        at=rfc3339(row["at"]),
        ground=row["ground"],
        status=row["status"],
        text=private.text,
        objector=KnownPerson.of(private.objector),
        evidence=evidence,
        decided_at=rfc3339(row["decided_at"]) if row["decided_at"] else None,
    )


def sealed(deployment: Deployment, private: PrivateObjection, id: str) -> bytes:
    return deployment.keys.sealer.seal(msgspec.json.encode(private), place(id))


def private_of(deployment: Deployment, id: str, sealed: bytes) -> PrivateObjection:
    opened = deployment.keys.sealer.open(sealed, place(id))
    return msgspec.json.decode(opened, type=PrivateObjection)
