"""A form that could not be carried out as it was sent, asked for again by GET as it was filled in.

Something was wrong with it, or the session had ended. It is kept as a declaration's steps are, so
that no browser has to keep the page, or to send the form once more, when somebody goes back over
it; and it is found by whoever it is of alone.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from litestar import Response

from notices import identity
from notices.changing import unfinished
from notices.changing.draft import Draft, ShownProblem
from notices.deployment import Deployment
from notices.facts.errors import Problem, SignInRequired
from notices.facts.numbers import keyed_hash
from notices.identity import Person
from notices.pages import rendering, templating
from notices.pages.brought import FILE
from notices.web import languages
from notices.web.authentication import AnyRequest

AGAIN = "again"
"""The parameter that names a form that was sent; it is the form's own key, and tells nothing."""

HIDDEN = ("key", "of", "stamp")
ISSUED = identity.LONGEST + unfinished.KEPT
"""For how long a form that we made may come back, when its session has ended meanwhile."""
_FORM = re.compile(
    r"/notices/[0-9]{14}/(withdraw|correct|object)|/desk/[0-9]{14}/(decide|confirm|redact|set-aside|purpose)|/desk/brakes/[0-9]{1,17}|/mine/watches(/[0-9a-f]{24}/end)?|/mine/alerts"
)


def is_form(path: str) -> bool:
    """Whether `path` is that of a form that is kept so."""
    return _FORM.fullmatch(path) is not None


async def sent(request: AnyRequest, person: Person, path: str) -> tuple[str, Draft]:
    """The key for the form of `path`, and what was sent under it; else a new one, and nothing."""
    key = request.query_params.get(AGAIN, "")
    if unfinished.is_id(key):
        found = await unfinished.find(request.app.state.deployment, person, key)
        if found is not None and found.step == path:
            return key, found
    return unfinished.new_id(), Draft()


def hidden(request: AnyRequest, person: Person, key: str) -> dict[str, str]:
    """What such a form carries beside what is typed: its key, whose it is, and that we made it."""
    return {"key": key, **stamped(request.app.state.deployment, person, key)}


def stamped(deployment: Deployment, person: Person, key: str) -> dict[str, str]:
    """Whose a form is, and that we made it for them, under its `key`."""
    of = unfinished.written(unfinished.owner_of(deployment, person))
    at = int(datetime.now(UTC).timestamp())
    return {"of": of, "stamp": f"{at}.{_stamp(deployment, of, key, at)}"}


def _stamp(deployment: Deployment, of: str, key: str, at: int) -> str:
    return keyed_hash(deployment.keys.sealer.passing, f"form {of} {at}", key).hex()


def issued(deployment: Deployment, given: Mapping[str, str], key: str = "key") -> bool:
    """Whether a form is one that somebody got who was signed in, not long ago.

    Then they lose nothing of it when their session has ended, whoever sends it: a stranger may
    make us keep nothing, neither for long nor much.
    """
    at, _, stamp = given.get("stamp", "").partition(".")
    if not (at.isascii() and at.isdigit() and len(at) <= 12 and stamp.isascii()):
        return False
    made = _stamp(deployment, given.get("of", ""), given.get(key, ""), int(at))
    age = datetime.now(UTC).timestamp() - int(at)
    return hmac.compare_digest(made, stamp) and -60 <= age <= ISSUED.total_seconds()


def key_in(given: str) -> str:
    """The key that a form carries; of one that carries none a new one."""
    return given if unfinished.is_id(given) else unfinished.new_id()


async def sender(request: AnyRequest, of: str) -> Person:
    """Who is signed in, and whose form it is; raises SignInRequired where that is another one.

    Another window may have signed in as somebody else since, and nothing is done in a name
    whose owner has not typed it.
    """
    person = await request.user.signed_in()
    owner = unfinished.owner_in(of)
    if owner not in (None, unfinished.owner_of(request.app.state.deployment, person)):
        raise SignInRequired
    return person


def signing_in(request: AnyRequest, page: str) -> Response[Any]:
    """To sign in, and then to the `page` of a form of which nothing is kept."""
    where = templating.address("/sign-in", params=[("next", page)])
    return rendering.see_other(where, languages.language_of(request))


async def wrong(
    request: AnyRequest,
    person: Person,
    path: str,
    key: str,
    fields: dict[str, str],
    problems: Sequence[Problem],
) -> Response[Any]:
    """To the form of `path`, as it was filled in and with what is wrong."""
    deployment, session = request.app.state.deployment, request.user.session
    draft = Draft(fields=fields, step=path, problems=tuple(map(ShownProblem.of, problems)))
    await unfinished.change(deployment, person, session, key, lambda _: draft)
    return to(request, path, key)


async def resumed(
    deployment: Deployment, person: Person, session: str, path: str, given: dict[str, str]
) -> str:
    """Where whoever has signed in goes on with the form of `path`, which was `given` before.

    Whoever else signs in is led to its notice (to no case, unless it is another officer) or to the
    page that it stands on, and nothing is kept.
    """
    if unfinished.owner_in(given.get("of", "")) != unfinished.owner_of(deployment, person):
        return path.removesuffix("/end").rpartition("/")[0]
    key = key_in(given.get("key", ""))
    fields = {name: text for name, text in given.items() if name not in HIDDEN}

    def resuming(before: Draft | None) -> Draft:
        # A file that came when it was sent before is not sent again.
        earlier = before.fields.get(FILE, "") if before and before.step == path else ""
        return Draft(fields={FILE: earlier} | fields, step=path)

    await unfinished.change(deployment, person, session, key, resuming)
    return address(path, key)


def address(path: str, key: str) -> str:
    return f"{path}?{AGAIN}={key}"


def to(request: AnyRequest, path: str, key: str) -> Response[Any]:
    return rendering.see_other(address(path, key), languages.language_of(request))
