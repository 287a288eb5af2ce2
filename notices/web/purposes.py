"""What for an officer's program looks at private values: a header of its request says so.

`Access-Purpose: objection; 2026-123` is a word of `facts.purposes`, and the number of a file or
another text, percent-encoded where it is not ASCII. Clients that say nothing are answered as ever,
and their looks are in the audit log as ones without a purpose.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from urllib.parse import unquote

from notices.changing import conflicts, looking
from notices.changing.looking import UNSAID, Given, Looker
from notices.facts import purposes
from notices.facts.errors import BadRequest
from notices.facts.refusals import PurposeRequired
from notices.facts.texts import Message
from notices.identity import Person
from notices.journal import Looked
from notices.web.authentication import AnyRequest

HEADER = "Access-Purpose"
"""Not `Purpose`, which browsers have sent of themselves (`prefetch`)."""
DESCRIPTION = (
    "What for an officer looks, and the number of the file, percent-encoded where it is not ASCII;"
    " it is written into the audit log."
)
_FILE = "; ?[A-Za-z0-9%-]{1,100}"
_ALONE = "|".join(word for word in purposes.PURPOSES if word not in purposes.REFERENCED)
SCHEMA = {
    "type": "string",
    "pattern": f"^(({_ALONE})({_FILE})?|({'|'.join(purposes.REFERENCED)}){_FILE})$",
}
"""As the description of the API has it, in OpenAPI 3.1."""


def given(request: AnyRequest) -> Given | None:
    """What the request says, None where it says nothing; raises BadRequest."""
    text = request.headers.get(HEADER)
    if text is None:
        return None
    word, _, reference = text.partition(";")
    word, reference = word.strip(), unquote(reference, errors="replace").strip()
    problems = list(purposes.problems(word, reference, (HEADER, HEADER)))
    if problems:
        raise BadRequest(reason=Message("请求头不对。"), problems=problems)
    return Given(word, purposes.referred(reference))


async def note(
    request: AnyRequest, officer: Person, what: Looked, notices: Sequence[str], about: Sequence[str]
) -> None:
    """Write down a look of a program; of one notice also what was said for it at the desk."""
    deployment, said = request.app.state.deployment, given(request)
    if said is None and len(set(notices)) == 1:
        looker = Looker(deployment, officer, request.user.session or "")
        try:
            said = await looker.given(notices[0])
        except PurposeRequired:
            said = None
    await looking.note(deployment, officer, what, said or UNSAID, notices, about)


class About(Protocol):
    """Something of a notice, whose bare id is `notice`."""

    @property
    def notice(self) -> str: ...


Kind = TypeVar("Kind", bound=About)


async def of_others(request: AnyRequest, officer: Person, found: list[Kind]) -> list[Kind]:
    """Without what is the officer's own: a list of all cases is not refused for one of them."""
    ids = [each.notice for each in found]
    own = await conflicts.own_among(request.app.state.deployment, officer, ids)
    return [each for each in found if each.notice not in own]
