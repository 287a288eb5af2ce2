"""What rows of a file ask is the same whether they are read together or one by one."""

import contextlib
import csv
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.batches import FileRefused, Refused
from notices.batches.asking import Asker, Chunk
from notices.batches.contents import PIECE
from notices.batches.reading import chunks, first_half, second_half, survey
from notices.batches.scratch import Reader, Writer
from notices.facts import catalogue, numbers
from notices.facts.rows import Columns
from notices.trust.hashing import keyed_hashes
from notices.trust.sealing import Aes256Gcm

KNOWN = catalogue.load()
HEADER = ["number", "certificate", "copy", "copy_number"]
KEYS = (b"k" * 32, b"before" * 8)
PRINTED = Path(__file__).parent.parent / "data" / "printed-numbers.csv"


def asker(*, shaped: bool, by_digits: bool = False) -> Asker:
    return Asker(
        KNOWN, KEYS, Columns.of(HEADER), len(HEADER),
        clean=False, shaped=shaped, by_digits=by_digits,
    )  # fmt: skip


def told(chunk: Chunk) -> list[tuple[str | None, str | None, str | None]]:
    masks = map(chunk.masked.get, range(len(chunk.cells)))
    return list(zip(chunk.problems, chunk.asks, masks, strict=True))


def probed(chunk: Chunk) -> set[tuple[str, int, bytes]]:
    named = {
        "number": chunk.number, "any": chunk.any, "digits": chunk.digits, "holder": chunk.holder
    }  # fmt: skip
    return {
        (name, row, hash_)
        for name, probes in named.items()
        for hash_, row in zip(probes.hashes, probes.rows, strict=True)
    }


def differences(rows: list[list[str]]) -> list[object]:
    """What reading the rows together says otherwise, or does not look for."""
    askers = asker(shaped=True), asker(shaped=False)
    together, alone = (each.read([list(row) for row in rows]) for each in askers)
    wrong: list[object] = [
        (row, *both)
        for row, *both in zip(rows, told(together), told(alone), strict=True)
        if both[0] != both[1]
    ]
    wrong += [(each, rows[each[1]]) for each in probed(alone) - probed(together)]
    fewer = probed(asker(shaped=True, by_digits=True).read([list(row) for row in rows]))
    by_digits = {row for name, row, _ in fewer if name == "digits"}
    wrong += [
        (each, rows[each[1]])
        for each in probed(alone) - fewer
        if each[0] != "number" or each[1] not in by_digits
    ]
    for place, row in enumerate(rows):
        if alone.asks[place] is not None and together.asks[place] is not None:
            one, other = askers[0].asked(together, place), askers[1].asked(alone, place)
            wrong += [(row, one, other)] if one != other else []
    return wrong


def printed() -> list[tuple[str, str]]:
    with PRINTED.open(encoding="utf-8", newline="") as file:
        found = [(row["number"], row["certificate"]) for row in csv.DictReader(file)]
    return found + [
        (number, each.id) for each in KNOWN.certificates.values() for number in each.examples
    ]


OLD_IDS = [
    ("379999900101001", ""),
    ("370799850229011", ""),
    ("370799900101901", "business-license"),
]
"""Of 15 digits, with a day of birth and without."""

COPIED = [("3799990001(副本2)", "food-operation-license"), ("JY23799990000016(3-2)", "")]
"""With a copy's number behind them, of which one stands where no look at two numbers tells it."""


def with_other_digits(number: str) -> list[str]:
    return ["".join(str((int(each) + more) % 10) if each in "0123456789" else each
                    for each in number) for more in range(10)]  # fmt: skip


def test_printed_numbers_are_read_together_as_they_are_alone() -> None:
    """As every certificate, with their digits and with others, and with nothing but zeros."""
    rows = []
    names = ["", *KNOWN.certificates]
    for number, certificate in printed() + OLD_IDS + COPIED:
        zeros = "".join("0" if each.isdigit() else each for each in number)
        rows += [
            [each, name, "", ""]
            for each in (*with_other_digits(number), zeros, f'="{number}"', f"编号：{number}")
            for name in {"", certificate, names[len(rows) % len(names)], "business-license"}
        ]

    assert len(rows) > 2000
    assert differences(rows) == []


