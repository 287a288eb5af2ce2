"""OpenID Connect: the code flow with PKCE, state and nonce, as whoever relies on a provider.

OpenID Connect Core 1.0 (3.1), Discovery 1.0 (4), RFC 7636 (PKCE), RFC 9207 (`iss` in the answer).
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from notices.providers.configuration import Provider
from notices.providers.configuration_rules import is_safe
from notices.providers.fetching import ProviderDown, Shared, an_object
from notices.providers.party import NotProven, Party, Question, with_query
from notices.providers.tokens import ALGORITHMS, LASTS, Tokens, compare_hash

_SIGNED = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself (Discovery 1.0, 3), as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False
    code_challenge_methods_supported: tuple[str, ...] = ()
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    scopes_supported: tuple[str, ...] | None = None
    claims_supported: tuple[str, ...] | None = None


class OpenID(Party):
    """A provider that speaks OpenID Connect."""

    tells_ends = True

    def __init__(self, provider: Provider) -> None:
        super().__init__(provider)
        self._metadata = Shared(self._fetched)
        self.tokens = Tokens(provider, self._fetching, self._keys_address)

    def forget(self) -> None:
        self._metadata.forget()
        self.tokens.forget()

    async def _keys_address(self) -> str:
        return (await self.metadata()).jwks_uri

    async def metadata(self) -> Metadata:
        """Raises ProviderDown."""
        return await self._metadata.get(LASTS)

    async def _fetched(self) -> Metadata:
        url = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = an_object(await self._fetching.get(url), url)
        try:
            metadata = msgspec.convert(found, Metadata)
        except msgspec.ValidationError as error:
            raise ProviderDown(f"{url}: {error}") from None
        if metadata.issuer != self.provider.issuer:
            # Or another provider's tokens would be taken for this one's (Discovery 1.0, 4.3).
            raise ProviderDown(f"{url}: its issuer is not {self.provider.issuer}")
        _refuse_in_the_clear(metadata)
        return metadata

    async def lacking(self) -> list[str]:
        """As it says of itself: by its metadata, and its keys can be read.

        A provider may do more than it says: what it does not say is no fault of it.
        """
        said, wanted = await self.metadata(), self.provider
        await self.tokens.keys(again=False)
        found = []
        for name in ("token_endpoint", "jwks_uri", "userinfo_endpoint"):
            url = getattr(said, name)
            if url is not None and not self._fetching.may_ask(url):
                found.append(f"{name}: {url} is not at the issuer's own host")
        methods = said.code_challenge_methods_supported
        if methods and "S256" not in methods:
            found.append("code_challenge_methods_supported: lacks S256 (PKCE)")
        if set(ALGORITHMS).isdisjoint(said.id_token_signing_alg_values_supported):
            found.append(f"id_token_signing_alg_values_supported: none of {', '.join(ALGORITHMS)}")
        ways = said.token_endpoint_auth_methods_supported
        if {"client_secret_basic", "client_secret_post"}.isdisjoint(ways):
            found.append("token_endpoint_auth_methods_supported: no client_secret_basic or _post")
        scopes = said.scopes_supported
        missing = set(wanted.scope.split()) - set(scopes or wanted.scope.split())
        found += [f"scopes_supported: lacks {each}" for each in sorted(missing)]
        claims = said.claims_supported
        missing = set(wanted.claimed) - set(claims or wanted.claimed)
        return found + [f"claims_supported: lacks {each}" for each in sorted(missing)]

    async def address(
        self, question: Question, state: str, redirect_uri: str, lang: str, *, anew: bool = False
    ) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.provider.scope,
            "state": state,
            "nonce": question.nonce,
            **question.challenge,
            "ui_locales": lang,
        }
        if anew:
            asked["prompt"] = "login"  # Core 1.0, 3.1.2.1
        return with_query((await self.metadata()).authorization_endpoint, asked)

    async def claims(
        self, code: str, question: Question, redirect_uri: str, issuer: str | None
    ) -> dict[str, Any]:
        metadata = await self.metadata()
        if issuer != metadata.issuer and (
            issuer is not None or metadata.authorization_response_iss_parameter_supported
        ):
            raise NotProven("the answer is another issuer's")
        ways = metadata.token_endpoint_auth_methods_supported
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        url = metadata.token_endpoint
        tokens = await self._exchanged(url, code, question, redirect_uri, way)
        id_token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise NotProven("there is no id_token")
        claims = await self.tokens.verified(id_token, question.nonce)
        compare_hash(claims, id_token, access)
        if metadata.userinfo_endpoint and isinstance(access, str):
            claims = await self._userinfo(metadata.userinfo_endpoint, access, claims) | claims
        return claims

    async def end_address(self, back: str) -> str | None:
        """Where somebody signs out there (RP-Initiated Logout 1.0, 2), if the provider lets them.

        Without the ID token as a hint, which would put a name and a number into an address: the
        provider asks its user instead.
        """
        endpoint = (await self.metadata()).end_session_endpoint
        if endpoint is None:
            return None
        asked = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back}
        return with_query(endpoint, asked)

    async def ended(self, logout_token: str) -> tuple[str | None, str | None]:
        return await self.tokens.ended(logout_token)

    async def _userinfo(self, url: str, access: str, proven: Mapping[str, Any]) -> dict[str, Any]:
        content = await self._fetching.get(url, bearer=access)
        if _SIGNED.fullmatch(content):  # Core 1.0, 5.3.2
            found = await self.tokens.decoded(content.decode())
        else:
            found = an_object(content, url)
        if found.get("sub") != proven["sub"]:
            raise NotProven("userinfo is about somebody else")  # Core 1.0, 5.3.2
        return found


def _refuse_in_the_clear(said: Metadata) -> None:
    """Raises ProviderDown where it would send browsers to anything but https, or this machine."""
    for name in ("authorization_endpoint", "end_session_endpoint"):
        if (url := getattr(said, name)) is not None and not is_safe(url):
            raise ProviderDown(f"{name}: {url} is no https address")
