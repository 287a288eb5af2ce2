"""Finding notices: with the search engine, and without it."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
import pytest_asyncio

from notices import register as registers
from notices import relay
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.public.notice import with_more
from notices.facts.public.search import SearchPage
from notices.facts.texts import CHINA
from notices.finding import Finder, Query, fallback, freshness, statements, suggesting
from notices.finding.breaker import Breaker
from notices.finding.freshness import Freshness
from notices.relay import checking, publishing
from notices.settings import Settings
from notices.trust.signed import SIGNED
from search.admin import Admin
from search.engine import Engine, SearchBusy, SearchDown
from search.results import Result
from search.understanding import Understood, compact
from tests import api, emptying
from tests.owning import owned
from tests.publishing import USCC, caught_up, declared, redacted, relaying, until, withdrawn

PLUM = "潍坊市奎文区梅思（第一）餐饮店"
OTHER = "青州市老街杂货铺"
PERSON = {"kind": "person", "name": "张三", "identifier": "37999919000101001X"}
HOUSE = "鲁（2020）潍坊市奎文区不动产权第0012345号"
FARMER = "鲁交运管许可济字379999000001号"


def nobody(done: int, total: int) -> None:
    pass


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def nobody_looks_after_an_engine_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[None]:
    """What a test's finders do in the background ends with the test."""
    made: list[Breaker] = []
    usual = Breaker.__init__

    def init(self: Breaker, engine: Engine) -> None:
        usual(self, engine)
        made.append(self)

    monkeypatch.setattr(Breaker, "__init__", init)
    yield
    for asking in made:
        await asking.close()


