"""Signing in at a provider of identities: there by a link, and back with a code.

Who comes back has to be the browser that left, once, within a quarter of an hour: what it left with
is kept here, under `state` and a cookie of its own.
"""

from datetime import datetime
from typing import Any

import msgspec
import structlog
from litestar import Response, get, post
from litestar.params import FromPath

from notices.changing import leaving, signing_in, turning_away
from notices.deployment import Deployment
from notices.facts.errors import BadRequest, NotFound, Refusal
from notices.facts.outages import ProviderUnavailable
from notices.facts.refusals import NotAdmitted, SignInFailed
from notices.facts.texts import Message, Text
from notices.identity import Person
from notices.locale import LANGUAGES
from notices.pages import rendering
from notices.pages.sign_in import Onward, SignIn, arrived, carrying, claims, of, wanted_kind
from notices.pages.templating import address
from notices.providers import parties
from notices.providers.configuration import Provider
from notices.providers.fetching import ProviderDown, Refused
from notices.providers.party import NotProven, Party, Question
from notices.web import forms, languages, limiting, options
from notices.web.authentication import AnyRequest
from notices.web.queries import whole_number

log = structlog.get_logger("notices.sign_in")

LONGEST_CODE = 4000


class Away(msgspec.Struct, frozen=True):
    """Somebody who is at their provider."""

    provider: str
    question: Question
    onward: Onward
    language: str


class Choosing(msgspec.Struct, frozen=True):
    """Somebody who is known, and has yet to say for whom they act."""

    persons: tuple[Person, ...]
    sid: str | None
    onward: Onward
    since: datetime | None = None


class Providers(SignIn):
    """The providers of one service, side by side."""

    def __init__(self, providers: tuple[Provider, ...]) -> None:
        self.known = {each.id: parties.of(each) for each in providers}
        self.handlers = (begin, arrive, choose_page, choose, signed_out, end)

    async def close(self) -> None:
        for each in self.known.values():
            await each.close()

    async def farewell(self, request: AnyRequest, person: Person | None) -> Response[Any]:
        """Offers to sign out at the provider too: on a computer of many others would be let in."""
        for id, each in self.known.items():
            if person and person.subject and person.subject[0] == each.provider.issuer:
                return rendering.see_other(f"/sign-in/{id}/out", languages.language_of(request))
        return await super().farewell(request, person)

    async def page(self, request: AnyRequest, onward: Onward, status: int = 200) -> Response[Any]:
        """The providers to choose from, each with whom it signs in."""
        browser, params = carrying.browser_of(request), {"next": onward.next}
        if onward.typed:
            name = request.query_params.get("of") or await carrying.kept(request, browser, onward)
            params = {"of": name}
        wanted = wanted_kind(request)
        other = dict(params)
        if wanted:
            params["as"] = wanted
        declaring = [each.provider for each in self.known.values() if not each.provider.is_of_staff]
        response = await rendering.page(
            request,
            "sign_in_providers.html",
            status=status,
            cache=rendering.NEVER_KEPT,
            params=params,
            holds=bool(onward.typed),
            wanted=wanted,
            other=other,
            # Where none signs in whom it takes, all are better than nothing.
            declaring=[each for each in declaring if wanted in ("", *each.kinds)] or declaring,
            staff=[]
            if wanted
            else [each.provider for each in self.known.values() if each.provider.is_of_staff],
        )
        carrying.know(response, request, browser)
        return response


def _deployment(request: AnyRequest) -> Deployment:
    deployment: Deployment = request.app.state.deployment
    return deployment


def _ours(request: AnyRequest, id: str) -> Party:
    way = of(request)
    assert isinstance(way, Providers)  # noqa: S101  (these handlers are its own)
    if id not in way.known:
        raise NotFound
    return way.known[id]


def _back(request: AnyRequest, provider: str) -> str:
    return _deployment(request).link(f"/sign-in/{provider}/callback")


