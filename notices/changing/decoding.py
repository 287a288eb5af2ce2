"""The process that decodes one uploaded file: `python -m notices.changing.decoding TYPE < FILE`."""

import io
import re
import sys
import warnings
import zipfile
from typing import Any

MEMORY, CPU_SECONDS = 1 << 30, 15
MOST_PIXELS = 64_000_000
"""A sheet of A4 at 600 dpi has 35 million. A photograph may have more: it is decoded smaller."""
MOST_OBJECTS, DEEPEST = 50_000, 60

_ACTIVE = frozenset({"/JavaScript", "/JS", "/Launch", "/ImportData", "/SubmitForm", "/GoToE",
                     "/RichMedia", "/XFA", "/Rendition", "/Movie", "/Sound"})  # fmt: skip
_HIDDEN = frozenset({"/EmbeddedFile", "/EmbeddedFiles", "/EF", "/AF"})
_RAW_ACTIVE = re.compile(rb"/JavaScript|/Launch\b|/RichMedia")
_RAW_HIDDEN = re.compile(rb"/EmbeddedFile")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_BLANK = b"\0\t\n\f\r "


class Refused(Exception):
    """The file is not taken, for the code in its argument."""


def look(content: bytes, media_type: str) -> str:
    """`ok`, or the code of what is wrong."""
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            raise Refused("evidence_hidden")
        if media_type == "application/pdf":
            _document(content)
        else:
            _image(content, {"image/png": "PNG", "image/jpeg": "JPEG"}[media_type])
    except Refused as refused:
        return str(refused)
    except Exception:
        # Whatever a decoder says of it, it could not be decoded.
        return "evidence_damaged"
    return "ok"


def _image(content: bytes, kind: str) -> None:
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # we look ourselves
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        if kind == "JPEG":
            image.draft("L", (image.width // 8 or 1, image.height // 8 or 1))
        if image.width * image.height > MOST_PIXELS:
            raise Refused("evidence_damaged")
        image.load()
    if kind == "PNG":
        _end_of_png(content)


def _end_of_png(content: bytes) -> None:
    """Chunk by chunk (ISO 15948, 5.3); nothing stands behind the last one."""
    at = 8
    while at + 8 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            break
    else:
        raise Refused("evidence_damaged")
    if at > len(content):
        raise Refused("evidence_damaged")
    if content[at:].strip(_BLANK):
        raise Refused("evidence_hidden")


def _document(content: bytes) -> None:
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject, IndirectObject

    _, mark, behind = content.rpartition(b"%%EOF")
    if not mark or behind.strip(_BLANK):
        raise Refused("evidence_hidden" if mark else "evidence_damaged")
    plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)
    if _RAW_HIDDEN.search(plain):
        raise Refused("evidence_hidden")
    if _RAW_ACTIVE.search(plain):
        raise Refused("evidence_active")
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("evidence_damaged")
    # Readers look for another one where the trailer names none; we take what it names, or nothing.
    root = reader.trailer["/Root"]
    if not isinstance(root, DictionaryObject) or str(root.get("/Type")) != "/Catalog":
        raise Refused("evidence_damaged")
    if len(reader.pages) < 1:
        raise Refused("evidence_damaged")
    numbers = {*reader.xref_objStm, *(id for ids in reader.xref.values() for id in ids)}
    if len(numbers) > MOST_OBJECTS:
        raise Refused("evidence_damaged")
    _walk(root, 0)
    for number in numbers:
        _walk(IndirectObject(number, 0, reader).get_object(), 0)


def _walk(value: Any, depth: int) -> None:
    """Every name in an object, without following references: each object is walked once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

    if depth > DEEPEST:
        raise Refused("evidence_damaged")
    if isinstance(value, IndirectObject):
        return
    if isinstance(value, NameObject):
        _refuse_name(value)
    elif isinstance(value, DictionaryObject):
        for key in value:
            _refuse_name(key)
            _walk(value.raw_get(key), depth + 1)
    elif isinstance(value, ArrayObject):
        for index in range(len(value)):
            _walk(list.__getitem__(value, index), depth + 1)


def _refuse_name(name: str) -> None:
    if name in _HIDDEN:
        raise Refused("evidence_hidden")
    if name in _ACTIVE:
        raise Refused("evidence_active")


def main() -> None:
    import resource

    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if sys.platform == "linux":  # macOS takes no bound on an address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(look(sys.stdin.buffer.read(), sys.argv[1]))


if __name__ == "__main__":
    main()