PIECES = st.one_of(
    st.sampled_from(
        ["JY1", "37", "0", "00", "19", "20", "-", "（", ")", "〔2020〕", "号", "第", "字", "编号：",
         "(副本)", "(3-2)", "№", "O", "X", "NO", "鲁", "国用", "社证字", "交运管许可潍字", "房权证",
         "=", "E+", "*", "\u3000", " ", "\u200b", "①", "㍘", "１", "〇", "零", "⻘", "\n", "\udc80",
         "9137070", "370705", "1999", "0101", "123456789012345", "无", "\U0001d7d8", "²", "٣"]
    ),
    st.text("0123456789", min_size=1, max_size=18),
    st.text(max_size=3),
)  # fmt: skip
NUMBERS = st.lists(PIECES, min_size=0, max_size=7).map("".join)
CERTIFICATES = st.sampled_from(
    ["", "公章", "营业执照", "食品经营许可证", "no such", *KNOWN.certificates]
)
COPIES = st.sampled_from(["", "正本", "副本", "duplicate", "x"])
COPY_NUMBERS = st.sampled_from(["", "3-2", "2", "x"])
ROWS = st.lists(
    st.tuples(NUMBERS, CERTIFICATES, COPIES, COPY_NUMBERS).map(list), min_size=1, max_size=8
)


@given(ROWS)
def test_any_rows_are_read_together_as_they_are_alone(rows: list[list[str]]) -> None:
    """Each beside itself with other digits, which is what shares its shape."""
    both = [
        [number, *rest]
        for each, *rest in rows
        for number in itertools.islice(dict.fromkeys(with_other_digits(each)), 0, 10, 3)
    ]
    assert differences(both) == []


@given(st.binary(min_size=1, max_size=100), st.lists(st.text("0123456789号A", max_size=80)))
def test_many_hashes_are_those_of_each(key: bytes, normals: list[str]) -> None:
    for certificate in ("food-operation-license", "any certificate", "digits x"):
        expected = [numbers.keyed_hash(key, certificate, each) for each in normals]

        found = keyed_hashes(key, certificate, [each.encode() for each in normals])

        assert found == expected


@contextlib.contextmanager
def received(content: bytes) -> Iterator[Callable[..., Reader]]:
    """What reads it, to its end or until a place in it."""
    key = Aes256Gcm.generate()
    assert isinstance(key, Aes256Gcm)
    with tempfile.TemporaryFile() as file:
        writer = Writer(file.fileno(), key, "received")
        writer.write(content)
        writer.end()
        yield lambda until=None: Reader(file.fileno(), key, "received", until)


def read(content: bytes) -> list[list[str]]:
    """The rows of a file, as many as were counted beforehand."""
    with received(content) as reader:
        found = survey(reader())
        rows = [row for each in chunks(reader(), found) for row in each]
    assert found.rows == len(rows) - 1
    return rows


LONG = b"JY1," + b"x" * 2000
FIRST_IN_PIECE = [b"\xef\xbb\xbf", b"", b"JY2", b"\xe9\x99\x84,\xe8\xa1\xa8"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("first", FIRST_IN_PIECE)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"sep=,\n", b"\r\n" * 9])
def test_the_halves_of_a_file_are_its_rows(before: bytes, first: bytes, end: bytes) -> None:
    """Also where a line that looks like none begins a piece."""
    lines = bytearray(before + b"number,x" + end)
    while len(lines) < 4 * PIECE:
        if (left := PIECE - len(lines) % PIECE) < 2 * len(LONG):
            lines += b"JY3," + b"y" * (left - 4 - len(end)) + end + first + end
        lines += LONG + end
    whole = read(bytes(lines))

    with received(bytes(lines)) as reader:
        found = survey(reader())
        assert found.middle is not None
        place, rows = found.middle
        halves = [
            [row for each in half for row in each]
            for half in (first_half(reader(until=place), found), second_half(reader(), found))
        ]

    assert [len(each) for each in halves] == [rows, found.rows - rows]
    assert min(map(len, halves)) > 0
    assert halves[0] + halves[1] == whole[1:]


def test_empty_lines_before_the_header_cost_no_more_than_others() -> None:
    """One by one they took a minute for each megabyte."""
    assert read(b"\n" * 300_000 + b"number\nJY1\n") == [["number"], ["JY1"]]


@pytest.mark.parametrize(
    "last", ['"JY1\r\nJY2\r\nJY3\r\n', '"JY1\r\nJY2\r\n"JY3\r\n', '"JY1"2\r\n']
)
def test_a_quote_that_may_have_swallowed_rows_is_told_by_its_line(last: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(f'number\r\n"a\nb"\r\n{last}'.encode())
    assert refusal.value.refused == Refused("file_line", {"line": 4})


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("told", [b"sep=;\r\n", b'"sep=;"\n', b"SEP=;\r"])
@pytest.mark.parametrize("cell", [b"a,b,c", b'"a,b;c"'])
def test_a_line_that_tells_the_delimiter_is_no_row(mark: bytes, told: bytes, cell: bytes) -> None:
    assert read(mark + told + b"number;x,y,z\r\nJY1;" + cell + b"\r\n") == [
        ["number", "x,y,z"], ["JY1", cell.decode().strip('"')]
    ]  # fmt: skip
