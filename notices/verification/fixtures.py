"""What test keys are answered: made-up notices under numbers of an area that there is not.

The answers are made as real ones are, by the same functions, of notices that stand here; nothing is
read of the register. They say `test`, and are signed by a key of their own that proves nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from notices.deployment import Deployment
from notices.facts import masking, notice_ids
from notices.facts.catalogue import Catalogue
from notices.facts.certificate import Certificate
from notices.facts.public.answer import Answer
from notices.facts.public.form import Words
from notices.facts.texts import CHINA, Message, Text
from notices.limits.slices import Slices
from notices.register import from_row
from notices.verification import Checked, Question, check, sign
from notices.verification.matching import Match

AREA = "3799"
"""No area has this code, so no notice and no paper has a number with it."""

FOOD, PRODUCTION = "food-operation-license", "food-production-license"
SEAL, BIRTH, SHIP = "company-seal", "birth-medical-certificate", "vessel-registration-certificate"
CODE = "91379999MA0000100Q"
WITHOUT_LETTERS = "1379999000002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made-up notice: its events by the days that they lie back, and when it takes effect."""

    events: tuple[tuple[str, int], ...] = (("published", 20),)
    effective: int = -20
    certificate: str = ""
    number: str = ""
    document: str = ""
    copies: str | None = None
    copy_number: str | None = None
    evidence: str = "identity_verified"
    awaiting: bool = False
    replaced: bool = False
    way: str = "number"
    """By which way it is met by the number under which it stands."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A question, what it shows, and the notices that it meets."""

    question: Question
    shows: Text
    notices: tuple[Made, ...] = ()


def _food(number: str, shows: Text, *notices: Made, copy: str | None = None) -> Fixture:
    return Fixture(Question(certificate=FOOD, number=number, copy=copy), shows, notices)


FIXTURES: tuple[Fixture, ...] = (
    _food("JY23799990000016", Message("没有公告")),
    _food(
        "JY23799990000024", Message("已声明，公告期未满"),
        Made(events=(("published", 1),), effective=2),
    ),
    _food("JY23799990000032", Message("已声明作废"), Made()),
    _food("JY23799990000049", Message("已声明作废，身份未经核验"), Made(evidence="self_declared")),
    _food(
        "JY23799990000057", Message("已声明作废，发证机关已确认"),
        Made(events=(("published", 20), ("confirmed", 10)), evidence="issuer_confirmed"),
    ),
    _food(
        "JY23799990000065", Message("有异议，正在处理"),
        Made(events=(("published", 20), ("contested", 3))),
    ),
    _food(
        "JY23799990000073", Message("声明已撤回"),
        Made(events=(("published", 20), ("withdrawn", 3))),
    ),
    _food(
        "JY23799990000081", Message("声明已被撤销"),
        Made(events=(("published", 20), ("contested", 5), ("annulled", 3))),
    ),
    _food(
        "JY23799990000090", Message("已补发新证"),
        Made(events=(("published", 20), ("replaced", 3)), replaced=True),
    ),
    _food(
        "JY23799990000104", Message("替别人声明，等待确认"),
        Made(evidence="self_declared", awaiting=True),
    ),
    _food(
        "JY23799990000112", Message("问的是正本，声明遗失的是副本"),
        Made(copies="duplicate", copy_number="3-2"), copy="original",
    ),
    _food(
        "JY23799990000129", Message("以前的公告已撤回，现在的有效"),
        Made(events=(("published", 300), ("withdrawn", 290)), effective=-300),
        Made(events=(("published", 5),), effective=-5),
    ),
    _food(
        WITHOUT_LETTERS, Message("号码少了字母，另有数字相同的公告"),
        Made(number="JY1379999000002", way="digits"),
    ),
    Fixture(
        Question(certificate=PRODUCTION, number="JY23799990000032"),
        Message("证件种类不对，另一种证件有这个号码的公告"),
        (Made(certificate=FOOD, way="certificate"),),
    ),
    Fixture(
        Question(certificate=SEAL, number=CODE, document="finance-seal"),
        Message("问的是财务专用章，声明遗失的是公章"),
        (Made(document="official-seal"),),
    ),
    Fixture(
        Question(certificate=SEAL, number="3799990000011"),
        Message("没有这枚印章的公告，持有人另有印章声明遗失"),
        (Made(document="contract-seal", number="3799990000012", way="holder"),),
    ),
    Fixture(
        Question(certificate=SHIP, number="CN20169000001"),
        Message("法律还要求在别处公告"),
        (Made(),),
    ),
    Fixture(
        Question(certificate=BIRTH, number="Z990000001"),
        Message("号码不全部公开的证件（密钥要有 masked）"),
        (Made(),),
    ),
)  # fmt: skip


class Placed(NamedTuple):
    """A fixture with its certificate and the normal form of its number."""

    fixture: Fixture
    certificate: Certificate
    normal: str


async def answers(deployment: Deployment, checked: Sequence[Checked]) -> list[Answer]:
    """A signed answer to each question; what stands nowhere here is no notice."""
    now, here = datetime.now(CHINA), list(placed(deployment.catalogue))
    found, slices = [], Slices()
    for one in checked:
        number = one.question.number or ""
        matches = met(deployment.catalogue, here, one.certificate, one.reading.normal, number, now)
        found.append(sign(deployment, one, list(matches), now, 0, test=True))
        await slices.end()
    return found


