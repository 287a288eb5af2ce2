"""The field in which a page asks for a region: a list of those nearby, and words for the rest."""

from typing import Any

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
    city, province = own[:4] + "00", own[:2] + "0000"
    cities = {code: name for code, name in regions.cities(province).items() if code != city}
    groups = {(code, name): regions.counties(code) for code, name in cities.items()}
    direct = regions.direct(province)
    listed = {city, province, *regions.counties(city), *direct, *cities}
    listed |= {code for places in groups.values() for code in places}
    known = regions.known(value)
    return {
        "counties": regions.counties(city),
        "city_code": city,
        "province_code": province,
        "direct": direct,
        "other_cities": groups,
        "elsewhere": value if known and value not in listed else "",
        "region_named": "" if known else value,
        "region_meant": [
            (code, regions.name(code), code in regions.former)
            for code in ([] if known else meant(value, regions)[:MOST_MEANT])
        ],
        "places": [regions.name(code) for code in regions.heads() if code not in listed],
    }
