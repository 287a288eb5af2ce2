"""The page of numbers: what the service has done so far, as charts with a table behind each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from litestar import Response, get
from markupsafe import Markup

from notices.facts.public.statistics import Percentiles, Statistics
from notices.facts.texts import Message, Text
from notices.pages import rendering
from notices.pages.templating import Templates, typeset
from notices.statistics.reading import DAYS, Reader
from notices.web import languages
from notices.web.authentication import AnyRequest

MONTHS = 24
"""Columns of a chart by month; the table has all."""
BARS = 10
"""Bars of a chart; what is less than these is one together, and the table has all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many of something there are, and how long a bar that makes, in hundredths of the
    longest."""

    name: str
    count: int
    length: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The most frequent of several things, how many others there are and of how many kinds."""

    shown: list[Bar]
    others: int
    kinds: int
    every: list[tuple[str, int]]


async def now(request: AnyRequest) -> Statistics:
    """The numbers, as old as the reader says."""
    reader: Reader = request.app.state.statistics
    return await reader.now()


@get("/statistics", include_in_schema=False)
async def statistics(request: AnyRequest) -> Response[str]:
    """Notices, people, money saved, how long things take; by month, certificate and county."""
    numbers = await now(request)
    made, language = request.app.state.statistics.made, languages.language_of(request)
    key = f"page {language}"
    if key not in made:  # a hundred rows: made once for everybody
        made[key] = _shown(request, numbers, language)
    shown = Markup(made[key])  # noqa: S704  (what a template of ours made)
    return await rendering.page(request, "statistics.html", shown=shown)


def _shown(request: AnyRequest, numbers: Statistics, language: str) -> str:
    deployment = request.app.state.deployment
    certificates = deployment.catalogue.certificates

    def certificate(id: str) -> str:
        return typeset(certificates[id].name.in_(language)) if id in certificates else id

    def region(code: str) -> str:
        return deployment.regions.name(code) or code

    templates: Templates = request.app.state.templates
    return templates.render(
        "statistics_shown.html",
        language,
        {
            "numbers": numbers,
            "months": numbers.by_month[-MONTHS:],
            "certificates": bars(numbers.by_certificate, certificate),
            "regions": bars(numbers.by_region, region),
            "removed": numbers.notices - sum(numbers.by_region.values()),
            "days": DAYS,
            "took": took,
            "fresh": [(each, FRESH[each], getattr(numbers.freshness, each)) for each in FRESH],
        },
    )


FRESH: Mapping[str, Text] = {
    "check": Message("核验能查到"),
    "search": Message("检索能查到"),
    "list": Message("进入离线清单"),
}
"""What tells of a new notice, each after some time."""


def bars(counts: Mapping[str, int], name: Callable[[str], str]) -> Bars:
    """`counts` as a chart: the largest first, equal ones in the order of their keys."""
    every = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    # One alone is shown by its name, not as others.
    end = BARS if len(every) > BARS + 1 else len(every)
    longest = every[0][1] if every else 1
    return Bars(
        shown=[Bar(name(key), n, round(100 * n / longest, 1)) for key, n in every[:end]],
        others=sum(n for _, n in every[end:]),
        kinds=len(every[end:]),
        every=[(name(key), n) for key, n in every],
    )


def took(found: Percentiles | None, share: str) -> Text:
    """How long something took, in the unit in which it is read, never less than it was."""
    if found is None:
        return _NOT_YET
    seconds: float = getattr(found, share)
    if seconds < 1:
        return _MILLISECONDS.format(n=f"{seconds * 1000:.0f}")
    for unit, words in _UNITS:
        if seconds >= 2 * unit:
            return words.format(n=f"{seconds / unit:.3g}")
    return _SECONDS.format(n=f"{seconds:.3g}")


_NOT_YET = Message("还没有数据")
_MILLISECONDS = Message("{n} 毫秒")
_SECONDS = Message("{n} 秒", "duration")
_UNITS = (
    (86_400, Message("{n} 天", "duration")),
    (3_600, Message("{n} 小时", "duration")),
    (60, Message("{n} 分钟", "duration")),
)

HANDLERS = [statistics]
