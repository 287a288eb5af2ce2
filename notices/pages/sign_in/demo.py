"""The demo's way in: made-up people, by a click or by what is typed, and by API for tests."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post

from notices.api.documenting import writes
from notices.changing import leaving
from notices.facts.errors import Invalid, Problem
from notices.facts.identifiers import IDENTIFIER_TYPES, identifier_problems
from notices.facts.masking import one_line
from notices.facts.requests import Login, LoginOrganisation, stripped
from notices.facts.text_check import choice_problems, text_problems
from notices.identity import KINDS, Organisation, Person
from notices.pages import rendering
from notices.pages.sign_in import Onward, SignIn, arrived, wanted_kind
from notices.web import authentication, forms, writing
from notices.web.authentication import AnyRequest, Asker

# Area code 379999 belongs to no place, so none of these numbers can be anybody's.
SAMPLES: dict[str, Login] = {
    "li": Login(
        kind="organisation",
        name="李晓梅",
        identifier="379999198803122255",
        organisation=LoginOrganisation("潍坊市奎文区某某餐饮店", "92379999MA0000023B"),
    ),
    "wang": Login(
        kind="organisation",
        name="王建国",
        identifier="379999197211084422",
        organisation=LoginOrganisation("潍坊某某商贸有限公司", "91379999MA0000015K"),
    ),
    "zhang": Login(kind="person", name="张伟", identifier="379999198803120137"),
    "ouyang": Login(kind="person", name="欧阳雪", identifier="379999199507203119"),
}
"""Made-up people and organisations that one click signs in."""

TYPED = ("kind", "name", "identifier", "identifier_type")


def person_from(login: Login) -> Person:
    """The person that `login` says; raises Invalid with every problem."""
    types = IDENTIFIER_TYPES["person"]
    type_ = login.identifier_type or types[0]
    problems = [
        *choice_problems("kind", login.kind, KINDS, required=True),
        *text_problems("name", login.name, required=True),
        *choice_problems("identifier_type", type_, types),
        *identifier_problems("identifier", login.identifier, type_, types),
    ]
    company = login.organisation
    if login.kind != "organisation":
        if company is not None:
            problems.append(Problem("organisation", "organisation_not_applicable"))
    elif company is None:
        problems.append(Problem("organisation", "required"))
    else:
        problems += text_problems("organisation.name", company.name, required=True)
        problems += identifier_problems(
            "organisation.identifier", company.identifier, "uscc", ("uscc",)
        )
    if problems:
        raise Invalid(problems=problems)
    return Person(
        kind=login.kind or "",
        name=one_line(login.name or ""),
        identifier=(login.identifier or "").strip(),
        identifier_type=type_,
        organisation=None
        if company is None
        else Organisation(one_line(company.name or ""), (company.identifier or "").strip()),
    )


async def _page(
    request: AnyRequest,
    onward: Onward,
    values: Mapping[str, str],
    problems: list[Problem],
    status: int,
) -> Response[str]:
    return await rendering.page(
        request,
        "sign_in_demo.html",
        status=status,
        # Nobody real is in it, so Back may show what answered a form with something wrong.
        cache=rendering.SHOWN_AGAIN if problems else rendering.NEVER_KEPT,
        named=not problems,
        samples={
            id: each for id, each in SAMPLES.items() if wanted_kind(request) in ("", each.kind)
        },
        wanted=wanted_kind(request),
        other={
            name: request.query_params.get(name, onward.next)
            for name in ("of", "next")
            if name == "next" or name in request.query_params
        },
        next=onward.next,
        draft=onward.typed,
        values=values,
        problems=problems,
        errors=rendering.by_field(problems),
    )


def _login(given: dict[str, str]) -> Login:
    if given.get("sample") in SAMPLES:
        return SAMPLES[given["sample"]]
    organisation = None
    if given.get("kind") == "organisation":
        organisation = LoginOrganisation(
            forms.filled(given, "organisation.name"), forms.filled(given, "organisation.identifier")
        )
    return Login(**{name: forms.filled(given, name) for name in TYPED}, organisation=organisation)


@post("/sign-in", status_code=200, include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """As one of the samples, or as whom the form says."""
    given = await forms.fields(request)
    next = rendering.local_path(given.get("next"), "/mine")
    onward = Onward(next, given.get("draft", ""))
    try:
        person = person_from(_login(given))
    except Invalid as refusal:
        return await _page(request, onward, given, refusal.problems, 422)
    return await arrived(request, person, onward)


@post(
    "/api/v1/demo/login",
    status_code=204,
    **writes(
        "demoLogin",
        "sessions",
        Login,
        by=(),
        once=False,
        problems=(400, 403, 404, 408, 413, 415, 422, 429, 503),
    ),
)
async def login(request: AnyRequest) -> Response[None]:
    """Sign in as a made-up person; a service that is no demo has no such path."""
    async with writing.of(request, Login, Asker.person) as write:
        if write.wrong:
            raise Invalid(problems=write.wrong)
        person = person_from(stripped(write.body))
        write.admit()
        token = await leaving.sign_in(write.deployment, person, request.user.session)
    response = Response(None, status_code=204)
    authentication.remember(response, write.deployment, token)
    return response


class Demo(SignIn):
    """Whoever says a name is believed."""

    handlers = (sign_in, login)

    async def page(self, request: AnyRequest, onward: Onward, status: int = 200) -> Response[Any]:
        """Made-up people to choose from, and a form to type another."""
        return await _page(request, onward, {}, [], status)
