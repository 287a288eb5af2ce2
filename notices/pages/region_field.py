"""The field in which a page asks for a region: a list of those nearby, and words for the rest."""

from functools import lru_cache
from typing import Any

from notices.deployment import Deployment
from notices.facts import issuers as issuers_facts
from notices.facts.certificate import Certificate
from notices.facts.places import meant
from notices.facts.regions import Regions

MOST_MEANT = 12
"""Regions that are offered for one name; whoever means another one writes its province too."""


def chosen(given: dict[str, str], regions: Regions) -> dict[str, str]:
    """`given` with `region` as a code: picked from those that a name could mean, named, or listed.

    A name that nothing or several regions have stays as it was typed.
    """
    given = dict(given)
    named, picked = given.pop("region_named", "").strip(), given.pop("region_meant", "").strip()
    if picked:
        given["region"] = picked
    elif named:
        codes = meant(named, regions)
        given["region"] = codes[0] if len(codes) == 1 else named
    return given


def offered(regions: Regions, own: str, value: str) -> dict[str, Any]:
    """What the field shows: `own` is the service's region, `value` what was chosen or typed."""
    fields, listed = _listed(regions, own)
    known = regions.known(value)
    return {
        **fields,
        "elsewhere": value if known and value not in listed else "",
        "region_named": "" if known else value,
        "region_meant": [
            (code, regions.name(code), code in regions.former)
            for code in ([] if known else meant(value, regions)[:MOST_MEANT])
        ],
    }


def issuers(deployment: Deployment, certificate: Certificate | None, region: str) -> list[str]:
    """The issuers that are offered while one is typed: of that region, or else of our own city."""
    regions = deployment.regions
    if certificate is None:
        return []
    place = region if regions.known(region) else deployment.settings.region
    return issuers_facts.offered(certificate.issuing_department.zh, regions, place)


@lru_cache(maxsize=8)  # looking through the whole country takes 35 ms, in which nobody is answered
def _listed(regions: Regions, own: str) -> tuple[dict[str, Any], frozenset[str]]:
    """What every such page shows, and the codes that stand in its list."""
    city, province = own[:4] + "00", own[:2] + "0000"
    cities = {code: name for code, name in regions.cities(province).items() if code != city}
    groups = {(code, name): regions.counties(code) for code, name in cities.items()}
    counties, direct = regions.counties(city), regions.direct(province)
    listed = {city, province, *counties, *direct, *cities}
    listed |= {code for places in groups.values() for code in places}
    fields = {
        "counties": counties,
        "city_code": city,
        "province_code": province,
        "direct": direct,
        "other_cities": groups,
        "places": [regions.name(code) for code in regions.heads() if code not in listed],
    }
    return fields, frozenset(listed)
