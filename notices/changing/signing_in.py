"""What is kept while somebody signs in at a provider: once taken it is gone, and used once.

It lies sealed under a hash of its name, which the address holds, and opens only for the browser in
which it was begun, which has the rest of its name in a cookie.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from notices.deployment import Deployment
from notices.tables import SignIn
from notices.tables.expressions import NOW
from notices.tables.prepared import Prepared
from notices.trust.sealing import SealError

KEPT = timedelta(minutes=15)
"""Long enough to find one's telephone and be sent a code."""

LONGEST = timedelta(hours=2)
"""For what somebody had typed in a session that ended meanwhile: as long as a form."""

Kept = TypeVar("Kept", bound=msgspec.Struct)

_KEEP = Prepared(
    lambda key, sealed, lasts: SignIn.insert(SignIn(key=key, sealed=sealed, expires_at=NOW + lasts))
)
_FIND = Prepared(
    lambda key: SignIn.select(SignIn.sealed).where(
        SignIn.key == key, SignIn.expires_at > NOW, SignIn.expires_at <= NOW + LONGEST
    )
)
_TAKE = Prepared(
    lambda key: (
        SignIn.delete()
        .where(SignIn.key == key, SignIn.expires_at > NOW, SignIn.expires_at <= NOW + LONGEST)
        .returning(SignIn.sealed)
    )
)


def _key(name: str) -> bytes:
    return hashlib.sha256(b"sign-in\0" + name.encode()).digest()


def _place(kind: type[msgspec.Struct], key: bytes, browser: str) -> bytes:
    return b"\0".join((b"sign-in", kind.__name__.encode(), key, browser.encode()))


async def keep(
    deployment: Deployment, browser: str, value: msgspec.Struct, lasts: timedelta = KEPT
) -> str:
    """The new name under which `value` is kept for this browser."""
    name = secrets.token_urlsafe(24)
    key = _key(name)
    sealed = deployment.keys.sealer.seal(
        msgspec.json.encode(value), _place(type(value), key, browser)
    )
    await _KEEP.fetch(key, sealed, lasts)
    return name


async def look(deployment: Deployment, browser: str, kind: type[Kept], name: str) -> Kept | None:
    """What is kept under `name`; None where it is past, taken, or another browser's."""
    row = await _FIND.row(_key(name))
    return None if row is None else _opened(deployment, browser, kind, name, row["sealed"])


async def take(deployment: Deployment, browser: str, kind: type[Kept], name: str) -> Kept | None:
    """As `look`; from now on it is gone, whoever asked."""
    row = await _TAKE.row(_key(name))
    return None if row is None else _opened(deployment, browser, kind, name, row["sealed"])


def _opened(
    deployment: Deployment, browser: str, kind: type[Kept], name: str, sealed: bytes
) -> Kept | None:
    try:
        plain = deployment.keys.sealer.open(sealed, _place(kind, _key(name), browser))
    except SealError:
        return None
    return msgspec.json.decode(plain, type=kind)


async def forget_old(now: datetime) -> None:
    await SignIn.delete().where((SignIn.expires_at <= now) | (SignIn.expires_at > now + LONGEST))