@get("/sign-in/{provider:str}", include_in_schema=False)
async def begin(request: AnyRequest, provider: FromPath[str]) -> Response[Any]:
    """Sends somebody to their provider."""
    party = _ours(request, provider)
    await limiting.limit(request, "submit", request.user.address)
    browser, given = carrying.browser_of(request), request.query_params
    onward: Onward | None = Onward(rendering.local_path(given.get("next"), "/mine"))
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        # Another site's link: whoever is signed in there would be signed in here, unasked.
        next = rendering.local_path(given.get("next"), "/mine")
        where = address("/sign-in", params=[("next", next)])
        return rendering.see_other(where, languages.language_of(request))
    if given.get("of"):
        onward = await carrying.found(request, given["of"])
    if onward is None:
        raise SignInFailed(reason=TOO_LATE)
    language, question = languages.language_of(request), Question.new()
    away = Away(provider, question, onward, language)
    state = await signing_in.keep(_deployment(request), browser, away)
    try:
        where = await party.address(
            question,
            state,
            _back(request, provider),
            LANGUAGES[language].tag,
            # As another than they are: whoever is signed in there would come back as the same.
            anew=bool(wanted_kind(request)),
        )
    except ProviderDown as error:
        raise _down(party, error) from error
    response = Response("", status_code=303, headers={"Location": where, **_NEVER_KEPT})
    carrying.know(response, request, browser)
    return response


_NEVER_KEPT = {"Cache-Control": rendering.NEVER_KEPT}


@get("/sign-in/{provider:str}/callback", include_in_schema=False)
async def arrive(request: AnyRequest, provider: FromPath[str]) -> Response[Any]:
    """Somebody comes back from their provider, with a code for us or without one."""
    party = _ours(request, provider)
    await limiting.limit(request, "submit", request.user.address)
    given = request.query_params
    deployment, browser = _deployment(request), carrying.browser_of(request)
    away = await signing_in.take(deployment, browser, Away, given.get("state", ""))
    if away is None or away.provider != provider:
        raise SignInFailed(reason=TOO_LATE)
    _in_the_language_of(request, away)
    code = given.get("code", "")
    if given.get("error") or not code or len(code) > LONGEST_CODE:
        log.info("sign_in_refused", provider=provider, error=given.get("error", "")[:40])
        raise SignInFailed(reason=GIVEN_UP)
    try:
        told = await party.claims(code, away.question, _back(request, provider), given.get("iss"))
        persons = claims.persons(party.provider, told)
    except ProviderDown as error:
        raise _down(party, error) from error
    except (NotProven, Refused) as error:
        log.warning("sign_in_not_proven", provider=provider, why=str(error))
        await turning_away.note(deployment, party.provider, None, str(error))
        raise SignInFailed(reason=NOT_PROVEN) from error
    except claims.Unusable as error:
        log.warning("sign_in_unusable", provider=provider, why=error.why)
        await turning_away.note(deployment, party.provider, told.get("sub"), error.why)
        raise NotAdmitted(reason=error.reason) from error
    sid = told["sid"] if isinstance(told.get("sid"), str) else None
    if len(persons) > 1:
        choosing = Choosing(persons, sid, away.onward)
        name = await signing_in.keep(deployment, browser, choosing)
        return rendering.see_other(f"/sign-in/as?of={name}", away.language)
    return await arrived(request, persons[0], away.onward, sid)


async def _parts(request: AnyRequest, name: str) -> Choosing:
    """Among whom somebody chooses: who has just come back, or who is signed in and changes.

    Raises SignInFailed, or SignInRequired.
    """
    if name:
        browser = carrying.browser_of(request)
        found = await signing_in.look(_deployment(request), browser, Choosing, name)
        if found is None:
            raise SignInFailed(reason=TOO_LATE)
        return found
    person = await request.user.signed_in()
    signed = await request.user.signed()
    assert signed is not None  # noqa: S101  (somebody is signed in)
    next = rendering.local_path(request.query_params.get("next"), "/mine")
    onward = await carrying.of_draft(request, person, next)
    return Choosing(signed.parts or (person,), signed.sid, onward, signed.since)