async def examples(deployment: Deployment) -> list[tuple[Fixture, Answer]]:
    """Each fixture with its answer, as a test key gets it now."""
    found = [each.fixture for each in placed(deployment.catalogue)]
    checked = await check(deployment, [each.question for each in found])
    return list(zip(found, await answers(deployment, checked), strict=True))


def placed(catalogue: Catalogue) -> Iterator[Placed]:
    """Those whose certificates, copies and documents are in this city's catalogue."""
    certificates = catalogue.certificates
    for each in FIXTURES:
        id, question = each.question.certificate or "", each.question
        named = [(id, question.copy, question.document)]
        named += [(one.certificate or id, one.copies, one.document) for one in each.notices]
        if all(_is_there(certificates.get(kind), *which) for kind, *which in named):
            certificate = certificates[id]
            yield Placed(each, certificate, certificate.normal_number(question.number or ""))


def _is_there(certificate: Certificate | None, copies: str | None, document: str | None) -> bool:
    return (
        certificate is not None
        and (not copies or copies in certificate.parts)
        and (not document or certificate.document(document) is not None)
    )


def met(
    catalogue: Catalogue,
    placed: Sequence[Placed],
    named: Certificate | None,
    shown_as: str,
    number: str,
    now: datetime,
) -> Iterator[Match]:
    """As the register would be looked through: by certificate and number, or by number alone.

    `shown_as` is the number as this certificate's.
    """
    serial = 0
    alone: Sequence[str] = ()
    if named is None:
        alone = list(catalogue.normal_numbers(number))
    for fixture, certificate, normal in placed:
        shown = certificate.public_number == "full"
        for made in fixture.notices:
            serial += 1
            asked = named is certificate and normal == shown_as
            # The number itself, where no certificate is named.
            bare = named is None and shown and made.way == "number" and normal in alone
            if asked or bare:
                row = _row(catalogue, fixture, made, serial, now)
                yield _match(row, made.way if asked else "certificate", made, shown=shown)


def _match(row: dict[str, Any], way: str, made: Made, *, shown: bool) -> Match:
    notice: Any = row
    replaced_on = row["events"][-1][2].date().isoformat() if made.replaced else None
    copy_number = int(made.copy_number.rpartition("-")[2]) if made.copy_number else None
    return Match(
        way=way,
        by_certificate=b"",
        claimed_document=made.document,
        copy=made.copies if made.copies in ("original", "duplicate") else "",
        copy_number=copy_number,
        shown=shown,
        replaced_on=replaced_on,
        certificate=row["certificate"],
        notice=from_row(notice),
    )


def _row(
    catalogue: Catalogue, fixture: Fixture, made: Made, serial: int, now: datetime
) -> dict[str, Any]:
    """The notice as the register would hold it."""
    today = now.replace(hour=9, minute=0, second=0, microsecond=0)
    id = made.certificate or fixture.question.certificate or ""
    certificate = catalogue.certificates[id]
    number = certificate.normal_number(made.number or fixture.question.number or "")
    person = certificate.holder_kind == "person"
    document = certificate.document(made.document) if made.document else certificate.documents[0]
    also = certificate.elsewhere
    form = {
        "certificate": id,
        "certificate_name": Words.of(certificate.name),
        "document": document and {"id": document.id, "name": Words.of(document.name)},
        "matter": None,
        "holder": {"kind": "person", "name": "试*"}
        if person
        else {"kind": "organisation", "name": "潍坊试样一有限公司", "identifier": CODE},
        "number": masking.mask_of(number, certificate) or number,
        "copies": made.copies or ("both" if certificate.parts else None),
        "copy_number": made.copy_number,
        "cause": "lost",
        "issuer": None,
        "issued_on": None,
        "lost_on": None,
        "region": "379999",
        "details": {},
        "elsewhere": also.public() if also else None,
        "statement": "虚构的公告，供测试用。",
        **({"awaiting": "confirmation"} if made.awaiting else {}),
    }
    events = [
        (place, kind, today - timedelta(days=ago)) for place, (kind, ago) in enumerate(made.events)
    ]
    return {
        "id": notice_ids.make(AREA, serial),
        "certificate": id,
        "form": msgspec.json.encode(form),
        "evidence": made.evidence,
        "published_index": serial,
        "published_at": events[0][2],
        "effective_at": today.replace(hour=0) + timedelta(days=made.effective)
        if made.effective > 0
        else events[0][2],
        "provisional": False,
        "awaiting": made.awaiting,
        "period_value": None,
        "period_unit": None,
        "agreed_until": None,
        "objections": 0,
        "events": events,
        "now": now,
    }


def is_masked(deployment: Deployment, fixture: Fixture) -> bool:
    """Whether a key needs `masked` to ask it."""
    certificate = deployment.catalogue.certificates[fixture.question.certificate or ""]
    normal = certificate.normal_number(fixture.question.number or "")
    return masking.mask_of(normal, certificate) is not None
