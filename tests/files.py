"""Files to upload: right ones, made here, and such that hide something."""

import io
import zipfile
from pathlib import Path

from PIL import Image


def kept(folder: Path) -> list[Path]:
    """The files in the folder of uploads, drafts too."""
    return list(folder.glob("*/*"))


def picture(kind: str, side: int = 8, quality: int = 90) -> bytes:
    """A picture of noise, `PNG` or `JPEG`."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(out, kind, quality=quality)
    return out.getvalue()


def pdf(*more: bytes, root: bytes = b"", page: bytes = b"", size: int = 0) -> bytes:
    """A PDF of one empty page: `more` objects from 5 on, `root` in its catalogue, `size` bytes."""
    fill = 0
    while True:
        made = _pdf(more, root, page, fill)
        if len(made) >= size:
            break
        fill += size - len(made)
    while len(made) > size > 0:
        fill -= 1
        made = _pdf(more, root, page, fill)
    return made


def _pdf(more: tuple[bytes, ...], root: bytes, page: bytes, fill: int) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + page + b" >>",
        b"<< /Length %d >>\nstream\n" % fill + b"x" * fill + b"\nendstream",
        *more,
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "hidden")
    return out.getvalue()
