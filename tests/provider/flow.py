"""The code flow by hand, as a service has to do it."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.providing import BASE, Visitor

BACK = f"{BASE}/sign-in/province/callback"
SIGNED_BY = ["RS256", "ES256"]


class Flow:
    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.provider = visitor, visitor.provider
        self.verifier, self.state, self.nonce = (secrets.token_urlsafe(32) for _ in range(3))

    def address(self, **changes: Any) -> str:
        challenge = hashlib.sha256(self.verifier.encode()).digest()
        query = {
            "response_type": "code", "client_id": self.provider.client_id, "redirect_uri": BACK,
            "scope": "openid profile", "state": self.state, "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256", **changes,
        }  # fmt: skip
        kept = {name: it for name, it in query.items() if it is not None}
        return f"{self.provider.issuer}/auth?{urlencode(kept)}"

    async def back(self, account: str | None, **changes: Any) -> dict[str, str]:
        url = await self.visitor.sent_back(self.address(**changes), account)
        assert url.startswith(f"{BACK}?"), url
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    async def exchanged(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
            "code_verifier": self.verifier, **changes,
        }  # fmt: skip
        secret = (self.provider.client_id, self.provider.secret)
        url = f"{self.provider.issuer}/token"
        return await self.visitor.theirs.post(url, data=form, auth=secret)

    async def tokens(self, account: str = "anna") -> dict[str, Any]:
        answer = await self.exchanged((await self.back(account))["code"])
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def userinfo(self, token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return await self.visitor.theirs.get(f"{self.provider.issuer}/me", headers=headers)

    async def keys(self) -> KeySet:
        answer = await self.visitor.theirs.get(f"{self.provider.issuer}/jwks")
        return KeySet.import_key_set(answer.json())

    async def read(self, token: str) -> dict[str, Any]:
        return dict(jwt.decode(token, await self.keys(), algorithms=SIGNED_BY).claims)