@pytest.fixture(autouse=True)
def a_busy_machine_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found within the limit is a question for the benchmark."""
    monkeypatch.setattr(fallback, "SECONDS", 5.0)


class Kept:
    """The register that an earlier test left as it got it, and the index that was made of it."""

    register: ClassVar[dict[str, str]] = {}
    rows = index = ""


async def rows() -> str:
    """All that searches read of the database, as a hash."""
    tables = ("notice", "event", "claim", "touched", "parked", "objection")
    every = " UNION ALL ".join(f"SELECT t::text FROM {table} t" for table in tables)
    row = await DB.row(
        "SELECT md5(string_agg(text, chr(10) ORDER BY text)) AS hash FROM ("
        f"{every} UNION ALL SELECT concat(name, position, stale) FROM follower) AS every (text)"
    )
    assert row is not None
    return str(row["hash"])


async def index_now(settings: Settings) -> str:
    """When the index was made, and when it was changed last."""
    key = {"Authorization": f"Bearer {settings.meili_master_key}"}
    async with api.loop_client(settings.meili_url or "", headers=key) as client:
        return (await client.get(f"/indexes/{settings.meili_index}")).text


@pytest_asyncio.fixture(loop_scope="session")
async def register(
    pool: None, deployment: Deployment, request: pytest.FixtureRequest
) -> dict[str, str]:
    """A handful of notices by the names that the tests give them.

    Two hundred tests only look at them: what they leave as it was is there for the next one.
    """
    assert "database" not in request.fixturenames, "which would empty it"
    if not Kept.register or Kept.rows != await rows():
        (deployment.settings.keys_folder / SIGNED).unlink(missing_ok=True)
        await emptying.empty()
        Kept.register, Kept.index = await handful(deployment), ""
        Kept.rows = await rows()
    return dict(Kept.register)


async def handful(deployment: Deployment) -> dict[str, str]:
    return {
        "plum": await declared(deployment, "JY13799990000011", name=PLUM),
        "other": await declared(
            deployment, "JY13799990000022", name=OTHER, region="370781", issuer="青州市某局"
        ),
        "house": await declared(
            deployment,
            HOUSE,
            name=OTHER,
            certificate="real-estate-title",
            matter=None,
            copies=None,
        ),
        "person": await declared(
            deployment,
            "37999919000101001X",
            holder=PERSON,
            certificate="road-transport-practitioner-certificate",
            matter=None,
            copies=None,
        ),
    }


@pytest_asyncio.fixture(loop_scope="session")
async def engine(settings: Settings) -> AsyncIterator[Engine]:
    engine = Engine(settings.meili_url or "", settings.meili_search_key or "", settings.meili_index)
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="session")
async def away(settings: Settings) -> AsyncIterator[Engine]:
    """A search engine that is not there."""
    engine = Engine("http://127.0.0.1:1", "no key", settings.meili_index)
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="session", params=["engine", "doubted", "without"])
async def finder(
    request: pytest.FixtureRequest,
    register: dict[str, str],
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    away: Engine,
) -> Finder:
    """What finds with the search engine, whose documents are believed or not, and without it."""
    if request.param == "without":
        return Finder(deployment, away)
    if not Kept.index or Kept.index != await index_now(deployment.settings):
        await relay.reindex(deployment, admin, nobody)
        Kept.rows, Kept.index = await rows(), await index_now(deployment.settings)
    await checking.note(request.param == "engine")
    return Finder(deployment, engine)


async def found(finder: Finder, register: dict[str, str], **query: Any) -> list[str]:
    """The names of the notices found, in their order."""
    answer = await finder.find(Query(**query))
    names = {id: name for name, id in register.items()}
    assert answer.degraded == finder.breaker.engine._url.endswith(":1")
    assert answer.total >= len(answer.notices)
    return [names[notice.id] for notice in answer.notices]


async def test_an_empty_query_lists_the_newest_first(
    finder: Finder, register: dict[str, str]
) -> None:
    assert await found(finder, register) == ["person", "house", "other", "plum"]


async def test_organisations_alone_can_be_asked_for(
    finder: Finder, register: dict[str, str]
) -> None:
    kind = "organisation"
    assert await found(finder, register, holder_kind=kind) == ["house", "other", "plum"]
    assert await found(finder, register, holder_kind=kind, q="张") == []
    assert await found(finder, register, sort="oldest") == ["plum", "other", "house", "person"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        (PLUM, {"plum"}),
        ("文区梅思", {"plum"}),
        ("梅", {"plum"}),
        ("青州市老街杂货铺", {"other", "house"}),
        ("JY13799990000011", {"plum"}),
        ("jy1379-9990 0000（11）", {"plum"}),
        ("ＪＹ１３７９９９９０００００２２", {"other"}),
        ("90000022", {"other"}),
        (HOUSE, {"house"}),
        ("鲁(2020)潍坊市奎文区不动产权 0012345", {"house"}),
        ("0012345", {"house"}),
        ("2020 2345", {"house"}),
        ("20200012345", {"house"}),
        ("老街 2345", {"house"}),
        ("老街 2022", set()),
        ("0000023B", {"plum", "other", "house"}),
        (USCC, {"plum", "other", "house"}),
        (f"{USCC} 青州", {"other", "house"}),
        ("雜貨鋪", {"other", "house"}),
        ("食品經營許可證 老街", {"other"}),
        ("鋪老", set()),
        ("某局", {"other"}),
        ("梅思 山东", {"plum"}),
        ("食品经营许可证 老街", {"other"}),
        ("食品经营许可证JY13799990000022号", {"other"}),
        ("奎文 梅思 食品经营", {"plum"}),
        ("青州 食品", {"other"}),
        ("没有这样的名称", set()),
        ("99999999", set()),
        ("梅思 青州", set()),
        ('" OR state = "void', set()),
        ("%", set()),
        ("_", set()),
        ("！（）", set()),
    ],
)
async def test_a_notice_is_found_by_what_people_type(
    finder: Finder, register: dict[str, str], q: str, expected: set[str]
) -> None:
    if q in ("！（）", "%", "_"):
        answer = await finder.find(Query(q=q))
        assert (answer.total, answer.notices) == (0, [])
    else:
        assert set(await found(finder, register, q=q)) == expected


async def test_a_notice_is_found_by_its_own_number(
    finder: Finder, register: dict[str, str]
) -> None:
    id = register["house"]

    assert await found(finder, register, q=f"{id[:4]}-{id[4:8]}-{id[8:12]}-{id[12:]}") == ["house"]


async def test_digits_that_are_a_number_are_the_end_of_another_one_too(
    finder: Finder, register: dict[str, str]
) -> None:
    id = await declared(finder._deployment, "13799990000011")
    if not finder.breaker.engine._url.endswith(":1"):
        await relay.reindex(finder._deployment, _admin_of(finder), nobody)
    register["digits"] = id

    assert await found(finder, register, q="13799990000011") == ["digits", "plum"]
    assert await found(finder, register, q="JY13799990000011") == ["plum"]


async def test_a_masked_number_is_not_found_by_the_full_one(
    finder: Finder, register: dict[str, str]
) -> None:
    assert await found(finder, register, q="37999919000101001X") == []
    assert await found(finder, register, q="张三") == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"certificate": "real-estate-title"}, {"house"}),
        ({"certificate": "no such"}, set()),
        ({"matter": "food-operation-license.reissue"}, {"plum", "other"}),
        ({"region": "370781"}, {"other"}),
        ({"region": "3707"}, {"plum", "other", "house", "person"}),
        ({"region": "37"}, {"plum", "other", "house", "person"}),
        ({"region": "3708"}, set()),
        ({"year": 1999}, set()),
        ({"published_to": date(2020, 1, 1)}, set()),
        ({"status": "reinstated"}, set()),
        ({"status": "contested"}, set()),
        ({"status": 'x" OR "'}, set()),
        ({"q": "老街", "certificate": "food-operation-license"}, {"other"}),
    ],
)
async def test_filters_narrow(
    finder: Finder, register: dict[str, str], filters: dict[str, Any], expected: set[str]
) -> None:
    assert set(await found(finder, register, **filters)) == expected


async def test_the_last_day_of_a_period_counts(finder: Finder, register: dict[str, str]) -> None:
    answer = await finder.find(Query())
    day = date.fromisoformat(answer.notices[0].published_at[:10])

    assert len(await found(finder, register, published_from=day, published_to=day)) == 4
    assert len(await found(finder, register, year=day.year)) == 4
    assert await found(finder, register, published_from=day + timedelta(1)) == []
    assert await found(finder, register, published_to=day - timedelta(1)) == []


async def test_facets_count_what_was_found(finder: Finder, register: dict[str, str]) -> None:
    answer = await finder.find(Query(q=OTHER))
    year = answer.notices[0].published_at[:4]

    statuses = [notice.status for notice in answer.notices]
    assert msgspec.structs.asdict(answer.facets) == {
        "certificate": {"food-operation-license": 1, "real-estate-title": 1},
        "region": {"370705": 1, "370781": 1},
        "status": {status: statuses.count(status) for status in set(statuses)},
        "year": {year: 2},
    }
    assert (answer.total, answer.total_is_exact) == (2, True)


async def test_pages_follow_each_other(finder: Finder, register: dict[str, str]) -> None:
    pages = [await found(finder, register, page=page, per_page=3) for page in (1, 2, 3)]

    assert pages == [["person", "house", "other"], ["plum"], []]


async def test_a_notice_is_declared_while_its_period_runs(
    finder: Finder, register: dict[str, str]
) -> None:
    await DB.fetch("UPDATE notice SET effective_at = now() + interval '1 day'")
    if not finder.breaker.engine._url.endswith(":1"):
        await relay.reindex(finder._deployment, _admin_of(finder), nobody)
    assert len(await found(finder, register, status="declared")) == 4
    answer = await finder.find(Query())
    assert answer.facets.status == {"declared": 4}
    assert {notice.status for notice in answer.notices} == {"declared"}


async def test_what_awaits_a_confirmation_is_declared_whatever_the_clock_says(
    finder: Finder, register: dict[str, str]
) -> None:
    await DB.fetch("UPDATE notice SET awaiting = true WHERE id = $1", register["plum"])
    if not finder.breaker.engine._url.endswith(":1"):
        await relay.reindex(finder._deployment, _admin_of(finder), nobody)

    assert await found(finder, register, status="declared") == ["plum"]
    assert "plum" not in await found(finder, register, status="invalid")
    answer = await finder.find(Query())
    assert answer.facets.status == {"declared": 1, "invalid": 3}
    shown = {notice.id: notice.awaiting for notice in answer.notices}
    assert shown == dict.fromkeys(shown) | {register["plum"]: "confirmation"}


def _admin_of(finder: Finder) -> Admin:
    from search.admin import make_keys

    settings = finder._deployment.settings
    url = settings.meili_url or ""
    return Admin(url, make_keys(url, settings.meili_master_key or "", settings.meili_index)[1])


async def test_a_period_that_ended_a_moment_ago_is_filtered_as_invalid(
    register: dict[str, str], deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    await DB.fetch("UPDATE notice SET effective_at = clock_timestamp() + interval '2 seconds'")
    await relay.reindex(deployment, admin, nobody)
    await checking.note(True)
    finder = Finder(deployment, engine)
    assert (await finder.find(Query())).facets.status == {"declared": 4}

    async def all_invalid() -> bool:
        return len(await found(finder, register, status="invalid")) == 4

    await until(all_invalid)
    answer = await finder.find(Query())
    assert answer.facets.status == {"invalid": 4}
    assert {notice.status for notice in answer.notices} == {"invalid"}


async def test_a_withdrawn_notice_is_reinstated_in_search(
    finder: Finder, register: dict[str, str], deployment: Deployment, admin: Admin
) -> None:
    await withdrawn(deployment, register["plum"], PLUM)
    await relay.reindex(deployment, admin, nobody)

    assert await found(finder, register, status="reinstated") == ["plum"]
    assert "plum" not in await found(finder, register, status="invalid")
    assert (await finder.find(Query())).facets.status["reinstated"] == 1


async def test_what_is_shown_is_never_older_than_the_register(
    finder: Finder, register: dict[str, str], deployment: Deployment
) -> None:
    await withdrawn(deployment, register["plum"], PLUM)

    answer = await finder.find(Query(q="梅思"))
    assert [notice.status for notice in answer.notices] == ["reinstated"]
    assert await found(finder, register, q="梅思", status="invalid") == []


async def test_a_redacted_notice_is_not_found(
    finder: Finder, register: dict[str, str], deployment: Deployment
) -> None:
    await redacted(deployment, register["plum"])

    assert await found(finder, register, q="梅思") == []
    assert "plum" not in await found(finder, register)
    assert "plum" not in await found(finder, register, q=register["plum"])


@pytest.mark.parametrize("q", ["", "餐饮", "JY13799990000011", "青州市老街杂物铺", "lao jie"])
async def test_what_the_index_shows_is_what_the_register_says(
    register: dict[str, str], deployment: Deployment, admin: Admin, engine: Engine, q: str
) -> None:
    await withdrawn(deployment, register["plum"], PLUM)
    await relay.reindex(deployment, admin, nobody)
    answers = []
    for believed in (True, False):
        await checking.note(believed)
        answers.append(await Finder(deployment, engine).find(Query(q=q)))

    assert answers[0] == answers[1]
    for notice in answers[0].notices:
        public = (await registers.get(notice.id)).public(deployment)
        assert with_more(notice, **with_more(public)) == with_more(notice)


async def test_what_the_index_has_not_taken_is_read_from_the_register(
    register: dict[str, str],
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await relay.reindex(deployment, admin, nobody)
    await checking.note(True)
    await withdrawn(deployment, register["plum"], PLUM)
    await publishing.settle([], {register["other"]: "refused"})
    assert await Freshness().ids() == {register["plum"], register["other"]}

    await withdrawn(deployment, register["other"], OTHER)
    monkeypatch.setattr(freshness, "LOOK", freshness.LOOK.replace("1001", "2"))
    monkeypatch.setattr(freshness, "MOST_CHANGED", 1)
    assert await Freshness().ids() is None


async def test_one_look_at_the_log_serves_all_searches_of_a_short_while(
    finder: Finder, register: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    usual = freshness._look

    async def counted() -> Any:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0.01)
        return await usual()

    monkeypatch.setattr(freshness, "_look", counted)
    monkeypatch.setattr(freshness, "EVERY", 60)
    await asyncio.gather(*(finder.find(Query(q="梅思")) for _ in range(3)))
    await finder.find(Query(q="老街"))
    assert looks == 1

    monkeypatch.setattr(freshness, "EVERY", 0)
    await finder.find(Query(q="梅思"))
    assert looks == 2


async def test_the_holders_own_code_finds_in_the_index(
    register: dict[str, str], deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    await relay.reindex(deployment, admin, nobody)

    names = await found(Finder(deployment, engine), register, q=USCC)
    assert set(names) == {"plum", "other", "house"}


async def test_optional_prefixes_of_a_number_do_not_matter(
    database: None, deployment: Deployment, admin: Admin, engine: Engine, away: Engine
) -> None:
    id = await declared(
        deployment,
        "379999000001",
        certificate="road-transport-operation-license",
        matter=None,
    )
    await relay.reindex(deployment, admin, nobody)

    for one in (engine, away):
        answer = await Finder(deployment, one).find(Query(q=FARMER))
        assert [notice.id for notice in answer.notices] == [id]


class Failing(Engine):
    """An engine that counts how often it is asked, and fails for as long as it is told to."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__("http://127.0.0.1:1", "", "")
        self.asked = 0
        self.error = error
        self.well = False

    async def healthy(self) -> bool:
        return self.well

    async def search(self, queries: Any) -> list[Result]:
        self.asked += 1
        if self.error:
            raise self.error
        return [Result() for _ in queries]


