"""Makes search/data/hanzi.json from pypinyin."""

import json
from pathlib import Path

from pypinyin import Style, lazy_pinyin

OUT = Path(__file__).parents[1] / "search" / "data" / "hanzi.json"


def main() -> None:
    data = {
        "source": "syllables and sounds of pypinyin (MIT)",
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


if __name__ == "__main__":
    main()
