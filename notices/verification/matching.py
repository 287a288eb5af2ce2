"""Which notices are about a number that is shown, and which of them is the answer.

One statement: log size, clock, claims, notices and events are of one moment, so an answer that
names a log size tells everything that was committed up to it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast, get_args

import msgspec

from notices.database import DB
from notices.facts.event_kinds import SILENT, listed
from notices.facts.public.answer import Match as Why
from notices.facts.public.answer import Other
from notices.facts.public.notice import Status
from notices.facts.relations import AWAITING
from notices.matching_keys import STATE, Stale
from notices.register import Notice, from_row

MOST_OTHERS = 10
MOST_CLAIMS = 128
"""Claims of one number that are looked at, the living first: no licence has so many duplicates."""

SEVERITY = {"invalid": 30, "contested": 20, "declared": 10}
"""When several living notices cover what is asked, the gravest is what a reader must know.

What awaits a confirmation is below all others: it has no effect.
"""

MATCHES: tuple[Why, ...] = get_args(Why)
"""Why a notice stands among the others, in the order in which they are told."""

_COLUMNS = "notice, by_certificate, document, copy, copy_number, living, replaced, shown, id"
_ANOTHER = "by_certificate IS DISTINCT FROM q.own AND by_certificate IS DISTINCT FROM q.other"
_ORDER = "ORDER BY living DESC, awaiting, replaced DESC, id DESC"

# Each branch reads one index by one hash and stops: who declares and withdraws all day makes no
# answer slower. Only a number that is public in full is found without its certificate. What is of
# the number itself (`own`) is met by it, and not told again by the other ways.
# What replaced a notice is sought among its own events, never among all of that kind.
ASK = f"""
SELECT h.size AS log_size, statement_timestamp() AS now, {STATE} AS state, q.asked, q.way,
  c.by_certificate, c.document, c.copy, c.copy_number, c.replaced, c.shown,
  n.id, n.form, n.evidence, n.published_index,
  n.published_at, n.effective_at, n.provisional, n.awaiting, n.period_value, n.period_unit,
  n.agreed_until,
  n.objections,
  CASE WHEN n.form IS NULL THEN
    (SELECT e.entry FROM event e WHERE e.index = n.published_index) END AS entry,
  CASE WHEN c.replaced THEN (SELECT e.form ->> 'issued_on' FROM event e
     WHERE e.notice = n.id AND e.kind || '' = 'replaced' ORDER BY e.index + 0 DESC LIMIT 1
  ) END AS replaced_on,
  (SELECT array_agg(ROW(e.index, e.kind, e.at) ORDER BY e.index)
     FROM event e WHERE e.notice = n.id AND e.kind NOT IN {listed(SILENT)}
  ) AS events
FROM log_head h
LEFT JOIN unnest($1::int[], $2::text[], $3::bytea[], $4::boolean[], $5::bytea[], $6::bytea[])
  AS q (asked, way, hash, lettered, own, other) ON true
LEFT JOIN LATERAL (
  (SELECT {_COLUMNS} FROM claim
   WHERE q.way = 'number' AND by_certificate = q.hash {_ORDER} LIMIT {MOST_CLAIMS})
  UNION ALL
  (SELECT {_COLUMNS} FROM claim
   WHERE q.way = 'certificate' AND by_number = q.hash AND shown
     AND {_ANOTHER} {_ORDER} LIMIT {MOST_CLAIMS})
  UNION ALL
  (SELECT {_COLUMNS} FROM claim
   WHERE q.way = 'digits' AND by_digits = q.hash AND shown AND NOT (lettered AND q.lettered)
     AND {_ANOTHER} {_ORDER} LIMIT {MOST_OTHERS + 1})
  UNION ALL
  (SELECT {_COLUMNS} FROM claim
   WHERE q.way = 'holder' AND by_holder = q.hash AND shown
     AND {_ANOTHER} {_ORDER} LIMIT {MOST_OTHERS + 1})
  UNION ALL
  (SELECT {_COLUMNS} FROM claim
   WHERE q.way = 'holder' AND shown AND by_holder = (SELECT s.by_holder FROM claim s
     WHERE s.by_certificate = q.hash {_ORDER} LIMIT 1)
     AND {_ANOTHER} {_ORDER} LIMIT {MOST_OTHERS + 1})
) c ON true
LEFT JOIN notice n ON n.id = c.notice
WHERE h.id = 1
"""  # noqa: S608  (nothing in it comes from outside)

ASK_AT = ASK.replace("statement_timestamp() AS now", "$7::timestamptz AS now")
"""The same by the clock of another moment: the one of which its snapshot is."""


class _Entry(msgspec.Struct):
    """What a log's entry tells of a notice whose form is gone."""

    certificate: str


