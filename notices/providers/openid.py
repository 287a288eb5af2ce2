"""OpenID Connect: the code flow with PKCE, state and nonce, as whoever relies on a provider.

OpenID Connect Core 1.0 (3.1), Discovery 1.0 (4), RFC 7636 (PKCE), RFC 9207 (`iss` in the answer).
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from notices.facts.texts import Message, Text
from notices.providers.configuration import Provider
from notices.providers.configuration_rules import is_safe
from notices.providers.fetching import AT, ProviderDown, Shared, an_object, verbatim
from notices.providers.party import NOBODYS, NotProven, Party, Question, with_query
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
            raise ProviderDown(AT.format(url=url, why=verbatim(str(error)))) from None
        if metadata.issuer != self.provider.issuer:
            # Or another provider's tokens would be taken for this one's (Discovery 1.0, 4.3).
            told = verbatim(metadata.issuer) if is_safe(metadata.issuer) else _NO_ADDRESS
            raise ProviderDown(
                _OTHER_ISSUER.format(url=url, told=told, issuer=self.provider.issuer)
            )
        _refuse_in_the_clear(metadata)
        return metadata

    async def lacking(self, back: str) -> list[Text]:
        """By its metadata and keys, and by asking for what it has to refuse."""
        said = await self.metadata()
        await self.tokens.keys(again=False)
        found = self._said_to_lack(said)
        for try_ in (self._lacks_pages, self._lacks_tokens):
            try:
                found += await try_(said, back)
            except ProviderDown as error:
                found.append(error.text)
        return found

    def _said_to_lack(self, said: Metadata) -> list[Text]:
        found: list[Text] = []
        for name in ("token_endpoint", "jwks_uri", "userinfo_endpoint"):
            url = getattr(said, name)
            if url is not None and not self._fetching.may_ask(url):
                found.append(_AT_ANOTHER_HOST.format(name=name, url=url))
        methods = said.code_challenge_methods_supported
        if methods and "S256" not in methods:
            found.append(_NO_PKCE)
        if set(ALGORITHMS).isdisjoint(said.id_token_signing_alg_values_supported):
            found.append(_NO_ALGORITHM.format(names=", ".join(ALGORITHMS)))
        ways = said.token_endpoint_auth_methods_supported
        if {"client_secret_basic", "client_secret_post"}.isdisjoint(ways):
            found.append(_NO_WAY)
        scopes = said.scopes_supported
        missing = set(self.provider.scope.split()) - set(scopes or self.provider.scope.split())
        return found + [_NO_SCOPE.format(scope=each) for each in sorted(missing)]

    async def _lacks_pages(self, said: Metadata, back: str) -> list[Text]:
        """Whether browsers are taken with our client_id, redirect_uri and scope."""
        url = said.authorization_endpoint
        if not self._fetching.may_ask(url):
            return []  # where browsers alone go we do not
        asked = await self.address(Question.new(), NOBODYS, back, "zh")
        answer = await self._fetching.shows_a_page(asked)
        if answer.status >= 400:
            client = self.provider.client_id
            return [_NOT_REGISTERED.format(url=url, status=answer.status, client=client, back=back)]
        # Core 1.0, 3.1.2.6: what else is wrong is told to whoever comes back.
        error = parse_qs(urlsplit(answer.location).query).get("error", [""])[0]
        if answer.location.startswith(back) and error:
            return [_REFUSES.format(url=url, error=error[:60])]
        return []

    async def _lacks_tokens(self, said: Metadata, back: str) -> list[Text]:
        if not self._fetching.may_ask(said.token_endpoint):
            return []  # told already
        asked = self._exchanged(said.token_endpoint, NOBODYS, Question.new(), back, _way(said))
        return await self._knows_us(asked)

    async def unsaid(self) -> list[str]:
        """Claims that it does not list (Discovery 1.0, 3: it need not list all)."""
        claims = (await self.metadata()).claims_supported
        return sorted(set(self.provider.claimed) - set(claims or self.provider.claimed))

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
        url = metadata.token_endpoint
        tokens = await self._exchanged(url, code, question, redirect_uri, _way(metadata))
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


def _way(said: Metadata) -> str:
    ways = said.token_endpoint_auth_methods_supported
    return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"


def _refuse_in_the_clear(said: Metadata) -> None:
    """Raises ProviderDown where it would send browsers to anything but https, or this machine."""
    for name in ("authorization_endpoint", "end_session_endpoint"):
        if (url := getattr(said, name)) is not None and not is_safe(url):
            raise ProviderDown(_IN_THE_CLEAR.format(name=name, url=url))


_NO_ADDRESS = Message("不是地址的文字")
_OTHER_ISSUER = Message("{url}：其中的 issuer 是 {told}，不是 {issuer}")
_IN_THE_CLEAR = Message("{name}：{url} 不是 https 地址")
_AT_ANOTHER_HOST = Message("{name}：{url} 不在 issuer 自己的主机上")
_NO_PKCE = Message("code_challenge_methods_supported：没有 S256（PKCE）")
_NO_ALGORITHM = Message("id_token_signing_alg_values_supported：{names} 一种也没有")
_NO_WAY = Message(
    "token_endpoint_auth_methods_supported：没有 client_secret_basic，也没有 client_secret_post"
)
_NO_SCOPE = Message("scopes_supported：没有 {scope}")
_NOT_REGISTERED = Message(
    "{url}：对我们的 client_id 和 redirect_uri 答复了状态码 {status}："
    "平台登记了 {client} 和 {back} 吗？"
)
_REFUSES = Message("{url}：拒绝了我们的请求（{error}）")
