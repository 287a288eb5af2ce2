"""The languages of the service, and our messages in each: gettext's catalogues, read by Babel.

A message is written in Chinese where it is used. What it is in another language stands in
`<code>/LC_MESSAGES/notices.po`; a message that a catalogue lacks stays Chinese. So a language is
that file and its line in `LANGUAGES`.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import NamedTuple

# Babel is imported where it is needed: that takes as long as all else that a command does that
# only says something in Chinese, and every module with words imports this one.

FOLDER = Path(__file__).parent
DOMAIN = "notices"
SOURCE = "zh"
"""The code of the language in which messages are written."""


class Language(NamedTuple):
    """A language by its tag in pages (BCP 47), and by the CLDR's name for how it is written."""

    tag: str
    locale: str

    @property
    def name(self) -> str:
        """What it is called by those who read it."""
        from babel import Locale

        locale = Locale.parse(self.locale)
        return str(locale.languages[locale.language])

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        from babel import Locale

        return Locale.parse(self.locale).text_direction


LANGUAGES = {
    "zh": Language("zh-CN", "zh_Hans_CN"),
    "en": Language("en", "en_GB"),
}
"""By the code that `lang` in an address is; the first is what others fall back to."""


def path(code: str) -> Path:
    """Where the translations into a language lie."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def _translations(code: str) -> NullTranslations:
    if code == SOURCE:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path(code).open("rb") as file:
        catalogue = read_po(file, locale=LANGUAGES[code].locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translated(code: str, message: str, context: str | None = None, n: int | None = None) -> str:
    """A message in the language of `code`; `context` tells apart what is one word in Chinese.

    With `n` it is in the form that goes with so many, by the language's rules of the plural.
    """
    translations = _translations(code)
    if n is not None:
        return translations.ngettext(message, message, n)
    if context is not None:
        return translations.pgettext(context, message)
    return translations.gettext(message)
