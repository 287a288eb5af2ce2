"""A provincial platform as such describe themselves: OAuth 2 with an answer of its own format.

Written from what they publish for those who connect to them: no discovery, no ID token; everything
comes in `{"code", "msg", "data"}`, a refusal too and with the status 200; there are accounts of
natural and of legal persons, told apart by a type and asked for at two addresses; the token stands
in the address.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from aiohttp import web

from tests.provider.front import Front, Told

CLIENT = "notices"
SECRET = "only-the-tests-know-this-secret-of-theirs"
FORM = '<!doctype html><title>登录</title><form method="post"><input name="account"></form>'
PLATFORM = {
    "/oauth2/authorize": "authorization",
    "/oauth2/token": "token",
    "/oauth2/person": "userinfo",
    "/oauth2/corporation": "corporation",
}
USERS: dict[str, dict[str, Any]] = {
    "anna": {
        "uid": 10001, "userType": "1", "userName": "张三", "certType": "111",
        "certNo": "37999919000101001X", "mobile": "13800000001", "authLevel": 3,
    },
    "low": {
        "uid": 10002, "userType": "1", "userName": "赵六", "certType": "111",
        "certNo": "379999190001030025", "authLevel": 1,
    },
    "guardian": {
        "uid": 10003, "userType": "1", "userName": "李四", "certType": "111",
        "certNo": "379999190001020023", "authLevel": 3,
        "children": [{"childName": "李小明", "childCertNo": "379999202001010015"}],
    },
    "restaurant": {
        "uid": 20001, "userType": "2", "operatorName": "李四",
        "operatorCertNo": "379999190001020023",
        "corporationName": "潍坊市奎文区某某餐饮店", "creditCode": "92379999MA0000023B",
        "mobile": "13800000002", "authLevel": 3,
    },
}  # fmt: skip

FILE = """
[[provider]]
id = "province"
name = {{ zh = "省统一身份认证", en = "Provincial sign-in" }}
kinds = ["person", "organisation"]
protocol = "oauth2"
issuer = "{issuer}"
client_id = "notices"
client_secret_file = "secret"
assurance = {{ claim = "authLevel", verified = ["3", "4"] }}
user_type = {{ claim = "userType", person = ["1"], organisation = ["2"] }}
[provider.oauth2]
authorize = "{issuer}/oauth2/authorize"
token = "{issuer}/oauth2/token"
userinfo = "{issuer}/oauth2/person"
organisation_userinfo = "{issuer}/oauth2/corporation"
access_token = {{ in = "query", name = "access_token" }}
data = "data"
success = {{ claim = "code", any = ["0"] }}
subject = "uid"
audience = "appId"
[provider.claims]
name = "userName"
identifier = "certNo"
identifier_type = {{ claim = "certType", map = {{ "111" = "resident-id" }} }}
phone = "mobile"
wards = {{ claim = "children", name = "childName", identifier = "childCertNo" }}
[provider.organisation_claims]
name = "operatorName"
identifier = "operatorCertNo"
phone = "mobile"
organisation_name = "corporationName"
organisation_identifier = "creditCode"
"""


def written(folder: Path, issuer: str, *changes: tuple[str, str]) -> Path:
    """A file for SIGN_IN that names this platform, changed as told."""
    text = FILE.format(issuer=issuer)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "secret").write_text(SECRET)
    file = folder / "sign-in.toml"
    file.write_text(text, "utf-8")
    return file


@dataclass
class Code:
    """A code that was given out, and all that it is bound to."""

    account: str
    client: str
    redirect_uri: str
    challenge: str | None


@dataclass
class Platform(Front):
    """The platform at `url`; what is wrong with an endpoint `fault` says, as for any provider."""

    endpoints: dict[str, str] = field(default_factory=lambda: dict(PLATFORM))
    users: dict[str, dict[str, Any]] = field(default_factory=lambda: dict(USERS))
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each token whose it is, and which client's."""

    @property
    def issuer(self) -> str:
        return self.url

    def reset(self) -> None:
        self.users = dict(USERS)
        self.codes.clear()
        self.tokens.clear()
        self.asked.clear()

    async def _told(self, request: web.BaseRequest, body: bytes) -> Told:
        given = {name: it[0] for name, it in parse_qs(body.decode()).items()}
        match self.endpoints.get(request.path), request.method:
            case "authorization", "GET":
                return 200, [("content-type", "text/html; charset=utf-8")], FORM.encode()
            case "authorization", "POST":
                return self._led_back(dict(request.query), given)
            case "token", "POST":
                return _said(*self._token(given))
            case ("userinfo" | "corporation") as which, "GET":
                return _said(*self._told_of(request.query.get("access_token", ""), which))
        return 404, [("content-type", "text/html")], b"<h1>404</h1>"

    def _led_back(self, asked: dict[str, str], given: dict[str, str]) -> Told:
        back = {"state": asked.get("state", "")}
        account = given.get("account", "")
        if account in self.users:
            code = secrets.token_hex(16)
            challenge = asked.get("code_challenge")
            self.codes[code] = Code(account, asked["client_id"], asked["redirect_uri"], challenge)
            back["code"] = code
        else:
            back["error"] = "access_denied"
        return 302, [("location", f"{asked['redirect_uri']}?{urlencode(back)}")], b""

    def _token(self, given: dict[str, str]) -> tuple[str, dict[str, Any]]:
        if given.get("client_secret") != SECRET:
            return "40003", {}
        # Taken out whatever comes of it: a code is good once.
        code = self.codes.pop(given.get("code", ""), None)
        if code is None:
            return "40001", {}
        if (code.client, code.redirect_uri) != (given["client_id"], given["redirect_uri"]):
            return "40002", {}
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if code.challenge not in (None, made):
            return "40004", {}
        token = secrets.token_hex(32)
        self.tokens[token] = (code.account, code.client)
        user = self.users[code.account]
        return "0", {
            "access_token": token, "expires_in": 7200,
            "userType": user.get("userType"), "uid": user.get("uid"), "appId": code.client,
        }  # fmt: skip

    def _told_of(self, token: str, which: str) -> tuple[str, dict[str, Any]]:
        account, _ = self.tokens.get(token, ("", ""))
        user = self.users.get(account)
        if user is None:
            return "40101", {}
        if (user.get("userType") == "2") != (which == "corporation"):
            return "40301", {}
        return "0", user


def _said(code: str, data: dict[str, Any]) -> Told:
    words = {"code": code, "msg": "ok" if code == "0" else "error", "data": data or None}
    said = json.dumps(words, ensure_ascii=False).encode()
    return 200, [("content-type", "application/json; charset=utf-8")], said
