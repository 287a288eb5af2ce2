"""A file that `notices check` reads says of each row what it holds, or is refused by its line."""

from pathlib import Path

import pytest

from notices.cli.tables import Table
from notices.cli.terminal import CommandError


def test_a_line_that_tells_the_delimiter_is_no_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("sep=;\r\nnumber;a,b,c\r\nJY1;x\r\n", "utf-8-sig", newline="")

    assert list(Table.at(file).rows()) == [["number", "a,b,c"], ["JY1", "x"]]


@pytest.mark.parametrize("last", ['"JY1\nJY2\n', '"JY1\nJY2\n"JY3\n'])
def test_a_quote_that_may_have_swallowed_rows_is_told_by_its_line(
    tmp_path: Path, last: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"number\nJY0\n{last}", "utf-8")

    with pytest.raises(CommandError, match=r"第 3 行"):
        list(Table.at(file).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encoding_in_which_it_is_written(
    tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_text('证件号码\t注\r\nJY1\t"两\n行"\r\n\r\nJY2\t甲', encoding, newline="")

    table = Table.at(file)

    assert list(table.rows()) == [["证件号码", "注"], ["JY1", "两\n行"], ["JY2", "甲"]]
    assert (table.delimiter, table.found.rows) == ("\t", 2)


@pytest.mark.parametrize(
    ("content", "words"), [(b"number\n\xff\xff\n", "GB18030"), (b"", "没有内容")]
)
def test_a_file_that_has_no_rows_to_read_is_told_for_what_it_is(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        Table.at(file)
