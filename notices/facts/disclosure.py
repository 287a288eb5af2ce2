"""From what was declared to what the public may see; `masking` hides what has to be hidden.

A public form is built field by field from the private one, never by hiding parts of it; what is
not named here stays private. Every form is plain JSON: text, whole numbers, null, objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from notices.facts.forms import Declaration, Holder
from notices.facts.masking import (
    mask_name,
    mask_number,
    number_is_hidden,
    one_line,
    public_text,
    secrets_of,
    without_personal_numbers,
)
from notices.facts.notice_ids import printed
from notices.facts.numbers import identifier_form, resident_id_ok

if TYPE_CHECKING:  # checking a declaration asks what is hidden of it
    from notices.facts.catalogue import Certificate, Matter

CORRECTABLE = ("issuer", "issued_on", "lost_on")
"""The clerical fields; number, certificate, holder and copies never change."""


def public_issuer(
    issuer: str | None, declaration: Declaration, certificate: Certificate | None
) -> str | None:
    """A corrected issuer as it is published; `declaration` says what has to stay private."""
    return public_text(issuer, secrets_of(declaration, certificate))


def _public_number(declaration: Declaration, certificate: Certificate) -> str | None:
    typed = one_line(declaration.number or "")
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


def _public_holder(holder: Holder, certificate: Certificate) -> dict[str, Any]:
    name = one_line(holder.name or "")
    if holder.kind == "organisation":
        identifier = identifier_form(holder.identifier or "") or None
        return {"kind": "organisation", "name": name, "identifier": identifier}
    shown = name if certificate.public_holder_name == "full" else mask_name(name)
    return {"kind": "person", "name": shown}


def _public_details(declaration: Declaration, certificate: Certificate) -> dict[str, Any]:
    given = declaration.details or {}
    secrets = secrets_of(declaration, certificate)
    details: dict[str, Any] = {}
    for field in certificate.fields:
        value = given.get(field.name)
        if isinstance(value, int) and not isinstance(value, bool):
            details[field.name] = value
        elif isinstance(value, str) and (text := public_text(value, secrets)):
            details[field.name] = text
    return details


def public_form(
    declaration: Declaration, certificate: Certificate, matter: Matter | None
) -> dict[str, Any]:
    """What a checked declaration shows to the public, and what the log commits to."""
    holder = declaration.holder or Holder()
    elsewhere = certificate.elsewhere
    form: dict[str, Any] = {
        "certificate": certificate.id,
        "certificate_name": certificate.name.to_json(),
        "matter": matter.id if matter else None,
        "holder": _public_holder(holder, certificate),
        "number": _public_number(declaration, certificate),
        "copies": declaration.copies if certificate.parts else None,
        "cause": declaration.cause,
        "issuer": public_issuer(declaration.issuer, declaration, certificate),
        "issued_on": declaration.issued_on,
        "lost_on": declaration.lost_on,
        "region": declaration.region,
        "details": _public_details(declaration, certificate),
        "elsewhere": elsewhere.to_json() if elsewhere else None,
    }
    form["statement"] = _statement(form, certificate, declaration.relation or "self")
    return form


_HAPPENED = {"lost": "不慎遗失", "stolen": "被盗", "destroyed": "因故损毁（灭失）"}
_WHEN = {"lost": "遗失时间", "stolen": "被盗时间", "destroyed": "损毁时间"}
_SPEAKER = {"parent": "其监护人", "guardian": "其监护人", "mandate": "其委托的代理人"}


def _statement(form: Mapping[str, Any], certificate: Certificate, relation: str) -> str:
    """The sentence that is printed, made from public fields alone."""
    holder, cause = form["holder"], form["cause"]
    subject = holder["name"]
    if holder.get("identifier"):
        subject += f"（统一社会信用代码：{holder['identifier']}）"
    what, left = _what(form, certificate)
    speaker = _SPEAKER.get(relation)
    happened = _HAPPENED.get(cause, _HAPPENED["lost"])
    if cause == "lost" and speaker is None:
        parts = [f"{subject}{happened}{what}"]
    else:
        parts = [f"{subject}的{what}{happened}"]
    parts.append(f"{certificate.number_label.zh}：{form['number'] or '无编码'}")
    parts.extend(f"{label}：{value}" for label, value in left)
    if form["issuer"]:
        parts.append(f"发证机关：{form['issuer']}")
    if form["issued_on"]:
        parts.append(f"发证日期：{_day(form['issued_on'])}")
    if form["lost_on"]:
        parts.append(f"{_WHEN.get(cause, _WHEN['lost'])}：{_day(form['lost_on'])[:8]}")
    if holder["kind"] == "organisation":
        end = "本单位对本声明的真实性负责，现声明作废。"
    elif speaker is None:
        end = "声明人对本声明的真实性负责，现声明作废。"
    else:
        end = f"由{speaker}声明并对本声明的真实性负责，现声明作废。"
    return "，".join(parts) + "。" + end


def _what(form: Mapping[str, Any], certificate: Certificate) -> tuple[str, list[tuple[str, Any]]]:
    """What was lost, and the details (label, value) that still have to be named."""
    details = form["details"]
    pieces = {field.name for field in certificate.fields} >= {"kind", "count"}
    left = [
        (field.label.zh, details[field.name])
        for field in certificate.fields
        if field.name in details and not (pieces and field.name in ("kind", "count"))
    ]
    if pieces:
        # Of a seal, people say which and how many: the certificate's name lists every kind.
        kind = details.get("kind", "其他")
        return f"{'印章' if kind == '其他' else kind}{details.get('count', 1)}枚", left
    what = f"《{certificate.name.zh}》"
    if certificate.parts:
        names = [text.zh for text in certificate.part_names]
        if form["copies"] == "both":
            what += "、".join(names)
        elif form["copies"] in certificate.parts:
            what += names[certificate.parts.index(form["copies"])]
    return what, left


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year:04}年{day.month:02}月{day.day:02}日"


_WITHDRAWAL = {
    "found": "{id}号遗失声明所列证件已找回，且未补发新证，声明人撤回该声明。",
    "mistake": "{id}号遗失声明系误作声明，声明人撤回该声明。",
    "other": "声明人撤回{id}号遗失声明。",
}


def withdrawal_form(notice_id: str, reason: str) -> dict[str, Any]:
    """What a withdrawal shows to the public."""
    return {"statement": _WITHDRAWAL[reason].format(id=printed(notice_id)), "reason": reason}


_CORRECTED = {"issuer": "发证机关", "issued_on": "发证日期"}


def correction_form(
    notice_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """What a correction shows to the public: the changed clerical fields, before and after.

    Both are public forms, in which nothing is left to mask.
    """
    changes = {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in CORRECTABLE
        if before.get(name) != after.get(name)
    }
    words = _CORRECTED | {"lost_on": _WHEN.get(before.get("cause", ""), _WHEN["lost"])}
    said = "；".join(
        f"{words[name]}由“{_value(name, change['before'])}”更正为“{_value(name, change['after'])}”"
        for name, change in changes.items()
    )
    return {
        "statement": f"更正：{printed(notice_id)}号遗失声明，{said}。原声明其余内容不变。",
        **changes,
    }


def _value(name: str, value: str | None) -> str:
    if value is None:
        return "未填写"
    return value if name == "issuer" else _day(value)
