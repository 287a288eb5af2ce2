"""One way to write: whatever changes something is held against the same things in the same order.

    async with writing.of(request, Objection, Asker.signed_in) as write:   # 400, 413, 415, 401
        objecting.check(write.body, write.wrong)                           # 422
        once = write.admit()                                               # 403
        notice = await register.get(id)                                    # 404
        async with limiting.counting(request, "object", write.by, once):   # 429
            done = await objecting.object_to(…, once)                      # 409
    return writing.created(done, ObjectionFiled)

That is the contract's order (Conventions). Nothing is written without `admit`, which alone hands
out what makes a request the same one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec
from litestar import Response

from notices.agencies import Agency
from notices.changing import exhibits
from notices.changing.exhibits import Receiving
from notices.deployment import Deployment
from notices.facts.errors import BadRequest, Problem
from notices.facts.texts import Message
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.web import bodies, cross_site, limiting, multipart, uploads
from notices.web.authentication import AnyRequest, Asker
from notices.web.replies import Body, passed_on

LONGEST_KEY = 255
Answer = TypeVar("Answer", bound=msgspec.Struct)
Who = TypeVar("Who", bound=Person | Agency | None)


def once_of(
    request: AnyRequest, who: Person | Agency, key: str | None, body: bytes, path: str
) -> Once | None:
    """What makes a request the same one as another: who sends it, where to, and under which key.

    None without a key, or with one that is too long to be one of ours.
    """
    if key is None or not 1 <= len(key) <= LONGEST_KEY:
        return None
    secret = request.app.state.deployment.keys.sealer.passing
    return Once.of(secret, who.identity, path, key, body)


class _Came(NamedTuple, Generic[Body]):
    """A body as it came: decoded, what was wrong in that, its bytes, and its file if any."""

    body: Body
    wrong: list[Problem]
    raw: bytes
    file_id: str = ""
    receiving: Receiving | None = None


class Write(Generic[Body, Who]):
    """A request to write something, as far as it has been found in order."""

    def __init__(self, request: AnyRequest, came: _Came[Body], by: Who, key: str | None) -> None:
        self.deployment: Deployment = request.app.state.deployment
        self.now = datetime.now(UTC)
        self.by = by
        self.body, self.wrong = came.body, came.wrong
        self.receiving, self.file_id = came.receiving, came.file_id
        """A file that came along, and the id under which one is kept; there is one without it."""
        self.admitted = False
        self._request, self._raw, self._key = request, came.raw, key
        self._once: Once | None = None

    def admit(self) -> Once | None:
        """What the act is to be done under, once all that was sent is right.

        Raises CrossSite, or KeyIsForTests; an agency's own acts look at what its key is for.
        """
        cross_site.refuse(self._request)
        if not isinstance(self.by, Agency):
            self._request.user.refuse_tests()
        self.admitted = True
        if self.by is not None:
            path = self._request.url.path
            self._once = once_of(self._request, self.by, self._key, self._raw, path)
        return self._once


def created(
    done: Done, kind: type[Answer], headers: dict[str, str] | None = None
) -> Response[Answer]:
    """201 with what was `done`, now or under the same key before."""
    return passed_on(done.response, kind, 201, headers)


@asynccontextmanager
async def of(
    request: AnyRequest,
    kind: type[Body],
    by: Callable[[Asker], Awaitable[Who]],
    *,
    file: str | None = None,
    whole: str | None = None,
    may_be_empty: bool = False,
) -> AsyncIterator[Write[Body, Who]]:
    """The write that a request asks for: a `kind`, by whom its `by` finds.

    It comes as JSON, or where a `file` may come along as a form too: its fields are those of
    `kind`, or one of them is `whole`, which holds all of that as JSON. What is refused leaves no
    file.
    """
    key = _key_of(request)
    came = await _received(request, kind, file, whole, may_be_empty)
    try:
        await limiting.refuse_unknown_key(request)
        write = Write(request, came, await by(request.user), key)
        yield write
        if not write.admitted:
            raise RuntimeError("Something was written that was not admitted.")
    finally:
        if came.receiving is not None:
            came.receiving.give_up()


def _key_of(request: AnyRequest) -> str | None:
    """The Idempotency-Key, if there is one; raises BadRequest for one that cannot be kept."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (
        1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    ):
        raise BadRequest(
            reason=Message("请求头不对。"),
            problems=[Problem("Idempotency-Key", "idempotency_key", {"limit": LONGEST_KEY})],
        )
    return key


async def _received(
    request: AnyRequest, kind: type[Body], file: str | None, whole: str | None, may_be_empty: bool
) -> _Came[Body]:
    if request.method == "DELETE":
        return _Came(kind(), [], b"")
    id = exhibits.new_id() if file is not None else ""
    if file is None or not multipart.is_form(request):
        raw = await bodies.raw_json(request, may_be_empty=may_be_empty)
        body, wrong = bodies.decode(b"{}" if may_be_empty and not raw else raw, kind)
        return _Came(body, wrong, raw, id)
    known = kind.__struct_fields__ if whole is None else (whole,)
    person = await request.user.person()
    form = await uploads.received(request, person, file=file, id=id, known=known)
    if whole is None:
        filled = {name: form.fields.get(name, "").strip() or None for name in known}
        return _Came(kind(**filled), form.wrong, form.raw, id, form.receiving)
    try:
        if whole not in form.fields:
            raise BadRequest(reason=_LACKS.format(field=whole))
        body, wrong = bodies.decode(form.fields[whole].encode(), kind)
    except BaseException:
        form.discard()
        raise
    return _Came(body, [*wrong, *form.wrong], form.raw, id, form.receiving)


_LACKS = Message("表单缺少 {field}（JSON）。")
