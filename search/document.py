"""The public document: what of a notice is in the index, and the words it can be found by."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import msgspec

from notices.facts.characters import is_letter, simplified, unified
from notices.facts.public.notice import PublicNotice
from notices.facts.readings import bare_form
from search.hanzi import pinyin

VERSION = 9
"""Raised by whoever changes what `document` returns; a running index is then filled anew."""

FEWEST_DIGITS = 4
"""Digits that make a run of letters and digits a number; fewer are a word (360科技)."""

LATER = ("status", "links")
"""Of a public notice what depends on the clock and on the service's address."""

LONG_RUN = 6
"""A run as long as this needs but one: codes of organisations end like AW4XRR9A."""

_CHINA = timezone(timedelta(hours=8))
_RUN = re.compile(r"[0-9A-Z]+")
_DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=16384)
def letters(text: str) -> str:
    """The letters and digits of `text` one by one, so that every inner part is a phrase of it.

    Meilisearch cuts Chinese into words by a dictionary, and finds only whole ones; between
    spaces it cuts nothing. Traditional characters count as the simplified ones.
    """
    folded = simplified(unified(text).casefold())
    return " ".join(folded if folded.isalnum() else filter(is_letter, folded))


_RARE = re.compile("[\u9fa6-\u9fff\U00020000-\U0003fffd]")
"""Han that the engine's dictionary does not know: among others it drops every seventh of them."""


def words(text: str) -> str:
    """`letters` as the index has them: what the engine would lose is told by its code point."""
    return _RARE.sub(lambda rare: f"u{ord(rare[0]):x}", letters(text))


def has_number(run: str) -> bool:
    digits = sum(map(str.isdigit, run))
    return digits >= FEWEST_DIGITS or (digits > 0 and len(run) >= LONG_RUN and run.isascii())


def pieces(normal: str) -> tuple[list[str], list[str]]:
    """The number-like runs of a number's normal form, and what stands between them."""
    runs = [run for run in _RUN.findall(normal) if has_number(run)]
    rest = [part for part in _RUN.sub(_keep_short, normal).split(" ") if part]
    return runs, rest


def _keep_short(run: re.Match[str]) -> str:
    return " " if has_number(run[0]) else run[0]


def backwards(numbers: Iterable[str]) -> list[str]:
    """Every run in `numbers` read from its end: a tail is a beginning, and those are indexed.

    All digits of a number are a run as well: some type 2020 0012345 and leave out what is between.
    """
    runs: set[str] = set()
    for number in numbers:
        digits = _DIGITS.findall(number)
        runs.update(_RUN.findall(number), digits, ["".join(digits)])
    return sorted(run[::-1] for run in runs if has_number(run))


def last_run(number: str | None) -> int:
    """The length of the last run of digits in a number."""
    runs = _DIGITS.findall(number or "")
    return len(runs[-1]) if runs else 0


def _sounds(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Each of `texts` by its syllables, and by their initials."""
    spoken = [sound for sound in map(pinyin, texts) if sound]
    return [" ".join(each) for each in spoken], [
        " ".join(syllable[0] for syllable in each) for each in spoken
    ]


LASTING = tuple(name for name in PublicNotice.__struct_fields__ if name not in LATER)


def lasting(notice: PublicNotice) -> str:
    """The public notice as JSON text without `LATER`, which whoever shows it adds."""
    return msgspec.json.encode({name: getattr(notice, name) for name in LASTING}).decode()


def document(
    notice: PublicNotice,
    *,
    region_name: str,
    papers: Sequence[str],
    names: Sequence[str],
    copies: Sequence[str],
    number_key: str | None,
) -> dict[str, Any]:
    """The document of a public notice (the contract's shape) that was not redacted.

    `papers` are the documents that it may be about, `names` find it by them and by their kind,
    `copies` are those that the notice covers, and `number_key` is the number's normal form when it
    is public in full. Nothing else is known here, so nothing that is not public can get into the
    index.
    """
    holder, kind, region = notice.holder, notice.certificate_name, notice.region
    if holder is None or kind is None or region is None:
        raise ValueError("a redacted notice is in no index")
    published_at = datetime.fromisoformat(notice.published_at)
    effective_at = notice.effective_at
    number = bare_form(notice.number) if number_key and notice.number else None
    identifier = holder.identifier
    numbers = [each for each in (number_key, number, identifier) if each]
    called = dict.fromkeys((*names, *copies))
    paper = notice.document.name if notice.document else kind
    # Of a masked name the surname alone is public: its sound would find half the city.
    named = [] if "*" in holder.name else [holder.name]
    # Neither are aliases: they would make the index larger by a half.
    kinds = dict.fromkeys((kind.zh, paper.zh))
    syllables, initials = _sounds([*named, *kinds, region_name])
    state: str = notice.status
    if state in ("declared", "invalid") and not notice.awaiting:
        state = "void"
    return {
        "id": notice.id,
        # What a page of hits shows; it is passed on as it is.
        "notice": lasting(notice),
        # Words, most telling first: Meilisearch ranks by this order.
        "holder": words(holder.name),
        "certificate_words": [words(name) for name in called],
        # 鲁(2020)潍坊市奎文区不动产权第0012345号 is typed in parts, its Han too.
        "number_words": [words(part) for part in pieces(number or "")[1]],
        "place": [words(place) for place in (region_name, notice.issuer) if place],
        # Filters: a number is never looked up as a word, since hyphens and brackets cut words, and
        # since each new word costs Meilisearch a dictionary of all words anew.
        "numbers": sorted({*numbers, notice.id}),
        "tails": backwards([*numbers, bare_form(holder.name)]),
        # Pinyin: 潍坊梅思 is found by meisi, and by wfms.
        "pinyin": syllables,
        "initials": initials,
        # The shorter the run that ends with what was typed, the more of it was typed.
        "last_run": last_run(number_key),
        "certificate": notice.certificate,
        "papers": papers,
        "matter": notice.matter,
        "holder_kind": holder.kind,
        "region": region,
        "region4": region[:4],
        "region2": region[:2],
        # Declared or invalid is a question for the clock, so both are `void` here; what awaits a
        # confirmation stays declared.
        "state": state,
        "effective_at": datetime.fromisoformat(effective_at).timestamp() if effective_at else None,
        "published_at": int(published_at.timestamp() * 1000),
        "published_index": notice.events[0].index,
        # Nobody searches by it: it tells whether an index took what happened last.
        "last_event": notice.events[-1].index,
        "year": published_at.astimezone(_CHINA).year,
    }
