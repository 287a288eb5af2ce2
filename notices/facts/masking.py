"""What of a declaration has to be hidden from the public, and how it is hidden: the only masks."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from notices.facts.characters import seen, standard
from notices.facts.names import characters_of, letters_of, name_form
from notices.facts.numbers import (
    has_resident_id_shape,
    identifier_form,
    looks_like_resident_id,
    resident_id_ok,
)
from notices.facts.readings import bare_form
from notices.facts.requests import Declaration, Holder
from notices.facts.text_check import LONGEST_TEXT, cleaned, telephones

if TYPE_CHECKING:  # checking a declaration asks what is hidden of it
    from notices.facts.catalogue import Certificate

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
FEWEST_HIDDEN = 6
"""Characters; fewer could be tried one after the other."""
_CORE = re.compile(r"[0-9]{8,}")

_ID_IN_TEXT = re.compile(r"(?<!\d)\d{17}[\dXxＸｘ](?![\dA-Za-z])")
"""Of any width: `\\d` knows the digits of every script."""


def mask_name(name: str) -> str:
    """The surname, or its first letter where surnames are not Han, and one star."""
    characters = characters_of(one_line(name))
    two = name_form("".join(characters[:2]))
    if two in COMPOUND_SURNAMES and len(characters) > 2:
        return "".join(characters[:2]) + "*"
    # A name of one character would be shown whole by its first.
    return characters[0] + "*" if len(characters) > 1 else "*"


def mask_number(number: str) -> str:
    """A number in normal form with its middle hidden: a star for each hidden character (R2).

    Six are hidden at least, so a shorter number is hidden whole.
    """
    first, last = (3, 2) if _ID_SHAPE.fullmatch(number) else (2, 2)
    hidden = len(number) - first - last
    if hidden < FEWEST_HIDDEN:
        return "*" * len(number)
    return number[:first] + "*" * hidden + number[-last:]


def one_line(text: str) -> str:
    """A text as it is shown: in one line, without what nobody sees, in characters fonts have."""
    return " ".join(standard(cleaned(text)).split())


def secrets_of(declaration: Declaration, certificate: Certificate | None) -> frozenset[str]:
    """What no public text may tell: a person's identifier, and the number where that is masked.

    In the forms in which numbers and identifiers are compared; see `tells`.
    """
    holder = declaration.holder or Holder()
    if holder.kind != "person":
        return frozenset()
    # Longer ones are refused; nobody should wait until they are folded.
    secrets = {identifier_form(seen(holder.identifier or "")[:LONGEST_TEXT])}
    number = seen(declaration.number or "")[:LONGEST_TEXT]
    if certificate is None:
        secrets |= {identifier_form(number), bare_form(number)}
    elif number_is_hidden(number, holder, certificate):
        secrets |= {identifier_form(number), bare_form(certificate.normal_number(number))}
    # Before 1999 an ID had 15 digits, and whoever has those has it.
    secrets |= {code[:6] + code[8:17] for code in secrets if has_resident_id_shape(code)}
    # Who writes a number down again may leave its letters out.
    secrets |= {core for secret in secrets for core in _CORE.findall(secret)}
    return frozenset(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def tells(text: str, secrets: frozenset[str]) -> bool:
    """Whether one of `secrets` stands in `text`, in any spelling in which it is the number."""
    forms = (identifier_form(text), bare_form(text))
    return any(secret in form for secret in secrets for form in forms)


def tells_name(text: str, declaration: Declaration, certificate: Certificate | None) -> bool:
    """Whether `text` holds the name of a person whose name is masked.

    Names of one or two characters are words and places too; they have to be the whole text.
    """
    holder = declaration.holder or Holder()
    if holder.kind != "person" or (certificate and certificate.public_holder_name == "full"):
        return False
    name, letters = letters_of(holder.name or ""), letters_of(text)
    return bool(name) and (name == letters or (len(name) > 2 and name in letters))


def public_text(text: str | None, secrets: frozenset[str]) -> str | None:
    """Free text as typed, but without a number that somebody wrote into it and that is hidden.

    Checking refuses such a text; this is for what a text was checked for long ago.
    """
    if text is None or not (text := one_line(text)):
        return None
    if tells(text, secrets):
        return "*" * len(text)
    return _ID_IN_TEXT.sub(_masked_id, text)


def without_personal_numbers(number: str, certificate: Certificate) -> str:
    """An unusual number may be any text; what in it looks like a person's number is masked."""
    if certificate.number_form(certificate.normal_number(number)) == "usual":
        return number
    for telephone in telephones(unicodedata.normalize("NFKC", number)):
        number = unicodedata.normalize("NFKC", number)
        number = number.replace(telephone, mask_number(identifier_form(telephone)))
    return _ID_IN_TEXT.sub(_masked_id, number)


def _masked_id(found: re.Match[str]) -> str:
    number = identifier_form(found[0])
    return mask_number(number) if resident_id_ok(number) else found[0]


_OTHER_IDENTIFIER = re.compile(r"[A-Z]{1,3}[0-9]{7,15}|[0-9]{8}|[0-9]{10}")
"""A passport or a permit of those who have no resident ID, as far as they can be told."""


def may_be_hidden(typed: str, certificate: Certificate) -> bool:
    """Whether a notice of this number could show it masked, whoever holds the certificate.

    `number_is_hidden` and `disclosure.public_number` where no holder is known: a person's own
    passport number may be the whole of an unusual number.
    """
    reading = certificate.read(typed)
    plain = identifier_form(reading.written)
    if certificate.public_number == "masked" or resident_id_ok(plain):
        return True
    if looks_like_resident_id(plain):
        return True
    if certificate.number_form(reading.normal) == "usual":
        return False
    if "*" in without_personal_numbers(reading.written, certificate):
        return True
    may_be_own = certificate.holder_kind != "organisation"
    return may_be_own and _OTHER_IDENTIFIER.fullmatch(plain) is not None


def mask_of(normal: str, certificate: Certificate) -> str | None:
    """How a number of this certificate is shown, whoever holds it; None where it is in full."""
    return mask_number(normal) if number_is_hidden(normal, Holder(), certificate) else None


def number_is_hidden(number: str, holder: Holder, certificate: Certificate) -> bool:
    """Whether the number of a person's certificate is shown masked."""
    plain = identifier_form(number)
    own = identifier_form((holder.identifier or "")[:LONGEST_TEXT])
    return (
        certificate.public_number == "masked"
        or looks_like_resident_id(plain)
        or (len(own) >= SHORTEST_SECRET and own in plain)
    )
