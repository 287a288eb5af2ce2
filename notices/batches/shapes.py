"""Shapes of rows: what all rows say alike that differ in the digits of their numbers alone.

A register has a few hundred shapes and a million rows. What a row says is found out once for each
shape, by the one reader of rows, of two numbers whose digits tell where in the number each of them
stood. Where a rule looks at what the digits are, the row is asked; where that could change how the
number is read, the shape is none, and its rows are read one by one.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

from notices.facts import masking, number_check, readings, rows
from notices.facts.catalogue import Catalogue
from notices.facts.certificate import Certificate
from notices.facts.characters import unified
from notices.facts.numbers import identifier_form
from notices.facts.rows import Columns, Row
from notices.verification import Question, meant_by
from notices.verification.hashing import Meant

LONGEST = 100
"""Characters; nobody prints a longer number."""

_COLUMNS = Columns(number=0, certificate=1, copy=2, copy_number=3)
_DIGIT = re.compile(r"[0-9]")
_DIGITS = "0123456789"
_MOST_DIGITS = 81
NOTHING = "0O〇"
"""What is no number where it stands alone, as `placeholders` has it."""
_OLD_ID = re.compile(r"[0-9]{15}")
_ANY_DIGIT = re.compile(r"\[0-9\]|\\d|\{[0-9]+(?:,[0-9]*)?\}")
_CONSTANT = frozenset({
    "formula", "number_scientific", "number_empty", "unknown_certificate", "too_long",
    "control_character", "emoji", "number_masked",
})  # fmt: skip
"""Problems that no digit decides."""

Key = tuple[str, str, str, bytes]
"""Certificate, copy and its number as typed, and the number with each of its digits as 0."""

Make = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What its rows say; `problem` alone where none of them asks anything.

    A `problem` of rows that ask is of the copy, and goes before what the number looks like. Of the
    cells `typed` makes the numbers that were meant, `own` these as the certificate's, `any_` as of
    any, `holders` those by which a holder may be meant, by certificates. `meant` is the paper that
    all of them ask for, None where digits tell it. `lengthened`: one of `any_` may be an old
    resident ID. `zeros`, `rounded`, `masked`: what each number is asked.
    """

    problem: str | None
    asks: bool
    certificate: Certificate | None = None
    typed: Make = list
    own: Make = list
    any_: Sequence[Make] = ()
    holders: Sequence[tuple[str, Make]] = ()
    meant: Meant | None = None
    has_digits: bool = False
    lengthened: bool = False
    zeros: bool = False
    rounded: bool = False
    masked: bool = False


class _None(Exception):
    """No shape: its rows are to be read one by one."""


def is_blind(pattern: re.Pattern[str]) -> bool:
    """Whether a pattern takes each digit for any other, as far as its text tells."""
    return _DIGIT.search(_ANY_DIGIT.sub("", pattern.pattern)) is None


def shape_of(
    catalogue: Catalogue, number: str, certificate: str, copy: str, copy_number: str
) -> Shape | None:
    """What rows say that differ from this one in the digits of their numbers alone."""
    try:
        return _shape_of(catalogue, number, (certificate, copy, copy_number))
    except _None:
        return None


