"""Which certificates can be declared, and for which matters: a file that a city edits."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from notices.facts.catalogue_check import name_key, problems_in
from notices.facts.declaration_check import check
from notices.facts.numbers import CHECK_DIGITS, normal_form
from notices.facts.texts import Text

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Certificate",
    "Elsewhere",
    "Field",
    "Matter",
    "Period",
    "check",
    "load",
    "problems_in",
]

OWN_CATALOGUE = Path(__file__).parent / "data" / "catalogue.json"


class CatalogueError(Exception):
    """A catalogue that cannot be used; `problems` names every place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Field:
    """What a rule wants besides; filled into a declaration's `details`."""

    name: str
    label: Text
    required: bool
    choices: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    example: str | None = None

    def public(self) -> dict[str, Any]:
        shown = {"name": self.name, "label": self.label.to_json(), "required": self.required}
        return shown | ({"choices": list(self.choices)} if self.choices else {})


@dataclass(frozen=True, slots=True)
class Period:
    """How long a declaration waits before it takes effect."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where the law also or first wants the loss published."""

    channel: Text
    url: str | None
    required: bool

    def to_json(self) -> dict[str, Any]:
        return {"channel": self.channel.to_json(), "url": self.url, "required": self.required}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A kind of certificate, with the rules that a declaration of its loss follows."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    holder_kind: str
    holder_identifier_optional: bool
    issuing_department: Text
    parts: tuple[str, ...]
    part_names: tuple[Text, ...]
    number_label: Text
    number_optional: bool
    number_is: str | None
    number_pattern: re.Pattern[str] | None
    old_number_pattern: re.Pattern[str] | None
    optional_prefix: re.Pattern[str] | None
    check_digit: str
    examples: tuple[str, ...]
    fields: tuple[Field, ...]
    notice_period: Period | None
    apply_within_days: int | None
    legal_basis: str
    elsewhere: Elsewhere | None
    public_holder_name: str
    public_holder_name_reason: str | None
    public_number: str
    elicense_type_code: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it may be called by; no two certificates share any of it."""
        return (self.id, self.name.zh, self.name.en, *self.aliases)

    @property
    def matched_by(self) -> str:
        """What decides whether two numbers are one, and what a claim covers, as text."""
        prefix = self.optional_prefix.pattern if self.optional_prefix else ""
        return json.dumps([prefix, list(self.parts)], ensure_ascii=False)

    def copy_names(self, copies: str | None) -> tuple[str, ...]:
        """What the copies that a notice covers are called."""
        names = zip(self.parts, self.part_names, strict=True)
        return tuple(name.zh for part, name in names if copies in (part, "both"))

    def normal_number(self, text: str) -> str:
        return normal_form(text, self.optional_prefix)

    def number_form(self, normal: str) -> str:
        """`usual` when the number is built as today's rule says, check digit included."""
        fits = self.number_pattern is None or self.number_pattern.fullmatch(normal)
        return "usual" if fits and self.check_digit_fits(normal) else "unusual"

    def check_digit_fits(self, normal: str) -> bool:
        return CHECK_DIGITS[self.check_digit](normal)

    def is_old_number(self, normal: str) -> bool:
        """Whether the number is of a form from before it was tied to the holder's own code."""
        return bool(self.old_number_pattern and self.old_number_pattern.fullmatch(normal))

    def public(self) -> dict[str, Any]:
        period = self.notice_period
        return {
            "id": self.id,
            "name": self.name.to_json(),
            "aliases": list(self.aliases),
            "holder_kind": self.holder_kind,
            "holder_identifier_optional": self.holder_identifier_optional,
            "issuing_department": self.issuing_department.to_json(),
            "number_label": self.number_label.to_json(),
            "number_optional": self.number_optional,
            "number_is": self.number_is,
            "examples": list(self.examples),
            "parts": list(self.parts),
            "part_names": {
                part: name.to_json() for part, name in zip(self.parts, self.part_names, strict=True)
            },
            "fields": [each.public() for each in self.fields],
            "notice_period": period and {"value": period.value, "unit": period.unit},
            "apply_within_days": self.apply_within_days,
            "legal_basis": self.legal_basis,
            "elsewhere": self.elsewhere and self.elsewhere.to_json(),
            "public_holder_name": self.public_holder_name,
            "public_number": self.public_number,
            "elicense_type_code": self.elicense_type_code,
        }


