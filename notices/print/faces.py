"""The type for a text: which fonts draw it, the project's own before those of the machine.

What the project's fonts have no other font draws: those of a machine change nothing but what would
be 〓 without them. Nobody looks for them before the first such character is printed.
"""

import functools
import logging
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from notices.facts.characters import standard
from notices.print import fontfiles
from notices.print.fontfiles import Characters

LOG = logging.getLogger(__name__)

LACKING = "\N{GETA MARK}"
"""Chinese printers' own sign for a character that they have no type for."""

OURS = ""
"""Stands for the family of the project's own fonts."""

PREFERRED = (
    "Noto Serif CJK SC",  # the design of our own, with more characters
    "Noto Serif",
    "Noto Naskh Arabic",
    "HanaMinA",
    "HanaMinB",
    "BabelStone Han",
)
"""What Debian's fonts-noto-cjk, -noto-core, -hanazono and -babelstone-han have that matches ours.

Any other font that is installed comes after them: first Noto's with serifs, then Noto's, then all.
"""

NEVER_DRAWN = Characters([(0xE000, 0xF8FF), (0xFFF0, 0xFFFD), (0xF0000, 0x10FFFF)])
"""Private characters and specials: PDF/A forbids them, whatever a font has for them."""

CONTROLS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""What a machine's font may have and draws as nothing: a text would hide what it holds."""

UNSEEN = {
    chr(point)
    for first, last in [(0x180B, 0x180F), (0x200C, 0x200D), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF)]
    for point in range(first, last + 1)
}
"""Variation selectors and joiners: they need no type, and may change what stands before them."""

LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
"""After a name in Arabic letters: a number behind it would be turned around with the name."""

JOINERS = set(" '’ʻʼ-.·")
"""What stands between the words of one name."""


class Type:
    """The type that the texts of one sheet need, collected while they are set."""

    def __init__(self, machine: bool = True) -> None:
        self._machine = machine
        self._families: set[str] = set()
        self.words: dict[str, str] = {}
        """The family that draws a whole name with letters that ours lack: no mixture of faces."""
        self.lacking: dict[str, None] = {}
        """What no font has, each once and in order."""

    @property
    def families(self) -> list[str]:
        """Those of the machine that are needed, in the order in which they are asked."""
        return sorted(self._families, key=_rank)

    def set(self, text: str) -> str:
        """`text` with 〓 for each character that no font draws."""
        clusters = _clusters(standard(text))
        if all(_is_ours(cluster) for cluster in clusters):
            return "".join(clusters)
        return "".join(self._word(word) for word in _words(clusters))

    def _word(self, word: list[str]) -> str:
        whole = "".join(word)
        if len(word) > 1 and not all(map(_is_ours, word)) and (family := self._family(whole)):
            self._families.add(family)
            self.words[whole] = family
            shown = whole
        else:
            shown = "".join(map(self._cluster, word))
        turned = unicodedata.bidirectional(word[0][0]) in ("R", "AL") and shown == whole
        return shown + LEFT_TO_RIGHT if turned else shown

    def _cluster(self, cluster: str) -> str:
        if self._drawn(cluster):
            return cluster
        # No one font has the letter and all its marks: at least the letter is shown.
        letter = cluster[0] if self._drawn(cluster[0]) else ""
        missing = [each for each in cluster[len(letter) :] if each not in UNSEEN]
        self.lacking |= dict.fromkeys(missing)
        return letter + LACKING * len(missing)

    def _drawn(self, cluster: str) -> bool:
        family = self._family(cluster)
        if family:
            self._families.add(family)
        return family is not None

    def _family(self, letters: str) -> str | None:
        if _is_ours(letters):
            return OURS
        return _family(letters) if self._machine else None


@functools.cache
def fonts(machine: bool) -> typst.Fonts:
    """Noto Serif SC and Noto Sans SC, and after them, if asked, what the machine has.

    Of two fonts of one name typst takes the first, and puts a system's own before any folder:
    here the system's folders come after ours, whatever version of ours they hold.
    """
    folders = [pylopdf_fonts_zh_cn.serif_path().parent]
    if machine:
        installed = typst.Fonts(include_embedded_fonts=False).fonts()
        found = {Path(font.path).parent for font in installed if font.path}
        folders += sorted(folder for folder in found if not found.intersection(folder.parents))
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )


def _clusters(text: str) -> list[str]:
    """Each letter with the marks on it, which one font has to draw."""
    clusters: list[str] = []
    for letter in text:
        if clusters and (letter in UNSEEN or unicodedata.category(letter).startswith("M")):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _words(clusters: list[str]) -> Iterator[list[str]]:
    """Names in one alphabet, of however many words, and whatever else there is by itself."""
    start = 0
    while start < len(clusters):
        end = start + 1
        if alphabet := _alphabet(clusters[start][0]):
            for place in range(end, len(clusters)):
                if _alphabet(clusters[place][0]) == alphabet:
                    end = place + 1
                elif clusters[place] not in JOINERS:
                    break
        yield clusters[start:end]
        start = end


def _alphabet(letter: str) -> str:
    """LATIN, ARABIC …; empty for what is no letter, or one of a script without words."""
    if unicodedata.category(letter) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    return "" if _wide(letter) else unicodedata.name(letter, "").partition(" ")[0]


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


@functools.lru_cache(20_000)
def _is_ours(cluster: str) -> bool:
    return any(_has_all(font, cluster) for font in _our_characters())


@functools.lru_cache(1_000)
def _family(cluster: str) -> str | None:
    """The first family on the machine that has all of `cluster`."""
    if any(unicodedata.category(letter) in CONTROLS for letter in set(cluster) - UNSEEN):
        return None
    for family, path, index in _machines_faces():
        if _has_all(_characters(path, index), cluster):
            return family
    return None


def _has_all(font: Characters, cluster: str) -> bool:
    points = [ord(letter) for letter in cluster if letter not in UNSEEN and letter != "\n"]
    return all(point in font and point not in NEVER_DRAWN for point in points)


@functools.cache
def _our_characters() -> list[Characters]:
    files = [pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path()]
    return [fontfiles.characters(file) for file in files]


@functools.cache
def _characters(path: Path, index: int) -> Characters:
    try:
        return fontfiles.characters(path, index)
    except (OSError, ValueError) as error:
        LOG.warning("a font is not used: %s: %s", path, error)
        return Characters([])


@functools.cache
def _machines_faces() -> list[tuple[str, Path, int]]:
    """Of each family that is installed the face that typst takes for plain text, in order."""
    faces: dict[str, typst.FontInfo] = {}
    ours = fonts(machine=False).families()
    for face in fonts(machine=True).fonts():
        if face.family not in ours and _unlike(face) < _unlike(faces.get(face.family)):
            faces[face.family] = face
    return [
        (family, Path(faces[family].path or ""), faces[family].index)
        for family in sorted(faces, key=_rank)
    ]


def _unlike(face: typst.FontInfo | None) -> tuple[float, ...]:
    """How far a face is from plain text, as typst compares them."""
    if face is None:
        return (9.0,)
    return (face.style != "normal", abs(face.stretch - 1), abs(face.weight - 400))


def _rank(family: str) -> tuple[int, bool, bool, str]:
    place = PREFERRED.index(family) if family in PREFERRED else len(PREFERRED)
    return place, not family.startswith("Noto Serif"), not family.startswith("Noto"), family
