"""The service asked over HTTP as tests ask it."""

import ssl
from typing import Any

import httpx

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here is asked over TLS; to read all authorities anew for each client takes 50 ms."""


def at(url: str, **more: Any) -> httpx.Client:
    """A client of the service at `url`."""
    return httpx.Client(base_url=url, verify=PLAIN, **{"timeout": 20, **more})


def at_once(url: str, **more: Any) -> httpx.AsyncClient:
    """The same for a loop on which many ask at once."""
    return httpx.AsyncClient(base_url=url, verify=PLAIN, **{"timeout": 20, **more})


def get(url: str, **more: Any) -> httpx.Response:
    """One answer."""
    return httpx.get(url, verify=PLAIN, **{"timeout": 20, **more})
