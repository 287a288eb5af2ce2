"""Watches: whoever watches a number is told what happens to notices of it.

A watch is found by the keyed hash by which claims are, and holds no number that can be read. It
tells of nothing that was before it, so it tells nobody more than checks do.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from notices import idempotency, matching_keys, tables
from notices.agencies import Agency
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import number_check
from notices.facts.certificate import Certificate
from notices.facts.errors import Problem, Unavailable, refuse_wrong
from notices.facts.numbers import keyed_hash
from notices.facts.public.watches import Watched
from notices.facts.readings import RULES, bare_form
from notices.facts.refusals import NoSuchWatch, NoWebhook, TooManyWatches
from notices.facts.requests import Watch
from notices.facts.text_check import is_blank, text_problems
from notices.facts.texts import rfc3339
from notices.idempotency import Once
from notices.identity import Person, hashes_of_acting
from notices.matching_keys import STATE, Stale
from notices.register.claims import IN_BULK
from notices.tables.prepared import Prepared
from notices.trust.sealing import SealError
from notices.watches import reaching

LOG = structlog.get_logger()

MOST_OF_PERSONS = 20
MOST_OF_AGENCIES = 100_000
"""Of an agency to which no quota was given; else as many as it may check in a day."""

FOLLOWER = "watches"
"""The name under which what is told follows the log."""


class PrivateWatch(msgspec.Struct, kw_only=True):
    """What is sealed of a watch; `identifier` and its kind are its owner's, where that is nobody's
    agency."""

    certificate: str
    number: str
    label: str | None = None
    url: str | None = None
    secret: str | None = None
    document: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose watches are meant: an agency's, or those of whom a person acts for."""

    of: Agency | Person

    @property
    def agency(self) -> str | None:
        return self.of.id if isinstance(self.of, Agency) else None

    @property
    def most(self) -> int:
        """How many it may have."""
        if isinstance(self.of, Agency):
            return dict(self.of.told).get("verify", MOST_OF_AGENCIES)
        return MOST_OF_PERSONS

    def hashes(self, keys: Sequence[bytes]) -> list[bytes]:
        """By each key, by which they are found; none of an agency."""
        return [] if isinstance(self.of, Agency) else hashes_of_acting(keys, self.of)

    async def found_by(self, deployment: Deployment) -> tuple[str, Any]:
        """The condition of a row, with the place `{}` for a value, and that value."""
        if self.agency is not None:
            return "w.agency = {}", self.agency
        await matching_keys.sure(deployment.keys)
        return "w.owner = ANY({}::bytea[])", self.hashes(deployment.keys.matching.both)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A watch that may be kept."""

    certificate: Certificate
    number: str
    label: str | None
    url: str | None
    receiver: bytes | None


def place(id: str) -> bytes:
    """What is private of watch `id` is sealed under this."""
    return f"watch {id}".encode()


def private_of(deployment: Deployment, row: Any) -> PrivateWatch:
    plain = deployment.keys.sealer.open(row["sealed"], place(row["id"]))
    return msgspec.json.decode(plain, type=PrivateWatch)


def opened(deployment: Deployment, row: Any) -> PrivateWatch | None:
    """The same, None where it does not open: nobody misses the others for it."""
    try:
        return private_of(deployment, row)
    except (SealError, msgspec.MsgspecError):
        LOG.error("watch_not_opened", watch=row["id"])
        return None


def hashed(key: bytes, certificate: Certificate, number: str) -> bytes:
    """By what claims of this number are found."""
    return keyed_hash(key, certificate.id, certificate.normal_number(number))


async def check(
    deployment: Deployment, watch: Watch, by: Agency | Person, wrong: list[Problem]
) -> Wanted:
    """Raises Invalid with all that is wrong, `wrong` included."""
    problems = []
    certificate = deployment.catalogue.certificates.get(watch.certificate or "")
    if is_blank(watch.certificate):
        problems.append(Problem("certificate", "required"))
    elif certificate is None:
        problems.append(Problem("certificate", "unknown_certificate"))
    for each in number_check.number_problems("number", watch.number, certificate):
        code = "number_of_holder" if each.code == "number_placeholder_optional" else each.code
        problems.append(Problem(each.field, code, each.params))
    problems += text_problems("label", watch.label)
    number = bare_form(watch.number or "")
    if number and number in bare_form(watch.label or ""):
        problems.append(Problem("label", "label_is_number"))
    url = (watch.url or "").strip() or None
    if url is not None and isinstance(by, Person):
        problems.append(Problem("url", "webhook_of_agencies"))
    elif url is not None:
        problems += await reaching.problems("url", url, deployment.settings.webhook_networks)
    refuse_wrong(wrong, problems)
    assert certificate is not None  # noqa: S101  (checked above)
    label = None if is_blank(watch.label) else (watch.label or "").strip()
    receiver = None if url is None else receiver_of(deployment, Owner(by).agency or "", url)
    return Wanted(certificate, watch.number or "", label, url, receiver)


def receiver_of(deployment: Deployment, agency: str, url: str) -> bytes:
    """Who is asked by `url`, whatever the path: one slow receiver keeps nobody else waiting.

    Of each agency another one: at the same host, one without a key, or too eager, is in no other's
    way.
    """
    where = reaching.parsed(url)
    origin = str(where.origin()) if where is not None else ""
    return keyed_hash(deployment.keys.sealer.passing, f"receiver {agency}", origin)


# Whoever follows the log for watches stands still meanwhile: it never moves past an event that a
# new watch has to tell of. Nor is a key forgotten by which this is about to be hashed.
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)"
_STAND_STILL = "SELECT position FROM follower WHERE name = $1 FOR SHARE"
_ADD = f"""
INSERT INTO watch (id, agency, owner, by_certificate, rules, at, since, receiver, sealed)
SELECT $1, $2, $3, $4, {RULES}, clock_timestamp(), h.size, $5, $6 FROM log_head h
WHERE h.id = 1 AND $7::text = coalesce({STATE}, $7)
  AND (SELECT count(*) FROM (SELECT FROM watch w WHERE {{mine}} LIMIT $8) mine) < $8
