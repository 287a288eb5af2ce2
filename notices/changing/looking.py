"""Looking at private values: what for it is said first, and each look is in the audit log.

At the desk it is asked once for a case, and holds for half an hour of that session. A program says
it with its request; if it does not, its look is in the log all the same, without a purpose.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from notices import journal
from notices.changing import conflicts
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import purposes
from notices.facts.numbers import keyed_hash
from notices.facts.refusals import PurposeRequired
from notices.identity import Person
from notices.journal import Act, Looked
from notices.tables import Purpose
from notices.tables.expressions import NOW, ago
from notices.tables.prepared import Prepared

HOLDS = timedelta(minutes=30)
AHEAD = timedelta(minutes=1)
"""What was said later than now was said by a clock that was ahead, and would hold as long."""

_SAY = Prepared(
    lambda session, notice, sealed: (
        Purpose.insert(Purpose(session=session, notice=notice, sealed=sealed))
        .on_conflict(
            target=(Purpose.session, Purpose.notice),
            action="DO UPDATE",
            values=[Purpose.sealed, Purpose.at],
        )
    )
)  # fmt: skip
_SAID = Prepared(
    lambda session, notice: Purpose.select(Purpose.sealed).where(
        Purpose.session == session,
        Purpose.notice == notice,
        Purpose.at > ago(HOLDS),
        Purpose.at < NOW + AHEAD,
    )
)


class Given(msgspec.Struct, frozen=True):
    """What for: a word of `purposes`, and the number of a file or what else was written."""

    purpose: str
    reference: str | None = None


UNSAID = Given(purposes.UNSAID)


class Looker(NamedTuple):
    """An officer who looks at what is private of notices, in a session."""

    deployment: Deployment
    officer: Person
    session: str

    async def looks(self, notice: str, about: Sequence[str] = ()) -> None:
        """Before the case of `notice` is shown; raises PurposeRequired."""
        given = await self.given(notice)
        await note(self.deployment, self.officer, "case", given, [notice], about)

    async def given(self, notice: str) -> Given:
        """What they have said for `notice` (bare); raises PurposeRequired."""
        row = await _SAID.row(_session(self.deployment, self.session), notice)
        if row is None:
            raise PurposeRequired(notice)
        opened = self.deployment.keys.sealer.open(row["sealed"], place(notice))
        return msgspec.json.decode(opened, type=Given)

    async def say(self, notice: str, given: Given) -> None:
        """From now on that holds for `notice`."""
        sealed = self.deployment.keys.sealer.seal(msgspec.json.encode(given), place(notice))
        await _SAY.fetch(_session(self.deployment, self.session), notice, sealed)


def _session(deployment: Deployment, token: str) -> bytes:
    return keyed_hash(deployment.keys.sealer.passing, "purpose", token)


def place(notice: str) -> bytes:
    """What is said for a notice is sealed under."""
    return f"purpose {notice}".encode()


async def note(
    deployment: Deployment,
    officer: Person,
    what: Looked,
    given: Given,
    notices: Sequence[str],
    about: Sequence[str] = (),
) -> None:
    """Write down a look, before anything of it is answered; of what showed nothing there is none.

    Raises OwnCase where it is the officer's own, and Unavailable: nothing is shown then.
    """
    if not notices:
        return
    await conflicts.refuse_own(deployment, officer, *notices)
    act = Act(
        what=what, by=officer.actor, notices=tuple(sorted(set(notices))), about=tuple(about),
        purpose=given.purpose, text=given.reference,
    )  # fmt: skip
    await journal.note(deployment.keys, act)


class Looks(NamedTuple):
    """How often staff looked at what is private of a notice, on one day, for one purpose."""

    day: str
    notice: str
    office: str
    purpose: str
    times: int


MOST_LOOKS = 50


async def at(notices: Sequence[str]) -> list[Looks]:
    """The looks at these notices, the newest first, as those whom they concern may see them."""
    rows = await DB.fetch(
        "SELECT left(entry ->> 'at', 10) AS day, notice, entry ->> 'office' AS office,"
        " entry ->> 'purpose' AS purpose, count(*)::int AS times FROM ("
        "   SELECT entry::jsonb AS entry FROM journal"
        "   WHERE entry::jsonb -> 'notices' ?| $1::text[] OFFSET 0) AS looks"
        " CROSS JOIN LATERAL jsonb_array_elements_text(entry -> 'notices') AS notice"
        " WHERE notice = ANY($1) AND entry ->> 'purpose' IS NOT NULL"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2, 4 LIMIT $2",
        list(notices),
        MOST_LOOKS,
    )
    return [Looks(*row.values()) for row in rows]


async def forget_old(now: datetime) -> None:
    await Purpose.delete().where((Purpose.at < now - HOLDS) | (Purpose.at > now + AHEAD))
