"""The links of a page at a terminal: none leads out of the site, to a file or to a sign-in."""

import re

_LINK = re.compile(r'<a\b([^>]*?)\bhref="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_PAGES = re.compile(
    r"/(notices(/[0-9]{14}(/slip)?)?|verify|kiosk(/phone|/reset)?|log|statistics|help(/[a-z-]+)?"
    r"|privacy|accessibility)"
)
_OF_ONES_OWN = re.compile(r"/((declare|mine|sign-in|session|desk)\b|notices/[0-9]{14}/).*")


def only(html: str) -> str:
    """`html` with what leads elsewhere as text; what needs a sign-in leads to /kiosk/phone."""
    return _LINK.sub(_kept, html)


def _kept(link: re.Match[str]) -> str:
    before, href, after, words = link.groups()
    after = re.sub(r'\s(target|download)(="[^"]*")?', "", after)
    path = re.split(r"[?#]", href, maxsplit=1)[0]
    if path == "/":
        href = "/kiosk" + href[1:]
    elif path and not _PAGES.fullmatch(path):
        if not _OF_ONES_OWN.fullmatch(path):
            return f"<span>{words}</span>"
        href = "/kiosk/phone"
    return f'<a{before}href="{href}"{after}>{words}</a>'
