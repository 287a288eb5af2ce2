"""Counties, cities and provinces by their codes in GB/T 2260, those of former times too."""

import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notices.facts.regions_file import RegionsError, problems_in, read

__all__ = ["OWN_REGIONS", "Regions", "RegionsError", "load", "problems_in"]

OWN_REGIONS = Path(__file__).parent / "data" / "regions.json"

GROUPINGS = frozenset(
    {"市辖区", "县", "市", "省直辖县级行政区划", "省直辖行政单位", "自治区直辖县级行政区划"}
)
"""What the standard calls a code that is no place, but under which counties stand together."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """`names` leads from a six-digit code to the region's own name; `former` are not in force.

    Not compared by what it holds, so that what follows from it can be remembered for it.
    """

    names: dict[str, str]
    former: frozenset[str] = frozenset()

    def known(self, code: str) -> bool:
        return code in self.names

    def covers(self, code: str) -> bool:
        """Whether it is a whole code, or the first 2 or 4 digits of one."""
        if len(code) not in (2, 4, 6):
            return False
        # 3790 has no code of its own: counties that stood right under the province.
        return code.ljust(6, "0") in self.names or any(each.startswith(code) for each in self.names)

    def short(self, code: str) -> str | None:
        """Its own name alone: 奎文区."""
        return self.names.get(code)

    def name(self, code: str) -> str | None:
        """Its name with those of the regions around it: 山东省潍坊市奎文区."""
        if code not in self.names:
            return None
        return "".join(dict.fromkeys((*self.around(code), self.names[code])))

    def around(self, code: str) -> tuple[str, ...]:
        """The names of its province and its city, as far as there are any."""
        codes = dict.fromkeys((code[:2] + "0000", code[:4] + "00"))
        names = [self.names[each] for each in codes if each in self.names and each != code]
        return tuple(name for name in names if name not in GROUPINGS)

    def cities(self, province: str) -> dict[str, str]:
        """The cities of a province that are in force, from code to short name."""
        return {
            code: name
            for code, name in self._in_force(province[:2])
            if code.endswith("00") and not code.endswith("0000")
        }

    def counties(self, city: str) -> dict[str, str]:
        """The counties of a city that are in force, from code to short name."""
        return {code: name for code, name in self._in_force(city[:4]) if not code.endswith("00")}

    def direct(self, province: str) -> dict[str, str]:
        """The counties that stand under the province itself: 济源市, the districts of Beijing."""
        return {
            code: name
            for code, name in self._in_force(province[:2])
            if not code.endswith("00") and self.names.get(code[:4] + "00", "市辖区") in GROUPINGS
        }

    def heads(self) -> list[str]:
        """The provinces and cities that are in force, of the whole country."""
        return [code for code, _ in self._in_force("") if code.endswith("00")]

    def _in_force(self, begin: str) -> Iterator[tuple[str, str]]:
        codes = _in_force(self)
        for code in codes[bisect_left(codes, begin) :]:
            if not code.startswith(begin):
                return
            yield code, self.names[code]


@cache
def _in_force(regions: Regions) -> list[str]:
    """In order: each list on a page would else look through all of them, 3.5 ms a time."""
    return sorted(
        code
        for code, name in regions.names.items()
        if code not in regions.former and name not in GROUPINGS
    )


@cache
def _standard() -> Regions:
    data = json.loads(OWN_REGIONS.read_text("utf-8"))
    return Regions(data["regions"] | data["former"], frozenset(data["former"]))


def load(own: Path | None = None) -> Regions:
    """The regions of the standard, and those of a city's own file; `RegionsError` if it is wrong.

    What the file names in force or former is so, whatever the standard says of that code.
    """
    standard = _standard()
    if own is None:
        return standard
    data = read(own)
    if problems := problems_in(data, standard.names):
        raise RegionsError([f"{own}: {problem}" for problem in problems])
    regions, former = data.get("regions", {}), data.get("former", {})
    names = dict(sorted((standard.names | regions | former).items()))
    return Regions(names, (standard.former - regions.keys()) | former.keys())
