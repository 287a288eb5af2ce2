"""A signed answer as text to pass on: in the fragment of an address, which a QR code says.

The JSON of the answer, compressed (zlib, RFC 1950) and in base64 for addresses (RFC 4648, 5)
without padding. A fragment is never sent to a server: whoever opens the address checks offline.
"""

import base64
import re
import zlib

MARK = "#answer="
MOST_BYTES = 64 * 1024
"""Of one answer; ten notices beside it and the longest texts take a tenth of that."""
MOST_CHARACTERS = 20_000
"""Of what is typed or pasted in place of one."""

_CODED = re.compile(r"[A-Za-z0-9_-]+")


class CarriedError(Exception):
    """What stands behind MARK is no answer, or not the whole of one."""


def address(page: str, answer: bytes) -> str:
    """The address of `page` that carries `answer`, its JSON."""
    coded = base64.urlsafe_b64encode(zlib.compress(answer, 9)).decode().rstrip("=")
    return f"{page}{MARK}{coded}"


def given(text: str) -> bytes | None:
    """The JSON of the answer in `text`: an address that carries one, or the JSON itself.

    None where it is neither; raises CarriedError for an address that was cut off or mistyped.
    """
    text = text.strip()
    if text.startswith("{"):
        return text.encode("utf-8", "replace")
    _, mark, coded = text.partition(MARK)
    return read(coded) if mark else None


def read(coded: str) -> bytes:
    """The JSON that `address` put behind MARK; raises CarriedError."""
    coded = "".join(coded.split())  # a long address is pasted in pieces
    if not _CODED.fullmatch(coded) or len(coded) > MOST_CHARACTERS:
        raise CarriedError
    opener = zlib.decompressobj()
    try:
        packed = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        text = opener.decompress(packed, MOST_BYTES)
    except (ValueError, zlib.error) as problem:
        raise CarriedError from problem
    if not opener.eof or opener.unused_data:
        raise CarriedError
    return text
