"""Words and times in the forms in which people and programs read them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache, reduce
from string import Formatter
from typing import Any, cast

from notices.locale import LANGUAGES, SOURCE, translated

CHINA = timezone(timedelta(hours=8))
"""Chinese law knows one time zone, and it has no summer time."""


class Text(ABC):
    """Words that whoever reads them is shown in their language."""

    __slots__ = ()

    @abstractmethod
    def in_(self, language: str) -> str:
        """In the language of that code (`notices.locale.LANGUAGES`), or else in Chinese."""

    @property
    def zh(self) -> str:
        return self.in_("zh")

    @property
    def en(self) -> str:
        return self.in_("en")

    @property
    def both(self) -> str:
        """In Chinese and in English, for whoever's language nobody has asked for."""
        return f"{self.zh}\n{self.en}"

    def in_all(self) -> dict[str, str]:
        """In every language of the service, by its code: what `ByLanguage` is made of."""
        return {code: self.in_(code) for code in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Message(Text):
    """Words of ours, written in Chinese and translated by gettext.

    `context` tells apart what is one word in Chinese and several elsewhere. Names in braces are
    filled by `format`; of a message that is `counted`, `n` is how many there are.
    """

    source: str
    context: str | None = None
    plural: bool = False
    params: tuple[tuple[str, object], ...] | None = None

    @classmethod
    def counted(cls, source: str) -> "Message":
        """A message whose translation depends on `n`, which `format` is given.

        It has no context: what is one word in Chinese is told apart by what is counted.
        """
        return cls(source, plural=True)

    def in_(self, language: str) -> str:
        params = dict(self.params or ())
        n = params.get("n", MANY) if self.plural else None
        words = translated(language, self.source, self.context, cast(int | None, n))
        if self.params is None:
            return words
        return words.format(**{name: _in(value, language) for name, value in params.items()})

    def format(self, **params: object) -> "Message":
        """With `params` put in; one that is a Text goes in by its language.

        Of a row more may be given than the message names. Raises ValueError for a name that
        lacks: here, and not where somebody reads the message.
        """
        if lacking := _names_in(self.source) - params.keys():
            raise ValueError(f"{self.source} lacks {', '.join(sorted(lacking))}")
        return replace(self, params=tuple(params.items()))


@dataclass(frozen=True, slots=True)
class ByLanguage(Text):
    """Words that bring their translations along, as a catalogue's names do, by language code."""

    words: Mapping[str, str]

    def in_(self, language: str) -> str:
        return self.words.get(language) or self.words[SOURCE]

    def __hash__(self) -> int:
        return hash(self.zh)


def joined(texts: Iterable[Text]) -> Text:
    """One after the other, as sentences stand."""
    return reduce(lambda first, second: _JOINED.format(first=first, second=second), texts)


def listed(texts: Iterable[Text]) -> Text:
    """Several things of which each counts, as a sentence names them."""
    return reduce(lambda first, next: _LISTED.format(first=first, next=next), texts)


_JOINED = Message("{first}{second}")
_LISTED = Message("{first}、{next}")


MANY = 100
"""A message that is counted and not filled yet is in the form for so many."""


@cache
def _names_in(source: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(source) if name is not None)


def _in(value: object, language: str) -> object:
    return value.in_(language) if isinstance(value, Text) else value


class TextError(Exception):
    """An error that carries its words: what went wrong, and what whoever reads it can do.

    A class that always says the same has its `text` itself. The command line prints it, in Chinese
    and in English and then its `details`, which are in English or nobody's; so a failure that is
    expected is of such a class. Any other is a fault of ours and keeps its traceback.
    """

    text: Text
    details: str = ""

    def __init__(self, text: Text | None = None, details: str = "") -> None:
        if text is not None:
            self.text = text
        if details:
            self.details = details
        super().__init__()

    def __str__(self) -> str:
        """Made when it is read: most that are raised are caught, and nobody reads them."""
        return f"{self.text.both}{self.details}"

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
