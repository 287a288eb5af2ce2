"""The port of a provider: what a sign-in asks of whoever says who people are, in any protocol."""

import base64
import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from notices.facts.texts import Message, Text
from notices.providers.configuration import Provider
from notices.providers.fetching import Fetching, Refusal, Refused, an_object

NOBODYS = "notices-sign-in-check"
"""A code, or a token, that no provider has given anybody."""


class NotProven(Exception):
    """What came back proves nothing; the message says why, without what came."""


class Question(NamedTuple):
    """What is kept while somebody is at the provider."""

    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Question":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(48))

    @property
    def challenge(self) -> dict[str, str]:
        """What the provider is told of the verifier (RFC 7636, 4.3)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        code = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return {"code_challenge": code, "code_challenge_method": "S256"}


class Party(ABC):
    """One provider, asked when it is needed: a service starts while its provider is down."""

    tells_ends = False
    """Whether it can tell us that somebody has signed out there."""

    def __init__(self, provider: Provider, refusal: Refusal | None = None) -> None:
        self.provider = provider
        self._fetching = Fetching(provider.issuer, refusal)

    async def close(self) -> None:
        await self._fetching.close()

    def forget(self) -> None:  # noqa: B027  (most keep nothing)
        """What it has said of itself is asked for anew."""

    @abstractmethod
    async def lacking(self, back: str) -> list[Text]:
        """What the provider lacks of what we ask of it, whose redirect_uri is `back`.

        Raises ProviderDown.
        """

    async def unsaid(self) -> list[str]:
        """What it does not say of itself, and may do all the same; raises ProviderDown."""
        return []

    @abstractmethod
    async def address(
        self, question: Question, state: str, redirect_uri: str, lang: str, *, anew: bool = False
    ) -> str:
        """Where somebody is sent to say who they are; raises ProviderDown.

        `anew`: also where they are signed in there already, if the protocol has a word for that.
        """

    @abstractmethod
    async def claims(
        self, code: str, question: Question, redirect_uri: str, issuer: str | None
    ) -> dict[str, Any]:
        """Verified claims about who came back with `code`, `sub` among them.

        Raises NotProven, Refused or ProviderDown.
        """

    @abstractmethod
    async def end_address(self, back: str) -> str | None:
        """Where somebody signs out there, if the provider lets them; raises ProviderDown."""

    async def ended(self, logout_token: str) -> tuple[str | None, str | None]:
        """Whose sessions end, as `sub` and `sid`; raises NotProven or ProviderDown."""
        raise NotProven("it tells of no ends")

    async def _knows_us(self, asking: Awaitable[Mapping[str, Any]]) -> list[Text]:
        """Whether the token endpoint, asked with a code that is nobody's, refuses just that."""
        try:
            given = await asking
        except Refused as error:
            if str(error) in ("invalid_client", "unauthorized_client"):
                return [_UNKNOWN_TO_IT.format(error=str(error))]
        except NotProven:
            pass
        else:
            if "access_token" in given:
                return [_GIVES_TO_NOBODY]
        return []

    async def _exchanged(
        self, url: str, code: str, question: Question | None, redirect_uri: str, way: str
    ) -> dict[str, Any]:
        """What the token endpoint gives for `code` (RFC 6749, 4.1.3)."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if question is not None:
            form["code_verifier"] = question.verifier
        id, secret = self.provider.client_id, self.provider.secret
        headers = {}
        if way == "client_secret_basic":
            # RFC 6749, 2.3.1: both are form-encoded first.
            both = f"{quote(id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        else:
            form |= {"client_id": id, "client_secret": secret}
        return an_object(await self._fetching.post(url, form, headers), url)


_UNKNOWN_TO_IT = Message("token：平台不认我们的 client_id 和密钥（{error}）")
_GIVES_TO_NOBODY = Message("token：对不存在的授权码也给出了 access_token")


def with_query(endpoint: str, asked: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"
