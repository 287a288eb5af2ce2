"""Words and times in the forms in which people and programs read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

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


class TextError(Exception):
    """An error that carries its words: what went wrong, and what whoever reads it can do.

    A class that always says the same has its `text` itself. The command line prints it, so a
    failure that is expected is of such a class; any other is a fault of ours and keeps its
    traceback.
    """

    text: Text

    def __init__(self, text: Text | None = None) -> None:
        if text is not None:
            self.text = text
        super().__init__(f"{self.text.zh}\n{self.text.en}")

    def __reduce__(self) -> tuple[Any, ...]:
        """It comes whole out of another process, whatever its class is made of."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[TextError], args: tuple[Any, ...], parts: dict[str, Any]) -> TextError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(parts)
    return error


def rfc3339(at: datetime) -> str:
    """`at`, an aware time, as RFC 3339 in +08:00 with milliseconds."""
    return at.astimezone(CHINA).isoformat(timespec="milliseconds")
