"""The one port behind which everything is signed, and what verifies by algorithm.

Every signature is kept with the algorithm and the key it was made by. A city that has to sign by a
certified module (SM2 in a HSM, say) writes a class with the four members of `Signer`, gives it a
name in VERIFIERS, and lets `signer_from` load it; nothing else changes.
"""

import hashlib
from collections.abc import Callable
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = "Ed25519"
SEED_SIZE = 32


class SignatureError(Exception):
    """A signature that does not fit, or an algorithm or a key that is not known."""


class Signer(Protocol):
    """A private key, wherever it is kept."""

    @property
    def algorithm(self) -> str: ...

    @property
    def public_key(self) -> bytes: ...

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


def key_id(public_key: bytes) -> str:
    """What a signature calls the key it was made by: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


class Ed25519Signer:
    """A key in memory, from its 32 bytes of seed (RFC 8032)."""

    algorithm = ED25519

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.key_id})"

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def _verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)


VERIFIERS: dict[str, Callable[[bytes, bytes, bytes], None]] = {ED25519: _verify_ed25519}


def verify(algorithm: str, public_key: bytes, signature: bytes, message: bytes) -> None:
    """Raises SignatureError unless `signature` is that of `message` by this key."""
    check = VERIFIERS.get(algorithm)
    if check is None:
        raise SignatureError("the algorithm is not known")
    try:
        check(public_key, signature, message)
    except (InvalidSignature, ValueError) as problem:
        raise SignatureError("the signature does not fit") from problem
