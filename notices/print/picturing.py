"""The picture of a notice: a card to save on a phone, with its number, its status and a QR code."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from litestar import Response

from notices import register
from notices.deployment import Deployment
from notices.facts.notice_ids import printed
from notices.facts.texts import CHINA, Message
from notices.print.bilingual import AS_OF, NO_TYPE, Bilingual
from notices.print.press import Card
from notices.register import Notice
from notices.web import languages, limiting, period_words, standings, wording
from notices.web.authentication import AnyRequest
from notices.web.replies import NO_STORE

KEPT = timedelta(minutes=1)
"""How old a picture may be that is handed out again, if nothing of the notice changed since."""

MOST = 32
"""Pictures that are kept, some 150 kB each."""

SCAN = Message("扫码看现在的状态。图片会过时，以扫码看到的为准。")
REMOVED = Message("这份公告的内容已按规定移除；编号、时间和状态保留。")


class _Kept(NamedTuple):
    at: datetime
    shows: object
    content: bytes


class Pictures:
    """The newest pictures of one web process: who passes one on is asked for it many times."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def find(self, notice: Notice, language: str) -> bytes | None:
        """One that still shows `notice` as it is now."""
        kept = self._kept.get((notice.id, language))
        if kept is None or kept.shows != _shown_of(notice) or notice.now - kept.at > KEPT:
            return None
        self._kept.move_to_end((notice.id, language))
        return kept.content

    def keep(self, notice: Notice, language: str, content: bytes) -> None:
        self._kept[notice.id, language] = _Kept(notice.now, _shown_of(notice), content)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)


async def png(request: AnyRequest, id: str) -> Response[bytes]:
    """The notice as it is now, as a picture; raises Unavailable when too much is being printed."""
    await limiting.limit(request, "print")
    deployment: Deployment = request.app.state.deployment
    pictures: Pictures = request.app.state.pictures
    notice = await register.get(id)
    language = languages.language_of(request)
    content = pictures.find(notice, language)
    if content is None:
        async with request.app.state.places.presses.taken(request):
            content = await request.app.state.presses.make(card_of(deployment, notice, language))
        pictures.keep(notice, language, content)
    headers = {
        **NO_STORE,
        "Content-Disposition": f'inline; filename="{notice.id}.png"',
        # It says nothing that the page does not say, and people's pages are not indexed.
        "X-Robots-Tag": "noindex",
    }
    return Response(content, media_type="image/png", headers=headers)


def card_of(deployment: Deployment, notice: Notice, language: str) -> Card:
    """What the picture of `notice` shows, at the moment at which it was read."""
    words, state = Bilingual(language), notice.state
    statement = notice.form.statement if notice.form else None
    meanings = words.lines(standings.meaning(notice))
    if state.status == "declared" and state.effective_at is not None:
        meanings += words.lines(period_words.ends(state.effective_at))
    data: dict[str, Any] = {
        "site": deployment.settings.site_name,
        "numbered": words(Message("公告编号")),
        "number": printed(notice.id),
        "status": {
            "word": words(standings.status(notice)),
            "meanings": meanings,
        },
        "statement": [statement] if statement is not None else words.lines(REMOVED),
        "notes": [],
        "how": words.lines(SCAN),
        "at": words.lines(AS_OF.format(at=f"{notice.now.astimezone(CHINA):%Y-%m-%d %H:%M}")),
    }
    link = deployment.link(f"/notices/{notice.id}")
    return Card(data=data, code=link, lacking=(statement or "", words(NO_TYPE)))


def _shown_of(notice: Notice) -> tuple[object, ...]:
    """Two notices of one id that agree in this give one picture, but for its time."""
    return wording.standing(notice.state), len(notice.events), notice.form is None
