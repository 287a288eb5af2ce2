"""What somebody may have of what is kept about them: a copy of it (PIPL Art. 45).

A natural person, that is, by the document that they are known by. What an organisation declared is
its own, and who declared it there is found with its notices.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from notices import identity, matching_keys, records, register, watches
from notices.changing import objecting, rivals
from notices.changing.rivals import PrivateRival
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import numbers
from notices.facts.public.notice import ObjectionStatus, PublicNotice
from notices.facts.public.shown import Time
from notices.facts.requests import Contact, Declaration, Holder
from notices.facts.texts import rfc3339
from notices.identity import KnownPerson, Person
from notices.tables import Alert, Objection, Rival, Watch
from notices.watches import alerts

AT_ONCE = 500
"""Notices that are read together; nobody has many."""

Part = Literal["holder", "declarant", "both"]
# As expressions, so that no order tempts into reading all notices in it.
_NOTICES = """
SELECT p.notice, p.holder_hash = ANY($1::bytea[]) AS held,
  p.declarant_hash = ANY($1::bytea[]) AS declared, p.relation, p.channel, p.consent_version,
  p.consent_sha256
FROM (SELECT notice || '' AS id FROM notice_private WHERE holder_hash = ANY($1::bytea[])
  UNION SELECT notice || '' FROM notice_private WHERE declarant_hash = ANY($1::bytea[])) AS own
CROSS JOIN LATERAL (SELECT * FROM notice_private n WHERE n.notice = own.id OFFSET 0) AS p
ORDER BY own.id
"""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """By what somebody is known: the kind of document, and what it says."""

    identifier_type: str
    identifier: str

    @classmethod
    def of(cls, person: Person) -> "Known":
        return cls(identifier_type=person.identifier_type, identifier=person.identifier)

    @property
    def natural(self) -> str:
        """As `Person.natural`."""
        return Person("person", "", self.identifier, self.identifier_type).natural


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """Which text was agreed to, by version and SHA-256; of before 2026-11-29 no hash is kept."""

    version: str
    sha256: str | None
    at: Time


class KeptNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice, and what is kept of it that is not public.

    Who was declared for by somebody else sees what was said of them, and not who said it.
    """

    notice: PublicNotice
    part: Part
    relation: str
    number: str | None
    holder: Holder
    contact: Contact | None
    declarant: KnownPerson | None
    consent: Consent | None
    channel: str | None


class KeptObjection(msgspec.Struct, frozen=True, kw_only=True):
    """An objection that somebody filed."""

    id: str
    notice: str
    at: Time
    ground: str
    text: str
    status: ObjectionStatus
    evidence_sha256: str | None
    objector: KnownPerson


class KeptRefused(msgspec.Struct, frozen=True, kw_only=True):
    """What was declared beside the notice of another holder, and was not published.

    Of one that was erased the declaration is null. `part` is as of notices.
    """

    notice: str
    at: Time
    part: Part
    waiting: bool
    declaration: Declaration | None
    declarant: KnownPerson | None


class KeptWatch(msgspec.Struct, frozen=True, kw_only=True):
    """A number that somebody watches, which nobody is shown again, and what they call it."""

    id: str
    at: Time
    certificate: str
    label: str | None


class KeptAlert(msgspec.Struct, frozen=True, kw_only=True):
    """In which hour an agency of which kind met a notice of theirs."""

    notice: str
    hour: Time
    kind: str


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """The notices, objections and watches of somebody, and what was declared in vain.

    Not in it is what is still being typed: that is found by an account (`waiting.copies`).
    """

    made_at: Time
    person: Known
    notices: list[KeptNotice]
    objections: list[KeptObjection]
    refused: list[KeptRefused]
    watches: list[KeptWatch]
    alerts: list[KeptAlert]


async def copy_of(deployment: Deployment, person: Known, now: datetime) -> Copy:
    """What is kept about `person`; empty where nothing is."""
    return Copy(
        made_at=rfc3339(now),
        person=person,
        notices=await _notices(deployment, person),
        objections=await _objections(deployment, person),
        refused=[
            _refused(deployment, person, *each) for each in await rivals_of(deployment, person)
        ],
        watches=await _watches(deployment, person),
        alerts=await _alerts(deployment, person, now),
    )


async def rows_of(deployment: Deployment, person: Known) -> list[Any]:
    """Of each notice that tells of `person`: its id, their part in it, and the consent."""
    await matching_keys.sure(deployment.keys)
    return await DB.fetch(_NOTICES, _hashes_of(deployment, person))


async def _notices(deployment: Deployment, person: Known) -> list[KeptNotice]:
    rows = await rows_of(deployment, person)
    found: list[KeptNotice] = []
    for first in range(0, len(rows), AT_ONCE):
        several = rows[first : first + AT_ONCE]
        notices = await register.get_many([row["notice"] for row in several])
        for row in several:
            notice = notices[row["notice"]].public(deployment)
            found.append(await _kept(deployment, row, notice))
    return found


