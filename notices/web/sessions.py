"""Signing in and out by API: the demo's sign-in, and the end of any session."""

from litestar import Response, delete, post

from notices import identity
from notices.changing import leaving
from notices.facts.errors import Invalid, NotFound
from notices.facts.forms import stripped
from notices.identity import Login
from notices.web import authentication, bodies, guards
from notices.web.authentication import AnyRequest
from notices.web.documenting import reads, writes


@post(
    "/api/v1/demo/login",
    status_code=204,
    **writes(
        "demoLogin",
        "sessions",
        Login,
        by=(),
        once=False,
        problems=(400, 403, 404, 408, 413, 415, 422, 429, 503),
    ),
)
async def demo_login(request: AnyRequest) -> Response[None]:
    """Sign in as a made-up person; a service that is no demo has no such path."""
    deployment = request.app.state.deployment
    if not deployment.settings.demo:
        raise NotFound
    login, wrong = bodies.decode(await bodies.raw_json(request), Login)
    if wrong:
        raise Invalid(problems=wrong)
    person = identity.person_from(stripped(login))
    guards.refuse_cross_site(request)
    token = await leaving.sign_in(deployment, person, request.user.session)
    response = Response(None, status_code=204)
    authentication.remember(response, deployment, token)
    return response


@delete(
    "/api/v1/session",
    status_code=204,
    **reads("signOut", "sessions", problems=(400, 429, 503), closed=True),
)
async def sign_out(request: AnyRequest) -> Response[None]:
    """End the session."""
    await request.user.signed_in()
    guards.refuse_cross_site(request)
    await leaving.sign_out(request.app.state.deployment, request.user.session)
    response = Response(None, status_code=204)
    authentication.forget(response, request.app.state.deployment)
    return response


HANDLERS = [demo_login, sign_out]
