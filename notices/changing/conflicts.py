"""Nobody decides, or looks into, a case of their own: who works here may be whom a notice is about.

An officer, and an agency's clerk who has signed in; of an agency's key nobody knows who holds it.
What is their own they see as anybody does, under "my notices".
"""

from collections.abc import Sequence

from notices import matching_keys, records
from notices.changing import objecting, rivals
from notices.deployment import Deployment
from notices.facts.identifiers import identifier_type
from notices.facts.names import same_name
from notices.facts.numbers import identifier_form
from notices.facts.refusals import OwnCase
from notices.identity import Person
from notices.records import PrivateRecord
from notices.tables import NoticePrivate, Objection, Rival


async def refuse_own(deployment: Deployment, officer: Person, *notices: str) -> None:
    """Raises OwnCase where one of `notices` (bare) is the officer's own, as `own_among` has it."""
    if await own_among(deployment, officer, notices):
        raise OwnCase


async def own_among(deployment: Deployment, officer: Person, notices: Sequence[str]) -> set[str]:
    """Those that the officer declared, holds the paper of, objected to, or was refused beside."""
    if not notices:
        return set()
    await matching_keys.sure(deployment.keys)
    ids, found = sorted(set(notices)), set()
    rows = NoticePrivate.select(NoticePrivate.notice, NoticePrivate.sealed)
    for row in await rows.where(NoticePrivate.notice.is_in(ids)):
        if _is_of(deployment, officer, records.opened(deployment, row)):
            found.add(row["notice"])
    hashes = objecting.hashes_of(deployment.keys.matching.both, officer.natural)
    objections = Objection.select(Objection.notice, Objection.id, Objection.sealed)
    for row in await objections.where(
        Objection.notice.is_in(ids), Objection.objector_hash.is_in(hashes)
    ):
        private = objecting.private_of(deployment, row["id"], row["sealed"])
        if are_one(deployment, officer, private.objector):
            found.add(row["notice"])
    waiting = Rival.select(Rival.notice, Rival.sealed).where(Rival.set_aside_at.is_null())
    for row in await waiting.where(Rival.notice.is_in(ids)):
        declarant = rivals.private_of(deployment, row).declarant
        if declarant is not None and are_one(deployment, officer, declarant):
            found.add(row["notice"])
    return found


def _is_of(deployment: Deployment, officer: Person, kept: PrivateRecord) -> bool:
    holder = kept.holder
    held = repr((identifier_type(holder), identifier_form(holder.identifier or "")))
    return are_one(deployment, officer, kept.declarant) or (
        officer.natural == held and _named(deployment, officer, holder.name)
    )


def are_one(deployment: Deployment, officer: Person, other: Person) -> bool:
    """Whether they are one natural person, for whomever either acts."""
    if officer.subject is not None and officer.subject == other.subject:
        return True
    return officer.natural == other.natural and _named(deployment, officer, other.name)


def _named(deployment: Deployment, officer: Person, name: str | None) -> bool:
    """Of the demo's made-up people two may bear one identifier; a provider vouches for it."""
    return not deployment.settings.demo or same_name(officer.name, name or "")
