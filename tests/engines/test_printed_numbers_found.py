"""Numbers as they are printed: published, and each found first by what people type of it."""

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from notices import declarations, relay
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.requests import Declaration
from notices.finding import Finder, Query, fallback
from notices.identity import Person
from notices.relay import checking
from search.admin import Admin
from search.engine import Engine
from tests.api import declaration
from tests.engines.test_ways import FORMS, PRINTED

ASKED = ("编号：", "without 第 and 号", "small and wide", "traditional", "(副本)",
         "named and labelled", "in a sentence", "in a statement")  # fmt: skip
MASKED = "birth-medical-certificate"
"""Its numbers are public only in part: whoever has one asks for a check."""


async def published(deployment: Deployment, id: str, number: str, document: str) -> str:
    """The id of a notice about `number`, whoever may declare it."""
    certificate = deployment.catalogue.certificates[id]
    paper = certificate.document_named(document) if document else certificate.documents[0]
    holder = {"kind": "organisation", "name": "潍坊某某", "identifier": "92379999MA0000023B"}
    if id == MASKED:
        holder = {"kind": "person", "name": "张小", "identifier": "379999202001010010"}
    form = msgspec.convert(
        declaration(
            certificate=id, document=paper and paper.id, number=number, matter=None, holder=holder,
            copies="duplicate" if certificate.parts else None, confirm_unusual_number=True,
        ),
        Declaration,
    )  # fmt: skip
    person = Person(kind="person", name="李四", identifier="379999190001020023")
    done = await declarations.declare(deployment, person, form, certificate=certificate)
    return done.id


@pytest_asyncio.fixture(loop_scope="session")
async def printed(
    database: None, deployment: Deployment, admin: Admin
) -> dict[str, tuple[str, str, str]]:
    """Every printed number by its notice, in the index."""
    found = {}
    for id, number, document in PRINTED:
        found[await published(deployment, id, number, document)] = (id, number, document)
    await relay.reindex(deployment, admin, lambda done, total: None)
    await checking.note(True)
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def finders(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Finder, Finder]]:
    """What finds with the search engine, and without it."""
    monkeypatch.setattr(fallback, "SECONDS", 5.0)  # a busy machine may take its time
    monkeypatch.setattr("notices.finding.SEARCH_SECONDS", 10.0)
    own = deployment.settings
    engines = (
        Engine(own.meili_url or "", own.meili_search_key or "", own.meili_index, 10),
        Engine("http://127.0.0.1:1", "no key", own.meili_index),
    )
    made = Finder(deployment, engines[0]), Finder(deployment, engines[1])
    yield made
    for finder in made:
        await finder.breaker.close()


async def test_each_printed_number_finds_its_notice_first_in_every_form(
    printed: dict[str, tuple[str, str, str]],
    deployment: Deployment,
    finders: tuple[Finder, Finder],
) -> None:
    missed = []
    for finder in finders:
        for notice, (id, number, document) in printed.items():
            certificate = deployment.catalogue.certificates[id]
            name = document or certificate.documents[0].name.zh
            for form in ASKED if finder is finders[0] else ASKED[1::3]:
                typed = FORMS[form](number, name)
                answer = await finder.find(Query(q=typed))
                ids = [each.id for each in answer.notices]
                if ids != ([] if id == MASKED else [notice]):
                    missed.append((typed, ids, answer.interpreted))

    assert missed == []


async def test_a_document_is_named_on_its_card_and_finds_its_own_notices(
    printed: dict[str, tuple[str, str, str]], finders: tuple[Finder, Finder]
) -> None:
    finder, _ = finders
    for document in {document for _, _, document in PRINTED if document}:
        answer = await finder.find(Query(q=document))
        wanted = {notice for notice, row in printed.items() if row[2] == document}

        # As words 房地产证 would be found where there are 房地产权证 and 房产证.
        assert {each.id for each in answer.notices} == wanted, document
        for each in answer.notices:
            assert each.document.name.zh == document
            assert each.highlights["document"] == [(0, len(document))]


async def test_forms_of_before_there_were_documents_are_found_by_every_name_of_their_kind(
    printed: dict[str, tuple[str, str, str]],
    deployment: Deployment,
    admin: Admin,
    finders: tuple[Finder, Finder],
) -> None:
    await DB.fetch("UPDATE notice SET form = form - 'document' - 'copy_number'")
    await relay.reindex(deployment, admin, lambda done, total: None)
    await checking.note(True)
    food = {id for id, row in printed.items() if row[0] == "food-operation-license"}
    for finder in finders:
        for q in ("餐饮服务许可证", "食品经营许可证"):
            answer = await finder.find(Query(q=q))
            assert {each.id for each in answer.notices} == food
            assert {each.document.id for each in answer.notices} == {"food-operation-license"}
