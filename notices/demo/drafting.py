"""Made-up declarations for the demo: for a serial and a time always the same believable one."""

from datetime import date, datetime, timedelta
from random import Random
from re import sub
from typing import NamedTuple

from notices.demo import numbering as demo_numbers
from notices.demo import people as demo_people
from notices.deployment import Deployment
from notices.facts.catalogue import Certificate, Field
from notices.facts.requests import Contact, Declaration, Holder
from notices.facts.texts import CHINA
from notices.identity import Organisation, Person

WITHDRAWN = 0.03

_SHOPS = (
    "catering", "grocery", "canteen", "food", "pharmacy", "medical", "bath", "factory",
    "transport", "builder", "farm", "books", "travel", "seeds",
)  # fmt: skip
_TRADES: dict[str, tuple[str, ...]] = {
    "food-operation-license": ("catering", "catering", "grocery", "canteen"),
    "food-production-license": ("food",),
    "drug-operation-license": ("pharmacy",),
    "medical-device-operation-license": ("medical", "pharmacy"),
    "special-equipment-use-registration": ("factory", "canteen"),
    "medical-institution-license": ("clinic",),
    "public-place-hygiene-license": ("bath",),
    "real-estate-title": ("factory", "institution", "food"),
    "real-estate-registration-proof": ("factory", "builder"),
    "mineral-right-license": ("mine",),
    "water-abstraction-permit": ("factory", "farm"),
    "pollutant-discharge-permit": ("factory", "chemistry"),
    "road-transport-operation-license": ("transport",),
    "road-transport-vehicle-certificate": ("transport",),
    "vessel-registration-certificate": ("ship",),
    "private-school-license": ("school",),
    "social-organization-certificate": ("society", "school"),
    "public-institution-certificate": ("institution",),
    "lawyer-practice-certificate": ("lawfirm",),
    "construction-enterprise-qualification": ("builder",),
    "work-safety-license": ("builder", "mine"),
    "hazardous-chemicals-operation-license": ("chemistry",),
    "pesticide-operation-license": ("seeds",),
    "animal-epidemic-prevention-certificate": ("farm",),
    "tobacco-retail-license": ("grocery",),
    "religious-venue-certificate": ("temple",),
    "publication-operation-license": ("books",),
    "travel-agency-license": ("travel",),
}
_OFTEN = {
    "business-license": 8,
    "food-operation-license": 8,
    "company-seal": 5,
    "real-estate-title": 4,
    "road-transport-vehicle-certificate": 4,
    "tobacco-retail-license": 3,
    "birth-medical-certificate": 3,
    "road-transport-practitioner-certificate": 3,
    "construction-enterprise-qualification": 2,
}
"""How many of a round of declarations are of a certificate; of the others it is one each."""

_ISSUERS = {
    "市场监管局": "{county}市场监督管理局",
    "药品监管": "{province}药品监督管理局",
    "公安局": "{city}公安局",
    "卫生健康委": "{county}卫生健康局",
    "自然资源和规划局": "{county}自然资源和规划局",
    "生态环境局": "{city}生态环境局",
    "海事局": "{city}海事局",
    "渔业": "{county}海洋与渔业局",
    "机构编制部门": "{county}事业单位监督管理局",
    "司法局": "{province}司法厅",
    "新闻出版": "{county}新闻出版局",
    "教育局": "{county}教育和体育局",
}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


class Draft(NamedTuple):
    """A made-up declaration, who makes it, and when it is withdrawn and why, if it is."""

    certificate: Certificate
    declaration: Declaration
    person: Person
    withdrawn: tuple[timedelta, str] | None


