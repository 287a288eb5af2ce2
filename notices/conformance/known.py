"""What is known of a service that is tried, each thing asked for once, when a check needs it."""

from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from notices.conformance.results import Differs, Untried, differ, expect
from notices.conformance.site import Reply, Site
from notices.conformance.spelling import spellings
from notices.facts.agency_keys import TEST
from notices.facts.texts import Message
from notices.trust.answers import AnswerError, PublicKey, keys_in
from notices.trust.lists import ListError, OfflineList
from notices.trust.notes import NoteError, NoteVerifier, parse_checkpoint

NEWEST = 60
"""Entries of the log that are looked at."""

STRANGERS, KEYED = 2, 20
"""Notices whose numbers are asked about, by a stranger and with a key."""

FEW_SPELLINGS = 18
"""Of all ways to write a number so many are asked about by a stranger, who has 30 checks a minute;
those come first that few numbers can be written by."""

FEW, MANY = 20, 1000
"""Questions that a stranger, and whoever has a key, may ask at once."""

NOBODYS = {"certificate": "food-operation-license", "number": "JY13799990000999"}
CHECK = "/api/v1/verifications"


class Asked(NamedTuple):
    """A question, the rule by which its number is written, and the answer."""

    rule: str
    question: dict[str, Any]
    answer: dict[str, Any]


class Head(NamedTuple):
    """The log and its size, as a checkpoint says them."""

    origin: str
    size: int


