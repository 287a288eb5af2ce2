"""The service asked over HTTP as tests ask it: one builder of declarations, answers as types."""

import json
import ssl
from typing import Any, TypeVar

import httpx
import msgspec

from notices.facts.public.notice import DeclaredNotice

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here is asked over TLS; to read all authorities anew for each client takes 50 ms."""
NOTICES = "/api/v1/notices"
T = TypeVar("T")


def client(url: str, **more: Any) -> httpx.Client:
    """Somebody's browser on the service at `url`."""
    return httpx.Client(base_url=url, verify=PLAIN, **{"timeout": 20, **more})


def loop_client(url: str, **more: Any) -> httpx.AsyncClient:
    """The same for a loop, on which many may ask at once."""
    return httpx.AsyncClient(base_url=url, verify=PLAIN, **{"timeout": 20, **more})


def get(url: str, **more: Any) -> httpx.Response:
    """One answer."""
    return httpx.get(url, verify=PLAIN, **{"timeout": 20, **more})


def sign_in(client: httpx.Client, person: dict[str, Any]) -> None:
    answer = client.post("/api/v1/demo/login", json=person)
    assert answer.status_code == 204, answer.text


def declaration(**changes: Any) -> dict[str, Any]:
    """The contract's example, changed; a value of None leaves the field out."""
    body: dict[str, Any] = {
        "certificate": "food-operation-license",
        "matter": "food-operation-license.reissue",
        "number": "JY13799990000011",
        "copies": "original",
        "cause": "lost",
        "lost_on": "2026-11-01",
        "holder": {
            "kind": "organisation",
            "name": "潍坊市奎文区某某餐饮店",
            "identifier": "92379999MA0000023B",
        },
        "issuer": "潍坊市奎文区行政审批服务局",
        "issued_on": "2020-05-01",
        "region": "370705",
        "contact": {"phone": "13800000000"},
        "publication_consent": True,
        "truthful": True,
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not None}


def unusual(number: str, **changes: Any) -> dict[str, Any]:
    """A declaration of whatever number: of many, none has the right check digit."""
    return declaration(number=number, confirm_unusual_number=True, **changes)


def of(id: str, act: str = "") -> str:
    """Where a notice is, or what is done with it."""
    return f"{NOTICES}/{id}" + (f"/{act}" if act else "")


def read(answer: httpx.Response, type: type[T], status: int = 201) -> T:
    """What was answered, as the contract has it."""
    assert answer.status_code == status, answer.text
    return msgspec.json.decode(answer.content, type=type)


async def offer(
    client: httpx.AsyncClient, body: dict[str, Any], exhibit: bytes | None = None, **more: Any
) -> httpx.Response:
    """What is answered to a declaration, whatever that is; with an exhibit in two parts."""
    if exhibit is None:
        return await client.post(NOTICES, json=body, **more)
    parts: dict[str, Any] = {
        "declaration": (None, json.dumps(body), "application/json"),
        "exhibit": ("a.png", exhibit, "image/png"),
    }
    return await client.post(NOTICES, files=parts, **more)


async def declared(
    client: httpx.AsyncClient,
    body: dict[str, Any] | None = None,
    exhibit: bytes | None = None,
    **changes: Any,
) -> DeclaredNotice:
    """The notice that it became: of a whole body, or of the example, changed."""
    return read(await offer(client, body or declaration(**changes), exhibit), DeclaredNotice)


def declare(client: httpx.Client, body: dict[str, Any]) -> DeclaredNotice:
    """The same where no loop runs, of a service that is a process."""
    return read(client.post(NOTICES, json=body), DeclaredNotice)
