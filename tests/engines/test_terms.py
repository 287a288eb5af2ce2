"""The terms that PostgreSQL makes of a notice, and those that a query asks for."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from notices.database import DB
from notices.deployment import Deployment
from notices.finding import statements
from notices.finding.terms import CHUNK, Asked
from notices.finding.vocabulary import vocabulary_of
from search.document import backwards
from search.lookup import Lookup
from search.understanding import compact, understand
from search.ways import apart

INDEX = 40 << 14


def form(name: str, number: str | None, **more: Any) -> dict[str, Any]:
    holder = {"kind": "organisation", "name": name, "identifier": more.pop("identifier", None)}
    return {
        "certificate": "food-operation-license",
        "matter": None,
        "holder": holder,
        "number": number,
        "issuer": "潍坊市奎文区行政审批服务局",
        "region": "370705",
        **more,
    }


async def has(terms: str | None, shown: dict[str, Any] | None, key: str | None = None) -> bool:
    """Whether a notice with this form has the terms."""
    row = await DB.row(
        "SELECT notice_terms($1::jsonb, $2, $3) @@ replace($4, $5, '40')::tsquery AS found",
        None if shown is None else json.dumps(shown),
        key,
        INDEX,
        terms,
        CHUNK,
    )
    assert row is not None
    return bool(row["found"])


def asked(deployment: Deployment, q: str, **filters: Any) -> str | None:
    return Asked(deployment, Lookup(q=replace(understand(q), whole=()), **filters)).terms()


@pytest.mark.parametrize(
    "name",
    [
        "潍坊市奎文区梅思（第一）餐饮店",
        "臺兒莊運河酒樓",
        "ＫＦＣ Café 餐廳",
        "艾力·吐尔逊",
        "佐々木〇屋",
        "𠮷野家",
        "张*",
        "'\\:|~ 店 & !",
    ],
)
async def test_every_inner_part_of_a_name_is_among_its_terms(
    pool: None, deployment: Deployment, name: str
) -> None:
    whole = compact(name)
    parts = {whole[a:b] for a in range(len(whole)) for b in range(a + 1, len(whole) + 1)}

    missed = [part for part in parts if not await has(asked(deployment, part), form(name, None))]
    assert missed == []


async def test_a_part_that_stands_in_no_name_is_not_among_its_terms(
    pool: None, deployment: Deployment
) -> None:
    shown = form("潍坊市奎文区梅思（第一）餐饮店", None)

    for part in ("思餐", "梅第", "店潍", "饭", "一一", "店店"):
        assert not await has(asked(deployment, part), shown), part


@pytest.mark.parametrize(
    ("key", "identifier", "name"),
    [
        ("JY13799990000011", "92379999MA0000023B", "某某店"),
        ("鲁2020潍坊市奎文区不动产权0012345", None, "某某店"),
        ("12AB345678", "91370799MAYGKYE12Y", "某某店"),
        ("X1", None, "第12345小学"),
    ],
)
async def test_the_end_of_every_run_that_the_index_knows_is_among_the_terms(
    pool: None, deployment: Deployment, key: str, identifier: str | None, name: str
) -> None:
    shown = form(name, key, identifier=identifier)
    runs = [run[::-1] for run in backwards(filter(None, (key, identifier, name)))]

    tails = {run[-length:] for run in runs for length in range(1, len(run) + 1)}
    ends = [q for q in tails if understand(q).numbers == (q,)]
    assert len(ends) > len(runs)
    assert [q for q in ends if not await has(asked(deployment, q), shown, key)] == []


@pytest.mark.parametrize(
    ("q", "terms"),
    [
        ("山东", ["#37"]),
        ("潍坊市", ["#3707", "#372201"]),  # a county-level city until 1983
        ("奎文", ["#370705"]),
        ("潍坊市奎", ["#370705"]),
        ("淮上", ["#340311"]),
        ("河北", ["#13", "#120105"]),
        ("新疆", ["#65"]),
    ],
)
async def test_a_word_in_many_regions_names_is_as_few_terms_as_can_be(
    pool: None, deployment: Deployment, q: str, terms: list[str]
) -> None:
    text = asked(deployment, q) or ""

    assert [term for term in text.replace("'", " ").split() if "#" in term] == [
        CHUNK + term for term in terms
    ]
    assert await has(text, form("某某店", None, region=terms[0][1:].ljust(6, "5")))


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("河南省郑州市某某店", ("河南省郑州市", "某某店")),
        ("郑州市金水区某某店", ("郑州市金水区", "某某店")),
        ("北京市朝阳区某某店", ("北京市朝阳区", "某某店")),
        ("山东省莱芜市莱城区某某店", ("山东省莱芜市莱城区", "某某店")),
        ("奎文某某店", ("奎文", "某某店")),
        ("和平饭店", None),
        ("朝阳小吃店", None),
        ("金水某某店", None),
    ],
)
def test_words_run_together_are_cut_at_places_that_can_be_nothing_else(
    deployment: Deployment, q: str, words: tuple[str, ...] | None
) -> None:
    vocabulary = vocabulary_of(deployment)
    cut = apart(understand(q, vocabulary), vocabulary.names)

    assert (cut.words if cut else None) == words


def test_a_word_in_the_names_of_thousands_of_regions_asks_for_those_of_the_own_province(
    deployment: Deployment,
) -> None:
    text = asked(deployment, "县") or ""

    codes = [term[2:] for term in text.replace("'", " ").split() if "#" in term]
    assert 10 < len(codes) < 250
    assert {code[:2] for code in codes} == {"37"}


@pytest.mark.parametrize("region", ["37", "3707", "370705", "370", "37070"])
async def test_a_region_is_filtered_by_what_its_code_begins_with(
    pool: None, deployment: Deployment, region: str
) -> None:
    terms = asked(deployment, "", region=region)

    assert await has(terms, form("某某店", None))
    assert not await has(terms, form("某某店", None, region="360705"))


async def test_a_number_that_is_not_public_is_not_among_the_terms(
    pool: None, deployment: Deployment
) -> None:
    shown = form("张*", "3799**********001X", certificate="birth-medical-certificate")

    assert not await has(asked(deployment, "3799"), shown)
    assert await has(asked(deployment, "张"), shown)


async def test_a_redacted_notice_has_no_terms(pool: None, deployment: Deployment) -> None:
    row = await DB.row("SELECT notice_terms(NULL, 'JY13799990000011', 7) AS terms")

    assert row is not None
    assert row["terms"] is None


@pytest.mark.parametrize("typed", ["'", "\\", "~", "x' | 'y", ":*", "", "a" * 3000, "\0"])
@pytest.mark.parametrize("name", ["certificate", "matter", "region"])
async def test_what_is_typed_as_a_filter_stays_a_value(
    pool: None, deployment: Deployment, name: str, typed: str
) -> None:
    assert not await has(asked(deployment, "", **{name: typed}), form("某某店", None))


@pytest.mark.parametrize(
    "q", ["梅" * 3000, "a" * 3000, "abc" * 100, "1" * 3000, "Ω'\\:*&|!()<->", "'店' | '~", "省"]
)
async def test_no_query_is_too_long_or_too_strange(
    pool: None, deployment: Deployment, q: str
) -> None:
    assert await has(asked(deployment, q), form("某某店", None)) in (True, False)


async def test_a_search_by_terms_reads_the_index_and_nothing_else(
    database: None, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[str] = []

    async def explain(sql: str, *values: Any) -> list[Any]:
        rows = await fetch("EXPLAIN (COSTS OFF) " + sql, *values)
        plans.append("\n".join(row[0] for row in rows))
        return []

    # A generic plan too: the server keeps one after a statement was used five times.
    await DB.fetch("INSERT INTO notice (id, form, evidence, published_index,"
                   " published_at, effective_at) SELECT lpad(i::text, 14, '0'), $1::jsonb,"
                   " 'self_declared', i, now(), now() FROM generate_series(1, 3000) i",
                   json.dumps(form("某某餐饮有限公司", None)))  # fmt: skip
    await DB.fetch("ANALYZE notice")
    fetch = DB.fetch
    monkeypatch.setattr(DB, "fetch", explain)
    lookup = Lookup(q=understand("有限公司"), status="invalid", year=2020)
    terms = Asked(deployment, lookup).terms()
    sql = statements.filters(lookup, datetime.now(UTC))
    await statements.chunked(sql, terms, 0, 60, 1001, newest=True)
    monkeypatch.undo()

    assert "Bitmap Index Scan on notice_terms" in plans[0]
    assert "event_outcome" in plans[0]
    assert "Seq Scan" not in plans[0]


async def test_terms_can_be_made_of_every_character(pool: None) -> None:
    """A declaration whose terms could not be made would be refused."""
    points = [*range(1, 0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 97)]
    texts = ["".join(map(chr, points[start : start + 50])) for start in range(0, len(points), 50)]
    texts += [f"{sign}{other}1234甲" for sign in "'\\\":&|!()<>*@#~.-+" for other in "'\\: \""]
    await DB.fetch(
        "SELECT notice_terms(jsonb_build_object('holder',"
        " jsonb_build_object('name', t, 'identifier', t), 'issuer', t, 'number', t,"
        " 'region', '370705', 'certificate', 'a-b', 'matter', 'a-b.c'), t, 7)"
        " FROM unnest($1::text[]) AS t",
        texts,
    )
