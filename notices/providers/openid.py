"""OpenID Connect: the code flow with PKCE, state and nonce, as whoever relies on a provider.

OpenID Connect Core 1.0 (3.1), Discovery 1.0 (4), RFC 7636 (PKCE), RFC 9207 (`iss` in the answer).
"""

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from notices.providers.configuration import Provider
from notices.providers.fetching import Fetching, ProviderDown, Refused, an_object
from notices.providers.tokens import ALGORITHMS, LASTS, NotProven, Tokens, compare_hash

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


class Question(NamedTuple):
    """What is kept while somebody is at the provider."""

    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Question":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(48))


class OpenID:
    """One provider, asked when it is needed: a service starts while its provider is down."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._fetching = Fetching(provider.issuer)
        self._metadata: tuple[float, Metadata] | None = None
        self.tokens = Tokens(provider, self._fetching, self._keys_address)

    async def close(self) -> None:
        await self._fetching.close()

    def forget(self) -> None:
        """What it has said of itself, and its keys, are asked for anew."""
        self._metadata = None
        self.tokens.forget()

    async def _keys_address(self) -> str:
        return (await self.metadata()).jwks_uri

    async def metadata(self) -> Metadata:
        """Raises ProviderDown."""
        if self._metadata is None or self._metadata[0] < time.monotonic() - LASTS:
            url = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = an_object(await self._fetching.get(url), url)
            try:
                metadata = msgspec.convert(found, Metadata)
            except msgspec.ValidationError as error:
                raise ProviderDown(f"{url}: {error}") from None
            if metadata.issuer != self.provider.issuer:
                # Or another provider's tokens would be taken for this one's (Discovery 1.0, 4.3).
                raise ProviderDown(f"{url}: its issuer is not {self.provider.issuer}")
            self._metadata = time.monotonic(), metadata
        return self._metadata[1]

    async def lacking(self) -> list[str]:
        """What the provider, as it says of itself, lacks of what we ask of it; raises ProviderDown.

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

    async def address(self, question: Question, state: str, redirect_uri: str, lang: str) -> str:
        """Where somebody is sent to say who they are."""
        digest = hashlib.sha256(question.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.provider.scope,
            "state": state,
            "nonce": question.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "ui_locales": lang,
        }
        endpoint = (await self.metadata()).authorization_endpoint
        return _with(endpoint, asked)

    async def claims(
        self, code: str, question: Question, redirect_uri: str, issuer: str | None
    ) -> dict[str, Any]:
        """Verified claims about who came back with `code`, `sub` among them.

        Raises NotProven, Refused or ProviderDown.
        """
        metadata = await self.metadata()
        if issuer != metadata.issuer and (
            issuer is not None or metadata.authorization_response_iss_parameter_supported
        ):
            raise NotProven("the answer is another issuer's")
        tokens = await self._exchanged(metadata, code, question.verifier, redirect_uri)
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
        return _with(endpoint, asked)

    async def _exchanged(
        self, metadata: Metadata, code: str, verifier: str, redirect_uri: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        id, secret = self.provider.client_id, self.provider.secret
        headers = {}
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            # RFC 6749, 2.3.1: both are form-encoded first.
            both = f"{quote(id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        else:
            form |= {"client_id": id, "client_secret": secret}
        content = await self._fetching.post(metadata.token_endpoint, form, headers)
        return an_object(content, metadata.token_endpoint)

    async def _userinfo(self, url: str, access: str, proven: Mapping[str, Any]) -> dict[str, Any]:
        content = await self._fetching.get(url, bearer=access)
        if _SIGNED.fullmatch(content):  # Core 1.0, 5.3.2
            found = await self.tokens.decoded(content.decode())
        else:
            found = an_object(content, url)
        if found.get("sub") != proven["sub"]:
            raise NotProven("userinfo is about somebody else")  # Core 1.0, 5.3.2
        return found


def _with(endpoint: str, asked: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


__all__ = ["Metadata", "NotProven", "OpenID", "ProviderDown", "Question", "Refused"]
