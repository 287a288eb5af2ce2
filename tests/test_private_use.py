"""Private characters of older systems: each is the one that everybody writes today."""

import pytest

from notices.facts.private_use import standard


@pytest.mark.parametrize(
    ("private", "character"),
    [
        ("\ue863", "䶮"), ("\ue815", "⺁"), ("\ue81a", "㑳"), ("\ue81b", "㑇"),
        ("\ue81e", "\u9fb4"), ("\ue816", "\U00020087"), ("\ue831", "\U000215d7"),
        ("\ue843", "\u9fb9"), ("\ue844", "䜣"), ("\ue854", "\u9fba"), ("\ue855", "\U000241fe"),
        ("\ue864", "\u9fbb"), ("\ue78d", "\ufe10"), ("\ue796", "\ufe19"), ("\ue7c7", "ḿ"),
    ],
)  # fmt: skip
def test_a_private_character_is_printed_as_its_own(private: str, character: str) -> None:
    assert standard(f"张{private}") == f"张{character}"


def test_no_private_character_of_gbk_is_left_and_nothing_else_is_touched() -> None:
    assert not [c for c in map(chr, range(0xE815, 0xE865)) if 0xE000 <= ord(standard(c)) <= 0xF8FF]
    others = "".join(map(chr, (0x20, 0x4E00, 0xE000, 0xE814, 0xE865, 0xF8FF, 0x20087, 0xF0000)))
    assert standard(others) == others
