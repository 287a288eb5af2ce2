"""Checks of what surrounds answers: headers, other sites' pages, quotas, and the description."""

import gzip
import re

from notices.conformance.known import CHECK, NOBODYS, Known, record
from notices.conformance.results import Untried, differ, expect
from notices.facts.texts import Message

ORIGIN = "https://verifier.example"
OPEN = ("/api/v1/catalogue", "/.well-known/notice-keys.json", "/log/checkpoint", "/log/vkey")
OPERATIONS = frozenset(
    {"verify", "getNotice", "searchNotices", "getReceipt", "getEvents", "getCatalogue", "getKeys",
     "getCheckpoint", "getLogKey", "getTile", "getList", "getLatestList", "declare"}
)  # fmt: skip
_POLICY = re.compile(r'"[^"]+";q=[0-9]+;w=[0-9]+(, .*)?')
_LEFT = re.compile(r'"[^"]+";r=[0-9]+;t=[0-9]+(, .*)?')


def catalogue(known: Known) -> None:
    """Every certificate has a name in both languages, and says whether its numbers are shown."""
    if not known.catalogue:
        differ("GET /api/v1/catalogue", "certificates", "none")
    for id, one in known.catalogue.items():
        expect(f"{id}: name", {"zh", "en"}, {"zh", "en"} & set(one.get("name", {})))
        if one.get("public_number") not in ("full", "masked"):
            differ(f"{id}: public_number", "full or masked", one.get("public_number"))


def description(known: Known) -> None:
    """There is a description in OpenAPI 3.1, and it has the operations of the contract."""
    said = record(known.site.get("/schema/openapi.json").json(), "/schema/openapi.json")
    version = str(said.get("openapi"))
    if not version.startswith("3.1."):
        differ("/schema/openapi.json: openapi", "3.1", version)
    paths = record(said.get("paths"), "/schema/openapi.json: paths")
    named = {one.get("operationId") for path in paths.values() for one in path.values()}
    expect("/schema/openapi.json: operationId", frozenset(), OPERATIONS - named)


def headers(known: Known) -> None:
    """Nothing is guessed from content, answers are kept by nobody, and HEAD is GET's head."""
    reply = known.site.get("/api/v1/catalogue", Accept_Encoding="gzip")
    wanted = {"X-Content-Type-Options": "nosniff", "Content-Encoding": "gzip"}
    if known.site.url.startswith("https:"):
        wanted["Strict-Transport-Security"] = reply.headers.get("Strict-Transport-Security", "set")
    for name, value in wanted.items():
        expect(f"{reply.asked}: {name}", value, reply.headers.get(name))
    if not reply.headers.get("X-Request-Id"):
        differ(f"{reply.asked}: X-Request-Id", "set", None)
    gzip.decompress(reply.body)
    head = known.site.ask("HEAD", "/api/v1/catalogue")
    expect(head.asked, (200, b""), (head.status, head.body))
    answered = known.site.post(CHECK, NOBODYS, key=not known.tests)
    kept = answered.headers.get("Cache-Control", "")
    if "no-store" not in kept:
        differ(f"POST {CHECK}: Cache-Control", "no-store", kept)


def sharing(known: Known) -> None:
    """Pages of other sites may read what anybody may read, and ask, without credentials."""
    for path in OPEN:
        reply = known.site.get(path, Origin=ORIGIN)
        told = (reply.headers.get("Access-Control-Allow-Origin"),
                reply.headers.get("Access-Control-Allow-Credentials"))  # fmt: skip
        expect(f"GET {path}: Access-Control-Allow-Origin", ("*", None), told)
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    reply = known.site.ask("OPTIONS", CHECK, headers=asked)
    for name, value in (("Allow-Origin", "*"), ("Allow-Methods", "POST"),
                        ("Allow-Headers", "Content-Type")):  # fmt: skip
        expect(f"OPTIONS {CHECK}: Access-Control-{name}", value,
               reply.headers.get(f"Access-Control-{name}"))  # fmt: skip


def quota(known: Known) -> None:
    """Who has a key is told how often it may ask, and how much is left."""
    if known.site.key is None:
        raise Untried(_NO_KEY)
    usage = record(known.site.ask("GET", "/api/v1/usage", key=True).json(), "GET /api/v1/usage")
    names = {"quota", "used", "remaining", "period"}
    expect("GET /api/v1/usage", frozenset(), names - usage.keys())
    if usage["quota"] is None:
        raise Untried(_NO_QUOTA)
    reply = known.site.post(CHECK, NOBODYS, key=True)
    for name, pattern in (("RateLimit-Policy", _POLICY), ("RateLimit", _LEFT)):
        told = reply.headers.get(name) or ""
        if not pattern.fullmatch(told):
            differ(f"POST {CHECK}: {name}", pattern.pattern, told)


_NO_KEY = Message("这一项要有机关密钥（--key）。")
_NO_QUOTA = Message("这个密钥没有次数限制（演示模式），没有可试的。")
