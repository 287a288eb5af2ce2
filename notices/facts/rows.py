"""A row of somebody's register of certificates: which question it asks, and what is wrong with it.

Files are made by programs that spoil numbers: what they do to one is told by a stable code, and a
number that can still be read is asked about all the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notices.facts import documents, number_check, readings
from notices.facts.catalogue import Catalogue
from notices.facts.certificate import Certificate
from notices.facts.readings import Reading
from notices.facts.text_check import is_blank
from notices.facts.texts import Message, TextError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "证件号码", "号码", "证号", "证书编号", "编号"),
    "certificate": ("certificate", "证件种类", "证件类型", "证件名称", "证件"),
    "copy": ("copy", "正副本"),
    "copy_number": ("copy_number", "副本编号"),
}
"""What each column may be called, in any case and width."""

COPIES = {
    "original": "original", "正本": "original", "duplicate": "duplicate", "副本": "duplicate",
}  # fmt: skip

_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]{1,3}")
_ROUNDED = re.compile(r"[1-9][0-9]{14}0+")
_AS_TEXT = re.compile(r'="[^"]*"')
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""


class RowsError(TextError):
    """A file whose rows say nothing, since its header does not tell what stands where."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand that a question is made of."""

    number: int
    certificate: int | None = None
    copy: int | None = None
    copy_number: int | None = None

    @classmethod
    def of(cls, header: Sequence[str]) -> "Columns":
        """Raises RowsError where no column, or more than one, is called as the number is."""
        names = [readings.folded(each.strip().lstrip("\ufeff")).casefold() for each in header]
        found: dict[str, int] = {}
        for column, called in COLUMNS.items():
            known = {readings.folded(each).casefold() for each in called}
            places = [place for place, name in enumerate(names) if name in known]
            if len(places) > 1:
                raise RowsError(_TWICE.format(names=", ".join(header[each] for each in places)))
            if places:
                found[column] = places[0]
        if "number" not in found:
            raise RowsError(_NO_NUMBER)
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Row:
    """What a row asks. `problem` is the code of what is wrong with it, None of one that is right.

    `reading` is the number apart from what stands around it; None of a row that cannot be asked.
    `document` is the paper that its certificate was called by, where that tells it from others.
    """

    number: str
    certificate: Certificate | None = None
    document: str | None = None
    copy: str | None = None
    copy_number: str | None = None
    reading: Reading | None = None
    problem: str | None = None

    @property
    def question(self) -> dict[str, str]:
        """As `POST /api/v1/verifications` takes it."""
        values = {
            "certificate": self.certificate.id if self.certificate else None,
            "number": self.number,
            "copy": self.copy,
            "copy_number": self.copy_number,
            "document": self.document,
        }
        return {name: value for name, value in values.items() if value is not None}

    @property
    def names_copy(self) -> bool:
        """Whether one copy or document is meant, and not whatever has the number."""
        behind = self.reading is not None and self.reading.copy not in (None, "both")
        return behind or any((self.copy, self.copy_number, self.document))


def read(values: Sequence[str], columns: Columns, catalogue: Catalogue, usual: str = "") -> Row:
    """What a row asks; `usual` is the certificate of rows that name none."""

    def cell(place: int | None) -> str:
        return values[place].strip() if place is not None and place < len(values) else ""

    named = cell(columns.certificate) or usual
    number, problem = _number(cell(columns.number))
    certificate = catalogue.named(named) if named else None
    if named and certificate is None:
        return Row(number, problem=problem or "unknown_certificate")
    if problem is not None:
        return Row(number, certificate, problem=problem)
    wrong = next(number_check.number_problems("number", number, certificate), None)
    if wrong is not None:
        return Row(number, certificate, problem=wrong.code.removesuffix("_optional"))
    reading = certificate.read(number) if certificate else readings.read(number, copies=True)
    copy, copy_number, problem = _copy(cell(columns.copy), cell(columns.copy_number), certificate)
    paper = None
    if certificate is not None and certificate.number_optional:
        paper = certificate.document_named(named)
    return Row(
        number, certificate, paper.id if paper else None, copy, copy_number, reading,
        problem or doubt(reading.normal, number, certificate, catalogue),
    )  # fmt: skip


def _number(cell: str) -> tuple[str, str | None]:
    """The number as it was typed, and the code of what a program made of it."""
    if _AS_TEXT.fullmatch(cell):  # how text is kept from being read as a number
        cell = cell[2:-1]
    if cell.startswith("="):
        return cell, "formula"
    if _SCIENTIFIC.fullmatch(cell):
        return cell, "number_scientific"
    return cell, "number_empty" if is_blank(cell) else None


def _copy(
    copy: str, number: str, certificate: Certificate | None
) -> tuple[str | None, str | None, str | None]:
    """Copy, its number and the code of what is wrong; what is wrong is not asked."""
    meant = COPIES.get(copy.casefold()) if copy else None
    if copy and meant is None:
        return None, None, "bad_value"
    if certificate is not None and not certificate.parts and (copy or number):
        return None, None, "copies_not_applicable"
    if number and not documents.is_copy_number(number):
        return meant, None, "copy_number_format"
    if number and meant == "original":
        return meant, None, "copy_number_of_original"
    return meant, number or None, None


def copy_problem(copy: str, number: str, certificate: Certificate | None) -> str | None:
    """The code of what is wrong with the copy that a row names, and with its number."""
    return _copy(copy, number, certificate)[2]


def doubt(
    normal: str, number: str, certificate: Certificate | None, catalogue: Catalogue
) -> str | None:
    """What makes it likely that the number is another one; it is asked as it stands."""
    if _ROUNDED.fullmatch(number.strip()):
        return "number_rounded"
    if number_check.form_asked(number, normal, certificate, catalogue) == "usual":
        return None
    broken = certificate is not None and number_check.is_broken(normal, certificate)
    return "number_check_digit" if broken else "number_unusual"


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


_NO_NUMBER = Message(
    "文件第一行要写明各列的名称，其中一列是“证件号码”（或 number）；"
    "另可有“证件种类”（certificate）、“正副本”（copy）、“副本编号”（copy_number）。"
)
_TWICE = Message("文件里有两列的名称意思相同（{names}），不知道以哪一列为准；请只留一列。")
