"""Signed answers: what a verification said can be shown to others, and checked by them.

The signature is Ed25519 over `notices-answer/v1`, a newline and the JCS of the answer without
its `signature`. The first line keeps it from ever being taken for a signature on a checkpoint.
"""

import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from notices.trust.encoding import EncodingError, canonical, from_base64, to_base64

CONTEXT = b"notices-answer/v1\n"
ALGORITHM = "Ed25519"


class AnswerError(Exception):
    """An answer that this key did not sign as it stands."""


def key_id(public_key: bytes) -> str:
    """What an answer calls the key that signed it."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def _signed(answer: dict[str, Any]) -> bytes:
    return CONTEXT + canonical({name: answer[name] for name in answer if name != "signature"})


class AnswerSigner:
    """The private key that signs answers; it never signs anything else."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    def __repr__(self) -> str:
        return f"AnswerSigner({self.key_id})"

    def sign(self, answer: dict[str, Any]) -> dict[str, str]:
        """The `signature` of `answer`; a `signature` already in it does not count."""
        value = self._key.sign(_signed(answer))
        return {"alg": ALGORITHM, "key": self.key_id, "value": to_base64(value)}


def verify(answer: dict[str, Any], public_key: bytes) -> None:
    """Raises AnswerError unless `answer`, with its `signature`, is as it was signed."""
    match answer.get("signature"):
        case {"alg": "Ed25519", "key": key, "value": str() as value, **others} if not others:
            if key != key_id(public_key):
                raise AnswerError("the answer names another key")
        case _:
            raise AnswerError("the answer carries no Ed25519 signature")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            from_base64(value, 64), _signed(answer)
        )
    except (EncodingError, InvalidSignature, ValueError) as problem:
        raise AnswerError("the signature does not fit the answer") from problem
