"""Declaring: a declaration as it comes, as JSON or as a form with the exhibit that some need."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from notices import declarations, register
from notices.api.documenting import EVIDENCE_TYPES, READ_ONE, WRITE, reads, writes
from notices.changing import deciding
from notices.facts.errors import NoSuchNotice
from notices.facts.public.notice import DeclaredNotice
from notices.facts.requests import Declaration, stripped
from notices.web import limiting, purposes, uploads, writing
from notices.web.authentication import AnyRequest, Asker

EXHIBIT = "exhibit"
WHOLE = "declaration"
"""The fields of the form: the document, and all that is declared."""


@post(
    "/api/v1/notices",
    **writes(
        "declare",
        "notices",
        Declaration,
        file=EXHIBIT,
        whole=WHOLE,
        problems=WRITE,
        headers={"Location": "The notice."},
        counted=True,
    ),
)
async def declare(request: AnyRequest) -> Response[DeclaredNotice]:
    """Declare a certificate lost; answers the public notice with its receipt.

    As a form (multipart/form-data) of `declaration` (this JSON) and `exhibit` (a PDF, JPEG or PNG
    file) where the relation asks for a document.
    """
    async with writing.of(
        request, Declaration, Asker.signed_in, file=EXHIBIT, whole=WHOLE
    ) as write:
        deployment, declaration = write.deployment, stripped(write.body)
        exhibit = write.receiving is not None
        certificate = declarations.check(
            deployment, write.by, declaration, write.now, write.wrong, exhibit=exhibit
        )
        once = write.admit()
        async with limiting.counting(request, "declare", write.by, once):
            done = await declarations.declare(
                deployment,
                write.by,
                declaration,
                certificate=certificate,
                once_=once,
                receiving=write.receiving,
                crowded=await limiting.crowded(request),
            )
    location = deployment.link(f"/api/v1/notices/{done.id}")
    return writing.created(done, DeclaredNotice, {"Location": location})


@get(
    "/api/v1/notices/{id:str}/exhibit",
    **reads(
        "getExhibit", "decisions", problems=READ_ONE, closed=True, looks=True, kinds=EVIDENCE_TYPES
    ),
)
async def exhibit_of(request: AnyRequest, id: FromPath[str]) -> Stream:
    """The document that came with a declaration for somebody else, for officers."""
    officer = await request.user.officer()
    notice = await register.get(id)
    exhibit = await deciding.exhibit_of(notice.id)
    if exhibit is None:
        raise NoSuchNotice
    await purposes.note(request, officer, "exhibit", [notice.id], [exhibit.id])
    return uploads.kept(request, exhibit.id, exhibit.media_type, f"exhibit-{notice.id}")


HANDLERS = [declare, exhibit_of]
