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