class Known:
    """What a service says of itself; each property raises Differs or Untried."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.tests = (site.key or "").startswith(TEST)
        self.list_reply: Reply | None = None

    @cached_property
    def keys(self) -> dict[str, Any]:
        return record(self.site.get("/.well-known/notice-keys.json").json(), "notice-keys.json")

    @cached_property
    def verifiers(self) -> list[NoteVerifier]:
        """The log's keys, the present one first."""
        try:
            return [NoteVerifier(each) for each in self.keys["log"]]
        except (NoteError, TypeError, KeyError) as error:
            raise Differs("/.well-known/notice-keys.json: log", "verifier keys", error) from None

    @cached_property
    def answer_keys(self) -> dict[str, PublicKey]:
        return _keys(self.keys, "/.well-known/notice-keys.json")

    @cached_property
    def test_numbers(self) -> dict[str, Any]:
        return record(self.site.get("/help/test-keys.json").json(), "/help/test-keys.json")

    @cached_property
    def test_answer_keys(self) -> dict[str, PublicKey]:
        return _keys(self.test_numbers, "/help/test-keys.json")

    @cached_property
    def note(self) -> str:
        reply = self.site.get("/log/checkpoint")
        expect(reply.asked, 200, reply.status)
        return reply.body.decode("utf-8", "replace")

    @cached_property
    def head(self) -> Head:
        try:
            origin, size, _ = parse_checkpoint(self.verifiers[0].open(self.note))
        except (NoteError, IndexError) as error:
            raise Differs("/log/checkpoint", "a note that the log's key signed", error) from None
        return Head(origin, size)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The newest entries of the log."""
        if self.head.size == 0:
            raise Untried(_NO_NOTICES)
        since = max(0, self.head.size - NEWEST)
        path = f"/api/v1/events?since={since}&limit={NEWEST}"
        found = record(self.site.get(path).json(), path).get("events")
        if not isinstance(found, list) or not found:
            differ(path, "events", found)
        return [record(each, path) for each in found]

    @cached_property
    def catalogue(self) -> dict[str, dict[str, Any]]:
        said = record(self.site.get("/api/v1/catalogue").json(), "/api/v1/catalogue")
        return {each["id"]: each for each in said.get("certificates", []) if "id" in each}

    @cached_property
    def subjects(self) -> list[dict[str, Any]]:
        """The newest notices that show their numbers, each as the log's newest event has it."""
        newest = {each["notice"]["id"]: each["notice"] for each in self.events}
        found = [
            each
            for each in reversed(newest.values())
            if each.get("number") and each.get("certificate") and "*" not in each["number"]
        ]
        if not found:
            raise Untried(_NO_NOTICES)
        # First those whose numbers can be written in most ways.
        found.sort(key=lambda each: -len(list(spellings(each["number"]))))
        return found[: KEYED if self.asks_much else STRANGERS]

    @cached_property
    def offline(self) -> OfflineList:
        """The newest offline list, which one of the log's keys signed."""
        latest = self.site.get("/lists/latest")
        if latest.status == 404:
            raise Untried(_NO_LIST)
        expect(latest.asked, 302, latest.status)
        size = latest.headers.get("Location", "").rpartition("/lists/")[2]
        self.list_reply = reply = self.site.get(f"/lists/{size}")
        expect(reply.asked, 200, reply.status)
        try:
            found = OfflineList(reply.body, self.verifiers)
        except ListError as error:
            raise Differs(reply.asked, "a list that the log's key signed", error.text.en) from None
        expect(reply.asked, size, str(found.head.size))
        return found

    @cached_property
    def plain(self) -> list[Asked]:
        """Numbers as they are published; in an empty register one that nobody has."""
        try:
            questions = [question(each) for each in self.subjects]
        except Untried:
            questions = [NOBODYS]
        return self.ask([("", each) for each in questions])

    @property
    def published(self) -> list[tuple[dict[str, Any], Asked]]:
        """The newest notices, and what is answered to their numbers."""
        return list(zip(self.subjects, self.plain, strict=True))

    @cached_property
    def spelled(self) -> list[Asked]:
        """The number of one notice, as it may be written besides."""
        items = spelled(question(self.subjects[0]))
        return self.ask(items if self.asks_much else items[-FEW_SPELLINGS:])

    @property
    def asks_much(self) -> bool:
        """Whether there is a key to ask about the register with."""
        return self.site.key is not None and not self.tests

    @cached_property
    def fixtures(self) -> list[tuple[dict[str, Any], Asked]]:
        """What is published of each test number, and what a test key is answered.

        Those that the key may not ask about are left out.
        """
        if not self.tests:
            raise Untried(_NO_TEST_KEY)
        numbers = [record(each, "numbers") for each in self.test_numbers["numbers"]]
        shown = [each for each in numbers if "masked" not in each["scopes"]]
        asked = self.ask([("", each["question"]) for each in shown], tests=True)
        found = list(zip(shown, asked, strict=True))
        for each in numbers:
            if each not in shown:
                reply = self.site.post(CHECK, each["question"], key=True)
                if reply.status != 403:
                    found.append((each, Asked("", each["question"], reply.json())))
        return found

    @cached_property
    def spelled_fixtures(self) -> list[tuple[Asked, list[Asked]]]:
        """Each test number that a notice covers, and what is answered to its other spellings."""
        met = [one for _, one in self.fixtures if one.answer["notice"] is not None]
        groups = [spelled(one.question) for one in met]
        answers = iter(self.ask([each for group in groups for each in group], tests=True))
        return [
            (one, list(islice(answers, len(group)))) for one, group in zip(met, groups, strict=True)
        ]

    def ask(
        self, items: Sequence[tuple[str, dict[str, Any]]], *, tests: bool = False
    ) -> list[Asked]:
        """An answer to each; with a test key only what is asked of the `tests`."""
        keyed = self.site.key is not None and tests == self.tests
        size = MANY if keyed else FEW
        found = []
        for first in range(0, len(items), size):
            part = items[first : first + size]
            body = {"items": [one for _, one in part]}
            reply = self.site.post(CHECK, body, key=keyed)
            answers = record(reply.json(), reply.asked).get("answers")
            if not isinstance(answers, list) or len(answers) != len(part):
                differ(reply.asked, f"{len(part)} answers", answers)
            found += [
                Asked(rule, one, record(answer, reply.asked))
                for (rule, one), answer in zip(part, answers, strict=True)
            ]
        return found

    @property
    def every_answer(self) -> list[Asked]:
        """All that is asked of the register by which nothing is meant to be refused."""
        try:
            return [*self.plain, *self.spelled]
        except Untried:  # there is nothing to spell otherwise
            return self.plain


def question(notice: dict[str, Any]) -> dict[str, Any]:
    """How whoever is shown the certificate of `notice` would ask."""
    return {"certificate": notice["certificate"], "number": notice["number"]}


def spelled(one: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(rule, one | {"number": typed}) for rule, typed in spellings(one["number"])]


def record(value: Any, where: str) -> dict[str, Any]:
    """Raises Differs for what is no object of JSON."""
    if not isinstance(value, dict):
        differ(where, "an object", value)
    return value


def _keys(said: dict[str, Any], where: str) -> dict[str, PublicKey]:
    try:
        return keys_in(msgspec.json.encode({"answers": said.get("answers")}))
    except AnswerError as error:
        raise Differs(f"{where}: answers", "public keys", error.text.en) from None


_NO_NOTICES = Message("登记簿里还没有公布号码的公告，没有可试的。")
_NO_LIST = Message("还没有离线清单；登记簿有变动后一分钟内就有。")
_NO_TEST_KEY = Message("这一项要有测试密钥（--key）。")