@dataclass(frozen=True, slots=True)
class Matter:
    """What the holder is about to ask the department for, and declares the loss because of."""

    id: str
    certificate: str
    name: Text
    kind: str
    department: str
    matter_code: str | None
    next_step_url: str | None

    def public(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "certificate": self.certificate,
            "name": self.name.to_json(),
            "kind": self.kind,
            "department": self.department,
            "matter_code": self.matter_code,
            "next_step_url": self.next_step_url,
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All certificates and matters, in the order in which the city lists them."""

    version: str
    certificates: dict[str, Certificate]
    matters: dict[str, Matter]
    _by_name: Mapping[str, Certificate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {
            name_key(name): certificate
            for certificate in self.certificates.values()
            for name in certificate.names
        }
        object.__setattr__(self, "_by_name", names)

    def named(self, text: str) -> Certificate | None:
        """The certificate that goes by this id, name or alias, however it is spaced or cased."""
        return self._by_name.get(name_key(text))

    def matters_of(self, certificate: str) -> tuple[Matter, ...]:
        return tuple(each for each in self.matters.values() if each.certificate == certificate)

    def public(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "certificates": [each.public() for each in self.certificates.values()],
            "matters": [each.public() for each in self.matters.values()],
        }


def load(path: Path | None = None) -> Catalogue:
    """The catalogue in `path`, else the project's own; `CatalogueError` names all its problems."""
    data = read(path or OWN_CATALOGUE)
    problems = problems_in(data)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(
        version=data["version"],
        certificates={each["id"]: _certificate(each) for each in data["certificates"]},
        matters={each["id"]: _matter(each) for each in data["matters"]},
    )


def read(path: Path) -> Any:
    """What the file holds, unchecked; `CatalogueError` when it cannot be read as JSON."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise CatalogueError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:
        raise CatalogueError([f"{path}: is not JSON in UTF-8: {error}"]) from error


def _certificate(data: dict[str, Any]) -> Certificate:
    period, elsewhere = data["notice_period"], data["elsewhere"]
    return Certificate(
        id=data["id"],
        name=_text(data["name"]),
        aliases=tuple(data["aliases"]),
        holder_kind=data["holder_kind"],
        holder_identifier_optional=data.get("holder_identifier_optional", False),
        issuing_department=_text(data["issuing_department"]),
        parts=tuple(data["parts"]),
        part_names=tuple(_text(data["part_names"][part]) for part in data["parts"]),
        number_label=_text(data["number_label"]),
        number_optional=data["number_optional"],
        number_is=data["number_is"],
        number_pattern=_pattern(data["number_pattern"]),
        old_number_pattern=_pattern(data["old_number_pattern"]),
        optional_prefix=_pattern(data["optional_prefix"]),
        check_digit=data["check_digit"],
        examples=tuple(data["examples"]),
        fields=tuple(_field(each) for each in data["fields"]),
        notice_period=period and Period(period["value"], period["unit"]),
        apply_within_days=data["apply_within_days"],
        legal_basis=data["legal_basis"],
        elsewhere=elsewhere
        and Elsewhere(_text(elsewhere["channel"]), elsewhere["url"], elsewhere["required"]),
        public_holder_name=data["public_holder_name"],
        public_holder_name_reason=data["public_holder_name_reason"],
        public_number=data["public_number"],
        elicense_type_code=data["elicense_type_code"],
    )


def _matter(data: dict[str, Any]) -> Matter:
    return Matter(
        **{key: data[key] for key in Matter.__slots__ if key != "name"}
        | {"name": _text(data["name"])}
    )


def _field(data: dict[str, Any]) -> Field:
    return Field(
        name=data["name"],
        label=_text(data["label"]),
        required=data["required"],
        choices=tuple(data.get("choices", ())),
        pattern=_pattern(data.get("pattern")),
        example=data.get("example"),
    )


def _text(data: dict[str, str]) -> Text:
    return Text(data["zh"], data["en"])


def _pattern(source: str | None) -> re.Pattern[str] | None:
    return None if source is None else re.compile(source, re.ASCII)
