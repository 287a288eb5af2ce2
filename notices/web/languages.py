"""In which language somebody is answered, and how times are written in it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from babel import dates
from litestar import Request

from notices.facts.texts import CHINA, Text
from notices.locale import LANGUAGES, SOURCE

MACHINE_PATHS = (
    "/api/", "/health/", "/metrics", "/schema", "/log/", "/lists/", "/feed.atom", "/.well-known/",
    "/static/", "/robots.txt", "/sitemap.xml", "/favicon.ico",
)  # fmt: skip
MACHINE_FILES = (".tlog-proof", ".json")


def for_machines(path: str) -> bool:
    """Whether a program reads what is answered there, and no person."""
    return path.startswith(MACHINE_PATHS) or path.endswith(MACHINE_FILES)


def language_of(request: Request[Any, Any, Any]) -> str:
    """Chinese unless another is preferred: by `lang` on pages, by Accept-Language for programs."""
    kept = request.scope.get("state", {}).get("language")
    if kept is not None:
        return str(kept)
    if not for_machines(request.url.path):
        wanted = request.query_params.get("lang", SOURCE)
        return wanted if wanted in LANGUAGES else SOURCE
    best, weight = SOURCE, 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            q = float(quality) if quality else 1.0
        except ValueError:
            continue
        primary = tag.lower().split("-")[0]
        if primary in LANGUAGES and q > weight:
            best, weight = primary, q
    return best


def shown_time(at: str | datetime | None, language: str, with_clock: bool = True) -> str:
    """A time or date as people write it, in China's time, by the CLDR."""
    if at is None:
        return ""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is not None:
        moment = moment.astimezone(CHINA)
    locale = LANGUAGES[language].locale
    day = _day(moment.date(), locale)
    return _together(locale).format(f"{moment:%H:%M}", day) if with_clock else day


@lru_cache(maxsize=4096)
def _day(day: date, locale: str) -> str:
    # Kept: it takes 40 µs, and a notice's page has a dozen, most of them of few days.
    return dates.format_date(day, "long", locale)


@cache
def _together(locale: str) -> str:
    return str(dates.get_datetime_format("medium", locale))


@dataclass(frozen=True, slots=True)
class TimeText(Text):
    """A time among words."""

    at: str | datetime | None

    def in_(self, language: str) -> str:
        return shown_time(self.at, language)


@dataclass(frozen=True, slots=True)
class DayText(Text):
    """A day among words."""

    at: str | datetime | None

    def in_(self, language: str) -> str:
        return shown_time(self.at, language, with_clock=False)
