"""From what was declared to what the public may see; `masking` hides what has to be hidden.

A public form is built field by field from the private one, never by hiding parts of it; what is
not named here stays private. This is the one place that makes a `PublicForm` of what is private;
whatever else shows a notice got one from here, or read one that was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import msgspec
from msgspec import UNSET

from notices.facts import documents, relations
from notices.facts.event_forms import WHEN, day
from notices.facts.masking import (
    mask_name,
    mask_number,
    number_is_hidden,
    one_line,
    public_text,
    secrets_of,
    without_personal_numbers,
)
from notices.facts.numbers import identifier_form, resident_id_ok
from notices.facts.public.form import (
    Cause,
    Copies,
    Details,
    Elsewhere,
    NamedDocument,
    NoticePeriod,
    PublicForm,
    PublicHolder,
    PublicOrganisation,
    PublicPerson,
    Words,
)
from notices.facts.requests import Declaration, Holder
from notices.facts.texts import Text

if TYPE_CHECKING:  # checking a declaration asks what is hidden of it
    from notices.facts.catalogue import Certificate, Document, Matter


def public_issuer(
    issuer: str | None, declaration: Declaration, certificate: Certificate | None
) -> str | None:
    """A corrected issuer as it is published; `declaration` says what has to stay private."""
    return public_text(issuer, secrets_of(declaration, certificate))


def public_number(declaration: Declaration, certificate: Certificate) -> str | None:
    typed = certificate.read(declaration.number or "").written
    if not typed:
        return None
    holder = declaration.holder or Holder()
    if holder.kind != "person":
        plain = identifier_form(typed)
        # An old 15-digit registration number may look like an old ID, and it is no secret.
        if resident_id_ok(plain):
            return mask_number(plain)
        return without_personal_numbers(typed, certificate)
    if number_is_hidden(typed, holder, certificate):
        return mask_number(certificate.normal_number(typed))
    return without_personal_numbers(typed, certificate)


def _public_holder(holder: Holder, certificate: Certificate) -> PublicHolder:
    name = one_line(holder.name or "")
    if holder.kind == "organisation":
        identifier = identifier_form(holder.identifier or "") or None
        return PublicOrganisation(name=name, identifier=identifier)
    shown = name if certificate.public_holder_name == "full" else mask_name(name)
    return PublicPerson(name=shown)


def _public_details(declaration: Declaration, certificate: Certificate) -> Details:
    given = declaration.details or {}
    secrets = secrets_of(declaration, certificate)
    details: Details = {}
    for field in certificate.fields:
        value = given.get(field.name)
        if isinstance(value, int) and not isinstance(value, bool):
            details[field.name] = value
        elif isinstance(value, str) and (text := public_text(value, secrets)):
            details[field.name] = text
    return details


def _named(document: Document | None) -> NamedDocument | None:
    if document is None:
        return None
    return NamedDocument(id=document.id, name=Words.of(document.name))


def _elsewhere(certificate: Certificate) -> Elsewhere | None:
    found = certificate.elsewhere
    if found is None:
        return None
    return Elsewhere(url=found.url, channel=Words.of(found.channel), required=found.required)


def public_form(
    declaration: Declaration,
    certificate: Certificate,
    matter: Matter | None,
    *,
    vouched: bool = False,
) -> PublicForm:
    """What a checked declaration shows to the public, and what the log commits to.

    `vouched`: a provider of identities knows whoever declares as the holder's guardian.
    """
    period = certificate.notice_period
    document = documents.of_declaration(declaration, certificate)
    awaits = relations.awaits_confirmation(declaration, certificate, vouched=vouched)
    form = PublicForm(
        certificate=certificate.id,
        certificate_name=Words.of(certificate.name),
        document=_named(document),
        matter=matter.id if matter else None,
        holder=_public_holder(declaration.holder or Holder(), certificate),
        number=public_number(declaration, certificate),
        copies=cast("Copies | None", declaration.copies) if certificate.parts else None,
        copy_number=documents.copy_number(declaration, certificate),
        cause=cast("Cause", declaration.cause),
        issuer=public_issuer(declaration.issuer, declaration, certificate),
        issued_on=declaration.issued_on,
        lost_on=declaration.lost_on,
        region=cast("str", declaration.region),
        details=_public_details(declaration, certificate),
        elsewhere=_elsewhere(certificate),
        notice_period=NoticePeriod(unit=period.unit, value=period.value) if period else None,
        awaiting=relations.AWAITING if awaits else UNSET,
        statement="",
    )
    reading = certificate.read(declaration.number or "")
    label = certificate.number_label_of(reading, document)
    statement = _statement(form, certificate, label, declaration.relation or "self")
    return msgspec.structs.replace(form, statement=statement)


def corrected(
    form: PublicForm,
    changes: Mapping[str, str | None],
    declaration: Declaration,
    certificate: Certificate | None,
) -> PublicForm:
    """`form` with `changes` of clerical fields; `declaration` says what has to stay private."""
    issuer = changes.get("issuer", form.issuer)
    issuer = public_issuer(issuer, declaration, certificate)
    return msgspec.structs.replace(form, **{**changes, "issuer": issuer})


_HAPPENED = {"lost": "不慎遗失", "stolen": "被盗", "destroyed": "因故损毁（灭失）"}
_SPEAKER = {
    "parent": "其监护人",
    "guardian": "其监护人",
    "mandate": "其委托的代理人",
    "liquidator": "其清算组（管理人）",
    "heir": "其继承人",
}


def _statement(form: PublicForm, certificate: Certificate, label: Text, relation: str) -> str:
    """The sentence that is printed, made from public fields alone."""
    holder, cause = form.holder, form.cause
    subject = holder.name
    if holder.identifier:
        subject += f"（统一社会信用代码：{holder.identifier}）"
    what, left = _what(form, certificate)
    speaker = _SPEAKER.get(relation)
    happened = _HAPPENED.get(cause, _HAPPENED["lost"])
    if cause == "lost" and speaker is None:
        parts = [f"{subject}{happened}{what}"]
    else:
        parts = [f"{subject}的{what}{happened}"]
    parts.append(f"{label.zh}：{form.number or '无编码'}")
    parts.extend(f"{label}：{value}" for label, value in left)
    if form.issuer:
        parts.append(f"发证机关：{form.issuer}")
    if form.issued_on:
        parts.append(f"发证日期：{day(form.issued_on)}")
    if form.lost_on:
        parts.append(f"{WHEN.get(cause, WHEN['lost'])}：{day(form.lost_on)[:8]}")
    if speaker is not None:
        end = f"由{speaker}声明并对本声明的真实性负责，现声明作废。"
    elif holder.kind == "organisation":
        end = "本单位对本声明的真实性负责，现声明作废。"
    else:
        end = "声明人对本声明的真实性负责，现声明作废。"
    if form.awaiting:
        end += "本声明经确认后生效。"
    return "，".join(parts) + "。" + end


def _what(form: PublicForm, certificate: Certificate) -> tuple[str, list[tuple[str, str | int]]]:
    """What was lost, and the details (label, value) that still have to be named."""
    details = form.details
    name = form.document.name.zh if form.document else certificate.name.zh
    counted = "count" in {field.name for field in certificate.fields}
    left = [
        (field.label.zh, details[field.name])
        for field in certificate.fields
        if field.name in details and not (counted and field.name == "count")
    ]
    if counted:
        # Of seals, people say which and how many.
        return f"{name}{details.get('count', 1)}枚", left
    what = f"《{name}》"
    if certificate.parts:
        names = [text.zh for text in certificate.part_names]
        if form.copies == "both":
            what += "、".join(names)
        elif form.copies in certificate.parts:
            what += names[certificate.parts.index(form.copies)]
        if form.copy_number:
            what += f"（编号{form.copy_number}）"
    return what, left
