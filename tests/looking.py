"""Looking at a case as an officer does, who is asked first what for."""

import httpx

from tests.engines.test_pages import fields


async def opened(
    officer: httpx.AsyncClient, path: str, purpose: str = "objection", reference: str = ""
) -> httpx.Response:
    """The page of `path`; where it is asked what for, that is said."""
    page = await officer.get(path)
    asks = page.headers.get("location", "")
    if page.status_code != 303 or "/purpose?" not in asks:
        return page
    form = await officer.get(asks)
    assert form.status_code == 200, form.text
    typed = fields(form) | {"purpose": purpose, "reference": reference}
    sent = await officer.post(asks.partition("?")[0], data=typed)
    assert sent.status_code == 303, sent.text
    return await officer.get(sent.headers["location"])
