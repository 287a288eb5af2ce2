"""In which language somebody is answered, and how times are written in it."""

from datetime import datetime
from typing import Any

from litestar import Request

from notices.facts.texts import CHINA

MACHINE_PATHS = (
    "/api/", "/health/", "/metrics", "/schema", "/log/", "/feed.atom", "/.well-known/", "/static/",
    "/robots.txt", "/sitemap.xml", "/favicon.ico",
)  # fmt: skip
MACHINE_FILES = (".tlog-proof",)


def for_machines(path: str) -> bool:
    """Whether a program reads what is answered there, and no person."""
    return path.startswith(MACHINE_PATHS) or path.endswith(MACHINE_FILES)


def language_of(request: Request[Any, Any, Any]) -> str:
    """`zh` unless English is preferred: by `lang` on pages, by Accept-Language for programs."""
    if not for_machines(request.url.path):
        return "en" if request.query_params.get("lang") == "en" else "zh"
    best, weight = "zh", 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            q = float(quality) if quality else 1.0
        except ValueError:
            continue
        primary = tag.lower().split("-")[0]
        if primary in ("zh", "en") and q > weight:
            best, weight = primary, q
    return best


def shown_time(at: str | datetime | None, language: str, with_clock: bool = True) -> str:
    """A time or date as people write it, in China's time."""
    if at is None:
        return ""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is not None:
        moment = moment.astimezone(CHINA)
    if language == "en":
        day = f"{moment.day} {moment:%B %Y}"
        return f"{day}, {moment:%H:%M}" if with_clock else day
    day = f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{day} {moment:%H:%M}" if with_clock else day
