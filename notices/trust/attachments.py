"""The proof that a printed notice carries: found in our own PDF without reading the rest of it.

Our PDF keeps the attached tlog-proof as it is, neither packed nor encoded, so every byte of the
attachment is a byte of the proof, and none can be changed unseen.
"""

import re

FIRST_BYTES = b"%PDF-"
MOST_BYTES = 4_000_000
"""Ours have some 100,000; with a thousand different characters in it, a few hundred thousand."""

_FILE = re.compile(rb"/Type\s*/EmbeddedFile\b")
_LENGTH = re.compile(rb"/Length\s*([0-9]{1,7})\b")
_PLACE = re.compile(rb"^([0-9]{10})( [0-9]{5} n)", re.MULTILINE)
_TABLE = re.compile(rb"startxref\n([0-9]+)\n")
_BEGIN, _END = b">>\nstream\n", b"\nendstream"


class AttachmentError(Exception):
    """A PDF in which there is not exactly one attachment, stored as we store it."""


def find(content: bytes) -> slice:
    """Where in a PDF of ours its attachment lies; raises AttachmentError for any other bytes."""
    described, stored = _stream(content)
    if b"/Filter" in content[described]:
        raise AttachmentError("an attachment that is packed")
    return stored


def unpacked(pdf: bytes, attached: bytes) -> bytes:
    """A PDF just made, with its attachment, which is `attached`, stored as it is.

    typst packs one that becomes a quarter smaller by it; what comes after it moves.
    """
    described, stored = _stream(pdf)
    if b"/Filter" not in pdf[described]:
        return pdf
    words = pdf[described].replace(b"/Filter/FlateDecode", b"")
    words = _LENGTH.sub(b"/Length %d" % len(attached), words)
    body = pdf[: described.start] + words + attached + pdf[stored.stop :]
    moved = len(body) - len(pdf)
    table = body.rindex(b"\nxref\n")

    def place(entry: re.Match[bytes]) -> bytes:
        at = int(entry[1])
        return b"%010d%b" % (at + moved if at > described.start else at, entry[2])

    tail = _PLACE.sub(place, body[table:])
    tail = _TABLE.sub(lambda at: b"startxref\n%d\n" % (int(at[1]) + moved), tail)
    return body[:table] + tail


def _stream(content: bytes) -> tuple[slice, slice]:
    """Where the only attachment is described and, right behind that, where it is stored."""
    found = [match.start() for match in _FILE.finditer(content)]
    if len(found) != 1:
        raise AttachmentError("not exactly one attachment")
    head = content.rfind(b" obj", 0, found[0])
    begin = content.find(_BEGIN, found[0])
    if head < 0 or begin < 0:
        raise AttachmentError("an attachment that is no stream")
    begin += len(_BEGIN)
    lengths = _LENGTH.findall(content, head, begin)
    if b"endobj" in content[head:begin] or len(lengths) != 1:
        raise AttachmentError("an attachment that does not tell its length")
    end = begin + int(lengths[0])
    if not content.startswith(_END, end):
        raise AttachmentError("an attachment of another length than it tells")
    return slice(head, begin), slice(begin, end)
