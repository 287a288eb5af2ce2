"""The bytes of a file of rows, from any place on or piece by piece, wherever they are kept."""

import io
import os
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path

PIECE = 256 * 1024


class Content(io.RawIOBase):
    """`piece` is empty where the file has ended."""

    @abstractmethod
    def piece(self, number: int) -> bytes:
        """So many bytes as all pieces but the last have, counted from 0."""

    @abstractmethod
    def pieces(self) -> Iterator[bytes]:
        """All of it."""


class Plain(Content, io.FileIO):
    """A file that anybody can read."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        io.FileIO.__init__(self, path)

    def piece(self, number: int) -> bytes:
        return os.pread(self.fileno(), PIECE, number * PIECE)

    def pieces(self) -> Iterator[bytes]:
        number = 0
        while piece := self.piece(number):
            yield piece
            number += 1
