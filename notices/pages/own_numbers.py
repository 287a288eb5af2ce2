"""A notice's own number, or its address, where the number of a certificate was asked for."""

import re
from typing import NamedTuple

from notices import register
from notices.deployment import Deployment
from notices.facts import notice_ids, readings
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Text
from notices.web import standings

_ADDRESS = re.compile(r"/notices/([0-9]{14})(?![0-9])")


class OwnNumber(NamedTuple):
    """What was typed looks like the number of a notice: `notice` is that one, if there is one."""

    id: str
    notice: PublicNotice | None
    told: Text | None = None
    meaning: Text | None = None


async def found(deployment: Deployment, typed: str) -> OwnNumber | None:
    """The notice whose number or address is `typed`, if its check digits are right.

    A certificate may have such a number too: whoever asks says both.
    """
    address = _ADDRESS.search(typed)
    for text in (address[1] if address else typed, readings.read(typed).normal):
        try:
            id = notice_ids.parse(text)
        except notice_ids.NoticeIdError:
            continue
        notice = (await register.get_many([id])).get(id)
        if notice is None:
            return OwnNumber(id, None)
        public = notice.public(deployment)
        return OwnNumber(id, public, standings.status(public), standings.meaning(public))
    return None
