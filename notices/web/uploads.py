"""A form with one file: received as a stream and sealed, and shown again to officers alone."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass

from litestar.response import Stream

from notices.changing import exhibits
from notices.changing.exhibits import Receiving
from notices.facts.errors import Problem, SignInRequired, UnknownField
from notices.identity import Person
from notices.web import forms, multipart
from notices.web.authentication import AnyRequest
from notices.web.options import UNSENT


@dataclass
class Upload:
    """What a form brought: its fields, its file if there is one, and what is wrong with that.

    `raw` tells this form from another one, the file included.
    """

    fields: dict[str, str]
    receiving: Receiving | None
    wrong: list[Problem]
    raw: bytes
    id: str = ""
    """Under which the file is kept, if it is."""

    def discard(self) -> None:
        if self.receiving is not None:
            self.receiving.discard()


Fields = Mapping[str, str]


async def received(
    request: AnyRequest,
    person: Person | None,
    *,
    file: str,
    id: str,
    known: Collection[str] | None,
    may_keep: Callable[[Fields], bool] | None = None,
) -> Upload:
    """The form's `known` fields and its `file`, which is kept as `id`.

    A stranger's is kept where `may_keep` says so of the fields before it: whose session has ended.
    None: whatever the form of a page holds. Raises UnknownField, and what `multipart.read` does.
    """
    deployment = request.app.state.deployment
    receiving = Receiving(deployment, id) if person is not None else None
    so_far: dict[str, str] = {}
    looked = False

    def write(data: bytes) -> None:
        nonlocal receiving, looked
        if receiving is None and not looked and may_keep is not None and may_keep(so_far):
            receiving = Receiving(deployment, id)
        looked = True
        if receiving is not None:
            receiving.write(data)
        elif known is not None:
            raise SignInRequired  # when it begins: they would keep us receiving for nothing
        # A page has to give back what was typed, and reads on without it.

    try:
        fields, has_file = await multipart.read(
            request,
            file,
            write,
            exhibits.MOST_BYTES,
            multipart.MOST_PARTS if known is not None else forms.MOST_FIELDS,
            so_far,
        )
        request.scope["state"][UNSENT] = fields, file if has_file else ""
        unknown = [] if known is None else sorted(fields.keys() - set(known))
        if unknown:
            raise UnknownField(
                problems=[
                    Problem(name[:60], "unknown_field", {"name": name[:60]}) for name in unknown
                ]
            )
    except BaseException:
        if receiving is not None:
            receiving.discard()
        raise
    raw = repr(sorted(fields.items())).encode()
    if receiving is None or not has_file:
        if receiving is not None:
            receiving.discard()
        return Upload(fields, None, [], raw, id)
    return Upload(fields, receiving, receiving.problems(file), raw + receiving.digest, id)


def kept(request: AnyRequest, id: str, media_type: str, name: str) -> Stream:
    """The file that is kept as `id`, to be saved as `name`."""
    pieces = exhibits.content(request.app.state.deployment, id)
    # Opened before the answer begins: a file that is gone or changed is a 500 and no half file.
    first = next(pieces)

    async def content() -> AsyncIterator[bytes]:
        yield first
        for piece in pieces:
            yield piece

    saved_as = f"{name}.{exhibits.EXTENSIONS[media_type]}"
    return Stream(
        content(),
        media_type=media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{saved_as}"',
            # Whatever hides in it, no browser of ours runs it.
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
