"""Which certificates can be declared, and for which matters: a file that a city edits."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from notices.facts import readings
from notices.facts.catalogue_check import problems_in
from notices.facts.certificate import (
    Certificate,
    Document,
    Field,
    NumberForm,
    OtherChannel,
    name_key,
)
from notices.facts.declaration_check import check
from notices.facts.numbers import lengthened_id
from notices.facts.public.catalogue import (
    Acceptance,
    Counter,
    MatterKind,
    Named,
    Period,
    PublicCatalogue,
    PublicMatter,
)
from notices.facts.texts import ByLanguage, Message, Text, TextError

__all__ = [
    "Acceptance",
    "Catalogue",
    "CatalogueError",
    "Certificate",
    "Counter",
    "Document",
    "Field",
    "Matter",
    "NumberForm",
    "OtherChannel",
    "Period",
    "check",
    "load",
    "problems_in",
]

OWN_CATALOGUE = Path(__file__).parent / "data" / "catalogue.json"
DEMO_MATTERS = Path(__file__).parent / "data" / "demo-matters.json"

_EXPLANATION = re.compile(r"\s*[(（/／].*", re.DOTALL)


class CatalogueError(TextError):
    """A catalogue that cannot be used; `problems` names every place."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(problems)
        super().__init__(Message("证件目录不能使用："), f"\n{lines}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Matter:
    """What the holder is about to ask the department for, and declares the loss because of."""

    id: str
    certificate: str
    name: Text
    kind: MatterKind
    department: str
    matter_code: str | None = None
    next_step_url: str | None = None
    counter: Counter | None = None
    accepts: Acceptance | None = None

    def public(self) -> PublicMatter:
        return PublicMatter(
            id=self.id,
            certificate=self.certificate,
            name=Named.of(self.name),
            kind=self.kind,
            department=self.department,
            matter_code=self.matter_code,
            next_step_url=self.next_step_url,
            counter=self.counter,
            accepts=self.accepts,
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All certificates and matters, in the order in which the city lists them."""

    version: str
    certificates: dict[str, Certificate]
    matters: dict[str, Matter]
    _by_name: Mapping[str, Certificate] = field(init=False, repr=False, compare=False)
    prefixes: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)
    """Those that some certificate calls optional."""
    _with_hyphens: tuple[Certificate, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {
            name_key(name): certificate
            for certificate in self.certificates.values()
            for name in (*certificate.names, *(each.id for each in certificate.documents))
        }
        all_ = self.certificates.values()
        prefixes = {each.optional_prefix: None for each in all_ if each.optional_prefix}
        with_hyphens = [each for each in all_ if any(form.hyphens for form in each.number_forms)]
        object.__setattr__(self, "_by_name", names)
        object.__setattr__(self, "prefixes", tuple(prefixes))
        object.__setattr__(self, "_with_hyphens", tuple(with_hyphens))

    def named(self, text: str) -> Certificate | None:
        """The certificate that goes by this id, name or alias, its own or one of a paper of it."""
        return self._by_name.get(name_key(text))

    def texts(self) -> Iterator[Text]:
        """What a form says of certificates and matters, in all the languages it is known in."""
        for certificate in self.certificates.values():
            yield from (certificate.name, certificate.number_label, *certificate.part_names)
            for document in certificate.documents:
                yield from (document.name, document.number_label)
            if certificate.elsewhere:
                yield certificate.elsewhere.channel
        for matter in self.matters.values():
            yield matter.name

    def normal_numbers(self, text: str) -> tuple[str, ...]:
        """The forms that `text` has as a number, by the rules of one certificate or another."""
        found: dict[str, None] = {}
        ways = [readings.read(text, copies=True)]
        if ways[0].copy_number is not None:  # of a certificate without copies it is the number's
            ways.append(readings.read(text))
        for reading in ways:
            found |= {reading.normal: None, lengthened_id(reading.normal): None}
            for prefix in self.prefixes:
                found[readings.without_prefix(reading.normal, prefix)] = None
            if "-" in reading.hyphened:
                forms = (each.form_of(reading) for each in self._with_hyphens)
                if any(form is not None and form.hyphens for form in forms):
                    found[reading.hyphened] = None
        return tuple(found)

    def matters_of(self, certificate: str) -> tuple[Matter, ...]:
        return tuple(each for each in self.matters.values() if each.certificate == certificate)

    def public(self) -> PublicCatalogue:
        return PublicCatalogue(
            version=self.version,
            certificates=[each.public() for each in self.certificates.values()],
            matters=[each.public() for each in self.matters.values()],
        )


def load(path: Path | None = None, *, demo: bool = False) -> Catalogue:
    """The catalogue in `path`, else the project's own; `CatalogueError` names all its problems.

    For the demo our own has made-up counters; what a city's file says is never added to.
    """
    data = read(path or OWN_CATALOGUE)
    if demo and path is None:
        made_up = read(DEMO_MATTERS)["matters"]
        data["matters"] = [each | made_up[each["id"]] for each in data["matters"]]
    return made_of(data)


def made_of(data: Any) -> Catalogue:
    """The catalogue that a file's content says; `CatalogueError` names all its problems."""
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
    hint = data.get("number_hint")
    return Certificate(
        id=data["id"],
        name=_text(data["name"]),
        aliases=tuple(data["aliases"]),
        documents=_documents(data),
        document_required=data.get("document_required", False),
        document_field=data.get("document_field"),
        holder_kind=data["holder_kind"],
        holder_identifier_optional=data.get("holder_identifier_optional", False),
        issuer_asked=data.get("issuer_asked", True),
        issuing_department=_text(data["issuing_department"]),
        parts=tuple(data["parts"]),
        part_names=tuple(_text(data["part_names"][part]) for part in data["parts"]),
        number_label=_text(data["number_label"]),
        number_hint=hint and _text(hint),
        number_optional=data["number_optional"],
        number_is=data["number_is"],
        number_pattern=_pattern(data["number_pattern"]),
        old_number_pattern=_pattern(data["old_number_pattern"]),
        optional_prefix=_pattern(data["optional_prefix"]),
        number_forms=tuple(_number_form(each) for each in data.get("number_forms", ())),
        check_digit=data["check_digit"],
        examples=tuple(data["examples"]),
        fields=tuple(_field(each) for each in data["fields"]),
        notice_period=period and Period(period["value"], period["unit"]),
        apply_within_days=data["apply_within_days"],
        legal_basis=data["legal_basis"],
        elsewhere=elsewhere
        and OtherChannel(_text(elsewhere["channel"]), elsewhere["url"], elsewhere["required"]),
        public_holder_name=data["public_holder_name"],
        public_holder_name_reason=data["public_holder_name_reason"],
        public_number=data["public_number"],
        public_term_years=data.get("public_term_years"),
        elicense_type_code=data["elicense_type_code"],
    )


def _documents(data: dict[str, Any]) -> tuple[Document, ...]:
    if "documents" not in data:  # a catalogue from before there were documents
        return (
            Document(data["id"], _unexplained(data["name"]), _unexplained(data["number_label"])),
        )
    return tuple(
        Document(
            id=each["id"],
            name=_text(each["name"]),
            number_label=_text(each["number_label"]),
            holder_kind=each.get("holder_kind"),
            former=each.get("former", False),
            aliases=tuple(each.get("aliases", ())),
            read_as=tuple(each.get("read_as", ())),
        )
        for each in data["documents"]
    )


def _unexplained(data: dict[str, str]) -> Text:
    """As it may stand in a statement: without a second name or an explanation behind it."""
    return ByLanguage({code: _EXPLANATION.sub("", name) or name for code, name in data.items()})


def _number_form(data: dict[str, Any]) -> NumberForm:
    label = data.get("number_label")
    return NumberForm(
        pattern=re.compile(data["pattern"], re.ASCII),
        document=data.get("document"),
        number_label=label and _text(label),
        hyphens=data.get("hyphens", False),
    )


def _matter(data: dict[str, Any]) -> Matter:
    counter, accepts = data.get("counter"), data.get("accepts")
    return Matter(
        id=data["id"],
        certificate=data["certificate"],
        name=_text(data["name"]),
        kind=data["kind"],
        department=data["department"],
        matter_code=data.get("matter_code"),
        next_step_url=data.get("next_step_url"),
        counter=counter and Counter(**counter),
        accepts=accepts and Acceptance(**accepts),
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
    return ByLanguage(data)


def _pattern(source: str | None) -> re.Pattern[str] | None:
    return None if source is None else re.compile(source, re.ASCII)
