"""Counties, cities and their province, by their codes in GB/T 2260."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

OWN_REGIONS = Path(__file__).parent / "data" / "regions.json"


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of one province; `names` leads from a six-digit code to the region's own name."""

    names: dict[str, str]
    source: str

    def known(self, code: str) -> bool:
        return code in self.names

    def covers(self, code: str) -> bool:
        """Whether it is a whole code, or the first 2 or 4 digits of one."""
        return len(code) in (2, 4, 6) and code.ljust(6, "0") in self.names

    def short(self, code: str) -> str | None:
        """Its own name alone: 奎文区."""
        return self.names.get(code)

    def name(self, code: str) -> str | None:
        """Its name with those of the regions around it: 山东省潍坊市奎文区."""
        if code not in self.names:
            return None
        around = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
        return "".join(self.names.get(each, "") for each in around)

    def counties(self, city: str) -> dict[str, str]:
        """The counties of a city, from code to short name; the city is named by its own code."""
        return {
            code: name
            for code, name in self.names.items()
            if code.startswith(city[:4]) and not code.endswith("00")
        }

    def cities(self) -> dict[str, str]:
        return {
            code: name
            for code, name in self.names.items()
            if code.endswith("00") and not code.endswith("0000")
        }

    def public(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "regions": [{"code": code, "name": self.name(code)} for code in self.names],
        }


@cache
def load(path: Path = OWN_REGIONS) -> Regions:
    data = json.loads(path.read_text("utf-8-sig"))
    return Regions(data["regions"], data["source"])
