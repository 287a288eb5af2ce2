"""What somebody has typed of a declaration so far: sealed, for a time, and for them alone."""

import base64
import contextlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from notices import identity, tables
from notices.changing.draft import Draft
from notices.database import DB, committed
from notices.deployment import Deployment
from notices.facts.errors import BodyTooLarge, SignInRequired
from notices.facts.numbers import keyed_hash
from notices.identity import Person
from notices.tables.expressions import CLOCK, NOW, ago, is_false
from notices.tables.prepared import Prepared

KEPT = timedelta(hours=2)
"""For a form that is to be sent again; whoever signs out has no more to do with it."""
LASTS = timedelta(days=30)
"""For a declaration, after its last step: what it needs may have to be looked for at home."""
MOST_DRAFTS = 20
"""For each account, of either kind; a day's declarations are no more, and the oldest goes."""
MOST_BYTES = 64 * 1024
"""As much as one form may have: what is typed over all steps is typed by one person."""

AHEAD = timedelta(minutes=1)
"""What was kept later than now was kept by a clock that was ahead, and would last as long."""

_TABLE = tables.Draft
_LASTING = True
LIVING = (
    (_TABLE.at > ago(LASTS))
    & (_TABLE.at < NOW + AHEAD)
    & ((_TABLE.lasting == _LASTING) | (_TABLE.at > ago(KEPT)))
)
_FIND = Prepared(
    lambda owner, id: _TABLE.select(_TABLE.sealed).where(
        _TABLE.owner == owner, _TABLE.id == id, LIVING
    )
)
_BEGIN = Prepared(
    lambda owner, id, account: (
        _TABLE.insert(_TABLE(owner=owner, id=id, account=account, sealed=b""))
        .on_conflict(action="DO NOTHING")
        .returning(_TABLE.id)
    )
)
_LOCK = Prepared(
    lambda owner, id: (
        _TABLE.select(_TABLE.sealed, _TABLE.at, _TABLE.lasting, NOW)
        .where(_TABLE.owner == owner, _TABLE.id == id)
        .lock_rows()
    )
)
_KEEP = Prepared(
    # By the clock: whoever waited for a lock began earlier than what is there by now.
    lambda owner, id, sealed, lasting: _TABLE.update(
        {_TABLE.sealed: sealed, _TABLE.at: CLOCK, _TABLE.lasting: lasting}
    ).where(_TABLE.owner == owner, _TABLE.id == id)
)
_FORGET = Prepared(lambda owner, id: _TABLE.delete().where(_TABLE.owner == owner, _TABLE.id == id))
_FORGET_FORMS = Prepared(
    # Compared, so that the index of all forms does not tempt the planner.
    lambda owner: _TABLE.delete().where(_TABLE.owner == owner, _TABLE.lasting != _LASTING)
)

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_OWNER = re.compile(r"[A-Za-z0-9_-]{43}")


Changing = Callable[[Draft | None], Draft]


def new_id() -> str:
    """An id that nobody can guess; that it stands in an address tells nothing of the draft."""
    return secrets.token_urlsafe(16)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def owner_of(deployment: Deployment, person: Person) -> bytes:
    """Whose drafts they are: the person's, in the part in which they are signed in."""
    return keyed_hash(deployment.keys.sealer.passing, "draft owner", person.identity)


def account_of(deployment: Deployment, person: Person) -> bytes:
    """Under what all drafts of an account are counted, for whomever it acts."""
    return keyed_hash(deployment.keys.sealer.passing, "draft account", person.account)


def written(owner: bytes) -> str:
    """`owner` as a form carries it, so that what comes when the session has ended finds its draft.

    Who knows it and the draft's id may add to the draft, and never read it.
    """
    return base64.urlsafe_b64encode(owner).decode().rstrip("=")


def owner_in(text: str) -> bytes | None:
    """The owner that a form carries; None for what is none."""
    return base64.urlsafe_b64decode(f"{text}=") if _OWNER.fullmatch(text) else None


def place(owner: bytes, id: str) -> bytes:
    """What a draft is sealed under."""
    return b"draft\0" + owner + id.encode()


async def find(deployment: Deployment, person: Person, id: str) -> Draft | None:
    """The draft `id` of `person`, unless it is forgotten."""
    owner = owner_of(deployment, person)
    row = await _FIND.row(owner, id)
    return None if row is None else opened(deployment, row["sealed"], owner, id)


def opened(deployment: Deployment, sealed: bytes, owner: bytes, id: str) -> Draft:
    """The draft that is `sealed` in its row; raises SealError and msgspec.MsgspecError."""
    return msgspec.json.decode(deployment.keys.sealer.open(sealed, place(owner, id)), type=Draft)


