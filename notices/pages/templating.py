"""The pages' templates in each language, with what every one of them may use."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache, partial, reduce
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlencode

import msgspec
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from notices.deployment import Deployment
from notices.facts.catalogue import Catalogue
from notices.facts.notice_ids import printed
from notices.facts.public import form as forms
from notices.facts.public.catalogue import Named
from notices.facts.sites import dialled
from notices.facts.texts import ByLanguage, Message, Text
from notices.locale import LANGUAGES, SOURCE, translated
from notices.print import typesetting
from notices.trust import verdicts
from notices.web import acceptance, period_words, standings, wording
from notices.web.languages import shown_time

HERE = Path(__file__).parent
STATIC = HERE / "static"


def _digests() -> dict[str, str]:
    """A version for each static file, so that it can be cached for ever under its address."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }


DIGESTS = _digests()

SITE_NAME = Message("遗失声明公示")
"""How the service is called in other languages than the one in which it has its name."""


_WORD = Message("“{word}”")
_AND_WORD = Message("{first}“{next}”")


def asset(name: str) -> str:
    return f"/static/{name}?v={DIGESTS[name]}"


def address(path: str, language: str = SOURCE, params: Sequence[tuple[str, str]] = ()) -> str:
    """A local address that keeps the language of the page that leads there, if it is given."""
    path, _, fragment = path.partition("#")
    pairs = [*params, ("lang", language)] if language != SOURCE else list(params)
    return path + ("?" + urlencode(pairs) if pairs else "") + ("#" + fragment if fragment else "")


def amount(number: float) -> str:
    """A large number as it is read, in groups of three; of a fraction no more than hundredths."""
    return f"{number:,.2f}".removesuffix(".00")


_MARKS = str.maketrans("(),:;", "（），：；")
_AROUND = re.compile(r" ?([（），：；]) ?")


@lru_cache(4_000)
def typeset(name: str) -> str:
    """A Chinese name with the full-width marks of Chinese, however the catalogue has them.

    Where digits stand it may be the number of a certificate, which stays as it is on the paper.
    """
    if name.isascii() or any(map(str.isdigit, name)):
        return name
    return _AROUND.sub(r"\1", name.translate(_MARKS))


def status_code(deployment: Deployment, id: str) -> Markup:
    """A QR code that opens on the status of notice `id`, as an SVG of our own making."""
    return _drawn(deployment.link(f"/notices/{id}"))


@lru_cache(1_000)
def _drawn(address: str) -> Markup:
    # 1 ms, and 2 kB: a proof is in none that is shown on a screen.
    code = typesetting.qr_code(address).replace("<svg ", '<svg aria-hidden="true" ', 1)
    return Markup(code)  # noqa: S704


class Translator:
    """What a template says and links to, in one language."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.language = language
        self._names = {name.zh: name for name in catalogue.texts()}

    def known(self) -> dict[str, Any]:
        """By the names that templates have for it; `_`, `_p`, `_n` are gettext's."""
        return {
            "_": self.gettext,
            "_p": self.pgettext,
            "_n": self.ngettext,
            "tr": self.tr,
            "typeset": typeset,
            "joined": self.joined,
            "listed": self.listed,
            "quoted": self.quoted,
            "closed": self.closed,
            "u": self.u,
            "day": self.day,
            "moment": self.moment,
            "amount": amount,
        }

    def gettext(self, source: str, /, **params: object) -> str:
        return _filled(translated(self.language, source), params)

    def pgettext(self, context: str, source: str, /, **params: object) -> str:
        return _filled(translated(self.language, source, context), params)

    def ngettext(self, source: str, /, *, n: int, **params: object) -> str:
        return _filled(translated(self.language, source, n=n), {"n": n, **params})

    def tr(self, text: Text | forms.Words | Named | None) -> str:
        """Of a notice, which knows two languages, in a third by the catalogue's name."""
        if isinstance(text, (forms.Words, Named)) and self.language not in text.__struct_fields__:
            text = self._names.get(text.zh, text)
        if text is None:
            return ""
        words = text.in_(self.language)
        is_name = self.language == SOURCE and isinstance(text, (forms.Words, Named, ByLanguage))
        return typeset(words) if is_name else words

    def joined(self, *sentences: str | None) -> str:
        """The sentences that there are, one after the other."""
        return reduce(
            lambda first, second: self.gettext("{first}{second}", first=first, second=second),
            filter(None, sentences),
        )

    def listed(self, names: Iterable[str]) -> str:
        """Those names that there are, as a sentence names several things; empty for none."""
        return reduce(
            lambda first, next: self.gettext("{first}、{next}", first=first, next=next),
            list(filter(None, names)) or [""],
        )

    def quoted(self, words: Iterable[str]) -> str:
        """What somebody typed, word by word, between marks."""
        first, *others = words
        quoted = reduce(
            lambda first, next: _AND_WORD.format(first=first, next=next),
            others,
            _WORD.format(word=first),
        )
        return quoted.in_(self.language)

    def closed(self, words: str) -> str:
        """As a sentence, unless it is one already."""
        if not words or words.endswith(("…", "。", ".")):
            return words
        return self.gettext("{words}。", words=words)

    def u(self, path: str, **params: str) -> str:
        return address(path, self.language, list(params.items()))

    def day(self, at: str | datetime | None) -> str:
        return shown_time(at, self.language, with_clock=False)

    def moment(self, at: str | datetime | None) -> str:
        return shown_time(at, self.language)