_read_entry = msgspec.json.Decoder(_Entry).decode


class Way(NamedTuple):
    """One look into one index: by which hash, and the number's own that are not looked for."""

    way: str
    hash: bytes
    lettered: bool
    own: bytes | None
    other: bytes | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The hashes by which a number is looked for, and which paper of that number is meant.

    `by_certificate` and `by_digits` are None where no certificate is named. Of `by_number` there
    is one for each form that the number can have, of `by_holder` one for each certificate that
    may be meant and where a holder's code can stand for the number.
    """

    by_certificate: bytes | None
    by_number: Sequence[bytes]
    by_digits: bytes | None
    by_holder: Sequence[bytes]
    lettered: bool
    copy: str | None = None
    copy_number: int | None = None
    document: str | None = None
    before: "Asked | None" = None
    """The same by the key of before, while some of what there is may be hashed by that."""

    def ways(self) -> list[Way]:
        if self.before is None:
            return self._ways(None)
        other = self.before.by_certificate
        return self._ways(other) + self.before._ways(self.by_certificate)

    def _ways(self, other: bytes | None) -> list[Way]:
        own = self.by_certificate
        ways = [("certificate", each) for each in self.by_number]
        ways += [("holder", each) for each in self.by_holder]
        ways += [("digits", self.by_digits)] if self.by_digits is not None else []
        found = [Way(way, hash_, self.lettered, own, other) for way, hash_ in ways]
        number = [Way("number", own, self.lettered, None, None)] if own is not None else []
        return found + number


@dataclass(frozen=True, slots=True)
class Match:
    """A claim that was met, by which way, and its notice."""

    way: str
    by_certificate: bytes
    claimed_document: str
    copy: str
    copy_number: int | None
    shown: bool
    replaced_on: str | None
    certificate: str
    notice: Notice

    @property
    def status(self) -> Status:
        return self.notice.state.status

    @property
    def document(self) -> str | None:
        return self.notice.form.paper.id if self.notice.form else None

    def covers(self, asked: Asked) -> bool:
        """Whether the paper that is shown may be one that this claim is about."""
        return (
            (not self.claimed_document or asked.document in (None, self.claimed_document))
            and (asked.copy is None or self.copy in ("", asked.copy))
            and (None in (asked.copy_number, self.copy_number)
                 or asked.copy_number == self.copy_number)
        )  # fmt: skip

    def public(self, why: Why) -> Other:
        form = self.notice.form
        return Other(
            match=why,
            certificate=self.certificate,
            document=self.document,
            copies=form.copies if form else None,
            copy_number=form.copy_numbered if form else None,
            status=self.status,
            awaiting=AWAITING if self.notice.state.awaiting else None,
            notice=self.notice.id,
        )


Fetch = Callable[..., Awaitable[Sequence[Any]]]


async def look_up(
    asked: Sequence[Asked],
    state: str,
    fetch: Fetch = DB.fetch,
    at: datetime | None = None,
    leads: Callable[[Way], bool] | None = None,
) -> tuple[datetime, int, list[list[Match]]]:
    """The time, the log's size, and what there is of each that is asked, all of one moment.

    `fetch` is another connection's, whose snapshot began `at` and in which `leads` knows which ways
    lead to something. Raises Stale where the register is hashed by other keys than the hashes of
    `asked`, `state`.
    """
    wanted = [[*filter(leads, one.ways())] if leads else one.ways() for one in asked]
    ways: dict[Way, int] = {}
    for each in wanted:
        for way in each:
            ways.setdefault(way, len(ways))
    columns = zip(*ways, strict=True) if ways else [()] * len(Way._fields)
    values = [list(ways.values()), *map(list, columns)]
    rows = await (fetch(ASK, *values) if at is None else fetch(ASK_AT, *values, at))
    if rows[0]["state"] not in (state, None):
        raise Stale
    met: list[list[Match]] = [[] for _ in ways]
    for row in rows:
        if row["id"] is not None:
            met[row["asked"]].append(_match(row))
    found = [[match for way in each for match in met[ways[way]]] for each in wanted]
    return rows[0]["now"], rows[0]["log_size"], found


def _match(row: Any) -> Match:
    notice = from_row(row)
    form = notice.form
    return Match(
        way=row["way"],
        by_certificate=row["by_certificate"],
        claimed_document=row["document"],
        copy=row["copy"],
        copy_number=row["copy_number"],
        shown=row["shown"],
        replaced_on=row["replaced_on"],
        certificate=form.certificate if form else _read_entry(row["entry"]).certificate,
        notice=notice,
    )


def _of_number(asked: Asked, match: Match) -> bool:
    """Whether the match is of the very number that is asked about."""
    return match.way == "number" or (asked.by_certificate is None and match.way == "certificate")


def that_counts(asked: Asked, matches: Sequence[Match]) -> Match | None:
    """The living notice that covers what is asked, the gravest if there are several.

    `replaced` counts where there is none else, since a new certificate under the same number may
    be lost in its turn; after it the newest that lives no more.
    """
    covering = [each for each in matches if _of_number(asked, each) and each.covers(asked)]
    return max(covering, key=_gravity, default=None)


def _gravity(match: Match) -> tuple[int, bool, int]:
    state = match.notice.state
    severity = SEVERITY.get(state.status, 0)
    if state.awaiting:
        severity //= 10
    return severity, state.status == "replaced", match.notice.published_index


def others(asked: Asked, chosen: Match | None, matches: Sequence[Match]) -> list[Other]:
    """What else whoever is shown the number should know of, each notice once; ten at most."""
    told: dict[str, tuple[int, Match]] = {}
    of_number = {each.notice.id for each in matches if _of_number(asked, each)}
    for match in matches:
        if match.notice.id in of_number and not _of_number(asked, match):
            continue  # it is told why by its number
        why = _why(asked, chosen, match)
        if why is None or (chosen is not None and match.notice.id == chosen.notice.id):
            continue
        known, place = told.get(match.notice.id), MATCHES.index(why)
        if known is None or place < known[0]:
            told[match.notice.id] = place, match
    # Living before not, the newest first, each kind in its place.
    ordered = sorted(told.values(), key=lambda each: -each[1].notice.published_index)
    ordered.sort(key=lambda each: (each[1].status == "reinstated", each[0]))
    return [match.public(MATCHES[place]) for place, match in ordered[:MOST_OTHERS]]


def _why(asked: Asked, chosen: Match | None, match: Match) -> Why | None:
    if not match.shown:
        return None  # who has the number alone must not learn that it is a masked one
    if not _of_number(asked, match):
        return None if match.status == "reinstated" else cast("Why", match.way)
    if match.notice.state.ended and match.covers(asked):
        return "earlier"
    against = (asked.document or (chosen.claimed_document if chosen else None)) or None
    if match.claimed_document and against and match.claimed_document != against:
        return "document"
    if chosen is not None and match.certificate != chosen.certificate:
        return "certificate"
    return "copy"
