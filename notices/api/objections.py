"""The JSON API of objections: filed by anybody who knows the number, read by officers."""

from typing import get_args

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from notices import register
from notices.api.documenting import EVIDENCE_TYPES, READ_ONE, reads, writes
from notices.changing import objecting
from notices.changing.objecting import Objections
from notices.facts.errors import (
    NoSuchNotice,
    Problem,
)
from notices.facts.public.notice import ObjectionFiled, ObjectionStatus
from notices.facts.requests import Objection
from notices.web import limiting, purposes, queries, uploads, writing
from notices.web.authentication import AnyRequest, Asker
from notices.web.replies import NO_STORE, answered
from notices.web.requested import ObjectionsQuery

EVIDENCE = "evidence"
STATUSES = get_args(ObjectionStatus)


@post(
    "/api/v1/notices/{id:str}/objections",
    **writes("object", "objections", Objection, file=EVIDENCE, counted=True),
)
async def object_to(request: AnyRequest, id: FromPath[str]) -> Response[ObjectionFiled]:
    """Object to a notice; as a form (multipart/form-data) an `evidence` file may come along."""
    async with writing.of(request, Objection, Asker.signed_in, file=EVIDENCE) as write:
        objecting.check(write.body, write.wrong)
        once = write.admit()
        notice = await register.get(id)
        await objecting.refuse_own(write.deployment, write.by, notice)
        async with limiting.counting(request, "object", write.by, once):
            done = await objecting.object_to(
                write.deployment, write.by, notice, write.body,
                id=write.file_id, receiving=write.receiving, once_=once,
            )  # fmt: skip
    return writing.created(done, ObjectionFiled)


@get(
    "/api/v1/objections",
    **reads(
        "getObjections", "objections", ObjectionsQuery, problems=READ_ONE, closed=True, looks=True
    ),
)
async def waiting(request: AnyRequest) -> Response[Objections]:
    """Objections as officers see them, the oldest first."""
    given = request.query_params
    problems: list[Problem] = []
    status = given.get("status") or None
    if status is not None and status not in STATUSES:
        problems.append(Problem("status", "bad_value", {"expected": ", ".join(STATUSES)}))
    limit = queries.waiting(given, problems)
    officer = await request.user.officer()
    notice = (await register.get(given["notice"])).id if given.get("notice") else None
    found = await objecting.waiting(
        request.app.state.deployment, notice=notice, status=status, limit=limit
    )
    if notice is None:
        found = await purposes.of_others(request, officer, found)
    seen = [each.notice for each in found]
    await purposes.note(request, officer, "objections", seen, [each.id for each in found])
    return answered(Objections(objections=found), headers=NO_STORE)


@get(
    "/api/v1/objections/{id:str}/evidence",
    **reads(
        "getEvidence",
        "objections",
        problems=READ_ONE,
        closed=True,
        looks=True,
        kinds=EVIDENCE_TYPES,
    ),
)
async def evidence_of(request: AnyRequest, id: FromPath[str]) -> Stream:
    """The evidence that came with an objection, for officers."""
    officer = await request.user.officer()
    kept = await objecting.evidence_of(id)
    if kept is None:
        raise NoSuchNotice
    await purposes.note(request, officer, "evidence", [kept.notice], [id])
    return uploads.kept(request, id, kept.file.media_type, id)


HANDLERS = [object_to, waiting, evidence_of]
