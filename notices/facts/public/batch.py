"""What a file of questions came to: counts and hashes, signed, and nothing of what was asked."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.answer import Signature
from notices.facts.public.shown import Time


class SaidOfFile(msgspec.Struct, frozen=True, kw_only=True):
    """A summary before it is signed; sorted by its names, its JSON is its JCS (RFC 8785).

    `answered` rows were asked about; `hits` are those of them whose status is not `no_notice`.
    `problems` are rows with a `problem`, which may be answered all the same. The hashes are SHA-256
    in hex: of the file as it came and of all that went back before the summary.
    """

    rows: int
    answered: int
    hits: int
    problems: int
    by_status: Mapping[str, int]
    by_problem: Mapping[str, int]
    checked_at: Time
    log_size: int
    rules: int
    """Version of the rules for numbers."""

    catalogue: str
    input_sha256: str
    output_sha256: str
    test: Literal[True] | UnsetType = UNSET
    """Of what a test key was answered, which is made up."""


class Summary(SaidOfFile, frozen=True, kw_only=True):
    """The same with its signature, over `notices-batch/v1`, a newline and the JCS without it."""

    signature: Signature


class LastLine(msgspec.Struct, frozen=True, kw_only=True):
    """What ends a reply of an object a row."""

    summary: Summary