async def _kept(deployment: Deployment, row: Any, notice: PublicNotice) -> KeptNotice:
    private = await records.private_of(deployment, row["notice"])
    part: Part = "declarant" if not row["held"] else "both" if row["declared"] else "holder"
    own = part != "holder"
    sha256 = row["consent_sha256"]
    consent = Consent(
        version=row["consent_version"],
        sha256=sha256.hex() if sha256 else None,
        at=notice.published_at,
    )
    return KeptNotice(
        notice=notice,
        part=part,
        relation=row["relation"],
        number=private.number,
        holder=private.holder,
        contact=private.contact if own else None,
        declarant=KnownPerson.of(private.declarant) if own else None,
        consent=consent if own else None,
        channel=row["channel"] if own else None,
    )


async def objections_of(deployment: Deployment, person: Known) -> list[Any]:
    """The objections that `person` filed, for whomever, the oldest first."""
    await matching_keys.sure(deployment.keys)
    hashes = objecting.hashes_of(deployment.keys.matching.both, person.natural)
    rows = await Objection.select().where(Objection.objector_hash.is_in(hashes))
    # Not by the statement: the planner might go through everybody's from the oldest on.
    return sorted(rows, key=lambda row: (row["at"], row["id"]))


async def rivals_of(deployment: Deployment, person: Known) -> list[tuple[Any, PrivateRival]]:
    """What `person` declared in vain, or others did for them, the oldest first: row and content."""
    await matching_keys.sure(deployment.keys)
    hashes = _hashes_of(deployment, person)
    found = Rival.holder_hash.is_in(hashes) | Rival.declarant_hash.is_in(hashes)
    rows = sorted(await Rival.select().where(found), key=lambda row: row["id"])
    return [(row, rivals.private_of(deployment, row)) for row in rows]


def _refused(deployment: Deployment, person: Known, row: Any, private: PrivateRival) -> KeptRefused:
    hashes = _hashes_of(deployment, person)
    declared = row["declarant_hash"] in hashes
    part: Part = (
        "holder" if not declared else "both" if row["holder_hash"] in hashes else "declarant"
    )
    said = None if private.is_erased else private.declaration
    if said is not None and not declared:
        said = msgspec.structs.replace(said, contact=None)
    return KeptRefused(
        notice=row["notice"],
        at=rfc3339(row["at"]),
        part=part,
        waiting=row["set_aside_at"] is None,
        declaration=said,
        declarant=KnownPerson.of(private.declarant) if declared and private.declarant else None,
    )


async def watches_of(deployment: Deployment, person: Known) -> list[Any]:
    """The watches of `person`, the oldest first; of an organisation they are its own."""
    await matching_keys.sure(deployment.keys)
    rows = await Watch.select().where(Watch.owner.is_in(_hashes_of(deployment, person)))
    return sorted(rows, key=lambda row: (row["at"], row["id"]))


async def _watches(deployment: Deployment, person: Known) -> list[KeptWatch]:
    found = []
    for row in await watches_of(deployment, person):
        private = watches.opened(deployment, row)
        found.append(
            KeptWatch(
                id=row["id"],
                at=rfc3339(row["at"]),
                certificate=private.certificate if private else "",
                label=private.label if private else None,
            )
        )
    return found


def held_in(rows: Sequence[Any]) -> list[str]:
    """Of `rows_of` the notices whose holder it is, who alone is told of checks."""
    return [row["notice"] for row in rows if row["held"]]


async def _alerts(deployment: Deployment, person: Known, now: datetime) -> list[KeptAlert]:
    """Of the hours that are over, as on the page."""
    held = held_in(await rows_of(deployment, person))
    over = Alert.hour <= alerts.shown_to(now)
    rows = await Alert.select().where(Alert.notice.is_in(held), over) if held else []
    rows.sort(key=lambda row: (row["hour"], row["notice"], row["kind"]))
    return [
        KeptAlert(notice=row["notice"], hour=rfc3339(row["hour"]), kind=row["kind"]) for row in rows
    ]


def _hashes_of(deployment: Deployment, person: Known) -> list[bytes]:
    both, identifier = deployment.keys.matching.both, numbers.identifier_form(person.identifier)
    return identity.holder_hashes(both, person.identifier_type, identifier)


async def _objections(deployment: Deployment, person: Known) -> list[KeptObjection]:
    found = []
    for row in await objections_of(deployment, person):
        private = objecting.private_of(deployment, row["id"], row["sealed"])
        sha256 = row["evidence_sha256"]
        found.append(
            KeptObjection(
                id=row["id"],
                notice=row["notice"],
                at=rfc3339(row["at"]),
                ground=row["ground"],
                text=private.text,
                status=row["status"],
                evidence_sha256=sha256.hex() if sha256 else None,
                objector=KnownPerson.of(private.objector),
            )
        )
    return found
