"""A spreadsheet that lies about itself is refused, or read as what it is."""

import tempfile

import pytest

from notices.batches import MOST_SHEET_ROWS, FileRefused, Refused
from notices.batches.scratch import Reader, Writer
from notices.batches.sheets import rows
from notices.trust.sealing import Aes256Gcm
from tests.batches import package, sheet_that_says, small_as_it_says, strings_that_say

ROW = "<row><c><v>1</v></c></row>"
DAMAGED = Refused("file_damaged")


def read(workbook: bytes) -> list[list[str]]:
    key = Aes256Gcm(b"k" * 32)
    with tempfile.TemporaryFile() as file:
        writer = Writer(file.fileno(), key, "received")
        writer.write(workbook)
        writer.end()
        return rows(Reader(file.fileno(), key, "received"))


@pytest.mark.parametrize(
    "dimension", ["A1:B2", "A1:XFD1048576", "XFD1048576:A1", "A1:ZZZZZZZ99999999999"]
)
def test_a_sheet_is_as_large_as_its_rows_whatever_it_says(dimension: str) -> None:
    """A million columns where there is one; two rows where there are three."""
    assert read(package(sheet_that_says(dimension, 3 * ROW))) == [["1"]] * 3


def test_rows_without_end_that_call_themselves_two_are_too_many() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(package(sheet_that_says("A1:B2", 250_000 * ROW)))

    assert refusal.value.refused == Refused("file_too_many_rows", {"limit": MOST_SHEET_ROWS})


@pytest.mark.parametrize("before", [300_000, 4_294_967_294])
def test_empty_rows_before_the_first_one_are_rows(before: int) -> None:
    """A row that calls itself the last one that can be counted was looked for for minutes."""
    with pytest.raises(FileRefused) as refusal:
        read(package(sheet_that_says("A1:B2", ROW.replace("<row>", f'<row r="{before}">') + ROW)))

    assert refusal.value.refused == Refused("file_too_many_rows", {"limit": MOST_SHEET_ROWS})


DAMAGED_ONES = {
    "26 MB that call themselves 1 kB": lambda: small_as_it_says(
        package(sheet_that_says("A1:B2", 1_000_000 * ROW))
    ),
    "a cell beyond all cells": lambda: package(
        sheet_that_says(
            "A1:B2", ROW + '<row r="4294967295"><c r="ZZZZZZZ4294967295"><v>1</v></c></row>'
        )
    ),
    "a row before the first": lambda: package(
        sheet_that_says("A1:B2", '<row r="0"><c r="A0"><v>1</v></c></row>')
    ),
    "more texts than there are bytes anywhere": lambda: package(
        sheet_that_says("A1:B2", ROW), strings_that_say(2**64 - 1)
    ),
    "a text that is not there": lambda: package(
        sheet_that_says("A1:B2", '<row><c t="s"><v>9</v></c></row>')
    ),
    "no sheet": lambda: package(b""),
}


@pytest.mark.parametrize("what", DAMAGED_ONES)
def test_what_no_program_can_have_written_is_told_as_damaged(what: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(DAMAGED_ONES[what]())

    assert refusal.value.refused == DAMAGED