def _filled(words: str, params: Mapping[str, object]) -> str:
    """As HTML where elements go into it: they stay what they are, and all else is escaped."""
    if any(isinstance(value, Markup) for value in params.values()):
        # By hand: markupsafe's own way takes 55 µs for each.
        escaped = {name: escape(value) for name, value in params.items()}
        return Markup(str(escape(words)).format(**escaped))  # noqa: S704
    return words.format(**params) if params else words


@cache
def _receipt_texts(language: str) -> str:
    """What scripts say of a receipt: as data, so that every sentence has one source."""
    sentences = _in(language, verdicts.SENTENCES | wording.RECEIPTS)
    return json.dumps(sentences | {"events": _in(language, wording.EVENTS)}, ensure_ascii=False)


def _in(language: str, texts: Mapping[str, Text]) -> dict[str, Any]:
    return {name: text.in_(language) for name, text in texts.items()}


class _Compiled(BytecodeCache):
    """What was compiled for one language serves the others."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key] = (bucket.checksum, bucket.code)


_LOADER = FileSystemLoader(HERE / "templates")
_COMPILED = _Compiled()


class Templates:
    """The templates of one service's pages: an environment for each language."""

    def __init__(self, deployment: Deployment, *, may_sign_in: bool) -> None:
        self._environments = {
            language: _environment(deployment, language, may_sign_in) for language in LANGUAGES
        }

    def render(self, name: str, language: str, context: Mapping[str, Any]) -> str:
        return self._environments[language].get_template(name).render(context)

    def compiled(self, language: str) -> set[str]:
        """The names of those that are ready."""
        return {name for _, name in self._environments[language].cache or ()}

    def read(self) -> None:
        """Compile all pages: the first who asked for one kept others waiting for up to 0.3 s."""
        for environment in self._environments.values():
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)


def _environment(deployment: Deployment, language: str, may_sign_in: bool) -> Environment:
    environment = Environment(
        loader=_LOADER,
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    settings, regions = deployment.settings, deployment.regions
    translator = Translator(deployment.catalogue, language)
    # What is known everywhere is known to macros too, which see nothing of the page around them.
    environment.globals |= translator.known() | {
        "lang": language,
        "languages": LANGUAGES,
        "source": SOURCE,
        "site_name": settings.site_name if language == SOURCE else SITE_NAME.in_(language),
        "site": deployment.site,
        "demo": settings.demo,
        "public_url": settings.public_url,
        "may_sign_in": may_sign_in,
        "city": regions.name(settings.region) or "",
        "regions": regions,
        "catalogue": deployment.catalogue,
        "asset": asset,
        "address": address,
        "printed": printed,
        "status_code": partial(status_code, deployment),
        "standings": standings,
        "accepted": lambda accepts: acceptance.told(accepts, datetime.now(UTC)),
        "dialled": dialled,
        "wording": wording,
        "period": period_words,
        "log_key": deployment.keys.log.vkey,
        "answer_keys": msgspec.json.encode(deployment.keys.public().answers).decode(),
        "receipt_texts": _receipt_texts(language),
    }
    return environment
