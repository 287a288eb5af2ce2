"""Where a webhook may be: at public addresses, or in a network that an operator named.

A name is resolved once, when the connection is made, and the very addresses that were looked at are
connected to: what the name says a moment later opens nothing (DNS rebinding).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from notices.facts.errors import Problem
from notices.facts.networks import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST = 2000
PORTS = (443, 8443)
"""Of public addresses: a service that speaks https to strangers, and nothing else of theirs."""
SECONDS = 5.0
"""Until a name has to be resolved."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NOBODYS = tuple(
    map(ipaddress.ip_network, ("2002::/16", "2001::/23", "3fff::/20", "192.88.99.0/24"))
)
"""6to4 and Teredo, whose addresses are others' IPv4 addresses, and what is only for examples; NAT64
lies outside of 2000::/3. What else is no host's Python's ipaddress knows (IANA's registries)."""

# The loop's own threads are few, and names of one receiver that nobody answers would take them all.
_THREADS = ThreadPoolExecutor(16, thread_name_prefix="names")


class NotReached(Exception):
    """A webhook's host may not be asked, or there is none; the message is a word of ours."""


def is_public(address: Address) -> bool:
    """Whether anybody's machine on the internet is meant, and nothing of ours or of a network's."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return not is_named(address, _NOBODYS)


def is_named(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == each.version and address in each for each in networks)


def may_be_asked(address: Address, scheme: str, port: int, networks: Sequence[Network]) -> bool:
    """Whether a webhook may be there; in a network that was named also by http, at any port."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if is_named(address, networks):
        return True
    return scheme == "https" and port in PORTS and is_public(address)


def parsed(text: str) -> URL | None:
    """The address of a webhook, read by what will connect to it; None where it is none.

    Without a name or password in it: what is told is signed, and nothing else is needed.
    """
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        url = URL(text)
        good = url.scheme in ("http", "https") and url.host and url.port and "%" not in url.host
        if not good or url.user is not None or url.password is not None:
            return None
    except ValueError:
        return None
    return url.with_fragment(None)


def literal(host: str) -> Address | None:
    """The address that a host is written as, where it is no name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


async def problems(field: str, text: str, networks: Sequence[Network]) -> list[Problem]:
    """Why nothing can be sent to `text`; what a name says is looked at again at each delivery."""
    url = parsed(text)
    if url is None or (url.scheme == "http" and not networks):
        return [Problem(field, "webhook_format")]
    try:
        await addresses_of(url, networks)
    except NotReached:
        # Whether there is such a name inside is nobody's business outside.
        return [Problem(field, "webhook_not_public")]
    return []


async def addresses_of(url: URL, networks: Sequence[Network]) -> list[Address]:
    """Where it is; raises NotReached, also where only one of several may not be asked."""
    return await _looked_up(url.host or "", url.port or 0, url.scheme, networks)


async def _looked_up(
    host: str, port: int, scheme: str, networks: Sequence[Network]
) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SECONDS):
            found = await loop.run_in_executor(_THREADS, _resolve, host, port)
    except (OSError, UnicodeError, TimeoutError):
        raise NotReached("name") from None
    if not found or not all(may_be_asked(each, scheme, port, networks) for each in found):
        raise NotReached("address")
    return found


def _resolve(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(_address(str(where[0])) for *_, where in found))


def _address(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


class Resolver(AbstractResolver):
    """What aiohttp asks for the addresses of a name: those that may be asked by this scheme."""

    def __init__(self, scheme: str, networks: Sequence[Network]) -> None:
        self._scheme, self._networks = scheme, networks

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        try:
            found = await _looked_up(host, port, self._scheme, self._networks)
        except NotReached as error:
            raise OSError(str(error)) from None
        return list(_results(host, port, found))

    async def close(self) -> None:
        """Nothing is kept."""


def _results(host: str, port: int, found: Sequence[Address]) -> Iterator[ResolveResult]:
    for each in found:
        yield ResolveResult(
            hostname=host,
            host=str(each),
            port=port,
            family=socket.AF_INET if each.version == 4 else socket.AF_INET6,
            proto=0,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