async def test_after_a_failure_nobody_waits_until_the_engine_is_well(
    register: dict[str, str], deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Breaker, "LOOK_EVERY", 0.02)
    engine = Failing(SearchDown("timeout"))
    finder = Finder(deployment, engine)
    for _ in range(5):
        assert (await finder.find(Query())).degraded
        assert (
            await suggesting.suggest(deployment, finder.breaker, finder.vocabulary, "老街杂货")
            == []
        )
        await asyncio.sleep(0.02)
    assert engine.asked == 1

    engine.well = True

    async def asked_again() -> bool:
        assert (await finder.find(Query())).degraded
        return engine.asked > 1

    await until(asked_again)
    engine.error = None

    async def answered() -> bool:
        return not (await finder.find(Query())).degraded

    await until(answered)
    assert await answered()
    await finder.breaker.close()


async def test_too_many_searches_at_once_are_told_to_come_back(
    register: dict[str, str], deployment: Deployment
) -> None:
    with pytest.raises(Unavailable) as refusal:
        await Finder(deployment, Failing(SearchBusy())).find(Query())

    assert refusal.value.headers == {"Retry-After": "1"}


async def test_a_hanging_engine_costs_less_than_a_second(
    register: dict[str, str], deployment: Deployment
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3)
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    engine = Engine(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", "", "i")
    finder = Finder(deployment, engine)  # a process makes one, before anybody waits
    begin = time.perf_counter()
    answer = await finder.find(Query(q="梅思"))

    assert answer.degraded
    assert answer.total == 1
    assert time.perf_counter() - begin < 1
    await engine.close()
    listening.close()


async def test_many_slow_answers_are_given_up_together(
    register: dict[str, str], deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Failing):
        async def search(self, queries: Any) -> list[Result]:
            await asyncio.sleep(0.06)
            return await super().search(queries)

    monkeypatch.setattr("notices.finding.SEARCH_SECONDS", 0.1)
    engine = Slow(None)
    answer = await Finder(deployment, engine).find(Query(q="老街杂货铺 meisi"))

    assert answer.degraded
    assert engine.asked == 1


async def test_a_name_in_traditional_characters_is_found_by_simplified_ones(
    database: None, deployment: Deployment, admin: Admin, engine: Engine, away: Engine
) -> None:
    id = await declared(deployment, "JY13799990000011", name="臺兒莊運河酒樓")
    await relay.reindex(deployment, admin, nobody)

    for one in (engine, away):
        for q in ("台儿庄运河酒楼", "儿庄", "酒樓", "庄"):
            answer = await Finder(deployment, one).find(Query(q=q))
            assert [notice.id for notice in answer.notices] == [id]


async def test_rare_characters_are_found_and_nothing_is_silently_left_out(
    database: None, deployment: Deployment, admin: Admin, engine: Engine, away: Engine
) -> None:
    # Meilisearch loses some of these among others: 𬎆 and 鿎 stand in people's names.
    names = ["潍坊坊\U00031350店", "𬎆𫟷餐厅", "鿎行", "\U0002ebf1记", "\U000323af记", "䶮记",
             "某★某", "坊子店"]  # fmt: skip
    ids = {
        await declared(deployment, f"JY137999900000{place:02d}", name=name): name
        for place, name in enumerate(names, 11)
    }
    await relay.reindex(deployment, admin, nobody)
    await checking.note(True)
    expected = {
        "坊\U00031350": [names[0]], "\U00031350": [names[0]], "𬎆": [names[1]], "𫟷": [names[1]],
        "𬎆𫟷": [names[1]], "鿎": [names[2]], "\U0002ebf1": [names[3]],
        "\U0002ebf1记": [names[3]], "\U000323af": [names[4]], "䶮": [names[5]],
        "\ue863记": [names[5]], "某★某": [names[6]], "\U00031351": [], "坊\U00031351": [],
        "𠀀": [], "★": [],
    }  # fmt: skip

    for one in (engine, away):
        finder = Finder(deployment, one)
        for q, wanted in expected.items():
            answer = await finder.find(Query(q=q))
            assert [ids[notice.id] for notice in answer.notices] == wanted, q
            if wanted and "★" not in q:
                begin, end = answer.notices[0].highlights["holder"][0]
                assert compact(wanted[0][begin:end]) == compact(q)
    starred = await finder.find(Query(q="某★某"))
    assert starred.interpreted.ignored == ["★"]


@pytest.mark.parametrize(
    ("q", "expected", "ignored"),
    [
        ("我丢了JY13799990000022登记证书", ["other"], []),
        (f"登记证书 {HOUSE} 找不到", ["house"], ["找不到"]),
        (f"某店（统一社会信用代码：{USCC}）遗失执照，编号：JY13799990000022，声明作废", ["other"],
         ["某店"]),
        ("JY13799990000022、JY13799990000011 都丢了", ["other", "plum"], ["都"]),
        ("JY13799990000022和JY13799990000099", ["other"], ["和JY13799990000099"]),
        ("我丢了JY13799990000099登记证书", [], []),
        ("在3号楼丢了", [], []),
    ],
)  # fmt: skip
async def test_numbers_in_a_sentence_are_found_and_the_rest_is_said_to_be_left_out(
    register: dict[str, str],
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    away: Engine,
    q: str,
    expected: list[str],
    ignored: list[str],
) -> None:
    await relay.reindex(deployment, admin, nobody)
    names = {id: name for name, id in register.items()}
    for one in (engine, away):
        answer = await Finder(deployment, one).find(Query(q=q))

        assert [names[notice.id] for notice in answer.notices] == expected
        assert answer.interpreted.ignored == ignored


async def test_seals_of_one_holder_are_told_apart_by_the_paper_that_is_typed(
    database: None, deployment: Deployment, admin: Admin, engine: Engine, away: Engine
) -> None:
    seal: Any = {"certificate": "company-seal", "matter": None, "copies": None}
    ids = {
        paper: await declared(deployment, "", document=paper, **seal)
        for paper in ("official-seal", "finance-seal")
    }
    other = await declared(deployment, "3799990012345", document="invoice-seal", **seal)
    await relay.reindex(deployment, admin, nobody)

    for one in (engine, away):
        finder = Finder(deployment, one)
        for q, wanted in {
            "财务专用章": [ids["finance-seal"]],
            "财务章": [ids["finance-seal"]],
            "公章 某某餐饮": [ids["official-seal"]],
            f"财务专用章{USCC}": [ids["finance-seal"]],
            f"{USCC} 公章": [ids["official-seal"]],
            "发票专用章 3799990012345": [other],
            "公章3799990012345": [other],  # it is under another name
            "合同专用章 3799990012345": [other],
        }.items():
            answer = await finder.find(Query(q=q))
            assert [notice.id for notice in answer.notices] == wanted, (q, answer.degraded)
        kind = await finder.find(Query(q="印章"))
        assert {notice.id for notice in kind.notices} == {*ids.values(), other}
        nobodys = await finder.find(Query(q="合同专用章"))
        assert nobodys.total == 3  # whoever looks for one of them finds the kind
        assert nobodys.interpreted.certificate == "company-seal"


@pytest_asyncio.fixture(loop_scope="session")
async def apart(register: dict[str, str]) -> dict[str, str]:
    """Notices that lie far from each other in the log."""
    for place, name in enumerate(register):
        moved = DB.fetch(
            "UPDATE notice SET published_index = $2, published_at = $3,"
            " effective_at = now() + interval '1 day' WHERE id = $1",
            register[name],
            (place * 40 << 14) + 5,
            datetime(2020 + place, 6, 1, tzinfo=CHINA),
        )
        await owned(moved)
    return register


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["person", "house", "other", "plum"]),
        ({"sort": "oldest"}, ["plum", "other", "house", "person"]),
        ({"q": "市"}, ["person", "house", "other", "plum"]),
        ({"q": "市", "sort": "oldest"}, ["plum", "other", "house", "person"]),
        ({"q": "老街"}, ["house", "other"]),
        ({"q": "老街", "sort": "oldest"}, ["other", "house"]),
        ({"q": "市", "status": "declared"}, ["person", "house", "other", "plum"]),
        ({"q": "市", "status": "invalid"}, []),
        ({"q": "市", "year": 2021}, ["other"]),
        ({"year": 2020}, ["plum"]),
        ({"q": "市", "year": 2024}, []),
        ({"q": "市", "published_from": date(2021, 6, 1)}, ["person", "house", "other"]),
        ({"q": "市", "published_from": date(2021, 6, 2)}, ["person", "house"]),
        ({"q": "市", "published_to": date(2021, 5, 31)}, ["plum"]),
        ({"q": "市", "published_to": date(2021, 6, 1)}, ["other", "plum"]),
    ],
)
async def test_the_log_is_gone_through_from_the_end_that_is_wanted_first(
    apart: dict[str, str], deployment: Deployment, away: Engine, query: Any, expected: list[str]
) -> None:
    assert await found(Finder(deployment, away), apart, **query) == expected


