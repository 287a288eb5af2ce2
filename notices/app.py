"""Where everything is put together: the Litestar application of one web process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from notices import __version__, deployment, tidying
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Refusal
from notices.finding import Finder
from notices.settings import Settings
from notices.web import (
    declaring,
    feeds,
    guards,
    health,
    notices,
    pages,
    problems,
    sessions,
    signing,
    verifications,
    verifying,
)
from notices.web.recording import Recorder
from search.engine import Engine


def refuse_unknown_parameters(request: Request[Any, Any, Any]) -> None:
    """Before every handler: a machine path knows exactly the parameters it declares."""
    known = request.route_handler.opt.get("query")
    if known is not None:
        guards.refuse_unknown_parameters(request, known)


def create_app(settings: Settings, known: Deployment | None = None) -> Litestar:
    """The application; PostgreSQL is connected to when it starts, and may come later."""
    here = known or deployment.load(settings)
    engine = Engine(
        settings.meili_url or "http://127.0.0.1:7700",
        settings.meili_search_key or "",
        settings.meili_index,
    )

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        own_pool = DB.pool is None
        if own_pool:
            await DB.start(settings.database_url or "", settings.pool_size)
        try:
            await deployment.refuse_another_database(here)
            tidying_ = asyncio.create_task(tidying.keep_tidy())
            yield
            tidying_.cancel()
        finally:
            await engine.close()
            if own_pool:
                await DB.stop()

    app = Litestar(
        route_handlers=[
            *notices.HANDLERS,
            *verifications.HANDLERS,
            *sessions.HANDLERS,
            *health.HANDLERS,
            *feeds.HANDLERS,
            *pages.HANDLERS,
            *declaring.HANDLERS,
            *signing.HANDLERS,
            *verifying.HANDLERS,
        ],
        lifespan=[lifespan],
        state=State(
            {
                "deployment": here,
                "finder": Finder(here, engine),
                "catalogue_json": msgspec.json.encode(here.catalogue.public()).decode(),
            }
        ),
        before_request=refuse_unknown_parameters,
        exception_handlers={Exception: problems.respond, Refusal: problems.respond},
        request_max_body_size=verifications.MOST_BYTES,
        openapi_config=OpenAPIConfig(
            title="Lost certificate notices",
            version=__version__,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        logging_config=None,
        debug=False,
    )
    # Around the routing too, so that an address that is nothing of ours is answered alike.
    app.asgi_handler = Recorder(app.asgi_handler, https=settings.https)
    return app