def _shape_of(catalogue: Catalogue, number: str, others: tuple[str, str, str]) -> Shape:
    places = [place for place, character in enumerate(number) if character in _DIGITS]
    _refuse_hidden_digits(number)
    if len(number) > LONGEST or len(places) > _MOST_DIGITS:
        raise _None
    # Of the nth digit one tells its units and the other its tens, by nines: neither is ever 0.
    texts = [
        _with_digits(number, places, [each % 9 + 1 for each in range(len(places))]),
        _with_digits(number, places, [each // 9 + 1 for each in range(len(places))]),
    ]
    read = [rows.read([text, *others], _COLUMNS, catalogue) for text in texts]
    one, other = read
    certificate = one.certificate
    if one.reading is None or other.reading is None:
        if one.reading is None and one.problem == other.problem and one.problem in _CONSTANT:
            return Shape(one.problem, asks=False)
        if one.problem == other.problem == "number_placeholder" and not places:
            return Shape(one.problem, asks=False)
        raise _None
    own = _Form(number, places, one.reading.normal, other.reading.normal)
    if certificate is not None and _decides(certificate, one.reading.hyphened, own.shape):
        raise _None
    wide = [_all_forms(catalogue, each.number) for each in read]
    if len(wide[0]) != len(wide[1]):
        raise _None
    forms = [_Form(number, places, *pair) for pair in zip(*wide, strict=True)]
    holders = []
    if certificate is None:
        for each in catalogue.certificates.values():
            if each.stands_for_number:
                normals = [each.read(row.number) for row in read]
                form = _Form(number, places, normals[0].normal, normals[1].normal)
                if _decides(each, normals[0].hyphened, form.shape):
                    raise _None
                holders.append((each.id, form.make))
    elif certificate.stands_for_number:
        holders.append((certificate.id, own.make))
    of_copy = rows.copy_problem(others[1], others[2], certificate)
    return Shape(
        problem=of_copy,
        asks=True,
        certificate=certificate,
        typed=_Form(number, places, one.number, other.number).make,
        own=own.make,
        any_=[each.make for each in forms],
        holders=holders,
        meant=_meant(one, other),
        has_digits=bool(_DIGIT.search(own.shape)),
        lengthened=any(_OLD_ID.fullmatch(each.shape) for each in forms),
        zeros=not own.shape.strip(NOTHING),
        rounded=one.number.strip().isdigit() and len(one.number.strip()) > 15,
        masked=certificate is not None and _may_be_masked(certificate, own.shape),
    )


def _meant(*of_shape: Row) -> Meant | None:
    every = set()
    for row in of_shape:
        assert row.reading is not None  # noqa: S101
        if row.reading.copy_number is not None:
            return None
        every.add(meant_by(Question(**row.question), row.reading))  # type: ignore[arg-type]
    return every.pop() if len(every) == 1 else None


def _all_forms(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """`Catalogue.normal_numbers`, and what they would be if the digits were others, but for IDs."""
    found: dict[str, None] = {}
    ways = [readings.read(text, copies=True)]
    if ways[0].copy_number is not None:
        ways.append(readings.read(text))
    for reading in ways:
        found[reading.normal] = None
        for prefix in catalogue.prefixes:
            found[readings.without_prefix(reading.normal, prefix)] = None
        if "-" in reading.hyphened:
            found[reading.hyphened] = None
    return tuple(found)


def _decides(certificate: Certificate, hyphened: str, shape: str) -> bool:
    """Whether this certificate's reading of a number looks at what its digits are."""
    hyphens = "-" in hyphened and any(form.hyphens for form in certificate.number_forms)
    return hyphens or (certificate.check_digit == "id18" and _OLD_ID.fullmatch(shape) is not None)


def _may_be_masked(certificate: Certificate, shape: str) -> bool:
    plain = identifier_form(shape)
    return certificate.public_number == "masked" or len(plain) in (15, 18)


def _refuse_hidden_digits(number: str) -> None:
    """Raise _None where something else than a digit of ASCII would be read as one."""
    rest = _DIGIT.sub("", number)
    if rest.isascii():
        return
    if any(unicodedata.category(each).startswith("N") and each != "〇" for each in rest):
        raise _None
    if any(each.isdigit() for each in unified(rest)):
        raise _None


def _with_digits(number: str, places: Sequence[int], digits: Sequence[int]) -> str:
    characters = list(number)
    for place, digit in zip(places, digits, strict=True):
        characters[place] = str(digit)
    return "".join(characters)


class _Form:
    """How a form of the number is made of the number as typed."""

    def __init__(self, number: str, places: Sequence[int], units: str, tens: str) -> None:
        if len(units) != len(tens):
            raise _None
        self.shape = _DIGIT.sub("0", units)
        pieces: list[str | int] = []
        for unit, ten in zip(units, tens, strict=True):
            if unit not in _DIGITS:
                if unit != ten:
                    raise _None
                pieces.append(unit)
                continue
            index = (int(ten) - 1) * 9 + int(unit) - 1 if ten in _DIGITS else -1
            if not 0 <= index < len(places):
                raise _None  # a digit that was not typed
            pieces.append(places[index])
        self.make = _maker(number, pieces)


def _maker(number: str, pieces: Sequence[str | int]) -> Make:
    kept = "".join(number[each] if isinstance(each, int) else each for each in pieces)
    in_order = [each for each in pieces if isinstance(each, int)]
    if kept == number and in_order == [p for p, c in enumerate(number) if c in _DIGITS]:
        return list
    format_ = ""
    slices: list[slice] = []
    last: int | None = None
    for piece in pieces:
        if isinstance(piece, str):
            format_, last = format_ + piece.replace("%", "%%"), None
        elif last is not None and piece == last + 1:
            start = slices.pop().start
            slices.append(slice(start, piece + 1))
            last = piece
        else:
            slices.append(slice(piece, piece + 1))
            format_, last = format_ + "%s", piece
    if not slices:
        constant = format_ % ()
        return lambda texts: [constant] * len(texts)
    get: Any = itemgetter(*slices)
    return lambda texts: [format_ % get(text) for text in texts]


def doubts(
    shape: Shape, typed: Sequence[str], normals: Sequence[str], catalogue: Catalogue
) -> list[str | None]:
    """What makes it likely that each number is another one, as `rows.read` says it."""
    certificate = shape.certificate
    form = _AnyForm(catalogue) if certificate is None else certificate.number_form
    asked = zip(typed, normals, strict=True)
    if shape.rounded:
        return [
            rows.doubt(normal, number, certificate, catalogue)
            if number.endswith("0") or form(normal) != "usual" else None
            for number, normal in asked
        ]  # fmt: skip
    if certificate is not None and certificate.are_usual(normals):
        return [None] * len(normals)
    if certificate is None or certificate.stands_for_number:
        return [
            None if form(normal) == "usual" else rows.doubt(normal, number, certificate, catalogue)
            for number, normal in asked
        ]
    return [
        None if form(normal) == "usual"
        else "number_check_digit" if number_check.is_broken(normal, certificate)
        else "number_unusual"
        for normal in normals
    ]  # fmt: skip


class _AnyForm:
    """`Certificate.number_form` of the certificate whose number the last one was, if it was any's.

    What this one calls unusual is asked of all of them.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._certificates = list(catalogue.certificates.values())

    def __call__(self, normal: str) -> Literal["usual", "unusual"]:
        for place, each in enumerate(self._certificates):
            if each.number_form(normal) == "usual":
                if place:
                    self._certificates.insert(0, self._certificates.pop(place))
                return "usual"
        return "unusual"


def mask_of(shape: Shape, normal: str) -> str | None:
    """What guesses at a number share that its notice would mask; None where it is shown."""
    assert shape.certificate is not None  # noqa: S101
    mask = masking.mask_of(normal, shape.certificate)
    return None if mask is None else f"{shape.certificate.id} {mask}"