async def test_a_part_of_the_log_with_too_many_hits_is_left_where_the_next_page_begins(
    apart: dict[str, str], deployment: Deployment, away: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Finder(deployment, away)
    for most in range(1, 5):
        monkeypatch.setattr(fallback, "MOST_FOUND", most)
        for q in ("", "市"):
            names = await found(finder, apart, q=q)
            assert names == ["person", "house", "other", "plum"][:most]


async def test_what_only_looks_like_a_hit_hides_none_that_is_one(
    database: None, deployment: Deployment, away: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fallback, "MOST_FOUND", 1)
    one = await declared(deployment, "JY13799990000011", name="上海一二三四店")
    for number, place in (("JY13799990000022", "一二店三四"), ("JY13799990000033", "三四一二")):
        await declared(deployment, number, name=f"潍坊{place}店")

    answer = await Finder(deployment, away).find(Query(q="一二三四"))
    assert [notice.id for notice in answer.notices] == [one]
    assert (answer.total, answer.total_is_exact) == (1, True)


async def test_an_old_contest_that_was_dismissed_may_still_run_its_period(
    apart: dict[str, str], deployment: Deployment, away: Engine
) -> None:
    began = datetime(2020, 6, 2, tzinfo=CHINA)
    await DB.fetch("UPDATE notice SET effective_at = published_at + interval '1 day'")
    await DB.fetch(
        "UPDATE notice SET effective_at = now() + interval '1 day' WHERE id = $1", apart["plum"]
    )
    for index, kind, at in (
        (1_000_001, "contested", began - timedelta(hours=1)),
        (1_000_002, "dismissed", datetime.now(CHINA)),
    ):
        earlier = DB.fetch(
            "INSERT INTO event (index, notice, kind, at, entry) VALUES ($1, $2, $3, $4, '')",
            index, apart["plum"], kind, at,
        )  # fmt: skip
        await owned(earlier)

    finder = Finder(deployment, away)
    assert await found(finder, apart, q="市", status="declared") == ["plum"]
    assert await found(finder, apart, status="invalid") == ["person", "house", "other"]


@pytest.mark.parametrize("few", [0, 5_000])
async def test_a_status_that_only_an_event_gives_is_found_however_many_have_it(
    register: dict[str, str],
    deployment: Deployment,
    away: Engine,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
) -> None:
    monkeypatch.setattr(statements, "FEW", few)
    await withdrawn(deployment, register["plum"], PLUM)
    await withdrawn(deployment, register["house"], OTHER)

    finder = Finder(deployment, away)
    assert await found(finder, register, status="reinstated") == ["house", "plum"]
    assert await found(finder, register, status="reinstated", q="梅思") == ["plum"]
    assert await found(finder, register, status="reinstated", q=HOUSE) == ["house"]
    assert await found(finder, register, status="reinstated", q="青州 食品") == []


async def test_what_was_found_in_time_is_the_answer(
    apart: dict[str, str], deployment: Deployment, away: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunked = statements.chunked
    asked = []

    async def slower(*arguments: Any, **named: Any) -> Any:
        asked.append(arguments)
        if len(asked) > 1:
            await asyncio.sleep(5)
        return await chunked(*arguments, **named)

    monkeypatch.setattr(statements, "chunked", slower)
    monkeypatch.setattr(fallback, "SECONDS", 1.0)
    answer = await Finder(deployment, away).find(Query(q="市"))

    assert [notice.id for notice in answer.notices] == [apart["person"]]
    assert (answer.total, answer.total_is_exact) == (1, False)
    assert answer.facets.status == {}


async def test_a_redacted_notice_leaves_no_terms_behind(
    register: dict[str, str], deployment: Deployment
) -> None:
    holds = "SELECT id FROM notice WHERE notice_terms(form, number_key, published_index) @@ $1"
    terms = "'0.梅思' & '0-1100':*"
    assert [row["id"] for row in await DB.fetch(holds + "::tsquery", terms)] == [register["plum"]]

    await DB.fetch("UPDATE notice SET form = NULL WHERE id = $1", register["plum"])
    assert await DB.fetch(holds + "::tsquery", terms) == []
    row = await DB.row("SELECT n::text FROM notice n WHERE id = $1", register["plum"])
    assert row is not None
    assert "梅" not in row["n"]


async def test_more_hits_than_can_be_paged_through_are_counted_as_not_exact(
    register: dict[str, str],
    deployment: Deployment,
    away: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fallback, "MOST_FOUND", 2)

    answer = await Finder(deployment, away).find(Query())
    assert (answer.total, answer.total_is_exact) == (2, False)
    assert msgspec.structs.asdict(answer.facets) == {
        "certificate": {},
        "region": {},
        "status": {},
        "year": {},
    }


async def test_a_database_that_is_too_slow_leaves_an_honest_nothing(
    register: dict[str, str],
    deployment: Deployment,
    away: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fallback, "SECONDS", 0.0)

    answer = await Finder(deployment, away).find(Query())
    assert (answer.total, answer.total_is_exact) == (0, False)


async def test_a_new_notice_is_found_once_the_relay_has_brought_it(
    database: None, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    await relay.reindex(deployment, admin, nobody)  # nothing of earlier tests
    async with relaying(deployment, admin):
        id = await declared(deployment, "JY13799990000011", name=PLUM)
        await until(caught_up)

    answer = await Finder(deployment, engine).find(Query(q="梅思"))
    assert [notice.id for notice in answer.notices] == [id]


async def test_searches_without_the_engine_leave_connections_for_checking(
    register: dict[str, str], deployment: Deployment, away: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = deployment.settings.pool_size // 3
    most, under_way = 0, 0
    full, ending = asyncio.Event(), asyncio.Event()

    async def slow(*arguments: Any) -> Any:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        if under_way == slots:
            full.set()
        await ending.wait()
        under_way -= 1
        return fallback.Found([], True, Understood())

    monkeypatch.setattr("notices.finding.look_up", slow)
    finder = Finder(deployment, away)

    def together(many: int) -> list[asyncio.Task[Any]]:
        return [asyncio.create_task(finder.find(Query(q=str(number)))) for number in range(many)]

    monkeypatch.setattr("notices.finding.PATIENCE", 0.2)
    searches = together(20)
    pending = set(searches)
    async with asyncio.timeout(20):
        while len(pending) > slots:
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    ending.set()
    answers = await asyncio.gather(*searches, return_exceptions=True)
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 20 - slots
    assert most == slots

    full.clear()
    ending.clear()
    monkeypatch.setattr("notices.finding.PATIENCE", 20)
    searches = together(2 * slots)
    await asyncio.wait_for(full.wait(), 20)
    ending.set()
    assert all(answer.degraded for answer in await asyncio.gather(*searches))
    assert most == slots


@pytest.mark.parametrize("q", ["\0", "梅\0思", "\0" * 200])
async def test_a_nul_finds_nothing_and_breaks_nothing(client: httpx.AsyncClient, q: str) -> None:
    assert (await client.get("/api/v1/notices", params={"q": q})).status_code == 200


@pytest_asyncio.fixture(loop_scope="session")
async def whole(
    register: dict[str, str], deployment: Deployment, admin: Admin, engine: Engine
) -> Finder:
    """What finds with the search engine."""
    await relay.reindex(deployment, admin, nobody)
    return Finder(deployment, engine)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("meisi", {"plum"}),
        ("mei si", {"plum"}),
        ("meisi 餐饮", {"plum"}),
        ("MSDYCYD", {"plum"}),
        ("lao jie za huo pu", {"other", "house"}),
        ("budongchanquanzhengshu", {"house"}),
        ("kuiwenqu meisi", {"plum"}),
        ("奎文区梅思食品经营许可证", {"plum"}),
        ("食品經營許可證 梅思", {"plum"}),
        ("青州市老街雜貨鋪", {"other", "house"}),
        ("fangchanzheng", {"house"}),
        ("food operation license", {"plum", "other"}),
        ("food operation licence", {"plum", "other"}),
        ("laojie fcz", {"house"}),
        ("fang chan zheng 老街", {"house"}),
        ("zhang", set()),
    ],
)
async def test_a_notice_is_found_by_its_sound_and_however_words_run_together(
    whole: Finder, register: dict[str, str], q: str, expected: set[str]
) -> None:
    assert set(await found(whole, register, q=q)) == expected


@pytest.mark.parametrize("q", ["青州市老街杂物铺", "老街杂货货铺", "老街货铺", "青州市街老杂货铺"])
async def test_one_wrong_character_still_finds_and_is_said(
    whole: Finder, register: dict[str, str], q: str
) -> None:
    answer = await whole.find(Query(q=q))

    assert {notice.id for notice in answer.notices} == {register["other"], register["house"]}
    assert answer.interpreted.approximate is True
    assert answer.total_is_exact is False
    assert sum(answer.facets.certificate.values()) == 2
    assert answer.notices[0].highlights["holder"]


async def test_what_a_query_was_taken_for_and_where_it_was_found_is_said(whole: Finder) -> None:
    answer = await whole.find(Query(q="梅思 799990000011 食品经营"))

    assert msgspec.to_builtins(answer.interpreted) == {
        "numbers": ["799990000011"],
        "words": ["梅思", "食品经营"],
        "certificate": None,
        "ignored": [],
        "approximate": False,
    }
    number = await whole.find(Query(q=HOUSE))
    assert number.interpreted.numbers == ["鲁2020潍坊市奎文区不动产权0012345"]
    [notice] = answer.notices
    marked = notice.highlights
    begin, end = marked["holder"][0]
    assert notice.holder.name[begin:end] == "梅思"
    begin, end = marked["number"][0]
    assert notice.number[begin:end] == "799990000011"
    assert marked["certificate_name"] == [(0, 4)]


@pytest.mark.parametrize(
    ("q", "expected", "ignored"),
    [
        ("许可证编号：JY13799990000011", ["plum"], []),
        (f"统一社会信用代码：{USCC} 青州", ["house", "other"], []),
        ("JY13799990000011 副本", ["plum"], []),
        ("食品经营许可证JY13799990000011", ["plum"], []),
        ("食品经营许可证副本JY13799990000011", ["plum"], []),
        ("JY13799990000011 没有这样的名称", ["plum"], ["没有这样的名称"]),
        ("没有这样的名称 1379", [], []),
        (f"房产证{HOUSE}", ["house"], []),
        ("食品经营许可证正本 梅思", ["plum"], []),
        ("食品经营许可证副本 梅思", [], []),
    ],
)
async def test_a_number_is_found_whatever_is_written_around_it(
    whole: Finder, register: dict[str, str], q: str, expected: list[str], ignored: list[str]
) -> None:
    names = {id: name for name, id in register.items()}
    answer = await whole.find(Query(q=q))

    assert [names[notice.id] for notice in answer.notices] == expected
    assert answer.interpreted.ignored == ignored


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("许可证编号：JY13799990000011", ["plum"]),
        ("食品经营许可证JY13799990000011", ["plum"]),
        ("JY13799990000011 没有这样的名称", ["plum"]),
        (f"房产证{HOUSE}", ["house"]),
        (f"统一社会信用代码：{USCC} 青州", ["house", "other"]),
        ("奎文区梅思食品经营许可证", ["plum"]),
        ("meisi", []),
    ],
)
async def test_the_same_is_found_without_the_engine_but_for_sounds(
    register: dict[str, str], deployment: Deployment, away: Engine, q: str, expected: list[str]
) -> None:
    names = {id: name for name, id in register.items()}
    answer = await Finder(deployment, away).find(Query(q=q))

    assert [names[notice.id] for notice in answer.notices] == expected


