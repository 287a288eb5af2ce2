"""The JSON API of objections: filed by anybody who knows the number, read by officers."""

from dataclasses import dataclass
from typing import get_args

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from notices import once, register
from notices.changing import evidence, objecting
from notices.changing.evidence import Receiving
from notices.changing.objecting import Objections
from notices.facts.errors import (
    BadQuery,
    Invalid,
    NoSuchNotice,
    Problem,
    Refusal,
    SignInRequired,
)
from notices.facts.forms import Objection
from notices.facts.public.notice import ObjectionFiled, ObjectionStatus
from notices.identity import Person
from notices.once import Once
from notices.web import bodies, guards, multipart, uploads
from notices.web.authentication import AnyRequest, account_of
from notices.web.documenting import EVIDENCE_TYPES, READ_ONE, reads, writes
from notices.web.notices import NO_STORE, answered, key_of, once_of, passed_on, whole_number
from notices.web.requested import MOST_WAITING, ObjectionsQuery

EVIDENCE = "evidence"
FIELDS = ("number", "ground", "text")
STATUSES = get_args(ObjectionStatus)


@dataclass
class Filed:
    """An objection as it came: its form, what was wrong with it already, its file if any."""

    id: str
    form: Objection
    wrong: list[Problem]
    receiving: Receiving | None
    raw: bytes
    typed: dict[str, str]
    """Everything that a page's form holds; of a program nothing."""

    def discard(self) -> None:
        if self.receiving is not None:
            self.receiving.discard()


async def received(request: AnyRequest, person: Person | None, *, of_page: bool = False) -> Filed:
    """The objection in a JSON body or in a form with a file; of strangers no file is kept."""
    id = evidence.new_id()
    if not multipart.is_form(request):
        raw = await bodies.raw_json(request)
        form, wrong = bodies.decode(raw, Objection)
        return Filed(id, form, wrong, None, raw, {})
    upload = await uploads.received(
        request, person, file=EVIDENCE, id=id, known=None if of_page else FIELDS
    )
    filled = {name: upload.fields.get(name, "").strip() or None for name in FIELDS}
    typed = upload.fields if of_page else {}
    return Filed(id, Objection(**filled), upload.wrong, upload.receiving, upload.raw, typed)


async def file(
    request: AnyRequest, person: Person, id: str, filed: Filed, once_: Once | None
) -> str:
    """Check and file what was `received`; the 201's body. A refused file is gone."""
    deployment = request.app.state.deployment
    try:
        objecting.check(filed.form, filed.wrong)
        guards.refuse_cross_site(request)
        notice = await register.get(id)
        await objecting.refuse_own(deployment, person, notice)
        counted = not await once.known(once_)
        if counted:
            await guards.limit(request, "object", account_of(person))
    except BaseException:
        filed.discard()
        raise
    try:
        return await objecting.object_to(
            deployment, person, notice, filed.form,
            id=filed.id, receiving=filed.receiving, once_=once_,
        )  # fmt: skip
    except Invalid:
        raise  # who does not know the number stays counted, or he could try them all
    except Refusal:
        if counted:
            await guards.give_back(request, "object", account_of(person))
        raise


@post(
    "/api/v1/notices/{id:str}/objections",
    **writes("object", "objections", Objection, file=EVIDENCE),
)
async def object_to(request: AnyRequest, id: FromPath[str]) -> Response[ObjectionFiled]:
    """Object to a notice; as a form (multipart/form-data) an `evidence` file may come along."""
    key = key_of(request)
    person = await request.user.person()
    filed = await received(request, person)
    if person is None:
        raise SignInRequired
    once_ = once_of(request, person.identity, key, filed.raw)
    return passed_on(await file(request, person, id, filed, once_), ObjectionFiled, 201)


@get(
    "/api/v1/objections",
    **reads("getObjections", "objections", ObjectionsQuery, problems=READ_ONE, closed=True),
)
async def waiting(request: AnyRequest) -> Response[Objections]:
    """Objections as officers see them, the oldest first."""
    given = request.query_params
    problems = []
    status = given.get("status") or None
    if status is not None and status not in STATUSES:
        problems.append(Problem("status", "bad_value", {"expected": ", ".join(STATUSES)}))
    limit = whole_number(given.get("limit") or "20", 1, MOST_WAITING)
    if limit is None:
        problems.append(Problem("limit", "bad_value", {"expected": f"1-{MOST_WAITING}"}))
    if problems or limit is None:
        raise BadQuery(problems=problems)
    await request.user.officer()
    notice = (await register.get(given["notice"])).id if given.get("notice") else None
    found = await objecting.waiting(
        request.app.state.deployment, notice=notice, status=status, limit=limit
    )
    return answered(Objections(objections=found), headers=NO_STORE)


@get(
    "/api/v1/objections/{id:str}/evidence",
    **reads("getEvidence", "objections", problems=READ_ONE, closed=True, kinds=EVIDENCE_TYPES),
)
async def evidence_of(request: AnyRequest, id: FromPath[str]) -> Stream:
    """The evidence that came with an objection, for officers."""
    await request.user.officer()
    kept = await objecting.evidence_of(id)
    if kept is None:
        raise NoSuchNotice
    return uploads.kept(request, id, kept, id)


HANDLERS = [object_to, waiting, evidence_of]
