"""Declaring: a declaration as it comes, as JSON or as a form with the exhibit that some need."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from notices import declarations, once, register
from notices.changing import deciding, evidence
from notices.changing.evidence import Receiving
from notices.facts.errors import AlreadyDeclared, BadRequest, NoSuchNotice, Problem
from notices.facts.forms import Declaration, stripped
from notices.facts.public.notice import DeclaredNotice
from notices.facts.texts import Text
from notices.web import bodies, guards, multipart, typed, uploads
from notices.web.authentication import AnyRequest, account_of
from notices.web.documenting import EVIDENCE_TYPES, READ_ONE, reads, writes
from notices.web.notices import key_of, once_of, passed_on
from notices.web.uploads import Upload

EXHIBIT = "exhibit"
_NO_DECLARATION = Text(
    "表单缺少 declaration（JSON）。", "the form lacks `declaration`, which is JSON."
)


@dataclass
class Declared:
    """A declaration, what was wrong with it in decoding, its exhibit, and all of it as bytes."""

    declaration: Declaration
    wrong: list[Problem]
    receiving: Receiving | None
    raw: bytes

    def discard(self) -> None:
        if self.receiving is not None:
            self.receiving.discard()


async def received(request: AnyRequest) -> Declared:
    """The declaration that a program posts; of strangers no file is kept."""
    if not multipart.is_form(request):
        raw = await bodies.raw_json(request)
        declaration, wrong = bodies.decode(raw, Declaration)
        return Declared(stripped(declaration), wrong, None, raw)
    person = await request.user.person()
    form = await uploads.received(
        request, person, file=EXHIBIT, id=evidence.new_id(), known=("declaration",)
    )
    try:
        if "declaration" not in form.fields:
            raise BadRequest(reason=_NO_DECLARATION)
        raw = form.fields["declaration"].encode()
        declaration, wrong = bodies.decode(raw, Declaration)
    except BaseException:
        form.discard()
        raise
    return Declared(stripped(declaration), [*wrong, *form.wrong], form.receiving, form.raw)


async def typed_in(request: AnyRequest) -> Upload:
    """What was typed into a page's form, which has a file where a document is asked for."""
    if not multipart.is_form(request):
        return Upload(await typed.fields(request), None, [], b"")
    guards.refuse_cross_site(request)
    person = await request.user.person()
    return await uploads.received(request, person, file=EXHIBIT, id=evidence.new_id(), known=None)


@post(
    "/api/v1/notices",
    **writes(
        "declare",
        "notices",
        Declaration,
        file=EXHIBIT,
        whole="declaration",
        headers={"Location": "The notice."},
    ),
)
async def declare(request: AnyRequest) -> Response[DeclaredNotice]:
    """Declare a certificate lost; answers the public notice with its receipt.

    As a form (multipart/form-data) of `declaration` (this JSON) and `exhibit` (a PDF, JPEG or PNG
    file) where the relation asks for a document.
    """
    deployment = request.app.state.deployment
    key = key_of(request)
    filed = await received(request)
    declaration, exhibit = filed.declaration, filed.receiving is not None
    try:
        person = await request.user.signed_in()
        now = datetime.now(UTC)
        certificate = declarations.check(
            deployment, person, declaration, now, filed.wrong, exhibit=exhibit
        )
        guards.refuse_cross_site(request)
        once_ = once_of(request, person.identity, key, filed.raw)
        if not await once.known(once_):
            await guards.limit(request, "declare", account_of(person))
    except BaseException:
        filed.discard()
        raise
    try:
        body = await declarations.declare(
            deployment,
            person,
            declaration,
            certificate=certificate,
            once_=once_,
            receiving=filed.receiving,
        )
    except AlreadyDeclared:
        await guards.give_back(request, "declare", account_of(person))
        raise
    id = msgspec.json.decode(body, type=_Id).id
    location = deployment.link(f"/api/v1/notices/{id}")
    return passed_on(body, DeclaredNotice, 201, {"Location": location})


class _Id(msgspec.Struct):
    id: str


@get(
    "/api/v1/notices/{id:str}/exhibit",
    **reads("getExhibit", "decisions", problems=READ_ONE, closed=True, kinds=EVIDENCE_TYPES),
)
async def exhibit_of(request: AnyRequest, id: FromPath[str]) -> Stream:
    """The document that came with a declaration for somebody else, for officers."""
    await request.user.officer()
    notice = await register.get(id)
    exhibit = await deciding.exhibit_of(notice.id)
    if exhibit is None:
        raise NoSuchNotice
    return uploads.kept(request, exhibit.id, exhibit.media_type, f"exhibit-{notice.id}")


HANDLERS = [declare, exhibit_of]
