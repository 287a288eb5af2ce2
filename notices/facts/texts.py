"""Words and times in the forms in which people and programs read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""Chinese law knows one time zone, and it has no summer time."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def to_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def format(self, **params: object) -> "Text":
        """Both with `params` put in; one that is a Text itself goes in by its language."""
        zh, en = (
            {
                name: value.in_(language) if isinstance(value, Text) else value
                for name, value in params.items()
            }
            for language in ("zh", "en")
        )
        return Text(self.zh.format(**zh), self.en.format(**en))


def rfc3339(at: datetime) -> str:
    """`at`, an aware time, as RFC 3339 in +08:00 with milliseconds."""
    return at.astimezone(CHINA).isoformat(timespec="milliseconds")
