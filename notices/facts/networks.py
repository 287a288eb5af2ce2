"""Who one client is, by its address, and which network it is one of.

Of IPv6 a subscriber is given a /64 at least (RFC 6177), so the addresses in it are one client's.
"""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 64
"""Characters of what is no address at all; a proxy may write `unknown` or a name of its own."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def named(text: str) -> Iterator[tuple[str, Network | None]]:
    """Each address or network of a list with commas, and None beside what is none.

    Nor is one that holds every address: whoever means that has not thought of what it says.
    """
    for entry in filter(None, map(str.strip, text.split(","))):
        try:
            network = ipaddress.ip_network(entry)
        except ValueError:
            yield entry, None
        else:
            yield entry, network if network.prefixlen else None


def own(address: str) -> str:
    """What counts as one client: the address, or the /64 that it lies in."""
    return _within(address, 32, 64)


def around(address: str) -> str:
    """The network in which a client changes its address without much trouble: /24 or /48."""
    return _within(address, 24, 48)


@lru_cache(4096)  # asked twice of each request, and it takes as long as a signature
def _within(address: str, of_four: int, of_six: int) -> str:
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address[:LONGEST]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(ipaddress.IPv4Network((int(parsed), of_four), strict=False))
    if parsed.ipv4_mapped is not None:
        # A socket for both writes IPv4 so, and all of it would lie in one /64.
        return _within(str(parsed.ipv4_mapped), of_four, of_six)
    # By its number: the zone of fe80::1%eth0 is whatever the sender writes.
    return str(ipaddress.IPv6Network((int(parsed), of_six), strict=False))