async def change(
    deployment: Deployment, person: Person, session: str | None, id: str, changing: Changing
) -> Draft:
    """What `changing` makes of the draft `id`, kept; of a new one beyond MOST the oldest goes.

    Two that come at once change it one after the other, and what is published stays as it is.
    Raises SignInRequired where there is no such draft and `session` has ended: nothing that was
    on its way is kept after whoever signed out.
    """
    owner, account = owner_of(deployment, person), account_of(deployment, person)
    async with DB.transaction():
        living = session is not None and await identity.stays(session)
        new = living and await _begin(owner, id, account)
        after = await _change(deployment, owner, id, changing, anew=living)
        if new:
            await _forget_beyond(account, lasting=after.lasts)
    return after


class Finished(NamedTuple):
    """What is there after publishing a draft, and whether it was this one that put an end to it.

    Of two windows that publish one text at once the other one finds it done.
    """

    draft: Draft
    ours: bool


async def finish(
    deployment: Deployment,
    person: Person,
    session: str | None,
    id: str,
    left: Draft,
    of: Draft | None = None,
) -> Finished:
    """Keep what is `left` after publishing the draft `of`.

    What another window has made of it meanwhile is not what was published, and stays. After
    whoever signed out meanwhile nothing is begun.
    """
    ours = False

    def finishing(before: Draft | None) -> Draft:
        nonlocal ours
        ours = before is None or of is None or before.papers == of.papers
        return left if ours or before is None else before

    outcome = committed() if left.published else contextlib.nullcontext()
    with outcome, contextlib.suppress(SignInRequired):
        return Finished(await change(deployment, person, session, id, finishing), ours)
    return Finished(left, False)


async def add(deployment: Deployment, owner: bytes, id: str, changing: Changing) -> bool:
    """`change` for somebody whose session has ended; False where there is no such draft."""
    try:
        async with DB.transaction():
            await _change(deployment, owner, id, changing, anew=False)
    except SignInRequired:
        return False
    return True


async def _begin(owner: bytes, id: str, account: bytes) -> bool:
    """Whether the draft `id` is new: an empty row, which whoever else begins it waits for.

    Then no other one of the account is begun before this one is committed, and counted.
    """
    row = await _BEGIN.row(owner, id, account)
    if row is not None:
        lock = int.from_bytes(account[:8], signed=True)
        await DB.fetch("SELECT pg_advisory_xact_lock($1)", lock)
    return row is not None


async def _change(
    deployment: Deployment, owner: bytes, id: str, changing: Changing, *, anew: bool
) -> Draft:
    """`changing` done under the row's lock; `anew`: of one that is past its time too."""
    row = await _LOCK.row(owner, id)
    if row is None:
        raise SignInRequired
    lasts = LASTS if row["lasting"] else KEPT
    living = row["now"] - lasts < row["at"] < row["now"] + AHEAD
    if not (living or anew):
        raise SignInRequired
    before = None
    if living and row["sealed"]:
        before = opened(deployment, row["sealed"], owner, id)
    if before is not None and before.done:
        return before
    after = changing(before)
    began = after.began or (before.began if before is not None else row["now"].timestamp())
    after = msgspec.structs.replace(after, began=0.0 if after.done else began)
    plain = msgspec.json.encode(after)
    if len(plain) > MOST_BYTES:
        raise BodyTooLarge(limit=MOST_BYTES)
    sealed = deployment.keys.sealer.seal(plain, place(owner, id))
    await _KEEP.fetch(owner, id, sealed, after.lasts)
    return after


async def _forget_beyond(account: bytes, *, lasting: bool) -> None:
    beyond = await DB.fetch(
        # Not by everybody's times: of one account there are never many.
        "SELECT owner, id FROM (SELECT owner, id, at, lasting FROM draft WHERE account = $1"
        " OFFSET 0) AS own WHERE lasting = $2 ORDER BY at DESC OFFSET $3",
        account,
        lasting,
        MOST_DRAFTS,
    )
    for row in beyond:
        await _FORGET.fetch(row["owner"], row["id"])


async def forget_forms(deployment: Deployment, person: Person) -> None:
    """Of the forms that `person` filled in in this part nothing is left; declarations wait."""
    await _FORGET_FORMS.fetch(owner_of(deployment, person))


async def forget(deployment: Deployment, person: Person, id: str) -> None:
    """Of a form that was carried out nothing is left; if this fails, that was done all the same."""
    with committed():
        await forget_of(owner_of(deployment, person), id)


async def forget_of(owner: bytes, id: str) -> None:
    """Of the draft `id` of `owner` nothing is left."""
    await _FORGET.fetch(owner, id)


async def forget_old(now: datetime) -> None:
    await _TABLE.delete().where((_TABLE.at < now - LASTS) | (_TABLE.at > now + AHEAD))
    await _TABLE.delete().where(is_false(_TABLE.lasting), _TABLE.at < now - KEPT)
