"""Files of rows that somebody has on their own disk, read as a service reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notices.batches import FileRefused, reading
from notices.batches.contents import Plain
from notices.batches.reading import Surveyed
from notices.cli.terminal import CommandError
from notices.facts.errors import Problem


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows, read from its beginning as often as wanted."""

    path: Path
    found: Surveyed

    @classmethod
    def at(cls, path: Path) -> "Table":
        """Raises CommandError for what is in none of the encodings, or has a line that is none."""
        with Plain(path) as file:
            try:
                found = reading.survey(file)
                if not found.clean:
                    raise FileRefused("file_encoding")
            except FileRefused as refused:
                raise _told(refused) from None
        return cls(path, found)

    @property
    def delimiter(self) -> str:
        return self.found.delimiter

    def rows(self) -> Iterator[list[str]]:
        """The header first; an empty line is no row. Raises CommandError naming a bad line."""
        with Plain(self.path) as file:
            try:
                yield from reading.rows(file, self.found)
            except FileRefused as refused:
                raise _told(refused) from None


def _told(refused: FileRefused) -> CommandError:
    """In the words in which a service says it of a file."""
    told = refused.refused
    return CommandError(Problem("file", told.code, told.params).message)
