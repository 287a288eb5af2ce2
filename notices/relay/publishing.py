"""From the register into the search index: documents of notices as they are now, delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from notices import register
from notices.database import DB
from notices.deployment import Deployment
from notices.register import Notice
from search.document import document
from search.engine import Admin, WriteRefused

FOLLOWER = "search"
"""The name under which the search index follows the log."""

OUR_FAULT = frozenset(
    {
        "invalid_api_key",
        "missing_authorization_header",
        "index_not_found",
        "no_space_left_on_device",
        "task_not_found",
    }
)
"""Refusals that say nothing about the documents: trying one by one would park them all."""

LOG = structlog.get_logger()


class PublishingError(Exception):
    """The engine refuses whatever we send; nothing is parked, and the log is followed later."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the engine is to take: documents by notice, ids that must go, what cannot be built."""

    documents: dict[str, dict[str, Any]]
    gone: list[str]
    broken: dict[str, str]


def document_of(deployment: Deployment, notice: Notice) -> dict[str, Any]:
    """The index document of a notice, from its public form and nothing else."""
    public = notice.public(deployment)
    certificate = deployment.catalogue.certificates.get(public["certificate"])
    number = public["number"]
    if certificate is None or not number or "*" in number:
        number_key = None
    else:
        number_key = certificate.normal_number(number)
    return document(
        public,
        region_name=deployment.regions.name(public["region"]) or "",
        aliases=certificate.aliases if certificate else (),
        number_key=number_key,
    )


async def parcel(deployment: Deployment, ids: Sequence[str]) -> Parcel:
    """The documents of `ids`; a redacted notice has none, and its old one must go."""
    made = Parcel({}, [], {})
    notices = await register.get_many(ids)
    for id in ids:
        notice = notices.get(id)
        if notice is None or notice.form is None:
            made.gone.append(id)
            continue
        try:
            made.documents[id] = document_of(deployment, notice)
        except Exception as error:  # one strange notice must not stop all others
            made.broken[id] = f"no document: {type(error).__name__}"
    return made


@dataclass(frozen=True, slots=True)
class Sent:
    """A parcel on its way, and the tasks that will have taken it."""

    parcel: Parcel
    tasks: list[int]


async def send(admin: Admin, index: str, parcel: Parcel) -> Sent:
    """Hand a parcel to the engine without waiting for it."""
    tasks = []
    if parcel.documents:
        tasks.append(await admin.add(index, list(parcel.documents.values())))
    if parcel.gone:
        tasks.append(await admin.delete(index, parcel.gone))
    return Sent(parcel, tasks)


async def deliver(admin: Admin, index: str, sent: Sent) -> None:
    """Until every document of a parcel is in the index or parked.

    One document that the engine refuses fails its whole task, so what failed goes again in
    halves, until only the culprit is left.
    """
    refused = dict(sent.parcel.broken)
    documents = sent.parcel.documents
    try:
        for task in sent.tasks:
            await admin.wait(task)
    except WriteRefused as error:
        refused |= await _halves(admin, index, documents, error)
        if sent.parcel.gone:
            await admin.wait(await admin.delete(index, sent.parcel.gone))
    taken = [id for id in documents if id not in refused]
    await _settle([*taken, *sent.parcel.gone], refused)


async def _halves(
    admin: Admin, index: str, documents: dict[str, dict[str, Any]], why: WriteRefused
) -> dict[str, str]:
    """Send again what was refused as a whole; the ids of those refused alone, and why."""
    if why.code in OUR_FAULT:
        raise PublishingError(why.code)
    if len(documents) == 1:
        return dict.fromkeys(documents, why.code)
    refused: dict[str, str] = {}
    ids, middle = list(documents), len(documents) // 2
    for part in (ids[:middle], ids[middle:]):
        if part:
            half = {id: documents[id] for id in part}
            try:
                await admin.wait(await admin.add(index, list(half.values())))
            except WriteRefused as error:
                refused |= await _halves(admin, index, half, error)
    return refused


async def _settle(taken: list[str], refused: dict[str, str]) -> None:
    """Park what was refused (a code says why, never a value) and free what went well."""
    await DB.fetch(
        "DELETE FROM parked WHERE follower = $1 AND notice = ANY($2::text[])", FOLLOWER, taken
    )
    for id, error in refused.items():
        LOG.error("notice_parked", follower=FOLLOWER, notice=id, error=error)
        await DB.fetch(
            "INSERT INTO parked (follower, notice, index, error)"
            " SELECT $1, $2, max(index), $3 FROM event WHERE notice = $2 HAVING max(index) >= 0"
            " ON CONFLICT (follower, notice)"
            " DO UPDATE SET index = excluded.index, error = excluded.error, at = now()",
            FOLLOWER,
            id,
            error,
        )


async def expected(before: int) -> tuple[int, int]:
    """How many documents an index holds that took all events before `before`: at least, at most."""
    row = await DB.row(
        "SELECT count(*) AS notices,"
        " (SELECT count(*) FROM parked WHERE follower = $2) AS parked"
        " FROM notice WHERE published_index < $1 AND form IS NOT NULL",
        before,
        FOLLOWER,
    )
    assert row is not None  # an aggregate always has a row  # noqa: S101
    return row["notices"] - row["parked"], row["notices"]


async def noted_since(position: int, limit: int) -> tuple[list[str], int]:
    """The notices that the next events tell of, each once, and the position behind these."""
    rows = await DB.fetch(
        "SELECT index, notice FROM event WHERE index >= $1 ORDER BY index LIMIT $2",
        position,
        limit,
    )
    ids = list(dict.fromkeys(row["notice"] for row in rows))
    return ids, rows[-1]["index"] + 1 if rows else position
