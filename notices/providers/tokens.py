"""Tokens that a provider signs: which are believed (OpenID Connect Core 1.0, 3.1.3.7)."""

import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from notices.providers.configuration import Provider
from notices.providers.fetching import AT, Fetching, ProviderDown, Shared, an_object, verbatim
from notices.providers.party import NotProven

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""With a public key of the provider's: never `none`, and never by a secret that we know too."""

SKEW = 60
"""Seconds by which the provider's clock and ours may differ."""
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = (None, "JWT")
"""What a token may say that it is (RFC 7519, 5.1): what says more is for another purpose."""
LOGOUT_TYPES = (*TYPES, "logout+jwt")
LOGOUT_LASTS = 600
"""Seconds after which nobody is signed out by it any more: it may have been kept by somebody."""
LASTS = 3600.0
"""Seconds for which what a provider says of itself is believed unasked."""
NOT_AGAIN = 10.0
"""Seconds after which its keys are asked for again because of one that nobody knows."""


class Tokens:
    """Reads the tokens of one provider; `where` answers with the address of its keys."""

    def __init__(
        self, provider: Provider, fetching: Fetching, where: Callable[[], Awaitable[str]]
    ) -> None:
        self._provider = provider
        self._fetching = fetching
        self._where = where
        self._keys = Shared(self._fetched)

    def forget(self) -> None:
        self._keys.forget()

    async def verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token of this sign-in (Core 1.0, 3.1.3.7)."""
        claims = await self.decoded(id_token)
        registry = jwt.JWTClaimsRegistry(
            leeway=SKEW,
            iss={"essential": True, "value": self._provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self._provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            raise NotProven(f"id_token: {error}") from None
        if not isinstance(claims["sub"], str):
            raise NotProven("id_token: sub is no text")
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise NotProven("id_token: it is of another sign-in (nonce)")
        audience, party = claims["aud"], claims.get("azp")
        if party not in (None, self._provider.client_id) or (
            party is None and isinstance(audience, list) and len(audience) > 1
        ):
            raise NotProven("id_token: it was issued to another party (azp)")
        return claims

    async def decoded(self, token: str, types: tuple[str | None, ...] = TYPES) -> dict[str, Any]:
        """The claims of a token that the provider has signed; a new key is asked for once."""
        for again in (False, True):
            keys = await self.keys(again=again)
            try:
                read = jwt.decode(token, keys, algorithms=ALGORITHMS)
                if read.header.get("typ") not in types:
                    raise NotProven("token: it is of another type (typ)")
                return dict(read.claims)
            except InvalidKeyIdError:
                continue
            except (JoseError, ValueError, TypeError, RecursionError) as error:
                # Anybody may send one, and a header may hold what the library does not look for.
                raise NotProven(f"token: {type(error).__name__}") from None
        raise NotProven("token: signed with a key that the provider does not have")

    async def keys(self, *, again: bool) -> KeySet:
        return await self._keys.get(NOT_AGAIN if again else LASTS)

    async def _fetched(self) -> KeySet:
        url = await self._where()
        found = an_object(await self._fetching.get(url), url)
        try:
            return KeySet.import_key_set({"keys": _public(found)})
        except (JoseError, KeyError, TypeError, ValueError) as error:
            why = verbatim(type(error).__name__)
            raise ProviderDown(AT.format(url=url, why=why)) from None

    async def ended(self, logout_token: str) -> tuple[str | None, str | None]:
        """Whose sessions end, as `sub` and `sid` (Back-Channel Logout 1.0, 2.6); raises NotProven.

        It may come twice: a session ends once.
        """
        claims = await self.decoded(logout_token, LOGOUT_TYPES)
        try:
            jwt.JWTClaimsRegistry(
                leeway=SKEW,
                iss={"essential": True, "value": self._provider.issuer},
                aud={"essential": True, "value": self._provider.client_id},
                iat={"essential": True},
                exp={"essential": True},
                jti={"essential": True},
            ).validate(claims)
        except JoseError as error:
            raise NotProven(f"logout_token: {error}") from None
        events, sub, sid = claims.get("events"), claims.get("sub"), claims.get("sid")
        if not (isinstance(events, dict) and isinstance(events.get(LOGOUT), dict)):
            raise NotProven("logout_token: it tells of another event")
        if "nonce" in claims:
            raise NotProven("logout_token: it is an ID token (nonce)")
        if not (isinstance(sub, str) or isinstance(sid, str)):
            raise NotProven("logout_token: it names nobody")
        if abs(time.time() - claims["iat"]) > LOGOUT_LASTS:
            raise NotProven("logout_token: it is old")
        return sub if isinstance(sub, str) else None, sid if isinstance(sid, str) else None


def _public(found: Mapping[str, Any]) -> list[Any]:
    """The keys that may verify; a secret that somebody published proves nothing."""
    keys = found.get("keys")
    if not isinstance(keys, list):
        raise KeyError("keys")
    return [
        key
        for key in keys
        if isinstance(key, dict)
        and key.get("kty") in ("RSA", "EC", "OKP")
        and key.get("use", "sig") == "sig"
    ]


def compare_hash(claims: Mapping[str, Any], id_token: str, access: object) -> None:
    """Refuses an access token that is not this ID token's (Core 1.0, 3.1.3.6)."""
    if "at_hash" not in claims or not isinstance(access, str):
        return
    bits = str(extract_compact(id_token.encode()).headers()["alg"])[-3:]
    hash_ = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}.get(bits)
    if hash_ is None:  # EdDSA names none
        return
    digest = hash_(access.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not hmac.compare_digest(half, str(claims["at_hash"]).encode()):
        raise NotProven("the access token is another one's (at_hash)")
