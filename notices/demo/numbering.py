"""Made-up certificate numbers for the demo, each of the form that the catalogue calls usual."""

import re
from random import Random

from notices.demo.people import AREAS
from notices.facts.catalogue import Certificate
from notices.facts.texts import Message, TextError

YEARS = ("2016", "2017", "2018", "2019", "2020")
"""What stands as a year in a number: all of them lie before anything the demo declares."""

# {n6}: six digits of the serial. {=a|b} and {area}, {y}: the serial decides, so that it can be
# read back from the number. {a|b}: by chance. {check}: MOD 11,10 over all digits before it.
# A 9 or 99 in front of a short serial keeps it away from numbers that were really given. Together
# they have room for some twelve million notices; the first to be used up are those of pesticides.
_FORMS = {
    "business-license": "{holder}",
    "company-seal": "{area}{n7}",
    "food-operation-license": "JY{2|2|1|3}{area}{n6}{check}",
    "food-production-license": "SC1{=01|02|03|04|05|06|07|08|11|12|13|14|16|24}{area}{n4}{check}",
    "drug-operation-license": "鲁{=CA|CB|DA|DB}5369{n5}",
    "medical-device-operation-license": "鲁{city}{=|食|东|西|南|北}药监械经营许{y}{n4}号",
    "special-equipment-use-registration": "{=梯11|容17|起42|车51|锅12}鲁G{n5}({y2})",
    "medical-institution-license": "PDY{n6}{area}{=11|17|21}{=D2121|A1001|D2131}",
    "public-place-hygiene-license": "鲁卫公证字〔{y}〕第{area}-{n6}号",
    "birth-medical-certificate": "{=X|Y|Z}99{n7}",
    "real-estate-title": "鲁({y}){place}不动产权第9{n6}号",
    "real-estate-registration-proof": "鲁({y}){place}不动产证明第9{n6}号",
    "mineral-right-license": "{=C|T}{area}{y}0{=1|4|7|9}{n10}",
    "water-abstraction-permit": "{=A|B|C|D}{area}{=S|G}{y}-{n4}",
    "pollutant-discharge-permit": "{holder}00{1|2}{P|Q|R|U|V|W|X|Y}",
    "road-transport-operation-license": "鲁交运管许可{city}字{area}{n6}号",
    "road-transport-vehicle-certificate": "鲁交运管{city}字{area}{n6}号",
    "road-transport-practitioner-certificate": "{holder}",
    "vessel-registration-certificate": "CN{y}9{n6}",
    "private-school-license": "教民1{area}7{n7}号",
    "social-organization-certificate": "{holder}",
    "public-institution-certificate": "{holder}",
    "lawyer-practice-certificate": "13799{y}1{0|1}{n6}",
    "lawyer-practice-certificate organisation": "{holder}",
    "construction-enterprise-qualification": "{=A|B|D|E}{=1|2|3}379{n5}",
    "work-safety-license": "(鲁){=JZ|FM|WH}安许证字〔{y}〕99{n6}",
    "hazardous-chemicals-operation-license": "鲁{city}危化经〔{y}〕99{n6}号",
    "pesticide-operation-license": "农药经许(鲁){area}{n5}",
    "animal-epidemic-prevention-certificate": "(鲁{city})动防合字第{y}99{n6}号",
    "tobacco-retail-license": "{area}{n6}",
    "religious-venue-certificate": "宗场证字({=F|D|J|T|Y})379{n6}号",
    "publication-operation-license": "新出发{city}{=零|批}字第99{n6}号",
    "travel-agency-license": "L-SD{=|-CJ|-BJ}{=9|8|7|6|5|4|3|2|1}{n4}",
}
_PARTS = {
    kind: tuple(part for part in re.split(r"\{([^}]*)\}", form)) for kind, form in _FORMS.items()
}
_DIGITS = re.compile(r"[0-9]{2,}")


class NumbersExhaustedError(TextError):
    """The made-up numbers of a certificate are used up, or all declared already."""

    text = Message("示例号码已全部用完。")


class _Serial:
    """A serial taken apart digit by digit, in mixed radix."""

    def __init__(self, value: int) -> None:
        self._left = value

    def of(self, count: int) -> int:
        self._left, taken = divmod(self._left, count)
        return taken

    def digits(self, width: int) -> str:
        # Neighbours are far apart: 7919 shares no factor with a power of ten.
        return f"{self.of(10**width) * 7919 % 10**width:0{width}}"

    def finish(self) -> None:
        if self._left:
            raise NumbersExhaustedError


def make(
    certificate: Certificate,
    serial: int,
    random: Random,
    *,
    holder_kind: str,
    holder: str,
    city: str,
    place: str,
) -> tuple[str, str | None]:
    """Number `serial` of a certificate, and the year of issue where the number says it.

    `holder` is the holder's code, of which there is one a serial.
    """
    parts = _PARTS.get(f"{certificate.id} {holder_kind}") or _PARTS.get(certificate.id)
    if parts is None:
        return _like_an_example(certificate, serial, holder), None
    left = _Serial(serial)
    year: str | None = None
    made = ""
    for place_in_form, part in enumerate(parts):
        if place_in_form % 2 == 0:
            made += part
        elif part == "holder":
            return made + _after_holder(parts[place_in_form + 1 :], holder, random), None
        elif part in ("y", "y2"):
            year = YEARS[left.of(len(YEARS))]
            made += year[-2:] if part == "y2" else year
        elif part == "area":
            made += AREAS[left.of(len(AREAS))]
        elif part == "city":
            made += city[0]
        elif part == "place":
            made += place
        elif part == "check":
            made += _check_digit("".join(_DIGITS.findall(made)))
        elif part[0] == "n" and part[1:].isdigit():
            made += left.digits(int(part[1:]))
        elif part[0] == "=":
            choices = part[1:].split("|")
            made += choices[left.of(len(choices))]
        else:
            made += random.choice(part.split("|"))
    left.finish()
    return made, year


def _after_holder(parts: tuple[str, ...], holder: str, random: Random) -> str:
    return holder + "".join(
        random.choice(part.split("|")) if place % 2 else part for place, part in enumerate(parts)
    )


def _check_digit(digits: str) -> str:
    """The last digit that GB/T 17710 MOD 11,10 wants."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def _like_an_example(certificate: Certificate, serial: int, holder: str) -> str:
    """For a certificate that a city added: an example with another serial, as its rules allow."""
    if certificate.number_is is not None:
        return holder
    check = certificate.check_digit == "mod1110"
    for example in certificate.examples:
        for run in sorted(_DIGITS.finditer(example), key=lambda run: -len(run[0])):
            # The last digits alone as long as they do, since the first ones often mean something.
            free = len(run[0]) - check
            width = min(6, free) if serial < 10 ** min(6, free) else free
            if serial >= 10**width:
                continue
            digits = f"{run[0][: free - width]}{serial:0{width}}"
            for last in "0123456789" if check else ("",):
                number = f"{example[: run.start()]}{digits}{last}{example[run.end() :]}"
                if certificate.number_form(certificate.normal_number(number)) == "usual":
                    return number
    if certificate.number_pattern is None:
        return f"{serial:08}"
    raise NumbersExhaustedError
