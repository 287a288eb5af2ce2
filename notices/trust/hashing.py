"""Keyed hashes of many numbers: what `numbers.keyed_hash` makes, in less time.

HMAC (RFC 2104) begins with blocks that the key alone decides, and goes on with what the numbers of
one certificate share. All that is done once.
"""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC


@lru_cache(maxsize=1024)
def _begun(key: bytes, certificate: str) -> HMAC:
    begun = HMAC(key, SHA256())
    begun.update(f"{certificate}\0".encode())
    return begun


def keyed_hashes(key: bytes, certificate: str, normals: Sequence[bytes]) -> list[bytes]:
    """`numbers.keyed_hash` of each of `normals`, which are UTF-8."""
    copy, found = _begun(key, certificate).copy, []
    for normal in normals:
        one = copy()  # half the time of a copy of the standard library's, which is Python
        one.update(normal)
        found.append(one.finalize())
    return found
