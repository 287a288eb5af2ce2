"""What is wrong with the papers and the forms of number that a certificate in a catalogue lists."""

import re
from collections.abc import Iterator
from typing import Any

from notices.facts.catalogue_rules import (
    ID,
    an_object,
    both,
    in_languages,
    list_of,
    one_of,
    regular_expression,
    repeated,
    words,
    written_as,
    yes_or_no,
)
from notices.facts.certificate import name_key
from notices.facts.readings import read, without_prefix

_PLAIN = both(
    words,
    written_as(
        r"[^()（）\[\]〔〕【】《》/／、，,;；:：]+",
        "what stands on the paper: no slash, brackets, comma or colon",
    ),
)
_NAME = in_languages(_PLAIN).named("name_on_paper")

DOCUMENT = an_object(
    {"id": ID, "name": _NAME, "number_label": _NAME},
    {
        "holder_kind": one_of("person", "organisation"),
        "former": yes_or_no,
        "aliases": list_of(words),
        "read_as": list_of(words),
        "source": words,
    },
).named("document")


def _number_form(place: str, data: dict[str, Any]) -> Iterator[str]:
    if not data.keys() & {"document", "number_label", "hyphens"}:
        yield f"{place}: says nothing without document, number_label or hyphens"


NUMBER_FORM = an_object(
    {"pattern": regular_expression},
    {
        "document": ID,
        "number_label": _NAME,
        "hyphens": yes_or_no,
        "example": words,
        "source": words,
    },
    _number_form,
).named("number_form")

OPTIONAL = {
    "documents": list_of(DOCUMENT),
    "document_required": yes_or_no,
    "document_field": written_as(r"[a-z][a-z0-9_]*", "small letters, digits and underscores"),
    "number_forms": list_of(NUMBER_FORM),
}
"""The keys of a certificate that this module knows."""


def problems_of(place: str, data: dict[str, Any]) -> Iterator[str]:
    """What only shows when the keys of one certificate are held against one another."""
    documents = data.get("documents")
    if documents is None:
        for key in ("document_required", "document_field"):
            if data.get(key):
                yield f"{place}.{key}: says nothing without documents"
    else:
        yield from _documents(place, data, documents)
    if data.get("document_field") in [field["name"] for field in data["fields"]]:
        yield f"{place}.document_field: must not be one of the fields as well"
    ids = [each["id"] for each in documents or [data]]
    yield from _number_forms(place, data, ids)


def _documents(place: str, data: dict[str, Any], documents: list[dict[str, Any]]) -> Iterator[str]:
    place = f"{place}.documents"
    if not documents:
        yield f"{place}: must not be empty; leave it out where there is only one paper"
        return
    own = data["id"] in [each["id"] for each in documents]
    if not data.get("document_required") and documents[0]["id"] != data["id"]:
        yield f"{place}[0].id: must be {data['id']}, the first paper being the usual one"
    elif data.get("document_required") and own:
        yield f"{place}: none may be called {data['id']} where document_required says none is usual"
    if data.get("document_required") and len(documents) < 2:
        yield f"{place}: must be several where one of them has to be named"
    owners: dict[str, int] = {}
    for index, each in enumerate(documents):
        at = f"{place}[{index}] ({each['id']})"
        if each.get("holder_kind") and data["holder_kind"] not in ("either", each["holder_kind"]):
            yield f"{at}.holder_kind: no {each['holder_kind']} holds this certificate"
        if each.get("read_as") and not data.get("document_field"):
            yield f"{at}.read_as: says nothing without document_field"
        names = [each["id"], *each["name"].values()]
        for name in [*names, *each.get("aliases", ()), *each.get("read_as", ())]:
            if owners.setdefault(name_key(name), index) != index:
                yield f"{at}: {name} is {place}[{owners[name_key(name)]}] as well"


def _number_forms(place: str, data: dict[str, Any], ids: list[str]) -> Iterator[str]:
    forms = data.get("number_forms", [])
    source = data["optional_prefix"]
    prefix = None if source is None else re.compile(source, re.ASCII)
    for again in repeated([(form["pattern"], form.get("hyphens", False)) for form in forms]):
        yield f"{place}.number_forms: {again[0]} stands there twice"
    for index, form in enumerate(forms):
        at = f"{place}.number_forms[{index}]"
        if "document" in form and form["document"] not in ids:
            yield f"{at}.document: {form['document']} is none of the documents"
        if "example" not in form:
            if form.get("hyphens"):
                yield f"{at}.example: must be there where hyphens count"
            continue
        example = form["example"]
        normal, hyphened, *_ = read(example, copies=bool(data["parts"]))
        normal = without_prefix(normal, prefix)
        if form.get("hyphens") and "-" not in hyphened:
            yield f"{at}.example: has no hyphen between two digits"
        first = next(
            (
                place
                for place, each in enumerate(forms)
                if re.fullmatch(
                    each["pattern"], hyphened if each.get("hyphens") else normal, re.ASCII
                )
            ),
            None,
        )
        if first is None or first > index:
            yield f"{at}.example: its normal form {normal} does not match the pattern"
        elif first < index:
            yield f"{at}.example: {normal} is of number_forms[{first}] already"
