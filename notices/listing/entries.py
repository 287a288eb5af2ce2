"""From the register to entries of the offline list: which numbers are in it, and what each says.

A number is in the list where a notice that lives, or that tells of a new certificate, shows it
whole. An entry says what a check without copy and document answers, and follows from events alone:
`declared` with the time from which it is void, so that the clock changes no list.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from notices.deployment import Deployment
from notices.facts import disclosure, lifecycle
from notices.facts.certificate import Certificate
from notices.facts.event_kinds import OUTCOMES, listed
from notices.facts.lifecycle import Event
from notices.facts.numbers import keyed_hash
from notices.facts.requests import Declaration
from notices.records import PrivateRecord
from notices.trust.lists import CODES, LAST_SECOND, Listed, entry, gravest, key_of
from notices.trust.sealing import SealError

_COLUMNS = f"""
SELECT c.by_certificate, c.living OR c.replaced AS counts, n.id, n.form IS NULL AS redacted,
  n.certificate, n.form ->> 'number' AS number, n.holder_kind,
  n.form -> 'holder' ->> 'identifier' AS identifier,
  n.published_index, n.published_at, n.effective_at, n.awaiting,
  (SELECT array_agg(ROW(e.index, e.kind, e.at) ORDER BY e.index) FROM event e
    WHERE e.notice = n.id AND e.kind IN {listed(OUTCOMES)}) AS events
FROM claim c JOIN notice n ON n.id = c.notice
"""  # noqa: S608  (nothing in it comes from outside)

ALL = f"{_COLUMNS} WHERE c.shown AND (c.living OR c.replaced) ORDER BY c.by_certificate"
"""Of every number that may be in the list the claims that count, number by number."""

OF_NUMBERS = f"""
{_COLUMNS} WHERE c.by_certificate = ANY($1::bytea[]) AND c.shown ORDER BY c.by_certificate
"""
"""Of these numbers all claims, those that count no more too: a number has to go as well."""

_PRIVATE = """
SELECT p.notice, p.sealed, e.entry FROM notice_private p
JOIN notice n ON n.id = p.notice JOIN event e ON e.index = n.published_index
WHERE p.notice = ANY($1::text[])
"""

LOG = structlog.get_logger()


class _Entry(msgspec.Struct):
    """What a log's entry tells of a notice whose form is gone."""

    certificate: str


class Reader:
    """Reads numbers of notices as the list has them, and what they say."""

    def __init__(self, deployment: Deployment) -> None:
        self._keys = deployment.keys
        self._certificates = deployment.catalogue.certificates

    async def entries(
        self, connection: Any, groups: Sequence[Sequence[Any]]
    ) -> list[tuple[bytes, bytes | None, Sequence[Any]]]:
        """Of the rows of each number its key, its entry if it has one, and these rows again.

        A number that the list must not have is left out.
        """
        keys = [self._shown_key(rows) for rows in groups]
        unread = [rows[0]["id"] for rows, key in zip(groups, keys, strict=True) if key is None]
        private = await self._private(connection, unread) if unread else {}
        found = []
        for rows, key in zip(groups, keys, strict=True):
            if key is None:
                key = self._private_key(rows[0], private)
            if key is not None:
                found.append((key, entry_of(key, rows), rows))
        return found

    def _shown_key(self, rows: Sequence[Any]) -> bytes | None:
        """The key as a notice's form tells it; None where none does."""
        for row in rows:
            if not row["redacted"]:
                certificate = self._certificates.get(row["certificate"])
                number = row["number"]
                if number is None and row["holder_kind"] == "organisation":
                    number = row["identifier"]  # its code stands for the number
                key = self._key(row, certificate, number) if number and "*" not in number else None
                if key is not None:
                    return key
        return None

    def _key(self, row: Any, certificate: Certificate | None, number: str) -> bytes | None:
        """None for another number than the one by which checks find the notice."""
        if certificate is None or certificate.public_number == "masked":
            return None
        normal = certificate.normal_number(number)
        for key in self._keys.matching.both:
            if keyed_hash(key, certificate.id, normal) == row["by_certificate"]:
                return key_of(certificate.id, normal)
        return None

    async def _private(self, connection: Any, ids: Sequence[str]) -> Mapping[str, Any]:
        rows = await connection.fetch(_PRIVATE, ids)
        return {row["notice"]: row for row in rows}

    def _private_key(self, row: Any, private: Mapping[str, Any]) -> bytes | None:
        """The key from what is sealed, of a notice whose text is gone: it is void all the same."""
        kept = private.get(row["id"])
        if kept is None:
            return None
        logged = msgspec.json.decode(kept["entry"], type=_Entry)
        certificate = self._certificates.get(logged.certificate)
        try:
            opened = self._keys.sealer.open(kept["sealed"], row["id"].encode())
        except SealError:
            LOG.error("list_lacks_a_number", notice=row["id"])
            return None
        record = msgspec.json.decode(opened, type=PrivateRecord)
        if certificate is None:
            return None
        declared = Declaration(number=record.number, holder=record.holder)
        shown = disclosure.public_number(declared, certificate)
        if shown is None and record.holder.kind == "organisation":
            number = record.holder.identifier
        else:
            number = None if shown is None or "*" in shown else record.number
        return self._key(row, certificate, number) if number else None


def entry_of(key: bytes, rows: Iterable[Any]) -> bytes | None:
    """What the notices of one number come to, or None where none of them counts.

    As a check has it: what awaits a confirmation is below all that has an effect, and `replaced`
    below all that lives.
    """
    standing: dict[int, list[bytes]] = {}
    for row in rows:
        if row["counts"] and (found := _standing(row)) is not None:
            status, at, awaiting = found
            rank = 0 if status == "replaced" else 1 if awaiting else 2
            seconds = min(int(at.timestamp()), LAST_SECOND) if at is not None else 0
            standing.setdefault(rank, []).append(entry(key, status, seconds))
    return gravest(standing[max(standing)]) if standing else None


def _standing(row: Any) -> tuple[Listed, datetime | None, bool] | None:
    """Status, effect and whether it is awaited, as of the last event that changed the status."""
    at = row["effective_at"]
    if row["events"] is None and not row["awaiting"]:  # most have no other
        return ("declared" if at > row["published_at"] else "invalid"), at, False
    published = Event(row["published_index"], "published", row["published_at"])
    events = [published, *(Event(*each) for each in row["events"] or ())]
    state = lifecycle.state(events, at, events[-1].at, awaiting=row["awaiting"])
    if state.status not in CODES:
        return None
    return state.status, state.effective_at, state.awaiting
