"""The characters that older Chinese systems kept in Unicode's private use area.

Names typed on such systems still hold them (䶮 as U+E863). Every one has a code point of its own
by now: GB 18030-2005 and -2022 name them.
"""

import functools

FIRST = 0xE815
"""Where code page 936 put the 80 characters FE50 to FEA0 that GBK had and Unicode had not."""

LATER = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
    0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F,
    0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14,
    0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19,
    0xE7C7: 0x1E3F, 0xE7C8: 0x1F9,
}  # fmt: skip
"""Those that Python's codec, which is that of the edition of 2000, still takes for private."""


def standard(text: str) -> str:
    """`text` with the code points that Unicode has for its private characters."""
    return text.translate(_standard())


@functools.cache
def _standard() -> dict[int, int]:
    trailing = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    # GBK keeps these in the order of its bytes, so the codec tells where each of them is now.
    gbk = {
        FIRST + place: ord(bytes((0xFE, byte)).decode("gb18030"))
        for place, byte in enumerate(trailing)
    }
    return gbk | LATER