@get("/sign-in/as", include_in_schema=False)
async def choose_page(request: AnyRequest) -> Response[Any]:
    """Asks for whom somebody acts."""
    name = request.query_params.get("of", "")
    found = await _parts(request, name)
    return await rendering.page(
        request,
        "sign_in_as.html",
        cache=rendering.NEVER_KEPT,
        persons=found.persons,
        of=name,
        next=rendering.local_path(request.query_params.get("next"), "/mine"),
        now=await request.user.person(),
    )


@post("/sign-in/as", status_code=200, include_in_schema=False)
async def choose(request: AnyRequest) -> Response[Any]:
    """Goes on as the one who was chosen."""
    given = await forms.fields(request)
    deployment, browser = _deployment(request), carrying.browser_of(request)
    name, found = given.get("of", ""), await _parts(request, given.get("of", ""))
    who = whole_number(given.get("who", ""), 0, len(found.persons) - 1)
    if who is None:
        params = [("of", name)] if name else [("next", request.query_params.get("next", "/mine"))]
        where = address("/sign-in/as", languages.language_of(request), params)
        return rendering.see_other(where, languages.language_of(request))
    if name and await signing_in.take(deployment, browser, Choosing, name) is None:
        raise SignInFailed(reason=TOO_LATE)
    parts = found.persons if len(found.persons) > 1 else ()
    return await arrived(request, found.persons[who], found.onward, found.sid, parts, found.since)


@get("/sign-in/{provider:str}/out", include_in_schema=False)
async def signed_out(request: AnyRequest, provider: FromPath[str]) -> Response[Any]:
    """Says that one has signed out here, and how one does there."""
    party = _ours(request, provider)
    await limiting.limit(request, "submit", request.user.address)
    try:
        there = await party.end_address(_deployment(request).link("/"))
    except ProviderDown:
        there = None
    return await rendering.page(
        request, "signed_out.html", cache=rendering.NEVER_KEPT,
        provider=party.provider.name, there=there,
    )  # fmt: skip


@post(
    "/sign-in/{provider:str}/logout",
    status_code=200,
    include_in_schema=False,
    opt={options.COUNTS: True},  # a provider tells of all its users from one address
)
async def end(request: AnyRequest, provider: FromPath[str]) -> Response[None]:
    """The provider says that somebody has signed out there (Back-Channel Logout 1.0, 2.5)."""
    party = _ours(request, provider)
    if not party.tells_ends:
        raise NotFound
    given = await forms.fields(request)
    try:
        sub, sid = await party.ended(given.get("logout_token", ""))
    except ProviderDown as error:
        raise _down(party, error) from error
    except NotProven as error:
        log.warning("logout_not_proven", provider=provider, why=str(error))
        await limiting.limit(request, "submit", request.user.address)
        raise BadRequest(reason=NOT_PROVEN) from error
    ended = await leaving.ended_there(_deployment(request), party.provider.issuer, sub, sid)
    log.info("signed_out_there", provider=provider, sessions=ended)
    return Response(None, headers=_NEVER_KEPT)


def _in_the_language_of(request: AnyRequest, away: Away) -> None:
    """The provider leads back to one address, which says nothing of the language."""
    request.scope["state"]["language"] = away.language


def _down(party: Party, error: ProviderDown) -> Refusal:
    log.error("provider_down", provider=party.provider.id, why=str(error))
    return ProviderUnavailable(party.provider.name)


TOO_LATE: Text = Message("等得太久，或者换了浏览器、已经用过。请从头再登录一次。")
GIVEN_UP: Text = Message("登录平台没有确认您的身份，可能是您取消了。可以再登录一次。")
NOT_PROVEN: Text = Message("登录平台的答复没有通过核对，没有采用。请再登录一次。")
