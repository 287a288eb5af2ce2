"""How somebody looks at the pages: as everybody, or in the view for elders, which stays on.

A cookie says so, and no session: it is for those too who never sign in. It holds one word, and
pages vary by cookie anyhow.
"""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post

from notices.pages import rendering
from notices.web import authentication, forms, languages
from notices.web.authentication import AnyRequest

LASTS = timedelta(days=365)
STATED_ON = "2026-11-29"
"""The day on which what the statement says was last looked at, page by page."""


@post("/view", include_in_schema=False)
async def choose(request: AnyRequest) -> Response[Any]:
    """Keep the view that was chosen, and back to the page on which it was."""
    given = await forms.fields(request)
    lasts = LASTS if given.get("view") == rendering.ELDER else timedelta(0)
    response = _back(request)
    deployment = request.app.state.deployment
    kept = authentication.cookie(deployment, rendering.VIEW, rendering.ELDER, lasts)
    response.set_cookie(kept)
    return response


@get("/view", include_in_schema=False)
async def back(request: AnyRequest) -> Response[Any]:
    """To the page that the address names: who signs in on the way here asks by GET."""
    return _back(request)


def _back(request: AnyRequest) -> Response[Any]:
    next = rendering.local_path(request.query_params.get("next"))
    return rendering.see_other(next, languages.language_of(request))


@get("/accessibility", include_in_schema=False)
async def statement(request: AnyRequest) -> Response[str]:
    """What of the pages everybody can use, what not yet, and whom to tell."""
    return await rendering.page(request, "accessibility.html", stated_on=STATED_ON)


HANDLERS = [choose, back, statement]
