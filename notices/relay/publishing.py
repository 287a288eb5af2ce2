"""From the register into the search index: documents of notices as they are now, delivered."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from notices import register
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.certificate import Certificate
from notices.facts.naming import names_for, paper_of
from notices.facts.readings import bare_form
from notices.register import Notice
from notices.tables import Event, Follower, Parked, Touched
from notices.tables.expressions import ago, is_false
from search.document import document
from search.engine import WriteRefused

if TYPE_CHECKING:  # a web process only asks
    from search.admin import Admin

NAME = "SEARCH_FOLLOWER"
FOLLOWER = os.environ.get(NAME) or "search"
"""The name under which our search index follows the log; `serve` names that of its own engine.

Two services on one database that run an engine each have an index each, and a relay for it.
"""

ABOUT_DOCUMENTS = frozenset(
    {
        "document_fields_limit_reached",
        "invalid_document_geo_field",
        "invalid_document_geojson_field",
        "invalid_document_id",
        "max_fields_limit_exceeded",
        "missing_document_id",
    }
)
"""Refusals that a document earns by itself; any other is the engine's state or our fault."""

TRIED_AT_ONCE = 100
"""Parked notices that are tried together; each may cost two tasks while the log waits."""

LOG = structlog.get_logger()


class PublishingError(Exception):
    """Nothing can be published now, whatever the document: none is parked, all goes again later."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the engine is to take: documents by notice, ids that must go, what cannot be built."""

    documents: dict[str, dict[str, Any]]
    gone: list[str]
    broken: dict[str, str]


def document_of(deployment: Deployment, notice: Notice) -> dict[str, Any]:
    """The index document of a notice, from its public form and nothing else."""
    public = notice.public(deployment)
    certificate = deployment.catalogue.certificates.get(public.certificate or "")
    number = public.number
    if certificate is None or not number or "*" in number:
        number_key = None
    else:
        number_key = bare_form(certificate.normal_number(number))
    papers, names = _papers(notice, certificate)
    return document(
        public,
        region_name=deployment.regions.name(public.region or "") or "",
        papers=papers,
        names=names,
        copies=certificate.copy_names(public.copies) if certificate else (),
        number_key=number_key,
    )


def _papers(notice: Notice, certificate: Certificate | None) -> tuple[Sequence[str], Sequence[str]]:
    """The documents that a notice may be about, by their ids, and all names that find it.

    A form of before there were documents may be about any; one of a document that the catalogue
    has lost since then is about what it says.
    """
    form = notice.form
    if form is None:
        raise ValueError("a redacted notice is in no index")
    printed = [form.document.name.en, form.document.name.zh] if form.document else []
    if certificate is None:
        kind = form.certificate_name
        return [form.paper.id], [*printed, kind.en, kind.zh]
    document = form.document.id if form.document else None
    paper = paper_of(certificate, document, form.details)
    names = [*printed, *names_for(certificate, paper)]
    if paper is not None:
        return [paper.id], names
    if document:
        return [document], names
    return [each.id for each in certificate.documents], names


async def parcel(deployment: Deployment, ids: Sequence[str]) -> Parcel:
    """The documents of `ids`; a redacted notice has none, and its old one must go.

    Raises PublishingError when of several notices not one becomes a document: that is a bug or a
    missing package, and not the notices. Two strange ones alone wait for the next good one.
    """
    made = await _made(deployment, ids)
    if len(made.broken) > 1 and not made.documents:
        raise PublishingError(next(iter(made.broken.values())))
    return made


async def _made(deployment: Deployment, ids: Sequence[str]) -> Parcel:
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


async def send(admin: "Admin", index: str, parcel: Parcel) -> Sent:
    """Hand a parcel to the engine without waiting for it."""
    tasks = []
    if parcel.documents:
        tasks.append(await admin.add(index, list(parcel.documents.values())))
    if parcel.gone:
        tasks.append(await admin.delete(index, parcel.gone))
    return Sent(parcel, tasks)


