"""The rows that one declaration leaves in the register, made before it takes its turn."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from notices import log
from notices.deployment import Deployment
from notices.facts import consents, disclosure, numbers, relations
from notices.facts.catalogue import Certificate
from notices.facts.names import same_name
from notices.facts.readings import bare_form
from notices.facts.requests import Contact, Declaration, Holder
from notices.facts.text_check import LONGEST_TEXT
from notices.identity import Person, Ward, hashes_of, hashes_of_acting
from notices.log import Commitment
from notices.tables import NoticePrivate
from notices.tables.prepared import Prepared

NOTICE = ("id", "form", "number_key", "evidence")
"""Columns of `notice` that do not depend on the turn; the others say index and times."""

PRIVATE = (
    "notice", "sealed", "holder_hash", "declarant_hash", "relation", "consent_version", "channel",
    "consent_sha256", "alert_on_check",
)  # fmt: skip


def number_key(normal: str, shown: str | None) -> str | None:
    """By what a notice of the number `normal`, of which `shown` is public, is found by its parts.

    Only one that is public in full can be: None where it is masked, or there is none.
    """
    return bare_form(normal) if normal and shown is not None and "*" not in shown else None


class Record(NamedTuple):
    """Values for the columns `NOTICE` and `PRIVATE`, and the form as the log will commit to it."""

    notice: tuple[str, str, str | None, str]
    private: tuple[str, bytes, bytes, bytes, str, str, str, bytes, bool]
    commitment: Commitment


def ward_in(person: Person, declaration: Declaration, today: date) -> Ward | None:
    """The child for whom `person` declares, by number and name, where the provider knows it.

    Whoever is not sure enough who somebody is does not know whose guardian they are either.
    """
    holder = declaration.holder
    if holder is None or not person.verified or not relations.may_be_vouched(declaration, today):
        return None
    identifier = numbers.identifier_form((holder.identifier or "")[:LONGEST_TEXT])
    for ward in person.wards:
        known = numbers.identifier_form(ward.identifier) == identifier
        if known and same_name(holder.name or "", ward.name):
            return ward
    return None


def record(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    certificate: Certificate,
    id: str,
    channel: str,
    ward: Ward | None = None,
) -> Record:
    """The rows of the checked `declaration` as notice `id`; `ward` as `ward_in` has it."""
    matter = deployment.catalogue.matters.get(declaration.matter or "")
    vouched = ward is not None
    form = disclosure.public_form(declaration, certificate, matter, vouched=vouched)
    commitment = log.commit(form)
    holder = declaration.holder or Holder()
    return Record(
        notice=(
            id,
            commitment.form,
            number_key(certificate.normal_number(declaration.number or ""), form.number),
            # Who somebody is says nothing of whether they may declare for another; where a
            # provider knows that too, nothing is awaited.
            "identity_verified" if person.verified and not form.awaiting else "self_declared",
        ),
        private=(
            id,
            sealed(
                deployment,
                PrivateRecord(
                    number=declaration.number,
                    holder=holder,
                    contact=declaration.contact,
                    declarant=person.recorded(ward),
                ),
                id,
            ),
            hashes_of([deployment.keys.matching.present], holder)[0],
            hashes_of_acting([deployment.keys.matching.present], person)[0],
            declaration.relation or "self",
            consents.VERSION,
            channel,
            consents.digest(consents.publication(holder.kind, certificate.public_term_years)),
            declaration.alert_on_check is True,
        ),
        commitment=commitment,
    )


class PrivateRecord(msgspec.Struct, kw_only=True):
    """What is kept beside the public form, sealed under the notice's id."""

    number: str | None
    holder: Holder
    contact: Contact | None
    declarant: Person


def sealed(deployment: Deployment, kept: PrivateRecord, id: str) -> bytes:
    return deployment.keys.sealer.seal(msgspec.json.encode(kept), id.encode())


_SEALED = Prepared(
    lambda id: NoticePrivate.select(NoticePrivate.sealed).where(NoticePrivate.notice == id)
)


async def private_of(deployment: Deployment, id: str) -> PrivateRecord:
    """The private side of notice `id`, which exists."""
    row = await _SEALED.row(id)
    if row is None:
        raise RuntimeError("A notice has no private side.")
    return opened(deployment, {"notice": id, "sealed": row["sealed"]})


def opened(deployment: Deployment, row: Mapping[str, Any]) -> PrivateRecord:
    """The private side that is sealed in a row."""
    plain = deployment.keys.sealer.open(row["sealed"], row["notice"].encode())
    return msgspec.json.decode(plain, type=PrivateRecord)


class Chosen(NamedTuple):
    """What a declarant chose that is neither public nor sealed."""

    relation: str
    alert_on_check: bool


_CHOSEN = Prepared(
    lambda id: NoticePrivate.select(NoticePrivate.relation, NoticePrivate.alert_on_check).where(
        NoticePrivate.notice == id
    )
)


async def chosen(id: str) -> Chosen:
    """What was chosen of notice `id`, which exists."""
    row = await _CHOSEN.row(id)
    if row is None:
        raise RuntimeError("A notice has no private side.")
    return Chosen(row["relation"], row["alert_on_check"])
