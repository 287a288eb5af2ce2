"""What the rows of a chunk ask, by which hashes, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from notices.batches.reading import is_unread, readable
from notices.facts import masking, rows
from notices.facts.catalogue import Catalogue
from notices.facts.rows import Columns, Row
from notices.verification import Question, asked_by
from notices.verification.matching import Asked


@dataclass(slots=True)
class Probes:
    """Hashes that are looked for in one index, each with the row that asks for it."""

    hashes: list[bytes] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, hash_: bytes | None, row: int) -> None:
        if hash_ is not None:
            self.hashes.append(hash_)
            self.rows.append(row)


@dataclass(slots=True)
class Chunk:
    """Rows as they came, what is wrong with each, and what those that ask are looked for by.

    `number`, `any`, `digits` and `holder` are the indexes of claims. `masked` are the rows that ask
    for a number that its notice would mask, by what all such guesses share.
    """

    cells: Sequence[list[str]]
    problems: list[str | None]
    questions: dict[int, Row]
    number: Probes = field(default_factory=Probes)
    any: Probes = field(default_factory=Probes)
    digits: Probes = field(default_factory=Probes)
    holder: Probes = field(default_factory=Probes)
    masked: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asker:
    """Reads rows of one file. `width` is how many columns its header has."""

    catalogue: Catalogue
    keys: Sequence[bytes]
    columns: Columns
    width: int
    clean: bool = True

    def read(self, cells: Sequence[list[str]]) -> Chunk:
        """What each row asks and what is wrong with it."""
        chunk = Chunk(cells, [None] * len(cells), {})
        for place, row in enumerate(cells):
            self._read_one(chunk, place, row)
        return chunk

    def asked(self, row: Row) -> Asked:
        """All ways in which a row is looked for."""
        assert row.reading is not None  # noqa: S101
        return asked_by(self.catalogue, self.keys, Question(**row.question), row.reading)

    def _read_one(self, chunk: Chunk, place: int, cells: list[str]) -> None:
        if len(cells) > self.width and any(cells[self.width :]):
            chunk.problems[place] = "too_many_cells"  # which of them is the number nobody knows
            return
        if not self.clean and any(map(is_unread, cells)):
            chunk.problems[place] = "unreadable_bytes"
            cells[:] = map(readable, cells)
            return
        row = rows.read(cells, self.columns, self.catalogue)
        chunk.problems[place] = row.problem
        if row.reading is None:
            return
        chunk.questions[place] = row
        if row.certificate is not None:
            mask = masking.mask_of(row.reading.normal, row.certificate)
            if mask is not None:
                chunk.masked[place] = f"{row.certificate.id} {mask}"
        asked: Asked | None = self.asked(row)
        while asked is not None:
            chunk.number.add(asked.by_certificate, place)
            for each in asked.by_number:
                chunk.any.add(each, place)
            chunk.digits.add(asked.by_digits, place)
            for each in asked.by_holder:
                chunk.holder.add(each, place)
                chunk.number.add(each, place)  # whose holder may have other papers
            asked = asked.before
