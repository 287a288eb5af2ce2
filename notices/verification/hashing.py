"""The hashes by which a number is looked for, as certificate's number, as any and as a holder's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from notices.facts.numbers import keyed_hash
from notices.register import claims
from notices.verification.matching import Asked


class Meant(NamedTuple):
    """Which paper of a number a question means, and whether that number has letters."""

    lettered: bool
    copy: str | None
    copy_number: int | None
    document: str | None


def hashed(
    keys: Sequence[bytes],
    certificate: str | None,
    normal: str,
    normals: Sequence[str],
    holders: Sequence[tuple[str, str]],
    meant: Meant,
) -> Asked:
    """What is looked for, of a number that is `normal` as its certificate's, or `normals` as any,
    and as that of a holder by `holders`: certificates and what it is as theirs."""
    asked, *before = [
        Asked(
            by_certificate=keyed_hash(key, certificate, normal) if certificate else None,
            by_number=[keyed_hash(key, claims.ANY, each) for each in normals],
            by_digits=claims.digits_hash(key, certificate, normal) if certificate else None,
            by_holder=[keyed_hash(key, *each) for each in holders],
            lettered=meant.lettered,
            copy=meant.copy,
            copy_number=meant.copy_number,
            document=meant.document,
        )
        for key in keys
    ]
    return replace(asked, before=before[0]) if before else asked
