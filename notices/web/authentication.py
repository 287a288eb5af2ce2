"""Who is asking: one `Asker` for each request, which looks itself up once, when it is first asked.

A request may show a session (a cookie) or an agency's key (`Authorization: Bearer`, RFC 6750, 2.1).
Whatever nobody asks about is not looked up: what is open to all is answered without the database.
"""

import contextlib
import dataclasses
import re
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie, State

from notices import identity
from notices.agencies import Agency, knowing
from notices.changing import deciding, leaving
from notices.deployment import Deployment
from notices.facts.errors import Refusal, SignInRequired
from notices.facts.refusals import KeyIsForTests, NotAnAgency, UnknownKey
from notices.identity import Person, Signed
from notices.limits import Counted
from notices.web import options

LOOK_AGAIN = 1.0
"""Seconds for which a request that was found to carry a key is not asked again whose it is."""


class Asker:
    """Whoever sent a request: a person, an agency, or an address that nobody knows more of."""

    def __init__(self, deployment: Deployment, request: Request[Any, Any, Any]) -> None:
        self._deployment = deployment
        self.address = Counted("address", request.client.host if request.client else "")
        """As the nearest proxy that is believed tells it."""
        self.session = request.cookies.get(cookie_name(deployment)) or None
        """The cookie's value, which opens the session; it may have ended."""
        shown = request.headers.getall("authorization", [])
        self.key = _key_in(shown)
        """An agency's, as it was shown, whatever it is; None where none was."""
        self._authorized = bool(shown)
        self._signed: Signed | None = None
        self._agency: Agency | None = None
        self._keyed: Agency | UnknownKey | None = None
        self._keyed_at = 0.0
        self._looked = self.session is None
        self._scope = request.scope

    @property
    def has_looked(self) -> bool:
        """Whether who is signed in is known without asking anybody."""
        return self._looked

    async def signed(self) -> Signed | None:
        """The session, or None."""
        if not self._looked:
            self._signed = await identity.who(self._deployment, self.session or "")
            self._looked = True
            handler = self._scope.get("route_handler")  # none at an address that is none of ours
            is_there = handler is None or not handler.opt.get(options.UNATTENDED)
            if is_there and self._signed is not None and self._signed.person.is_staff:
                with contextlib.suppress(Refusal):  # a full disk keeps nobody from reading
                    await leaving.seen(self.session or "")
        return self._signed

    async def person(self) -> Person | None:
        """Who is signed in, or None."""
        signed = await self.signed()
        return signed.person if signed is not None else None

    async def signed_in(self) -> Person:
        """Who is signed in; raises SignInRequired."""
        person = await self.person()
        if person is None:
            raise SignInRequired
        return person

    async def officer(self) -> Person:
        """The officer who is signed in; raises SignInRequired or NotAnOfficer."""
        person = await self.signed_in()
        deciding.refuse_others(person)
        return person

    async def keyed(self) -> Agency | None:
        """Whose key the request carries, None where it carries none; raises UnknownKey.

        What is sent slowly is not answered to a key that was revoked meanwhile.
        """
        is_old = time.monotonic() - self._keyed_at > LOOK_AGAIN
        if self.key is not None and (self._keyed is None or is_old):
            self._keyed_at = time.monotonic()
            try:
                self._keyed = await knowing.of_key(self.key)
            except UnknownKey as unknown:
                self._keyed = unknown
        if isinstance(self._keyed, UnknownKey):
            raise self._keyed
        return self._keyed

    @property
    def is_test(self) -> bool:
        """Whether the key that is shown is one for tests, once it was looked up (`keyed`)."""
        return isinstance(self._keyed, Agency) and self._keyed.test

    def refuse_tests(self) -> None:
        """Raises KeyIsForTests beside a session too: whoever shows one tries something out."""
        if self.is_test:
            raise KeyIsForTests

    async def agency(self) -> Agency:
        """Whose key the request carries, or whose staff has signed in.

        Raises SignInRequired, UnknownKey or NotAnAgency.
        """
        keyed = await self.keyed()
        if keyed is not None:
            return keyed
        if self._agency is None:
            person = await self.signed_in()
            found = await knowing.of_id(person.agency) if person.agency else None
            if found is None:
                raise NotAnAgency
            self._agency = dataclasses.replace(found, staff=person)
        return self._agency

    async def agency_or_officer(self) -> Agency | Person:
        """Whose key the request carries, or the officer who is signed in; raises as those do."""
        if not self._authorized:
            person = await self.person()
            if person is not None and person.kind == "officer":
                return person
        return await self.agency()

    async def agency_or_person(self) -> Agency | Person:
        """Whose key the request carries, whose staff has signed in, or who has for themselves.

        Raises as those do.
        """
        if not self._authorized:
            person = await self.signed_in()
            if person.kind != "agency":
                return person
        return await self.agency()

    async def counted(self) -> Counted:
        """Whose uses are counted; raises UnknownKey."""
        agency = await self.keyed()
        if agency is not None:
            return Counted("agency", agency.id, agency.told)
        # Where nothing is counted, nobody has to be looked up for it.
        person = await self.person() if self._deployment.settings.rate_limits else None
        return self.address if person is None else account_of(person)


def _key_in(shown: Sequence[str]) -> str | None:
    """The key in the Authorization headers, "" where it is none that can be read.

    Where somebody meant to show one it is never overlooked, however it is written: behind a tab, a
    colon or another scheme. Of two headers nobody knows which is meant.
    """
    if not any(_MEANT.search(each) for each in shown):
        return None
    scheme, _, key = shown[0].partition(" ")
    return key.strip() if len(shown) == 1 and scheme.lower() == "bearer" else ""


_MEANT = re.compile(
    r"^\W*(?:bearer|nk_)|notices_(?:live|test)_|^basic +bm90aWNlc1", re.ASCII | re.IGNORECASE
)
"""What shows a key, or was to: the scheme, or how keys begin, in Basic too, where it is the name.

Whatever else stands there, a proxy's own password say, is nothing to us.
"""


AnyRequest = Request[Asker, Any, State]
"""Its `user` is there in every handler (`app.look_at_address`)."""


def account_of(person: Person) -> Counted:
    """Whoever is signed in, for whomever they act."""
    return Counted("account", person.account)


def cookie_name(deployment: Deployment, of: str = "session") -> str:
    # Browsers keep a __Host- cookie to this very host and to https (RFC 6265bis, 4.1.3.2).
    return f"__Host-{of}" if deployment.settings.https else of


def remember(
    response: Response[Any],
    deployment: Deployment,
    token: str,
    lasts: timedelta = identity.SESSION_LASTS,
) -> None:
    """Hand the session to the browser that has signed in."""
    response.set_cookie(cookie(deployment, "session", token, lasts))


def forget(response: Response[Any], deployment: Deployment) -> None:
    """Take the session's cookie away from the browser, and what signing in was begun with.

    An address of before, at which somebody has yet to say for whom they act, opens nothing then.
    """
    for of in ("session", "sign-in"):
        response.set_cookie(cookie(deployment, of, "", timedelta(0)))


def cookie(deployment: Deployment, of: str, value: str, lasts: timedelta) -> Cookie:
    """One that comes back to this service alone, and that no script reads."""
    return Cookie(
        key=cookie_name(deployment, of),
        value=value,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=deployment.settings.https,
        path="/",
    )
