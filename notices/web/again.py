"""A form that was sent with something wrong, asked for again by GET as it was filled in.

It is kept as a declaration's steps are, so that no browser has to keep the page, or to send the
form once more, when somebody goes back over it.
"""

from typing import Any

from litestar import Response

from notices.changing import unfinished
from notices.changing.unfinished import Draft, Told
from notices.facts.errors import Problem
from notices.identity import Person
from notices.web import guards, rendering
from notices.web.guards import AnyRequest

AGAIN = "again"
"""The parameter that names a form that was sent; it is the form's own key, and tells nothing."""


async def sent(request: AnyRequest, person: Person, path: str) -> tuple[str, Draft]:
    """The key for the form of `path`, and what was sent under it; else a new one, and nothing."""
    key = request.query_params.get(AGAIN, "")
    if unfinished.is_id(key):
        found = await unfinished.find(request.app.state.deployment, person, key)
        if found is not None and found.step == path:
            return key, found
    return unfinished.new_id(), Draft()


def key_in(given: str) -> str:
    """The key that a form carries; of one that carries none a new one."""
    return given if unfinished.is_id(given) else unfinished.new_id()


async def wrong(
    request: AnyRequest,
    person: Person,
    path: str,
    key: str,
    fields: dict[str, str],
    problems: list[Problem],
) -> Response[Any]:
    """To the form of `path`, as it was filled in and with what is wrong."""
    deployment, session = request.app.state.deployment, guards.session_token(request)
    draft = Draft(fields=fields, step=path, problems=tuple(map(Told.of, problems)))
    await unfinished.change(deployment, person, session, key, lambda _: draft)
    return to(request, path, key)


def to(request: AnyRequest, path: str, key: str) -> Response[Any]:
    return rendering.see_other(f"{path}?{AGAIN}={key}", rendering.language_of(request))
