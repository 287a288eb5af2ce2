"""A browser as a test has it: signs in at a real provider, and stops wherever the test likes."""

import re
import ssl
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpx

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: it trusts nobody, and is there at once."""


class Issuer(Protocol):
    issuer: str


def _another() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=PLAIN)


@dataclass
class Visitor:
    """A browser at our service and at the provider: cookies of its own for each of the two hosts,
    and no redirect followed but by hand."""

    provider: Issuer
    ours: httpx.AsyncClient
    theirs: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(trust_env=False, verify=PLAIN)
    )

    async def sent_to_provider(self, url: str, **form: str) -> str:
        """The provider's address to which ours sends who asks for `url`, or posts `form` there."""
        answer = await (self.ours.post(url, data=form) if form else self.ours.get(url))
        while _same_host(where := _where(answer), str(answer.url)):
            answer = await self.ours.get(where)
        assert where.startswith(self.provider.issuer), where
        return where

    async def sent_back(self, address: str, account: str | None) -> str:
        """The address of ours to which the provider sends who says to be `account` (None: who
        changes their mind), from `address` there."""
        answer = await self.theirs.get(address)
        for _ in range(10):
            if answer.is_redirect:
                if not (where := _where(answer)).startswith(self.provider.issuer):
                    return where
                answer = await self.theirs.get(where)
            else:
                assert answer.status_code == 200, answer.text
                answer = await self._filled(answer, account)
        raise AssertionError(f"no way back from {address}")

    async def _filled(self, page: httpx.Response, account: str | None) -> httpx.Response:
        """The answer to the form of a page: who it is, or that one wants to sign out."""
        form = {"account": account} if account is not None else {"cancel": "yes"}
        if found := re.search(r'name="xsrf" value="([^"]+)"', page.text):
            form = {"xsrf": found[1], "logout": "yes"}
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        where = urljoin(str(page.url), action[1]) if action else str(page.url)
        return await self.theirs.post(where, data=form)

    async def callback(self, url: str, account: str | None) -> str:
        """The whole address with code and state that the browser is to ask next."""
        return await self.sent_back(await self.sent_to_provider(url), account)

    async def sign_in(self, url: str, account: str | None) -> httpx.Response:
        return await self.ours.get(await self.callback(url, account))

    async def close(self) -> None:
        await self.theirs.aclose()


async def callback_at(
    provider: Issuer, client: httpx.AsyncClient, url: str, account: str | None
) -> str:
    """From our `url` through the provider's pages to the address back to us, not asked yet."""
    visitor = Visitor(provider, client)
    try:
        return await visitor.callback(url, account)
    finally:
        await visitor.close()


async def signed_in_at(
    provider: Issuer, client: httpx.AsyncClient, url: str, account: str | None
) -> httpx.Response:
    """What our callback answers to somebody who signed in as `account`."""
    return await client.get(await callback_at(provider, client, url, account))


def _where(answer: httpx.Response) -> str:
    assert answer.is_redirect, f"{answer.status_code} {answer.text[:2000]}"
    return urljoin(str(answer.url), answer.headers["location"])


def _same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc
