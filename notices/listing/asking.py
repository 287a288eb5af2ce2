"""What an offline list answers to a question, and when only the service can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from notices.facts.catalogue import Catalogue
from notices.facts.masking import may_be_hidden
from notices.facts.readings import RULES
from notices.facts.rows import Row
from notices.facts.texts import Message, Text
from notices.trust.lists import Found, Listed, OfflineList

AHEAD = timedelta(minutes=5)
"""A list may be so much later than the clock that it is looked at by: clocks differ."""

Verdict = Listed | Literal["no_notice", "ask_online"]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a number. `no_notice`: none that counts, what was withdrawn included."""

    verdict: Verdict
    effective_at: datetime | None = None


ASK_ONLINE, NO_NOTICE = Said("ask_online"), Said("no_notice")


@dataclass(frozen=True, slots=True)
class Offline:
    """A verified list, asked at one moment by one catalogue."""

    offline: OfflineList
    catalogue: Catalogue
    now: datetime
    at_most: timedelta

    @property
    def why_not(self) -> Text | None:
        """Why this list tells nothing at all, if so."""
        head, age = self.offline.head, self.offline.age(self.now)
        if head.rules != RULES:
            return _OTHER_RULES.format(theirs=head.rules, ours=RULES)
        if age > self.at_most:
            return _TOO_OLD.format(hours=round(age.total_seconds() / 3600, 1))
        return _FROM_THE_FUTURE if age < -AHEAD else None

    def ask(self, rows: Sequence[Row]) -> list[Said | None]:
        """What is said to each row; None where a row asks nothing."""
        if self.why_not is not None:
            return [None if row.reading is None else ASK_ONLINE for row in rows]
        return [None if row.reading is None else self._said(row) for row in rows]

    def _said(self, row: Row) -> Said:
        assert row.reading is not None  # noqa: S101
        if row.names_copy:
            return ASK_ONLINE
        if row.certificate is None:
            return self._by_number(row.number)
        if may_be_hidden(row.number, row.certificate):
            return ASK_ONLINE
        return _of(self.offline.look_up(row.certificate.id, row.reading.normal, self.now))

    def _by_number(self, number: str) -> Said:
        """Of whichever certificate; a notice that hides its number is not told of then."""
        normals = self.catalogue.normal_numbers(number)
        found = {
            _of(self.offline.look_up(each.id, normal, self.now))
            for each in self.catalogue.certificates.values()
            for normal in normals
        } - {NO_NOTICE}
        if len(found) > 1:
            return ASK_ONLINE  # which of them counts is for whoever knows the notices
        return found.pop() if found else NO_NOTICE


def _of(found: Found | None) -> Said:
    return NO_NOTICE if found is None else Said(found.status, found.effective_at)


_OTHER_RULES = Message(
    "离线清单所依号码规则是第 {theirs} 版，本程序是第 {ours} 版，凭它不能判断；"
    "请更新程序或清单，或联网核验。"
)
_TOO_OLD = Message(
    "离线清单是 {hours} 小时前的，超过 --at-most 的限度，凭它不能判断；请下载新的清单。"
)
_FROM_THE_FUTURE = Message("离线清单的时间比本机的时钟还晚，凭它不能判断；请校准本机时间。")
