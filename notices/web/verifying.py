"""The page on which somebody checks a certificate that he is shown."""

from litestar import Response, get, post

from notices import verification
from notices.facts.errors import Invalid
from notices.verification import Question
from notices.web import guards, rendering, typed
from notices.web.guards import AnyRequest


@get("/verify", include_in_schema=False)
async def verify_form(request: AnyRequest) -> Response[str]:
    """What is asked: which certificate, which number, which copy."""
    # A kind of certificate may be named in a link; a number never is.
    certificate = request.query_params.get("certificate", "")
    return await rendering.page(
        request,
        "verify.html",
        values={"certificate": certificate, "number": "", "copy": ""},
        errors={},
        answer=None,
        certificate=None,
    )


@post("/verify", status_code=200, include_in_schema=False)
async def verify(request: AnyRequest) -> Response[str]:
    """The answer, and what it means."""
    given = await typed.fields(request, writing=False)
    await guards.limit(request, "verify")
    deployment = request.app.state.deployment
    values = {name: given.get(name, "") for name in ("certificate", "number", "copy")}
    certificate = deployment.catalogue.certificates.get(values["certificate"])
    # Without scripts the page cannot hide the copy for certificates that have only one.
    copy = typed.filled(values, "copy") if certificate and certificate.parts else None
    question = Question(
        certificate=typed.filled(values, "certificate"),
        number=typed.filled(values, "number"),
        copy=copy,
    )
    try:
        [answer] = await verification.answer(deployment, [question])
    except Invalid as refusal:
        return await rendering.page(
            request,
            "verify.html",
            status=422,
            cache=rendering.NEVER_KEPT,
            values=values,
            problems=refusal.problems,
            errors=rendering.by_field(refusal.problems),
            answer=None,
            certificate=None,
        )
    return await rendering.page(
        request,
        "verify.html",
        cache=rendering.NEVER_KEPT,
        values=values,
        errors={},
        answer=answer,
        certificate=certificate,
    )


HANDLERS = [verify_form, verify]
