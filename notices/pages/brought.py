"""A file that came with a form which could not be carried out: kept for the next time it is sent.

It is sealed under an id that only the sender's own draft names; what nothing comes of goes with the
files of nobody.
"""

import contextlib
from collections.abc import Iterable

from notices.changing import exhibits
from notices.changing.draft import Draft
from notices.changing.exhibits import KeptFile
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.excess import TooManyRequests
from notices.web import limiting
from notices.web.authentication import AnyRequest
from notices.web.uploads import Upload

FILE = "file"
"""In what is kept of a form: the file that came with it."""


def kept(deployment: Deployment, told: str) -> KeptFile | None:
    """The file of which a draft tells, as long as it is there."""
    file = KeptFile.of(told) if told else None
    return file if file is not None and exhibits.is_there(deployment, file.id) else None


def is_gone(deployment: Deployment, told: str) -> bool:
    """Whether a draft, which lasts for longer than its file, tells of one that is there no more."""
    return bool(told) and kept(deployment, told) is None


async def keep(request: AnyRequest, upload: Upload) -> str:
    """What a draft is to tell of the file that has just come; empty where none is kept.

    Then it is chosen again: one that is wrong, or one too many of this address.
    """
    if upload.receiving is None or upload.wrong or not await may_stay(request):
        return ""
    return str(await upload.receiving.keep_for_now())


async def may_stay(request: AnyRequest) -> bool:
    """Whether one file more may wait that came from this address, which is counted."""
    try:
        await limiting.limit(request, "keep", request.user.address)
    except TooManyRequests:
        return False
    return True


async def forget_with(deployment: Deployment, draft: Draft) -> None:
    """What came with a draft that is forgotten goes with it."""
    await forget(deployment, draft.file or draft.fields.get(FILE, ""))


async def forget_all(deployment: Deployment, told: Iterable[str]) -> None:
    """`forget`, after what was published: while the database is away they go with the orphans."""
    with contextlib.suppress(Unavailable):
        for each in told:
            await forget(deployment, each)


async def forget(deployment: Deployment, told: str) -> None:
    """Another one takes its place, or none; what was filed with it meanwhile keeps it."""
    if file := kept(deployment, told):
        await exhibits.take_away(deployment, file.id)
