"""From what was declared to what the public may see: the only code that masks.

A public form is built field by field from the private one, never by hiding parts of it; what is
not named here stays private. Every form is plain JSON: text, whole numbers, null, objects.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from notices.facts.forms import Declaration, Holder
from notices.facts.notice_ids import printed
from notices.facts.numbers import (
    identifier_form,
    looks_like_resident_id,
    normal_form,
    resident_id_ok,
)
from notices.facts.text_check import LONGEST_TEXT, telephones

if TYPE_CHECKING:  # checking a declaration asks what is hidden of it
    from notices.facts.catalogue import Certificate, Matter

CORRECTABLE = ("issuer", "issued_on", "lost_on")
"""The clerical fields; number, certificate, holder and copies never change."""

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 "
    "濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 "
    "公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 "
    "微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 "
    "南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 纳兰 耶律 完颜 歐陽 司馬 東方 諸葛 尉遲 鍾離 "
    "長孫 東郭 南宮 聞人 萬俟 公孫 獨孤 赫連 鮮于 閭丘 濮陽 夏侯"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())

_ID_SHAPE = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
SHORTEST_SECRET = 4
"""Shorter ones would be found in texts that have nothing to do with them."""
_CORE = re.compile(r"[0-9]{8,}")

_ID_IN_TEXT = re.compile(r"(?<!\d)\d{17}[\dXxＸｘ](?![\dA-Za-z])")
"""Of any width: `\\d` knows the digits of every script."""


def mask_name(name: str) -> str:
    """The surname, or its first letter where surnames are not Han, and one star."""
    name = _shown(name)
    if name[:2] in COMPOUND_SURNAMES and len(name) > 2:
        return name[:2] + "*"
    # A name of one character would be shown whole by its first.
    return name[:1] + "*" if len(name) > 1 else "*"


def mask_number(number: str) -> str:
    """A number in normal form with its middle hidden: a star for each hidden character."""
    if len(number) <= 2:
        return "*" * len(number)
    if _ID_SHAPE.fullmatch(number):
        first, last = 3, 2
    elif len(number) < 8:
        first, last = 1, 1
    else:
        first, last = 4, 2
    return number[:first] + "*" * (len(number) - first - last) + number[-last:]


def _shown(text: str) -> str:
    return " ".join(text.split())


def secrets_of(declaration: Declaration, certificate: Certificate | None) -> frozenset[str]:
    """What no public text may tell: a person's identifier, and the number where that is masked.

    In the forms in which numbers and identifiers are compared; see `tells`.
    """
    holder = declaration.holder or Holder()
    if holder.kind != "person":
        return frozenset()
    # Longer ones are refused; nobody should wait until they are folded.
    secrets = {identifier_form((holder.identifier or "")[:LONGEST_TEXT])}
    number = (declaration.number or "")[:LONGEST_TEXT]
    if certificate is None:
        secrets |= {identifier_form(number), normal_form(number)}
    elif _number_is_hidden(number, holder, certificate):
        secrets |= {identifier_form(number), certificate.normal_number(number)}
    # Who writes a number down again may leave its letters out.
    secrets |= {core for secret in secrets for core in _CORE.findall(secret)}
    return frozenset(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def tells(text: str, secrets: frozenset[str]) -> bool:
    """Whether one of `secrets` stands in `text`, however it is spaced, cased or wide."""
    forms = (identifier_form(text), normal_form(text))
    return any(secret in form for secret in secrets for form in forms)


def tells_name(text: str, declaration: Declaration, certificate: Certificate | None) -> bool:
    """Whether `text` holds the name of a person whose name is masked.

    Names of one or two characters are words and places too; they have to be the whole text.
    """
    holder = declaration.holder or Holder()
    if holder.kind != "person" or (certificate and certificate.public_holder_name == "full"):
        return False
    name, said = identifier_form(holder.name or ""), identifier_form(text)
    return bool(name) and (name == said or (len(name) > 2 and name in said))


def _public_text(text: str | None, secrets: frozenset[str]) -> str | None:
    """Free text as typed, but without a number that somebody wrote into it and that is hidden.

    Checking refuses such a text; this is for what a text was checked for long ago.
    """
    if text is None or not (text := _shown(text)):
        return None
    if tells(text, secrets):
        return "*" * len(text)
    return _ID_IN_TEXT.sub(_masked_id, text)


def public_issuer(
    issuer: str | None, declaration: Declaration, certificate: Certificate | None
) -> str | None:
    """A corrected issuer as it is published; `declaration` says what has to stay private."""
    return _public_text(issuer, secrets_of(declaration, certificate))


def _masked_id(found: re.Match[str]) -> str:
    number = identifier_form(found[0])
    return mask_number(number) if resident_id_ok(number) else found[0]


def _public_number(declaration: Declaration, certificate: Certificate) -> str | None:
    typed = _shown(declaration.number or "")
    if not typed:
        return None
    holder = declaration.holder or Holder()
    if holder.kind != "person":
        plain = identifier_form(typed)
        # An old 15-digit registration number may look like an old ID, and it is no secret.
        if resident_id_ok(plain):
            return mask_number(plain)
        return _without_personal_numbers(typed, certificate)
    if _number_is_hidden(typed, holder, certificate):
        return mask_number(certificate.normal_number(typed))
    return _without_personal_numbers(typed, certificate)


def _without_personal_numbers(number: str, certificate: Certificate) -> str:
    """An unusual number may be any text; what in it looks like a person's number is masked."""
    if certificate.number_form(certificate.normal_number(number)) == "usual":
        return number
    for telephone in telephones(unicodedata.normalize("NFKC", number)):
        number = unicodedata.normalize("NFKC", number)
        number = number.replace(telephone, mask_number(identifier_form(telephone)))
    return _ID_IN_TEXT.sub(_masked_id, number)


def _number_is_hidden(number: str, holder: Holder, certificate: Certificate) -> bool:
    """Whether the number of a person's certificate is shown masked."""
    plain = identifier_form(number)
    own = identifier_form((holder.identifier or "")[:LONGEST_TEXT])
    return (
        certificate.public_number == "masked"
        or looks_like_resident_id(plain)
        or (len(own) >= SHORTEST_SECRET and own in plain)
    )


def _public_holder(holder: Holder, certificate: Certificate) -> dict[str, Any]:
    name = _shown(holder.name or "")
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
        elif isinstance(value, str) and (text := _public_text(value, secrets)):
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


_CORRECTED = {"issuer": "发证机关", "issued_on": "发证日期", "lost_on": "遗失时间"}


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
    said = "；".join(
        f"{_CORRECTED[name]}由“{_value(name, change['before'])}”"
        f"更正为“{_value(name, change['after'])}”"
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
