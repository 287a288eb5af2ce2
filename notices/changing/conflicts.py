"""Nobody decides a case of their own: who works here may be a person whom a notice is about.

An officer, and an agency's clerk who has signed in; of an agency's key nobody knows who holds it.
"""

from notices import matching_keys, records, tables
from notices.changing import objecting
from notices.deployment import Deployment
from notices.facts.identifiers import identifier_type
from notices.facts.names import same_name
from notices.facts.numbers import identifier_form
from notices.facts.refusals import OwnCase
from notices.identity import Person


async def refuse_own(deployment: Deployment, officer: Person, notice: str) -> None:
    """Raises OwnCase where the officer declared `notice` (bare), holds its paper, or objected."""
    kept = await records.private_of(deployment, notice)
    holder, table = kept.holder, tables.Objection
    held = repr((identifier_type(holder), identifier_form(holder.identifier or "")))
    own = are_one(deployment, officer, kept.declarant) or (
        officer.natural == held and _named(deployment, officer, holder.name)
    )
    await matching_keys.sure(deployment.keys)
    hashes = objecting.hashes_of(deployment.keys.matching.both, officer.natural)
    query = table.select(table.id, table.sealed).where(
        table.notice == notice,
        table.objector_hash.is_in(hashes),
    )
    for row in await query:
        private = objecting.private_of(deployment, row["id"], row["sealed"])
        own = own or are_one(deployment, officer, private.objector)
    if own:
        raise OwnCase


def are_one(deployment: Deployment, officer: Person, other: Person) -> bool:
    """Whether they are one natural person, for whomever either acts."""
    if officer.subject is not None and officer.subject == other.subject:
        return True
    return officer.natural == other.natural and _named(deployment, officer, other.name)


def _named(deployment: Deployment, officer: Person, name: str | None) -> bool:
    """Of the demo's made-up people two may bear one identifier; a provider vouches for it."""
    return not deployment.settings.demo or same_name(officer.name, name or "")