async def deliver(admin: "Admin", index: str, sent: Sent) -> tuple[list[str], dict[str, str]]:
    """Wait for a parcel: the ids that the index took, and those refused with the reason.

    One document that the engine refuses fails its whole task, so what failed goes again in
    halves, until only the culprit is left. Raises PublishingError for what no document earned.
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
    return [*taken, *sent.parcel.gone], refused


async def _halves(
    admin: "Admin", index: str, documents: dict[str, dict[str, Any]], why: WriteRefused
) -> dict[str, str]:
    """Send again what was refused as a whole; the ids of those refused alone, and why."""
    if why.code not in ABOUT_DOCUMENTS:
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


async def settle(taken: Sequence[str], refused: Mapping[str, str]) -> None:
    """Park what was refused (a code says why, never a value) and free what went well."""
    await DB.fetch(
        "DELETE FROM parked WHERE follower = $1 AND notice = ANY($2::text[])", FOLLOWER, taken
    )
    known = set(await parked()) if refused else set()
    for id, error in refused.items():
        if id not in known:
            LOG.error("notice_parked", follower=FOLLOWER, notice=id, error=error)
        await DB.fetch(
            "INSERT INTO parked (follower, notice, index, error)"
            # The sum keeps it from reading the log from its end until the notice comes.
            " SELECT $1, $2, max(index + 0), $3 FROM event WHERE notice = $2"
            " HAVING max(index + 0) >= 0"
            " ON CONFLICT (follower, notice)"
            " DO UPDATE SET index = excluded.index, error = excluded.error, at = now()",
            FOLLOWER,
            id,
            error,
        )


async def parked(limit: int | None = None) -> list[str]:
    """The notices that are parked, and first those that were tried longest ago."""
    query = Parked.select(Parked.notice).where(Parked.follower == FOLLOWER)
    query = query.order_by(Parked.at, Parked.id)
    rows = await (query if limit is None else query.limit(limit))
    return [row["notice"] for row in rows]


async def try_parked(
    deployment: Deployment, admin: "Admin", index: str
) -> tuple[list[str], dict[str, str]]:
    """Deliver some parked notices once more; what `deliver` says of them."""
    made = await _made(deployment, await parked(TRIED_AT_ONCE))
    return await deliver(admin, index, await send(admin, index, made))


async def touched(limit: int) -> dict[str, Any]:
    """Notices that changed without an event and that the index has not taken, and when."""
    query = Touched.select(Touched.notice, Touched.at)
    query = query.where(is_false(Touched.taken), Touched.takers.not_any(FOLLOWER))
    rows = await query.order_by(Touched.at).limit(limit)
    return {row["notice"]: row["at"] for row in rows}


async def untouch(delivered: Mapping[str, Any]) -> None:
    """Note that the index has `delivered`, but for what changed again since then.

    The rows stay until every index that is alive has them, and then a day, so that a rebuild that
    read an older state can ask for them again.
    """
    if not delivered:
        return
    await DB.fetch(
        # No join, which could begin with all that is touched.
        "UPDATE touched SET takers = array_append(takers, $3), taken = NOT EXISTS"
        "  (SELECT FROM follower f WHERE f.name <> $3 AND starts_with(f.name, 'search')"
        "    AND f.name <> ALL(touched.takers)"
        "    AND f.alive_at > statement_timestamp() - interval '1 hour')"
        " WHERE notice = ANY($1::text[])"
        " AND at = ($2::timestamptz[])[array_position($1::text[], notice)]",
        list(delivered),
        list(delivered.values()),
        FOLLOWER,
    )
    # One that is away for longer is not waited for, and has to be filled anew.
    await Follower.update({Follower.stale: True}).where(
        Follower.name != FOLLOWER,
        Follower.name.like("search%"),
        is_false(Follower.stale),
        Follower.alive_at <= ago(timedelta(hours=1)),
    )


async def noted_since(position: int, limit: int) -> tuple[list[str], int]:
    """The notices that the next events tell of, each once, and the position behind these."""
    query = Event.select(Event.index, Event.notice).where(Event.index >= position)
    rows = await query.order_by(Event.index).limit(limit)
    ids = list(dict.fromkeys(row["notice"] for row in rows))
    return ids, rows[-1]["index"] + 1 if rows else position