RETURNING at, since
"""  # noqa: S608  (nothing in it comes from outside)
_BEGUN = Prepared(
    lambda id: tables.Watch.select(
        tables.Watch.id, tables.Watch.at, tables.Watch.since, tables.Watch.sealed
    ).where(tables.Watch.id == id)
)


async def watch(
    deployment: Deployment, owner: Owner, wanted: Wanted, once_: Once | None = None
) -> Watched:
    """Watch a number from now on; raises TooManyWatches.

    Asked again under the same key it says the same, secret included, which no answer that is kept
    holds; raises NoSuchWatch where that watch was ended since.
    """
    for _ in range(3):
        try:
            async with DB.transaction():
                earlier = await idempotency.begin(once_)
                id = earlier.notice if earlier is not None else secrets.token_hex(12)
                if earlier is None:
                    await _add(deployment, owner, wanted, id)
                    await idempotency.done(once_, id, None)
            return await _begun(deployment, id)
        except Stale:
            await matching_keys.sure(deployment.keys)
    raise Unavailable


async def _add(deployment: Deployment, owner: Owner, wanted: Wanted, id: str) -> None:
    matching = deployment.keys.matching
    mine, who = await owner.found_by(deployment)
    held = owner.hashes([matching.present])
    lock = owner.agency.encode() if owner.agency else owner.hashes(matching.both)[-1]
    await DB.fetch(_ONE_BY_ONE, IN_BULK, int.from_bytes(lock[:8].ljust(8), signed=True))
    await begin_to_follow()
    await DB.fetch(_STAND_STILL, FOLLOWER)
    private = PrivateWatch(
        certificate=wanted.certificate.id,
        number=wanted.number,
        label=wanted.label,
        url=wanted.url,
        secret=new_secret() if wanted.url is not None else None,
        document=owner.of.document if isinstance(owner.of, Person) else None,
        identifier=owner.of.acts_for[1] if isinstance(owner.of, Person) else None,
    )
    row = await DB.row(
        _ADD.format(mine=mine.format("$9")),
        id,
        owner.agency,
        held[0] if held else None,
        hashed(matching.present, wanted.certificate, wanted.number),
        wanted.receiver,
        deployment.keys.sealer.seal(msgspec.json.encode(private), place(id)),
        matching.state,
        owner.most,
        who,
    )
    if row is None:
        now = await DB.row(f"SELECT {STATE} AS state")
        if now is not None and now["state"] not in (matching.state, None):
            raise Stale
        raise TooManyWatches(most=owner.most)


async def begin_to_follow() -> None:
    """From the log's end on, where nobody ever watched anything."""
    await DB.fetch(
        "INSERT INTO follower (name, position) SELECT $1, size FROM log_head WHERE id = 1"
        " ON CONFLICT DO NOTHING",
        FOLLOWER,
    )


def new_secret() -> str:
    """What signs to one webhook, as Standard Webhooks writes it: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


async def _begun(deployment: Deployment, id: str) -> Watched:
    row = await _BEGUN.row(id)
    if row is None:
        raise NoSuchWatch
    private = private_of(deployment, row)
    certificate = deployment.catalogue.certificates[private.certificate]
    normal = certificate.normal_number(private.number)
    return Watched(
        id=id,
        at=rfc3339(row["at"]),
        since=row["since"],
        number_form=number_check.form_asked(
            private.number, normal, certificate, deployment.catalogue
        ),
        secret=private.secret or msgspec.UNSET,
    )


_END = "DELETE FROM watch w WHERE {mine}{one} RETURNING id"
_CALLS = "SELECT receiver IS NOT NULL AS calls FROM watch w WHERE {mine} AND w.id = $2"


async def end(deployment: Deployment, owner: Owner, id: str) -> None:
    """Tell nothing more, and forget what was told; raises NoSuchWatch for another's."""
    mine, who = await owner.found_by(deployment)
    if not await DB.fetch(_END.format(mine=mine.format("$1"), one=" AND w.id = $2"), who, id):
        raise NoSuchWatch


async def forget(deployment: Deployment, owner: Owner) -> int:
    """End all of somebody's; how many there were."""
    mine, who = await owner.found_by(deployment)
    return len(await DB.fetch(_END.format(mine=mine.format("$1"), one=""), who))


async def refuse_without_webhook(deployment: Deployment, owner: Owner, id: str) -> None:
    """Raises NoSuchWatch for another's, NoWebhook for one whose events are only shown."""
    mine, who = await owner.found_by(deployment)
    row = await DB.row(_CALLS.format(mine=mine.format("$1")), who, id)
    if row is None:
        raise NoSuchWatch
    if not row["calls"]:
        raise NoWebhook
