"""No way in: the service is for readers, and says so wherever one would have to sign in."""

from typing import Any

from litestar import Response

from notices.pages import rendering
from notices.pages.sign_in import Onward, SignIn
from notices.web.authentication import AnyRequest


class Closed(SignIn):
    """For a service that no provider of identities is connected to, and that is no demo."""

    is_open = False

    async def page(self, request: AnyRequest, onward: Onward, status: int = 200) -> Response[Any]:
        """What is open all the same, and what an operator has to do."""
        return await rendering.page(
            request, "sign_in_closed.html", status=status, cache=rendering.NEVER_KEPT
        )
