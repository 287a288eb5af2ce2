"""Requests of every kind that are right as they are, and the application asked without a socket."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from litestar import Litestar

from notices.pages.templating import STATIC
from tests.api import declaration
from tests.conftest import BASE
from tests.samples import ANNA, RESTAURANT

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
FORM, JSON, MULTIPART = (
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=b",
)


@dataclass(frozen=True)
class Asked:
    """A request that is right, before it is spoiled; `who` is the session it comes with."""

    method: str
    path: str
    who: str = ""
    query: tuple[tuple[str, str], ...] = ()
    form: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    type: str = ""
    raw: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    right: tuple[int, ...] = (200,)


DRAFT = "0123456789abcdefghijkl"
WRONG = (422,)
"""Of what would end the notice that all others are about: one value is left wrong."""


@dataclass
class Seeds:
    """All that is asked, right as it is: every page, path and form."""

    id: str
    objection: str
    static: list[str] = field(
        default_factory=lambda: sorted(each.name for each in STATIC.iterdir())
    )

    def gets(self) -> Iterator[Asked]:
        id = self.id
        for name in self.static:
            yield Asked("GET", f"/static/{name}", query=(("v", "1"),))
        yield Asked("GET", "/nothing", right=(404,))
        yield Asked("GET", "/api/v1/objections", right=(401,))
        for path in (
            "/", "/notices", "/notices/" + id, f"/notices/{id}.pdf", "/verify", "/log",
            "/problems", "/problems/invalid",
            "/sign-in", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/.well-known/security.txt",
            "/feed.atom",
        ):  # fmt: skip
            yield Asked("GET", path, query=(("lang", "en"),))
        for path in (
            "/.well-known/notice-keys.json", "/log/checkpoint", "/log/vkey", "/log/tile/0/000.p/1",
            "/log/tile/entries/000.p/1",
            "/health/live", "/health/ready", "/metrics", "/schema/openapi.json",
            "/api/v1/catalogue", f"/api/v1/notices/{id}",
        ):  # fmt: skip
            yield Asked("GET", path)
        search = (
            ("q", "餐饮"), ("certificate", "food-operation-license"), ("matter",
            "food-operation-license.reissue"),
            ("region", "3707"), ("status", "invalid"), ("year", "2026"), ("published_from",
            "2026-01-01"),
            ("published_to", "2026-12-31"), ("sort", "newest"), ("page", "1"), ("per_page", "20"),
        )  # fmt: skip
        for path in ("/notices", "/feed.atom", "/api/v1/notices"):
            yield Asked("GET", path, query=search)
        yield Asked("GET", "/api/v1/suggestions", query=(("q", "餐"),))
        yield Asked("GET", "/api/v1/events", query=(("since", "0"), ("limit", "10")))
        yield Asked("GET", f"/api/v1/notices/{id}/receipt", query=(("event", "0"),))
        yield Asked("GET", f"/notices/{id}.tlog-proof", query=(("event", "0"),))
        for path in (
            "/mine",
            f"/declare/matter/{DRAFT}",
            f"/declare/done/{id}",
            f"/notices/{id}/correct",
            f"/notices/{id}/withdraw",
        ):
            yield Asked(
                "GET",
                path,
                "holder",
                query=(("certificate", "company-seal"), ("also", id), ("find", "证")),
            )
        yield Asked("GET", f"/notices/{id}/object", "stranger")
        yield Asked("GET", "/declare", "holder", query=(("find", "证"),))
        yield Asked("GET", "/declare", "holder", query=(("certificate", "x"),))
        yield Asked("GET", f"/declare/check/{DRAFT}", "holder", right=(404,))
        yield Asked("GET", f"/api/v1/objections/{self.objection}/evidence", "officer")
        yield Asked(
            "GET",
            "/api/v1/objections",
            "officer",
            query=(("notice", id), ("status", "open"), ("limit", "5")),
        )
        yield Asked("GET", "/api/v1/overlaps", "officer", query=(("limit", "5"),))

    def forms(self) -> Iterator[Asked]:
        id = self.id
        number = {
            "certificate": "food-operation-license", "matter": "food-operation-license.reissue",
            "number": "JY13799990000038",
            "copies": "original", "copy_number": "", "document": "food-operation-license",
            "region": "370705",
            "region_named": "", "issuer": "潍坊市奎文区行政审批服务局", "issued_on": "2020-05-01",
            "relation": "self",
            "holder.name": "", "holder.identifier": "", "holder.identifier_type": "",
            "cause": "lost",
            "lost_on": "2026-11-01", "contact.phone": "13800000000", "publication_consent": "yes",
            "truthful": "yes",
            "review": "", "find": "", "confirm_unusual_number": "yes",
        }  # fmt: skip
        steps = (
            ("certificate", "matter"),
            ("number", "loss"),
            ("loss", "check"),
            ("check", "check"),
            ("check", "publish"),
        )
        for at, to in steps:
            yield Asked(
                "POST",
                "/declare",
                "holder",
                form=number | {"at": at, "to": to, "key": "k"},
                type=FORM,
                right=(303,),
            )
        yield Asked(
            "POST",
            "/declare",
            "",
            form=number | {"at": "number", "to": "check"},
            type=FORM,
            right=(303,),
        )
        kept = number | {"draft": DRAFT, "of": "A" * 43, "seen": "0" * 64}
        for at, to in (("number", "loss"), ("check", "publish"), ("check", "certificate")):
            yield Asked(
                "POST", "/declare", "holder", form=kept | {"at": at, "to": to, "of": ""}, type=FORM,
                right=(303,),
            )  # fmt: skip
        for step in ("certificate", "matter", "number", "loss", "check", "conflict"):
            yield Asked("GET", f"/declare/{step}/{DRAFT}", "holder", query=(("lang", "en"),))
        yield Asked("POST", "/declare", "", form=kept, type=FORM, right=(303,))
        child = number | {
            "certificate": "birth-medical-certificate", "matter": "", "document": "",
            "number": "X990000001", "relation": "parent",
            "holder.name": "张小", "holder.identifier": "379999201001010010",
            "holder.identifier_type": "resident-id",
        }  # fmt: skip
        yield Asked(
            "POST", "/declare", "stranger", form=child | {"at": "check", "to": "check"}, type=FORM,
            right=(303,),
        )  # fmt: skip
        lawyer = number | {
            "certificate": "lawyer-practice-certificate",
            "matter": "",
            "document": "",
            "number": "13799209910000001",
            "details.serial": "1",
        }
        yield Asked(
            "POST", "/declare", "stranger", form=lawyer | {"at": "check", "to": "check"}, type=FORM,
            right=(303,),
        )  # fmt: skip
        seal = number | {
            "certificate": "company-seal", "matter": "", "document": "", "number": "",
            "document.official-seal": "yes", "number.official-seal": "3799990000011",
            "details.count.official-seal": "1", "document.finance-seal": "yes",
        }  # fmt: skip
        yield Asked(
            "POST", "/declare", "holder", form=seal | {"at": "check", "to": "check"}, type=FORM,
            right=(303,),
        )  # fmt: skip
        asked = {
            "certificate": "food-operation-license",
            "document": "",
            "number": "JY13799990000011",
            "copy": "duplicate",
            "copy_number": "3-2",
        }
        yield Asked("POST", "/verify", form=asked, type=FORM)
        signing = {
            "kind": "organisation", "name": "李四", "identifier": "379999190001020023",
            "identifier_type": "resident-id",
            "organisation.name": "某某店", "organisation.identifier": "92379999MA0000023B",
            "next": "/mine", "draft": "", "sample": "",
        }  # fmt: skip
        yield Asked("POST", "/sign-in", form=signing, type=FORM, right=(303,))
        corrected = {
            "issuer": "潍坊市公安局",
            "issued_on": "2020-05-02",
            "lost_on": "2026-11-02",
            "key": "k",
        }
        yield Asked(
            "POST", f"/notices/{id}/correct", "holder", form=corrected, type=FORM, right=(303,)
        )
        yield Asked(
            "POST",
            f"/notices/{id}/withdraw",
            "holder",
            form={"reason": "no", "key": "k"},
            type=FORM,
            right=(303,),
        )
        objected = {"number": "JY13799990000011", "ground": "none", "text": "x", "key": "k"}
        yield Asked(
            "POST", f"/notices/{id}/object", "stranger", form=objected, type=MULTIPART,
            right=(303,),
        )  # fmt: skip

    def calls(self) -> Iterator[Asked]:
        at = f"/api/v1/notices/{self.id}"
        more = {
            "document": "food-operation-license", "copies": "duplicate", "copy_number": "3-2",
            "details": {}, "relation": "self",
            "confirm_unusual_number": True,
        }  # fmt: skip
        for number, extra in (
            ("JY13799990000046", {"confirm_unusual_number": True}),
            ("JY13799990000054", more),
        ):
            yield Asked(
                "POST",
                "/api/v1/notices",
                "holder",
                body=declaration(number=number) | extra,
                type=JSON,
                right=(201,),
            )
        seal = declaration(
            certificate="company-seal",
            document="official-seal",
            matter=None,
            copies=None,
            number=None,
        )
        yield Asked(
            "POST",
            "/api/v1/notices",
            "holder",
            body=seal | {"details": {"count": 2}},
            type=JSON,
            right=(201,),
        )
        lawyer = declaration(
            certificate="lawyer-practice-certificate", matter=None, number="13799209910000001",
            holder={"kind": "person", "name": ANNA["name"], "identifier": ANNA["identifier"]},
            details={"serial": 12345678}, copies="original", confirm_unusual_number=True,
        )  # fmt: skip
        yield Asked("POST", "/api/v1/notices", "stranger", body=lawyer, type=JSON, right=(201,))
        question = {
            "certificate": "food-operation-license",
            "number": "JY13799990000011",
            "copy": "duplicate",
            "copy_number": "3-2",
            "document": None,
        }
        yield Asked("POST", "/api/v1/verifications", body=question, type=JSON)
        yield Asked(
            "POST", "/api/v1/verifications", body={"items": [question, {"number": "1"}]}, type=JSON
        )
        yield Asked("POST", "/api/v1/demo/login", body=dict(RESTAURANT), type=JSON, right=(204,))
        yield Asked(
            "POST", at + "/withdrawal", "holder", body={"reason": "none"}, type=JSON, right=WRONG
        )
        yield Asked(
            "POST",
            at + "/correction",
            "holder",
            body={"issuer": "青州市公安局", "issued_on": None, "lost_on": None},
            type=JSON,
            right=(201,),
        )
        objected = {"number": "JY13799990000011", "ground": "none", "text": "x"}
        yield Asked("POST", at + "/objections", "stranger", body=objected, type=JSON, right=WRONG)
        yield Asked(
            "POST",
            at + "/decisions",
            "officer",
            body={"objection": None, "decision": "none", "reason": "x"},
            type=JSON,
            right=WRONG,
        )
        yield Asked(
            "POST", at + "/redaction", "officer", body={"reason": ""}, type=JSON, right=WRONG
        )
        yield Asked("POST", at + "/confirmation", "agency", body={}, type=JSON, right=(201, 403))
        yield Asked(
            "POST",
            at + "/replacement",
            "agency",
            body={"number": "JY13799990000062", "issued_on": "none"},
            type=JSON,
            right=WRONG,
        )


def written(asked: Asked) -> bytes:
    if asked.raw is not None:
        return asked.raw
    if asked.form is not None and asked.type == MULTIPART:
        parts = [
            f'--b\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in asked.form.items()
        ]
        return ("".join(parts) + "--b--\r\n").encode("utf-8", "surrogatepass")
    if asked.form is not None:
        pairs = (
            f"{quote_plus(name)}={quote_plus(text.encode('utf-8', 'surrogatepass'))}"
            for name, text in asked.form.items()
        )
        return "&".join(pairs).encode()
    return b"" if asked.body is None else json.dumps(asked.body).encode()


async def answer(
    app: Litestar, asked: Asked, sessions: dict[str, tuple[str, str]]
) -> tuple[int, dict[str, str], bytes]:
    """What the application says, asked as a server asks it."""
    headers = {"host": BASE.split("//")[1]}
    if asked.type:
        headers["content-type"] = asked.type
    if asked.who:
        name, value = sessions[asked.who]
        headers[name] = value
    headers |= dict(asked.headers)
    query = "&".join(
        f"{name}={quote(text.encode('utf-8', 'surrogatepass'))}" for name, text in asked.query
    )
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method,
        "scheme": "http",
        "path": as_servers_do(asked.path), "raw_path": asked.path.encode(),
        "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("192.0.2.1", 1), "server": ("testserver.example", 80), "state": {},
    }  # fmt: skip
    sent: list[Any] = []
    received = iter([{"type": "http.request", "body": written(asked), "more_body": False}])

    async def receive() -> Any:
        return next(received, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return (
        sent[0]["status"],
        {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]},
        body,
    )


def as_servers_do(path: str) -> str:
    """uvicorn's: percent-decoded as UTF-8, what is none replaced."""
    return unquote(path)
