"""Where everything is put together: the Litestar application of one web process."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec
import structlog
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig

from notices import __version__, api, data_keys, deployment, pages, tallies
from notices.agencies import using
from notices.api import documenting, health, saying, securing
from notices.api.schemas import Schemas
from notices.changing import exhibits
from notices.database import DB, WAITED_FOR
from notices.deployment import Deployment, WrongDatabase
from notices.facts.errors import NotFound, Refusal, Unavailable
from notices.facts.troubles import UnusableUrl
from notices.finding import Finder
from notices.pages import failing
from notices.pages.sign_in import choosing
from notices.pages.templating import Templates
from notices.print import press
from notices.print.picturing import Pictures
from notices.print.press import Presses
from notices.settings import Settings
from notices.statistics import measuring
from notices.statistics.reading import Reader
from notices.upkeep import looking, tidying
from notices.verification import effect
from notices.watches import alerts
from notices.web import (
    addresses,
    authentication,
    cross_site,
    forms,
    limiting,
    multipart,
    options,
    problems,
    queries,
)
from notices.web.authentication import AnyRequest, Asker
from notices.web.middleware import turns
from notices.web.middleware.packing import Packer
from notices.web.middleware.recording import Recorder
from notices.web.middleware.sharing import Sharer, open_methods
from notices.web.middleware.turns import Turns
from notices.web.middleware.unrouted import Unrouted
from notices.web.places import Place, Places
from search.engine import Engine

LOOK_AGAIN = 1.0
"""Seconds until a database that was not there is looked for again."""

READ_AFTER = 2.0
"""Seconds until pages are compiled that nobody has asked for yet."""

TALLIES = (using.USES, effect.CHECKS, alerts.ALERTS, measuring.DURATIONS)
LOG = structlog.get_logger("notices.web")


async def look_at_address(request: AnyRequest) -> Response[str] | None:
    """Before every handler; a machine path knows exactly the parameters it declares."""
    if "\0" in request.scope["path"]:
        raise NotFound  # no id holds one, and PostgreSQL takes none
    health.refuse_elsewhere(request)
    request.scope["user"] = Asker(request.app.state.deployment, request)
    if request.scope["state"].get(turns.NO_TURN):
        raise Unavailable(retry_after=1)
    try:
        await limiting.limit_submission(request)
    except Unavailable:
        await forms.rescue(request)
        raise
    queries.refuse_bad_encoding(request)
    known = request.route_handler.opt.get(options.QUERY)
    if known is not None:
        queries.refuse_unknown_parameters(request, known)
    if not request.route_handler.opt.get(options.KEYED):
        await health.without_database(request, limiting.refuse_unknown_key)
        if request.method == "POST" and not request.route_handler.opt.get(options.CHANGES_NOTHING):
            request.user.refuse_tests()
    if (elsewhere := addresses.elsewhere(request)) is not None:
        return elsewhere
    cross_site.refuse_to_pages(request)
    return None


async def connect(here: Deployment) -> None:
    """Connects DB as soon as there is a database that was written with our keys and rules.

    With others nothing is answered out of it, however late that is found.
    """
    url = here.settings.database_url or ""
    while True:
        try:
            await looking.look_at(url, here)
        except (WrongDatabase, UnusableUrl, Unavailable, asyncpg.PostgresError) as error:
            cause = error.__cause__ or error
            LOG.warning("waiting_for_the_database", error=type(cause).__name__)
            await asyncio.sleep(LOOK_AGAIN)
        else:
            await DB.start(url, here.settings.pool_size, WAITED_FOR)
            return


def create_app(settings: Settings, known: Deployment | None = None) -> Litestar:
    """The application. Its database may come later: until then what needs it is answered 503."""
    here = known or deployment.load(settings)
    engine = Engine(
        settings.meili_url or "http://127.0.0.1:7700",
        settings.meili_search_key or "",
        settings.meili_index,
    )
    finder = Finder(here, engine)
    presses = Presses()
    way_in = choosing.way_in(here)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        own_pool = DB.pool is None
        connecting = asyncio.create_task(connect(here) if own_pool else data_keys.begin(here.keys))
        await asyncio.wait([connecting], timeout=LOOK_AGAIN)
        beside = [
            asyncio.create_task(each)
            for each in (tidying.keep_tidy(here), data_keys.keep(here.keys), tallies.keep(TALLIES))
        ]
        try:
            yield
        finally:
            for task in (connecting, *beside):
                task.cancel()
            await asyncio.wait([connecting, *beside])
            await finder.breaker.close()
            await way_in.close()
            await presses.stop()
            if own_pool:
                await DB.stop()

    app = Litestar(
        route_handlers=[*api.HANDLERS, *pages.HANDLERS, *way_in.handlers],
        plugins=[Schemas()],
        lifespan=[lifespan],
        state=State(
            {
                "deployment": here,
                "finder": finder,
                "places": Places(Place(press.AT_ONCE, press.RETRY_AFTER)),
                "presses": presses,
                "pictures": Pictures(),
                "sign_in": way_in,
                "statistics": Reader(here),
                "error_page": failing.error_page,
                "templates": Templates(here, may_sign_in=way_in.is_open),
                "feeds": {},
                "looks": health.looks(settings.uploads_folder),
                "catalogue_json": msgspec.json.encode(here.catalogue.public()).decode(),
            }
        ),
        before_request=look_at_address,
        exception_handlers={Exception: problems.respond, Refusal: problems.respond},
        request_max_body_size=exhibits.MOST_BYTES + multipart.OVERHEAD,
        openapi_config=OpenAPIConfig(
            title="Lost certificate notices",
            version=__version__,
            description=saying.ABOUT,
            use_handler_docstrings=True,
            path="/schema",
            render_plugins=[documenting.Rendered()],
            components=securing.components(authentication.cookie_name(here)),
        ),
        logging_config=None,
        debug=False,
    )
    # Around the routing too, so that an address that is nothing of ours is answered alike.
    shared = Sharer(Unrouted(app.asgi_handler), open_methods(app))
    app.asgi_handler = Recorder(Turns(Packer(shared)), https=settings.https)
    return app


def read_pages_aside(app: Litestar) -> None:
    """A little later, in a thread: a process that was killed is to be back without that second."""
    reading = threading.Timer(READ_AFTER, app.state.templates.read)
    reading.daemon = True
    reading.start()


def lasting_app(settings: Settings, known: Deployment) -> Litestar:
    """`create_app` for a process that does nothing else.

    What there is by now is there until it ends. Python looks through all that may have become
    garbage in one go, and with what was imported that took a tenth of a second, in which nobody
    was answered; of what is frozen it knows that it is none.
    """
    app = create_app(settings, known)
    app.on_startup.append(read_pages_aside)
    gc.collect()
    gc.freeze()
    return app
