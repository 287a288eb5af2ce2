"""Who runs this service: the file that `SITE` names (TOML), as pages and the slip tell it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notices.facts.catalogue import Acceptance, Catalogue, Counter
from notices.facts.counters import Offices, filled
from notices.facts.site_check import problems_in
from notices.facts.texts import ByLanguage, Message, Text, TextError
from notices.locale import LANGUAGES

DEMO_SITE = Path(__file__).parent / "data" / "demo-site.toml"
PRICE = 200
"""Yuan: what a notice in a newspaper costs where the city says nothing else."""


class SiteError(TextError):
    """A file of a site that cannot be used; `problems` names every place."""

    def __init__(self, path: Path, problems: Iterable[Text]) -> None:
        self.problems = tuple(problems)
        lines = {
            code: "".join(f"\n{each.in_(code)}" for each in self.problems) for code in LANGUAGES
        }
        super().__init__(_UNUSABLE.format(path=path, problems=ByLanguage(lines)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the city says of itself; of what it does not say, nothing is claimed."""

    authority: Text | None = None
    city: Text | None = None
    telephone: str | None = None
    address: Text | None = None
    hours: Text | None = None
    icp: str | None = None
    police_record: str | None = None
    newspaper_price: int = PRICE

    @property
    def dialled(self) -> str:
        """The telephone number as a link dials it."""
        return dialled(self.telephone or "")

    @property
    def police_code(self) -> str:
        """The digits of the record, by which the register of the police finds it."""
        return "".join(filter(str.isdigit, self.police_record or ""))


def dialled(telephone: str) -> str:
    """Digits, and the plus before a country's code (RFC 3966)."""
    return "".join(each for each in telephone if each in "+0123456789")


def load(path: Path | None, catalogue: Catalogue, *, demo: bool) -> tuple[Site, Catalogue]:
    """What the file says of the site, and the catalogue with the counters that it names.

    The demo has a made-up file, without one nothing is known. Raises SiteError with all that is
    wrong in it.
    """
    if path is None and not demo:
        return Site(), catalogue
    path = path or DEMO_SITE
    data = _read(path)
    problems = list(problems_in(data))
    if problems:
        raise SiteError(path, problems)
    offices = _offices(data)
    problems = list(offices.problems(catalogue))
    if problems:
        raise SiteError(path, problems)
    return _site(data), filled(catalogue, offices)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SiteError(path, [_UNREAD.format(why=error.strerror)]) from None
    except UnicodeDecodeError:
        raise SiteError(path, [_NO_UTF8]) from None
    except tomllib.TOMLDecodeError as error:
        raise SiteError(path, [_NO_TOML.format(why=error)]) from None


def _site(data: Mapping[str, Any]) -> Site:
    texts = ("authority", "city", "address", "hours")
    plain = ("telephone", "icp", "police_record", "newspaper_price")
    said: dict[str, Any] = {name: _text(data[name]) for name in texts if name in data}
    return Site(**said, **{name: data[name] for name in plain if name in data})


def _text(given: Any) -> Text:
    return ByLanguage(given if isinstance(given, dict) else {"zh": given})


def _offices(data: Mapping[str, Any]) -> Offices:
    return Offices(
        counters=[
            (
                each["matters"],
                Counter(**{name: each[name] for name in ("name", "address", "telephone", "hours")}),
            )
            for each in data.get("counter", ())
        ],
        accepts=[
            (each["matters"], Acceptance(since=str(each["since"]), source=each["source"]))
            for each in data.get("accepts", ())
        ],
        next_steps=[(each["matters"], each["url"]) for each in data.get("next_step", ())],
    )


_UNUSABLE = Message("SITE 所指的文件 {path} 不能使用：{problems}")
_UNREAD = Message("读不了：{why}。请检查路径和权限。")
_NO_UTF8 = Message("不是 UTF-8 的文本，请另存为 UTF-8。")
_NO_TOML = Message('不是 TOML：{why}。文字要加引号，如 telephone = "0536-2512345"。')