async def test_a_certificate_named_with_a_code_comes_before_others_of_its_holder(
    whole: Finder, register: dict[str, str]
) -> None:
    answer = await whole.find(Query(q=f"不动产权证书 {USCC}"))

    assert [notice.id for notice in answer.notices] == [register["house"]]


async def test_what_was_looked_for_is_said_where_nothing_was_found(whole: Finder) -> None:
    number = await whole.find(Query(q="JY99999999999999"))
    name = await whole.find(Query(q="没有这样的名称"))

    assert number.interpreted.numbers == ["JY99999999999999"]
    assert name.interpreted.words == ["没有这样的名称"]
    assert (name.total_is_exact, name.interpreted.approximate) == (True, False)


async def test_what_is_nearly_right_is_counted_sorted_and_paged(
    whole: Finder, register: dict[str, str]
) -> None:
    async def asked(**more: Any) -> SearchPage:
        return await whole.find(Query(q="青州市老街杂物铺", **more))

    everything = [notice.id for notice in (await asked(sort="oldest")).notices]
    assert everything == [register["other"], register["house"]]
    second = await asked(sort="oldest", page=2, per_page=1)
    assert [notice.id for notice in second.notices] == [register["house"]]
    assert second.total == sum(second.facets.certificate.values()) == 2
