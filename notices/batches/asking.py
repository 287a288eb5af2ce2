"""What the rows of a chunk ask, by which hashes, and what is wrong with them.

Rows of one shape are worked on together, column by column; what has no shape is read one by one.
Both say the same of every row, which `tests/unit/test_batches.py` holds. What is looked for may be
more than a single check of the row looks for: what is met is then checked as single rows are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from notices.batches import shapes
from notices.batches.reading import Rows, is_unread, readable
from notices.batches.shapes import NOTHING, Key, Shape
from notices.facts import masking, rows
from notices.facts.catalogue import Catalogue
from notices.facts.numbers import lengthened_id
from notices.facts.rows import Columns, Row
from notices.register.claims import ANY
from notices.trust.hashing import keyed_hashes
from notices.verification import Question, asked_by
from notices.verification.hashing import hashed
from notices.verification.matching import Asked

MOST_SHAPES = 20_000
"""That are remembered; a file in which every row has its own is read row by row."""

_TO_ZERO = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_NO_DIGITS = bytes(byte for byte in range(256) if not (48 <= byte <= 57 or byte == 10))


@dataclass(slots=True)
class Probes:
    """Hashes that are looked for in one index, each with the row that asks for it."""

    hashes: list[bytes] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, hashes: Iterable[bytes], rows: Iterable[int]) -> None:
        self.hashes += hashes
        self.rows += rows


@dataclass(slots=True)
class Chunk:
    """Rows as they came, what is wrong with each, and what those that ask are looked for by.

    `asks` says of each row the certificate that it names, "" where it names none; None where it
    asks nothing. `number`, `any`, `digits` and `holder` are the indexes of claims. `masked` are the
    rows that ask for a number that its notice would mask, by what all such guesses share.
    """

    cells: Rows
    problems: list[str | None]
    asks: list[str | None]
    number: Probes = field(default_factory=Probes)
    any: Probes = field(default_factory=Probes)
    digits: Probes = field(default_factory=Probes)
    holder: Probes = field(default_factory=Probes)
    masked: dict[int, str] = field(default_factory=dict)


class Asker:
    """Reads rows of one file. `width` is how many columns its header has.

    `keys` are those by which numbers may be hashed. `clean`: every byte of the file is text.
    `by_digits`: whatever is claimed has the hash of its digits, if its number has any.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        keys: Sequence[bytes],
        columns: Columns,
        width: int,
        *,
        clean: bool = True,
        shaped: bool = True,
        by_digits: bool = True,
    ) -> None:
        self._catalogue, self._keys, self._columns = catalogue, keys, columns
        self._width, self._clean, self._by_digits = width, clean, by_digits
        self._shapes: dict[Key, Shape | None] = {}
        self._shaped = shaped and all(map(shapes.is_blind, catalogue.prefixes))

    def read(self, cells: Rows) -> Chunk:
        """What each row asks and what is wrong with it."""
        chunk = Chunk(cells, [None] * len(cells), [None] * len(cells))
        one_by_one: Iterable[int] = range(len(cells))
        if self._shaped:
            one_by_one = self._read_shaped(chunk, list(cells))
        for place in one_by_one:
            self._read_one(chunk, place)
        return chunk

    def row(self, chunk: Chunk, place: int) -> Row:
        """The row at this place, as it is read alone."""
        return rows.read(chunk.cells[place], self._columns, self._catalogue)

    def asked(self, chunk: Chunk, place: int) -> Asked:
        """All ways in which the row at this place is looked for, of one that asks something."""
        number, *others = self._of_row(chunk.cells[place])
        digitless = _with_zeros([number])
        shape = self._shapes.get((*others, digitless[0])) if digitless else None  # type: ignore[arg-type]
        if shape is None or shape.meant is None:
            return self._asked(self.row(chunk, place))
        [typed], [normal] = shape.typed([number]), shape.own([number])
        holders = [(id, make([number])[0]) for id, make in shape.holders]
        if len(shape.any_) == 1 and not shape.lengthened:  # it has one form, by whichever rule
            normals: Sequence[str] = shape.any_[0]([number])
        else:
            normals = self._catalogue.normal_numbers(typed)
        id = shape.certificate.id if shape.certificate else None
        return hashed(self._keys, id, normal, normals, holders, shape.meant)

    def _of_row(self, cells: Sequence[str]) -> list[str]:
        """Its cells of number, certificate, copy and the copy's number."""
        columns = self._columns
        places = (columns.number, columns.certificate, columns.copy, columns.copy_number)
        return [
            cells[each].strip() if each is not None and each < len(cells) else ""
            for each in places
        ]  # fmt: skip

    def _asked(self, row: Row) -> Asked:
        assert row.reading is not None  # noqa: S101
        return asked_by(self._catalogue, self._keys, Question(**row.question), row.reading)  # type: ignore[arg-type]

    def _read_one(self, chunk: Chunk, place: int) -> None:
        cells = chunk.cells[place]
        if unread := not self._clean and any(map(is_unread, cells)):
            cells[:] = map(readable, cells)
        if len(cells) > self._width and any(cells[self._width :]):
            chunk.problems[place] = "too_many_cells"  # which of them is the number nobody knows
            return
        if unread:
            chunk.problems[place] = "unreadable_bytes"
            return
        row = self.row(chunk, place)
        chunk.problems[place] = row.problem
        if row.reading is None:
            return
        chunk.asks[place] = row.certificate.id if row.certificate else ""
        if row.certificate is not None:
            mask = masking.mask_of(row.reading.normal, row.certificate)
            if mask is not None:
                chunk.masked[place] = f"{row.certificate.id} {mask}"
        asked: Asked | None = self._asked(row)
        while asked is not None:
            own = [asked.by_certificate] if asked.by_certificate else []
            digits = [asked.by_digits] if asked.by_digits else []
            for probes, hashes in (
                (chunk.number, [*own, *asked.by_holder]),  # whose holder may have other papers
                (chunk.any, asked.by_number),
                (chunk.digits, digits),
                (chunk.holder, asked.by_holder),
            ):
                probes.add(hashes, [place] * len(hashes))
            asked = asked.before

    def _read_shaped(self, chunk: Chunk, cells: Sequence[Sequence[str]]) -> list[int]:
        """Those of the rows that are to be read one by one."""
        columns, left = self._columns, list[int]()
        numbers = _column(cells, columns.number)
        others = [
            _column(cells, each)
            for each in (columns.certificate, columns.copy, columns.copy_number)
        ]
        digitless = _with_zeros(numbers)
        if digitless is None:
            return list(range(len(cells)))
        groups: dict[Key, list[int]] = {}
        for place, key in enumerate(zip(*others, digitless, strict=True)):
            try:
                groups[key].append(place)
            except KeyError:
                groups[key] = [place]
        odd = self._odd(cells)
        for key, places in groups.items():
            kept = [each for each in places if each not in odd] if odd else places
            shape = self._shape(key, numbers[kept[0]]) if kept else None
            left += kept if shape is None else self._read_of_shape(chunk, shape, kept, numbers)
        return sorted([*left, *odd])

    def _odd(self, cells: Sequence[Sequence[str]]) -> set[int]:
        """Rows of which not even the cells are certain."""
        width, odd = self._width, set()
        if max(map(len, cells), default=0) > width:
            odd = {place for place, each in enumerate(cells) if len(each) > width}
        if not self._clean:
            odd |= {place for place, each in enumerate(cells) if any(map(is_unread, each))}
        return odd

    def _shape(self, key: Key, number: str) -> Shape | None:
        if key not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                return None
            self._shapes[key] = shapes.shape_of(self._catalogue, number, *key[:3])
        return self._shapes[key]

    def _read_of_shape(
        self, chunk: Chunk, shape: Shape, places: list[int], numbers: Sequence[str]
    ) -> list[int]:
        """Adds rows of one shape; those that are to be read one by one all the same."""
        if not shape.asks:
            for place in places:
                chunk.problems[place] = shape.problem
            return []
        cells = [numbers[place] for place in places]
        normals = shape.own(cells)
        if shape.zeros and any(not normal.strip(NOTHING) for normal in normals):
            return places  # what has nothing but zeros is no number
        typed = shape.typed(cells)
        certificate = shape.certificate.id if shape.certificate else ""
        found = [shape.problem] * len(places)
        if shape.problem is None:
            found = shapes.doubts(shape, typed, normals, self._catalogue)
        for place, problem in zip(places, found, strict=True):
            chunk.asks[place] = certificate
            chunk.problems[place] = problem
        if shape.masked:
            for place, normal in zip(places, normals, strict=True):
                mask = shapes.mask_of(shape, normal)
                if mask is not None:
                    chunk.masked[place] = mask
        for key in self._keys:
            self._probe(chunk, key, shape, places, cells, normals)
        return []

    def _probe(
        self,
        chunk: Chunk,
        key: bytes,
        shape: Shape,
        places: list[int],
        cells: Sequence[str],
        normals: Sequence[str],
    ) -> None:
        if shape.certificate is not None:
            id, encoded = shape.certificate.id, _encoded(normals)
            stands = shape.certificate.stands_for_number
            # A claim of the number has its digits too: what finds these has found it.
            if stands or not (shape.has_digits and self._by_digits):
                own = keyed_hashes(key, id, encoded)
                chunk.number.add(own, places)
                if stands:
                    chunk.holder.add(own, places)
            if shape.has_digits:
                digits = b"\n".join(encoded).translate(None, _NO_DIGITS).split(b"\n")
                chunk.digits.add(keyed_hashes(key, f"digits {id}", digits), places)
        else:
            for id, make in shape.holders:
                hashes = keyed_hashes(key, id, _encoded(make(cells)))
                chunk.holder.add(hashes, places)
                chunk.number.add(hashes, places)
        for make in shape.any_:
            forms = make(cells)
            chunk.any.add(keyed_hashes(key, ANY, _encoded(forms)), places)
            if shape.lengthened:
                longer = [lengthened_id(each) for each in forms]
                chunk.any.add(keyed_hashes(key, ANY, _encoded(longer)), places)


def _column(cells: Sequence[Sequence[str]], place: int | None) -> list[str]:
    """The cells of a column without spaces around them, "" where a row has none."""
    if place is None:
        return [""] * len(cells)
    try:
        return [each[place].strip() for each in cells]
    except IndexError:
        return [each[place].strip() if place < len(each) else "" for each in cells]


def _with_zeros(numbers: Sequence[str]) -> list[bytes] | None:
    """Each with all of its digits as 0; None where one holds the end of a line."""
    joined = "\n".join(numbers).encode("utf-8", "surrogatepass").translate(_TO_ZERO)
    found = joined.split(b"\n")
    return found if len(found) == len(numbers) else None


def _encoded(texts: Sequence[str]) -> list[bytes]:
    return "\n".join(texts).encode("utf-8", "surrogatepass").split(b"\n")
