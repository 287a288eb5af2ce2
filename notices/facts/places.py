"""Which regions somebody can mean who writes a name or a code where a list does not help."""

import re
from collections.abc import Iterator

from notices.facts.characters import simplified, unified
from notices.facts.regions import Regions
from notices.facts.text_check import cleaned

FEWEST = 2
"""Characters of a region's own name that have to be there: 州 alone names nothing."""

_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_LONG_PROVINCES = ("内蒙古", "黑龙江")


def meant(text: str, regions: Regions) -> list[str]:
    """The codes of all regions that `text` can mean; one in force comes before a former one.

    A known code is meant whatever stands around it. Otherwise a name is, with or without those
    of province and city before it and with or without 省, 市, 县 behind each; only when none is
    called so, those whose names begin so.
    """
    plain = "".join(simplified(unified(cleaned(text))).split())
    codes = [code for code in _CODE.findall(plain) if regions.known(code)]
    if codes:
        return codes[:1]
    found = [code for code, whole in _named(plain, regions) if whole]
    found = found or [code for code, _ in _named(plain, regions)]
    found.sort(key=lambda code: (code in regions.former, code))
    # 青州市 had another code before; whoever writes so means the one of today.
    today = {regions.short(code) for code in found if code not in regions.former}
    return [
        code for code in found if code not in regions.former or regions.short(code) not in today
    ]


def _named(plain: str, regions: Regions) -> Iterator[tuple[str, bool]]:
    """The codes of regions whose names begin as `said`, and whether that is all of the name."""
    if len(plain) < FEWEST:
        return
    heads: dict[str, tuple[str, ...]] = {}
    for code, name in regions.names.items():
        if name[:FEWEST] not in plain:  # most are told apart by this alone: 5 ms instead of 50
            continue
        around = code[:4] if code[4:] != "00" else code
        if around not in heads:
            heads[around] = tuple(_heads(regions.around(code)))
        for head in heads[around]:
            own = plain[len(head) :]
            if len(own) >= FEWEST and plain.startswith(head) and name.startswith(own):
                yield code, own in (name, _bare(name))
                break


def _heads(around: tuple[str, ...]) -> Iterator[str]:
    """All that can stand before a region's own name, nothing at all among it."""
    before = [""]
    for name in around:
        before += [head + way for head in before for way in dict.fromkeys((name, _bare(name)))]
    yield from sorted(before, key=len, reverse=True)


def _bare(name: str) -> str:
    """A name without what it is the name of: 山东, 潍坊, 奎文."""
    if name.endswith("自治区"):
        return name[:3] if name.startswith(_LONG_PROVINCES) else name[:2]
    if name.endswith("特别行政区"):
        return name[:2]
    for kind in ("地区", "省", "市", "区", "县", "盟", "旗"):
        if name.endswith(kind) and len(name) - len(kind) >= FEWEST:
            return name.removesuffix(kind)
    return name
