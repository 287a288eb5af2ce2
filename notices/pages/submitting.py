"""How the form of a notice's page is carried out: once, by whoever typed it, and never lost."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from litestar import Response

from notices.facts.errors import Invalid, Problem, SignInRequired
from notices.idempotency import Once
from notices.identity import Person
from notices.pages import again, sign_in
from notices.web import writing
from notices.web.authentication import AnyRequest


class Submission(NamedTuple):
    """Who sends a form, under which key it is kept, and what makes it the same one as another."""

    person: Person
    key: str
    once: Once | None


async def carried_out(
    request: AnyRequest,
    path: str,
    given: Mapping[str, str],
    names: tuple[str, ...],
    body: object,
    act: Callable[[Submission], Awaitable[Response[Any]]],
    file: Callable[[Sequence[Problem]], Awaitable[dict[str, str]]] | None = None,
) -> Response[Any]:
    """What `act` answers to the form of `path`, of whose fields `given` it shows `names`.

    What is wrong is asked for again, as it was filled in; whoever is signed in no more, or as
    somebody else by now, signs in first and loses nothing. `body` is what makes it the same form;
    `file` keeps a file that came along, unless it is what is wrong, and says by which fields.
    """
    shown = {name: given.get(name, "") for name in names}
    key = again.key_in(given.get("key", ""))
    try:
        person = await again.sender(request, given.get("of", ""))
        raw = msgspec.json.encode(body)
        once = writing.once_of(request, person, given.get("key"), raw, path)
        try:
            return await act(Submission(person, key, once))
        except Invalid as refusal:
            shown |= await file(refusal.problems) if file is not None else {}
            return await again.wrong(request, person, path, key, shown, refusal.problems)
    except SignInRequired:
        kept = shown | {name: given[name] for name in again.HIDDEN if name in given}
        issued = again.issued(request.app.state.deployment, given)
        if issued and file is not None:
            kept |= await file(())
        return await sign_in.again_for(request, kept, path, issued=issued)
