"""A receipt as text in the format of others (C2SP tlog-proof), with the entry as its extra data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from notices.trust.encoding import EncodingError, from_base64, to_base64
from notices.trust.merkle import HASH_SIZE

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


class ProofTextError(Exception):
    """A text that is no tlog-proof of ours."""


@dataclass(frozen=True, slots=True)
class ProofText:
    """The parts of a tlog-proof: the entry, its place, the way to the root, the signed root."""

    entry: str
    index: int
    proof: list[bytes]
    checkpoint: str


def to_text(entry: str, index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """The proof as it is handed out; `parse` reads it."""
    lines = [FIRST_LINE, f"extra {to_base64(entry.encode())}", f"index {index}"]
    return "\n".join([*lines, *map(to_base64, proof), "", checkpoint])


def address(page: str, text: str) -> str:
    """The address of a notice's page that carries the proof `text` in its fragment.

    A fragment is never sent to a server, so whoever opens it can check offline what they got.
    """
    return f"{page}#proof={quote(text, safe='/+=:@-._~')}"


def parse(text: str) -> ProofText:
    """The parts of a proof, by their only spelling; raises ProofTextError for anything else."""
    head, empty, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not empty or len(lines) < 3 or lines[0] != FIRST_LINE or len(lines) > 3 + MOST_HASHES:
        raise ProofTextError("this is no tlog-proof")
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[2], re.ASCII)
    if not lines[1].startswith("extra ") or index is None:
        raise ProofTextError("a proof names its entry, which is its extra data, and its index")
    try:
        entry = from_base64(lines[1].removeprefix("extra ")).decode()
        proof = [from_base64(line, HASH_SIZE) for line in lines[3:]]
    except (EncodingError, UnicodeDecodeError) as problem:
        raise ProofTextError("a part of the proof is no base64") from problem
    return ProofText(entry, int(index[1]), proof, checkpoint)