class Writer:
    """Drafts declarations for a deployment's catalogue and city."""

    def __init__(self, deployment: Deployment) -> None:
        regions, region = deployment.regions, deployment.settings.region
        self._province = regions.short(region[:2] + "0000") or ""
        self._city = regions.short(region[:4] + "00") or "某某市"
        counties = regions.counties(region) or regions.direct(region) or regions.cities(region)
        self._counties = tuple(counties.items()) or ((region, self._city),)
        self._issuers = {
            certificate.id: self._departments(certificate)
            for certificate in deployment.catalogue.certificates.values()
        }
        self._matters = {
            id: tuple(matter.id for matter in deployment.catalogue.matters_of(id))
            for id in deployment.catalogue.certificates
        }
        self._round = [
            (certificate, place, times)
            for certificate in deployment.catalogue.certificates.values()
            for times in (_OFTEN.get(certificate.id, 1),)
            for place in range(times)
        ]
        self._order: tuple[int, list[int]] = (-1, [])

    def _departments(self, certificate: Certificate) -> tuple[str, ...]:
        if certificate.id == "birth-medical-certificate":
            return ("{county}妇幼保健院", "{county}人民医院")
        named = sub(r"[(（][^)）]*[)）]", "", certificate.issuing_department.zh).split("/")
        return tuple(
            next((form for short, form in _ISSUERS.items() if name.startswith(short)), None)
            or "{county}" + name
            for name in map(str.strip, named)
        )

    def _turn(self, serial: int) -> tuple[Certificate, int]:
        """The certificate that `serial` is of, and its ordinal among those of its kind."""
        number, place = divmod(serial - 1, len(self._round))
        if self._order[0] != number:
            # By the serial alone: two fills with two seeds must not give one number twice.
            order = list(range(len(self._round)))
            Random(number).shuffle(order)  # noqa: S311
            self._order = number, order
        certificate, part, times = self._round[self._order[1][place]]
        return certificate, number * times + part

    def draft(self, serial: int, published: datetime, random: Random) -> Draft:
        """The declaration of `serial` as it is published at `published`."""
        certificate, order = self._turn(serial)
        day = published.astimezone(CHINA).date()
        agent = Person(
            kind="person",
            name=demo_people.name(random),
            identifier=demo_people.resident_id(serial),
        )
        relation, details = "self", _details(certificate.fields, random)
        region, county = random.choice(self._counties)
        lost = day - timedelta(days=min(int(random.expovariate(0.1)), 300))
        issued = lost - timedelta(days=random.randrange(20, 3000))
        if certificate.holder_kind == "organisation" or (
            certificate.holder_kind == "either" and random.random() < 0.4
        ):
            trades = _TRADES.get(certificate.id, _SHOPS)
            which, trade = divmod(order, len(trades))
            # A trade named twice takes every second of its own.
            again = trades[:trade].count(trades[trade])
            which = which * trades.count(trades[trade]) + again
            made = demo_people.organisation(trades[trade], which)
            region, county = self._counties[made.place % len(self._counties)]
            name = made.name(self._city, county)
            person = Person(
                kind="organisation",
                name=agent.name,
                identifier=agent.identifier,
                organisation=Organisation(name, made.code),
            )
            holder = Holder(kind="organisation", name=name, identifier=made.code)
        elif certificate.id == "birth-medical-certificate":
            person, relation = agent, "parent"
            holder, issued = _child(serial, lost, random)
        else:
            person = agent
            holder = Holder(kind="person", name=agent.name, identifier=agent.identifier)
        place = demo_people.place(self._city, county)
        number, year = demo_numbers.make(
            certificate,
            order,
            random,
            holder_kind=holder.kind or "",
            holder=holder.identifier or "",
            city=self._city,
            place=place,
        )
        if year is not None:
            issued = date(int(year), 1, 1) + timedelta(days=random.randrange(365))
        copies = random.random()
        issuer = random.choice(self._issuers[certificate.id]).format(
            province=self._province, city=self._city, county=place
        )
        cause = random.random()
        matters = self._matters[certificate.id]
        declaration = Declaration(
            certificate=certificate.id,
            document=_document(certificate, number, random),
            matter=random.choice(matters) if matters and random.random() < 0.85 else None,
            number=None if certificate.number_optional and random.random() < 0.05 else number,
            copies=("both" if copies < 0.2 else "original" if copies < 0.55 else "duplicate")
            if certificate.parts
            else None,
            cause="lost" if cause < 0.93 else "stolen" if cause < 0.96 else "destroyed",
            lost_on=None if random.random() < 0.1 else lost.isoformat(),
            holder=holder,
            issuer=None if random.random() < 0.04 else issuer,
            issued_on=None if random.random() < 0.08 else issued.isoformat(),
            region=region,
            contact=Contact(phone=f"1380000{random.randrange(10000):04}"),
            details=details,
            relation=relation,
            publication_consent=True,
            truthful=True,
        )
        return Draft(certificate, declaration, person, _withdrawn(random))


def _document(certificate: Certificate, number: str, random: Random) -> str | None:
    """The paper, where the number does not tell it and none is the usual one."""
    if certificate.proposed_document(certificate.read(number), None) is not None:
        return None
    return random.choice(certificate.documents).id


def _child(serial: int, lost: date, random: Random) -> tuple[Holder, date]:
    """A child, some so young that they have no ID number yet, and when its birth was certified."""
    name = demo_people.name(random)
    if random.random() < 0.3:
        return Holder(kind="person", name=name), lost - timedelta(days=random.randrange(60))
    code = demo_people.resident_id(serial, child=True)
    born = date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    holder = Holder(kind="person", name=name, identifier=code)
    return holder, min(lost, born + timedelta(days=random.randrange(3, 40)))


def _details(fields: tuple[Field, ...], random: Random) -> dict[str, str] | None:
    details: dict[str, str] = {}
    for field in fields:
        if not field.required and random.random() < 0.5:
            continue
        if field.choices:
            details[field.name] = random.choice(field.choices)
        elif field.name == "plate":
            details[field.name] = "鲁G" + "".join(random.choices(_LETTERS, k=5))
        elif field.pattern is None:
            details[field.name] = f"{random.randrange(10**8):08}"
        elif field.example is not None:
            details[field.name] = field.example
    return details or None


def _withdrawn(random: Random) -> tuple[timedelta, str] | None:
    if random.random() >= WITHDRAWN:
        return None
    days = 1 + random.expovariate(1 / 9)
    reason = random.choices(("found", "mistake", "other"), (8, 1, 1))[0]
    return timedelta(milliseconds=int(days * 86_400_000)), reason
