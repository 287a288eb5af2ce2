"""The JSON API of files: a register of certificates, answered row by row, and its summary."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from notices.agencies import Agency, using
from notices.api.documenting import AGENCY, READ_ONE, reads, takes_file
from notices.batches import (
    MOST_BYTES,
    Counted,
    FileRefused,
    Form,
    Guessed,
    running,
    summaries,
)  # fmt: skip
from notices.batches.scratch import (
    Reader,
    Scratch,
    Writer,
    folder_of,
    refuse_without_room,
    storing,
)
from notices.facts.errors import (
    BodyTooLarge,
    Invalid,
    MediaType,
    NoSuchSummary,
    Problem,
)  # fmt: skip
from notices.facts.excess import TooManyRequests
from notices.facts.public.batch import LastLine, Summary
from notices.facts.texts import ByLanguage
from notices.limits import Counted as Who
from notices.trust.sealing import Aes256Gcm
from notices.verification import effect
from notices.watches import alerts
from notices.web import bodies, limiting, multipart
from notices.web.authentication import AnyRequest
from notices.web.middleware import turns
from notices.web.replies import NO_STORE, passed_on

CSV, NDJSON = "text/csv", "application/x-ndjson"
PATIENCE = 120.0
"""Seconds for which a file that has come waits until another one is answered."""

MOST_PARTS = 5
ROOM = 3
"""Times the bytes of a file that have to be there for it: itself, and its reply."""

LOOK = 1.0
"""Seconds of a reply after which it is looked again whether its key is still taken."""


@post(
    "/api/v1/verifications/batch",
    status_code=200,
    request_max_body_size=MOST_BYTES + multipart.OVERHEAD,
    **takes_file("verifyFile", "verifications", "file", (CSV, NDJSON)),
)
async def batch(request: AnyRequest) -> Response[Any]:
    """A file of certificates comes back with what is said of each row, and a signed summary.

    CSV (UTF-8 or GB18030) or XLSX, whose first row names the columns: `number` and perhaps
    `certificate`, `copy`, `copy_number`. All of it is answered as the register is when its last
    byte has come; rows and columns stay in order, behind them stand `status`, `since`,
    `effective_at`, `awaiting`, `notice`, `others`, `problem`. `Link` with `rel="summary"` leads to
    the summary.
    With `Accept: application/x-ndjson` each row is an object, and the summary the last. Each row
    counts against the quota, and those about certificates with masked numbers need `masked`. What
    is shorter than its `Content-Length` is no answer: the connection was lost, or the key revoked.
    """
    return await answered(request)


async def answered(request: AnyRequest) -> Response[Any]:
    """The same for whoever sends the form: an agency by its key, or its staff from a page."""
    await limiting.refuse_unknown_key(request)
    agency = await request.user.agency()
    agency.require("batch")
    _refuse_what_is_no_form(request)
    who = Who("agency", agency.id, agency.told)
    # Let go at once when it ends early: what an exception holds stays until somebody looks for it.
    with contextlib.ExitStack() as held:
        held.callback(request.app.state.places.seats.take(agency.id).leave)
        try:
            return await _answer(request, agency, who, held)
        except running.Gone:
            return Response(None, status_code=turns.NOBODY)


async def _answer(
    request: AnyRequest, agency: Agency, who: Who, held: contextlib.ExitStack
) -> Response[Any]:
    deployment = request.app.state.deployment
    form: Form = "ndjson" if _wants_objects(request) else "csv"
    key = Aes256Gcm.generate()
    assert isinstance(key, Aes256Gcm)  # noqa: S101
    received = await _received(request, key, held)
    await request.user.keyed()  # what came slowly is held against the key as it is now
    run = _Run(request, who)
    with storing():
        reply = Scratch(folder_of(deployment))
    held.callback(reply.close)
    async with request.app.state.places.files.taken(request, PATIENCE):
        try:
            done = await running.answer(
                deployment, received.file, reply, key, form,
                test=agency.test, may_ask_masked="masked" in agency.scopes,
                hear=run.hear, look=run.look,
            )  # fmt: skip
            summary = summaries.signed(deployment, done, received.sha256, test=agency.test)
            with storing():
                id = await asyncio.to_thread(summaries.keep, deployment, agency.id, summary)
        except BaseException as error:
            await run.give_back()
            if isinstance(error, FileRefused):
                raise _invalid(error) from None
            raise
    received.file.close()
    using.count(agency.key, done.rows)
    if not agency.test:
        for certificate, met, checks in done.checks:
            effect.add(certificate, met, checks)
        await alerts.tell(agency, done.met)
    last = msgspec.json.encode(LastLine(summary=summary)) + b"\n" if form == "ndjson" else b""
    link = deployment.link(f"/api/v1/verifications/batch/{id}")
    return Stream(
        _content(request, reply, key, last, held.pop_all()),
        media_type=CSV if form == "csv" else NDJSON,
        encoding=done.encoding if form == "csv" else "utf-8",
        headers={
            **NO_STORE,
            "Content-Length": str(done.size + len(last)),
            "Content-Disposition": f'attachment; filename="answers.{form}"',
            "Link": f'<{link}>; rel="summary"',
        },
    )


async def _content(
    request: AnyRequest, reply: Scratch, key: Aes256Gcm, last: bytes, held: contextlib.ExitStack
) -> AsyncIterator[bytes]:
    """The reply; it stops short of its length where its key is taken no more."""
    looked = time.monotonic()
    with held:
        for piece in Reader(reply.fd, key, "answered").pieces():
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                await request.user.keyed()
            yield piece
        if last:
            yield last


class _Run:
    """What a run asks of the request that it is for."""

    def __init__(self, request: AnyRequest, who: Who) -> None:
        self._request, self._who = request, who
        self._counted = 0

    async def hear(self, told: Counted | Guessed) -> bool:
        """Raises TooManyRequests, before anything is looked up, for more rows than are left."""
        if isinstance(told, Counted):
            await limiting.limit(self._request, "verify", self._who, told.rows)
            self._counted = told.rows
            return True
        try:
            await limiting.limit_guesses(self._request, self._who, told.masks)
        except TooManyRequests:
            return False
        return True

    async def look(self) -> None:
        """Raises Gone, or UnknownKey."""
        if turns.nobody_waits(self._request.scope):
            raise running.Gone
        await self._request.user.keyed()

    async def give_back(self) -> None:
        """Of what was not answered nothing counts."""
        if self._counted:
            await limiting.give_back(self._request, "verify", self._who, self._counted)


class _Received(NamedTuple):
    """A file that has come to its end, and its hash."""

    file: Scratch
    sha256: bytes


async def _received(request: AnyRequest, key: Aes256Gcm, held: contextlib.ExitStack) -> _Received:
    """Raises NoRoomForBatch, and what `multipart.read` does."""
    with storing():
        file = Scratch(folder_of(request.app.state.deployment))
        held.callback(file.close)
        length = request.headers.get("content-length", "0")
        refuse_without_room(file.fd, ROOM * int(length) if length.isdigit() else 0)
    writer = Writer(file.fd, key, "received")

    def write(data: bytes) -> None:
        with storing():
            writer.write(data)

    fields, has_file = await multipart.read(request, "file", write, MOST_BYTES, parts=MOST_PARTS)
    if fields:
        raise bodies.unknown_fields(fields)
    if not has_file:
        raise Invalid(problems=[Problem("file", "required")])
    if writer.size == 0:
        raise Invalid(problems=[Problem("file", "file_empty")])
    if writer.size > MOST_BYTES:
        raise BodyTooLarge(limit=MOST_BYTES)
    with storing():
        writer.end()
    return _Received(file, writer.sha256)


def _invalid(refused: FileRefused) -> Invalid:
    told = refused.refused
    params = {
        name: ByLanguage(value) if isinstance(value, dict) else value
        for name, value in told.params.items()
    }
    return Invalid(problems=[Problem("file", told.code, params)])


def _wants_objects(request: AnyRequest) -> bool:
    return NDJSON in request.headers.get("accept", "")


def _refuse_what_is_no_form(request: AnyRequest) -> None:
    """Before anything of it is read: 413 and 415 by what the head says."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > MOST_BYTES + multipart.OVERHEAD:
        raise BodyTooLarge(limit=MOST_BYTES)
    if not multipart.is_form(request):
        raise MediaType(expected=multipart.FORM)


@get(
    "/api/v1/verifications/batch/{id:str}",
    **{
        **reads("getVerifiedFile", "verifications", problems=READ_ONE, closed=True),
        "security": [AGENCY],
    },
)
async def summary(request: AnyRequest, id: FromPath[str]) -> Response[Summary]:
    """The signed summary of a file that this agency had answered within a day."""
    agency = await request.user.agency()
    deployment = request.app.state.deployment
    now = datetime.now(UTC)
    found = await asyncio.to_thread(summaries.kept, deployment, agency.id, id, now)
    if found is None:
        raise NoSuchSummary
    return passed_on(found, Summary, headers=NO_STORE)


HANDLERS = [batch, summary]
