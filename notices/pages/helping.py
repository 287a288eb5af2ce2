"""Help: how it works, what is asked often, and a guide for each certificate of the catalogue."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import NamedTuple

from litestar import Response, get
from litestar.params import FromPath

from notices.facts import periods
from notices.facts.catalogue import Catalogue, Certificate, Matter
from notices.facts.certificate import name_key
from notices.facts.texts import Message, Text
from notices.pages import not_here, rendering
from notices.pages.privacy import public_term
from notices.pages.templating import typeset
from notices.web import languages, wording
from notices.web.authentication import AnyRequest

MOST_NEAR = 6
LONGEST_NAME = 100
"""Characters of a name in an address that are compared; no certificate's is as long."""

GROUPS: dict[str, Text] = {
    "organisation": Message("单位的证件和印章"),
    "person": Message("个人的证件"),
    "either": Message("单位和个人都可能有的"),
}


class Waiting(NamedTuple):
    """What a notice period comes to for a notice that is published today."""

    last: datetime
    effective: datetime


@get("/help", include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """How it works, all guides, what is asked often, and what is published for how long."""
    certificates = request.app.state.deployment.catalogue.certificates.values()
    language = languages.language_of(request)
    masked = [each.name for each in certificates if each.public_number == "masked"]
    named = [each.name for each in certificates if each.public_holder_name_reason]
    beside = [each.name for each in certificates if each.elsewhere and each.elsewhere.required]
    return await rendering.page(
        request,
        "help.html",
        groups=[
            (words, [each for each in certificates if each.holder_kind == kind])
            for kind, words in GROUPS.items()
        ],
        masked=[typeset(name.in_(language)) for name in masked],
        named_in_full=[typeset(name.in_(language)) for name in named],
        beside=[typeset(name.in_(language)) for name in beside],
        public_term=public_term(request.app.state.deployment.catalogue),
        not_here=list(_elsewhere(request.app.state.deployment.catalogue)),
    )


@get("/help/{certificate:str}", include_in_schema=False)
async def guide(request: AnyRequest, certificate: FromPath[str]) -> Response[str]:
    """What somebody has to know who has lost this certificate; by whatever name they ask for it."""
    catalogue: Catalogue = request.app.state.deployment.catalogue
    found = catalogue.certificates.get(certificate)
    if found is None:
        return await _elsewhere_or_unknown(request, catalogue, certificate)
    now = datetime.now(UTC)
    return await rendering.page(
        request,
        "help_certificate.html",
        certificate=found,
        errands=_errands(catalogue.matters_of(found.id)),
        waiting=_waiting(found, now),
        usual=[each for each in found.documents if not each.former],
        former=[each for each in found.documents if each.former],
    )


async def _elsewhere_or_unknown(
    request: AnyRequest, catalogue: Catalogue, asked: str
) -> Response[str]:
    """To the guide that is meant, whatever it was called; else a page that leads on."""
    matter = _matter_of(catalogue, asked)
    meant = catalogue.certificates[matter.certificate] if matter else catalogue.named(asked)
    if meant is not None:
        where = f"/help/{meant.id}" + (f"#matter-{matter.id.partition('.')[2]}" if matter else "")
        return rendering.see_other(where, languages.language_of(request))
    asked = asked[:LONGEST_NAME]
    return await rendering.page(
        request,
        "help_unknown.html",
        status=404,
        asked=asked,
        near=near(catalogue, asked),
        not_here=not_here.named(asked, catalogue),
    )


def near(catalogue: Catalogue, asked: str) -> list[Certificate]:
    """The certificates of whose names one holds what was asked for, or looks like it."""
    key = name_key(asked)
    names = {
        name_key(name): each for each in catalogue.certificates.values() for name in each.names
    }
    holding = [name for name in names if len(key) > 1 and (key in name or name in key)]
    found = [*holding, *get_close_matches(key, list(names), MOST_NEAR, 0.6)]
    return list({names[name].id: names[name] for name in found}.values())[:MOST_NEAR]


def _matter_of(catalogue: Catalogue, asked: str) -> Matter | None:
    key = name_key(asked)
    return next((each for id, each in catalogue.matters.items() if name_key(id) == key), None)


def _errands(matters: Sequence[Matter]) -> list[list[Matter]]:
    """Those that one goes to the same counter for together, in the catalogue's order."""
    together: dict[tuple[object, ...], list[Matter]] = {}
    for each in matters:
        together.setdefault((each.department, each.counter, each.accepts), []).append(each)
    return list(together.values())


def _waiting(certificate: Certificate, now: datetime) -> Waiting | None:
    if certificate.notice_period is None:
        return None
    effective = periods.effective_at(now, certificate.notice_period)
    return Waiting(effective - timedelta(days=1), effective)


def _elsewhere(catalogue: Catalogue) -> Iterator[wording.NotHere]:
    """What people lose and this catalogue does not have."""
    for each in wording.NOT_HERE:
        if not_here.named(each.words[0], catalogue) is each:
            yield each


HANDLERS = [overview, guide]
