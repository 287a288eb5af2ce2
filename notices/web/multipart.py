"""Forms with a file (RFC 7578), read as a stream: the file never lies in memory as a whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from litestar.exceptions import InternalServerException
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from notices.facts.errors import BadRequest, BodyTooLarge, MediaType
from notices.facts.texts import Message
from notices.web import bodies
from notices.web.authentication import AnyRequest

FORM = "multipart/form-data"
MOST_FIELD_BYTES = 64 * 1024
MOST_PARTS = 20
OVERHEAD = 128 * 1024
"""What fields, headers and boundaries may take beside the file."""

_BROKEN = Message("表单没有传完或编码不对。")


@dataclass
class _Part:
    name: str | None = None
    is_file: bool = False
    text: bytearray = field(default_factory=bytearray)


class _Reader:
    """The parser's callbacks: fields are kept, the file's bytes go where `sink` sends them."""

    def __init__(
        self,
        file: str,
        sink: Callable[[bytes], None],
        most_parts: int,
        fields: dict[str, str] | None,
    ) -> None:
        self.fields = {} if fields is None else fields
        self.has_file = False
        self.ended = False
        self._file, self._sink = file, sink
        self._part = _Part()
        self._parts, self._most_parts = 0, most_parts
        self._files = 0
        self._header = bytearray()
        self._value = bytearray()

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_ends,
            "on_part_data": self._data,
            "on_part_end": self._ends,
            "on_end": self._all_ends,
        }

    def _begin(self) -> None:
        self._part = _Part()
        self._parts += 1
        if self._parts > self._most_parts:
            raise BadRequest(reason=Message("表单的项太多。"))

    def _header_ends(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
            self._part.is_file = b"filename" in options
            if self._part.is_file and self._part.name == self._file:
                self._begin_file(options[b"filename"])
        self._header.clear()
        self._value.clear()

    def _begin_file(self, filename: bytes) -> None:
        if self._files:
            # Two files would be one behind the other, and neither what it was.
            raise BadRequest(reason=Message("只能上传一个文件。"))
        self._files += 1
        # A browser sends a file without name and content where none was chosen.
        self.has_file = bool(filename)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file and self._part.name == self._file:
            self.has_file = True
            self._sink(data[start:end])
            return
        self._part.text += data[start:end]
        if len(self._part.text) > MOST_FIELD_BYTES:
            raise BodyTooLarge(limit=MOST_FIELD_BYTES)

    def _ends(self) -> None:
        part = self._part
        if part.name is None or (part.is_file and part.name != self._file):
            raise BadRequest(reason=_BROKEN)
        if part.is_file:
            return
        if part.name in self.fields:
            raise BadRequest(reason=Message("表单里有重复的项。"))
        try:
            self.fields[part.name] = part.text.decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest(reason=_BROKEN) from None

    def _all_ends(self) -> None:
        self.ended = True


def is_form(request: AnyRequest) -> bool:
    content_type = request.headers.get("content-type", "")
    return content_type.split(";")[0].strip().lower() == FORM


async def read(
    request: AnyRequest,
    file: str,
    sink: Callable[[bytes], None],
    most: int,
    parts: int = MOST_PARTS,
    fields: dict[str, str] | None = None,
) -> tuple[dict[str, str], bool]:
    """The fields of a posted form, and whether a `file` came; an empty one is one too.

    Its bytes went to `sink` as they came, when what stands before it was in `fields`.
    Raises BodyTooLarge before more than `most` bytes and OVERHEAD were read, MediaType and
    BadRequest, also for more than so many `parts`.
    """
    limit = most + OVERHEAD
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise BodyTooLarge(limit=most)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind.decode("latin-1").lower() != FORM:
        raise MediaType(expected=FORM)
    bodies.refuse_packed(request)
    boundary = options.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise BadRequest(reason=_BROKEN)
    reader, received = _Reader(file, sink, parts, fields), 0
    parser = MultipartParser(boundary, _typed(reader.callbacks()))
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise BodyTooLarge(limit=most)
            parser.write(chunk)
        parser.finalize()
    except (MultipartParseError, InternalServerException):
        raise BadRequest(reason=_BROKEN) from None
    if not reader.ended:
        raise BadRequest(reason=_BROKEN)
    return reader.fields, reader.has_file


def _typed(callbacks: dict[str, Callable[..., None]]) -> Any:
    """The parser wants a dictionary of its own type."""
    return callbacks
