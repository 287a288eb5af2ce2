"""Where there is no handler, nobody has looked at the key: an address that is none of ours.

Everywhere else `app.look_at_address` does, or the handler itself.
"""

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from notices.facts.errors import Refusal
from notices.web import limiting, problems
from notices.web.authentication import AnyRequest, Asker


class Unrouted:
    """ASGI: a key that is none is refused before it is told that there is nothing here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _shows_something(scope):
            await self.app(scope, receive, send)
            return
        refused = False

        async def send_unless_unknown(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and "user" not in scope:
                request: AnyRequest = Request(scope, receive, send)
                scope["user"] = Asker(request.app.state.deployment, request)
                try:
                    await limiting.refuse_unknown_key(request)
                except Refusal as refusal:
                    refused = True
                    response = problems.respond(request, refusal)
                    await response.to_asgi_response(None, request)(scope, receive, send)
            if not refused:
                await send(message)

        await self.app(scope, receive, send_unless_unknown)


def _shows_something(scope: Scope) -> bool:
    return any(name == b"authorization" for name, _ in scope["headers"])
