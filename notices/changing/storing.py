"""What a disk that takes no more means for a file that is being received."""

import contextlib
from collections.abc import Iterator

from notices.facts.errors import Unavailable
from notices.facts.outages import UploadsFull
from notices.files import NO_ROOM

LEAST_FREE = 64 * 1024 * 1024
"""Bytes; with less, some of the uploads of this moment will not find room."""


@contextlib.contextmanager
def storing() -> Iterator[None]:
    """Raises UploadsFull where there is no room for a file, Unavailable where a disk fails."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise UploadsFull from error
        raise Unavailable from error
