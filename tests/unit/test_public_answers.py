"""Every answer of the golden files is one of the types that handlers return, whole, and no more.

What is read as a type and written again is what was answered: a member that the type does not know
would be gone, and one that it knows and the answer lacks would be refused.
"""

import json
import re

import msgspec
import pytest
import rfc8785

from notices.changing.objecting import Objections
from notices.changing.rivals import Rivals
from notices.facts.public.answer import Answer, Said
from notices.facts.public.notice import (
    DeclaredNotice,
    Events,
    Followed,
    ObjectionFiled,
    PublicNotice,
    Receipt,
)
from notices.facts.public.problem import ProblemDetails
from notices.facts.public.search import SearchPage, Suggestions
from tests.heard import Heard, heard

KINDS: list[tuple[str, type[msgspec.Struct]]] = [
    (r": POST notices(,|$)", DeclaredNotice),
    (r": POST notices/.*/objections$", ObjectionFiled),
    (r": POST notices/", Followed),
    (r"^GET /api/v1/notices/[^/]*/receipt$", Receipt),
    (r"^GET /api/v1/notices/[^/]*$", PublicNotice),
    (r"^GET /api/v1/notices\?", SearchPage),
    (r"^GET /api/v1/suggestions\?", Suggestions),
    (r"^GET /api/v1/events\?", Events),
    (r"^GET /api/v1/objections\?", Objections),
    (r"^GET /api/v1/rivals\?", Rivals),
    (r": \{", Answer),
]
"""The type of what a title says was asked."""

ANSWERS = list(heard())


def kind_of(answer: Heard) -> type[msgspec.Struct]:
    if answer.media_type == "application/problem+json":
        return ProblemDetails
    return next(kind for title, kind in KINDS if re.search(title, answer.title))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.title[:60])
def test_an_answer_is_its_type_whole_and_nothing_else(answer: Heard) -> None:
    kind = kind_of(answer)

    read = msgspec.json.decode(json.dumps(answer.body), type=kind)
    assert json.loads(msgspec.json.encode(read)) == answer.body


@pytest.mark.parametrize("answer", [one for one in ANSWERS if kind_of(one) is Answer])
def test_what_is_signed_is_the_jcs_of_an_answer(answer: Heard) -> None:
    told = {name: value for name, value in answer.body.items() if name != "signature"}

    said = msgspec.convert(told, Said)
    assert msgspec.json.encode(said, order="sorted") == rfc8785.dumps(told)


def test_every_type_of_answer_is_tried() -> None:
    assert {kind_of(answer) for answer in ANSWERS} == {ProblemDetails, *(kind for _, kind in KINDS)}


def test_a_member_that_a_type_does_not_know_would_be_found() -> None:
    [receipt, *_] = [answer for answer in ANSWERS if kind_of(answer) is Receipt]

    with pytest.raises(AssertionError):
        test_an_answer_is_its_type_whole_and_nothing_else(
            receipt._replace(body=receipt.body | {"more": 1})
        )
