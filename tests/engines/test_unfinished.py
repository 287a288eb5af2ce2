"""What is typed of a declaration is kept sealed, for a short time, and for its owner alone."""

import asyncio
from contextvars import Context

import msgspec
import pytest

from notices.changing import leaving, unfinished, waiting
from notices.changing.draft import Draft, ShownProblem
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import BodyTooLarge, Problem, SignInRequired
from notices.facts.texts import ByLanguage
from notices.identity import Organisation, Person
from notices.trust.sealing import SealError
from notices.upkeep import tidying
from tests.publishing import until

ID = "0123456789abcdefghijkl"
FIELDS = {"number": "JY13799990000011", "contact.phone": "13800001234", "holder.name": "张三"}
ZHANG = Person(kind="person", name="张三", identifier="37999919000101001X")
SHOP = Organisation("潍坊市奎文区某某餐饮店", "92379999MA0000023B")
ZHANG_FOR_A_SHOP = Person(
    kind="organisation", name="张三", identifier="37999919000101001X", organisation=SHOP
)
LI = Person(kind="person", name="李四", identifier="379999190001020023")

TYPED = Draft(fields=FIELDS, step="loss")
FORM = Draft(fields={"issuer": "x"}, step="/notices/37070000000136/correct")
KINDS = ["a declaration", "a form"]

pytestmark = pytest.mark.usefixtures("database")


async def change(
    deployment: Deployment, person: Person, id: str, changing: unfinished.Changing
) -> Draft:
    """In a session of its own."""
    session = await leaving.sign_in(deployment, person, None)
    return await unfinished.change(deployment, person, session, id, changing)


async def typed(deployment: Deployment, person: Person = ZHANG, id: str = ID) -> Draft:
    return await change(deployment, person, id, lambda before: Draft(fields=FIELDS))


async def older(minutes: float) -> None:
    await DB.fetch("UPDATE draft SET at = at - $1 * interval '1 minute'", minutes)


async def how_many() -> int:
    return len(await DB.fetch("SELECT 1 FROM draft"))


async def test_what_was_typed_is_found_again(deployment: Deployment) -> None:
    await typed(deployment)

    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert found.fields == FIELDS


@pytest.mark.parametrize("other", [LI, ZHANG_FOR_A_SHOP], ids=["another", "in another part"])
async def test_nobody_else_finds_it_whoever_knows_its_id(
    deployment: Deployment, other: Person
) -> None:
    await typed(deployment)

    assert await unfinished.find(deployment, other, ID) is None
    mine = await change(
        deployment, other, ID, lambda before: before or Draft(fields={"number": "1"})
    )
    assert mine.fields == {"number": "1"}
    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert found.fields == FIELDS


async def test_nothing_typed_can_be_read_in_the_table(deployment: Deployment) -> None:
    await typed(deployment)
    [row] = await DB.fetch("SELECT draft::text, sealed FROM draft")

    for text in (*FIELDS.values(), ZHANG.identifier, ZHANG.name):
        assert text not in row["draft"]
        assert text.encode() not in row["sealed"]


@pytest.mark.parametrize("column", ["owner", "id"])
async def test_a_draft_that_was_moved_to_another_place_is_not_opened(
    deployment: Deployment, column: str
) -> None:
    await typed(deployment)
    other = "abcdefghijkl0123456789"
    if column == "owner":
        await DB.fetch("UPDATE draft SET owner = $1", unfinished.owner_of(deployment, LI))
        asked = unfinished.find(deployment, LI, ID)
    else:
        await DB.fetch("UPDATE draft SET id = $1", other)
        asked = unfinished.find(deployment, ZHANG, other)

    with pytest.raises(SealError):
        await asked


@pytest.mark.parametrize(("draft", "lasts"), [(TYPED, 30 * 24 * 60), (FORM, 120)], ids=KINDS)
async def test_it_is_forgotten_so_long_after_the_last_step(
    deployment: Deployment, draft: Draft, lasts: int
) -> None:
    await change(deployment, ZHANG, ID, lambda before: draft)
    await older(lasts - 1)
    await change(deployment, ZHANG, ID, lambda before: before or Draft())
    await older(lasts - 1)
    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert (found.fields, found.step) == (draft.fields, draft.step)
    await older(2)

    assert await unfinished.find(deployment, ZHANG, ID) is None
    assert await waiting.of(deployment, ZHANG) == []
    owner = unfinished.owner_of(deployment, ZHANG)
    assert not await unfinished.add(deployment, owner, ID, lambda before: draft)
    again = await change(deployment, ZHANG, ID, lambda before: before or Draft())
    assert again.fields == {}


async def test_what_is_published_waits_for_nobody(deployment: Deployment) -> None:
    await typed(deployment)
    assert [each.id for each in await waiting.of(deployment, ZHANG)] == [ID]
    await unfinished.finish(deployment, ZHANG, None, ID, Draft(published=("37070000000136",)))

    assert await waiting.of(deployment, ZHANG) == []
    await older(121)
    assert await unfinished.find(deployment, ZHANG, ID) is None


async def test_the_sweep_takes_what_is_past_its_time_and_nothing_else(
    deployment: Deployment,
) -> None:
    await typed(deployment)
    await older(30 * 24 * 60 - 120)
    await change(deployment, ZHANG, f"{1:022}", lambda before: FORM)
    await older(121)
    await typed(deployment, id="abcdefghijkl0123456789")
    await tidying.tidy(deployment)
    # Kept by a clock that was ahead, it would stay as long.
    await typed(deployment, id="0123456789abcdefghijkl")
    await DB.fetch("UPDATE draft SET at = at + interval '1 day' WHERE id LIKE '0%'")
    assert await unfinished.find(deployment, ZHANG, "0123456789abcdefghijkl") is None
    await tidying.tidy(deployment)

    assert [row["id"] for row in await DB.fetch("SELECT id FROM draft")] == [
        "abcdefghijkl0123456789"
    ]


async def test_of_an_account_the_oldest_goes_for_whomever_it_acts(deployment: Deployment) -> None:
    await typed(deployment, LI)
    await typed(deployment)
    for number in range(unfinished.MOST_DRAFTS):
        await older(1)
        await typed(deployment, ZHANG_FOR_A_SHOP, f"{number:022}")

    assert await how_many() == unfinished.MOST_DRAFTS + 1
    assert await unfinished.find(deployment, ZHANG, ID) is None
    assert await unfinished.find(deployment, ZHANG_FOR_A_SHOP, f"{0:022}")
    assert await unfinished.find(deployment, LI, ID)


async def test_it_holds_no_more_than_a_form(deployment: Deployment) -> None:
    await typed(deployment)
    long = Draft(fields={"issuer": "x" * unfinished.MOST_BYTES})
    with pytest.raises(BodyTooLarge):
        await change(deployment, ZHANG, ID, lambda before: long)

    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert found.fields == FIELDS


@pytest.mark.parametrize("begun", [True, False])
async def test_windows_that_write_one_draft_at_once_lose_nothing(
    deployment: Deployment, begun: bool
) -> None:
    if begun:
        await typed(deployment)

    def adds(name: str) -> unfinished.Changing:
        return lambda before: Draft(fields={**(before or Draft()).fields, name: "x"})

    names = [f"details.{number}" for number in range(6)]
    await asyncio.gather(*(change(deployment, ZHANG, ID, adds(name)) for name in names))

    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert set(found.fields) == {*(FIELDS if begun else ()), *names}


async def test_what_is_published_is_changed_by_nobody(deployment: Deployment) -> None:
    await typed(deployment)
    await unfinished.finish(deployment, ZHANG, None, ID, Draft(published=("37070000000136",)))
    after = await typed(deployment)

    assert after.done
    assert after.published == ("37070000000136",)
    owner = unfinished.owner_of(deployment, ZHANG)
    assert await unfinished.add(deployment, owner, ID, lambda before: Draft(fields=FIELDS))
    assert await unfinished.find(deployment, ZHANG, ID) == after


@pytest.mark.parametrize("everywhere", [False, True])
async def test_who_signs_out_leaves_no_form_behind_and_finds_the_declaration_again(
    deployment: Deployment, everywhere: bool
) -> None:
    form, session = f"{1:022}", await leaving.sign_in(deployment, ZHANG, None)
    await unfinished.change(deployment, ZHANG, session, ID, lambda before: TYPED)
    await unfinished.change(deployment, ZHANG, session, form, lambda before: FORM)
    await typed(deployment, LI)
    if everywhere:
        await leaving.sign_out_everywhere(deployment, ZHANG, session)
    else:
        await leaving.sign_out(deployment, session)

    assert await unfinished.find(deployment, ZHANG, form) is None
    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert found.fields == FIELDS
    assert await unfinished.find(deployment, LI, ID)


@pytest.mark.parametrize(
    "text", ["", "x", "/" * 43, "A" * 42, "A" * 44, "é" * 43, "A" * 43 + "\n", "A" * 43 + "="]
)
def test_what_is_no_owner_is_none(text: str) -> None:
    assert unfinished.owner_in(text) is None


def test_an_owner_is_read_as_it_was_written(deployment: Deployment) -> None:
    owner = unfinished.owner_of(deployment, ZHANG)

    assert unfinished.owner_in(unfinished.written(owner)) == owner
    assert unfinished.is_id(unfinished.new_id())


def test_a_problem_is_told_as_it_was_in_both_languages() -> None:
    problem = Problem(
        "x", "bad_value", {"expected": ByLanguage({"zh": "甲", "en": "A"}), "limit": 3}
    )

    assert ShownProblem.of(problem).problem == problem


async def test_an_account_has_no_more_however_many_are_begun_at_once(
    deployment: Deployment,
) -> None:
    parts = (ZHANG, ZHANG_FOR_A_SHOP)
    for number in range(0, 120, 12):
        ids = [f"{number + one:022}" for one in range(12)]
        await asyncio.gather(*(typed(deployment, parts[one % 2], id) for one, id in enumerate(ids)))
        assert await how_many() <= unfinished.MOST_DRAFTS
        kept = [await unfinished.find(deployment, parts[one % 2], id) for one, id in enumerate(ids)]
        assert all(kept)

    assert await how_many() == unfinished.MOST_DRAFTS


async def test_without_a_session_a_draft_is_changed_and_never_begun(deployment: Deployment) -> None:
    session = await leaving.sign_in(deployment, ZHANG, None)
    await DB.fetch("UPDATE session SET expires_at = now()")
    for gone in (session, None, "never"):
        with pytest.raises(SignInRequired):
            await unfinished.change(deployment, ZHANG, gone, ID, lambda before: Draft())
    assert await how_many() == 0
    await typed(deployment)
    await unfinished.change(deployment, ZHANG, session, ID, lambda before: Draft(step="loss"))

    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert found == Draft(step="loss", began=found.began)


async def test_nothing_that_is_on_its_way_is_kept_after_signing_out(
    deployment: Deployment,
) -> None:
    """No form, whichever comes first; and one of the others may be thrown out meanwhile."""
    for round in range(5):
        session = await leaving.sign_in(deployment, ZHANG, None)
        ids = [f"{number:022}" for number in range(30)]
        kept = [
            unfinished.change(deployment, ZHANG, session, id, lambda before: before or FORM)
            for id in (*ids[: 5 * round], *ids)
        ]
        kept.insert(7 * round, leaving.sign_out(deployment, session))  # type: ignore[arg-type]
        outcomes = await asyncio.gather(*kept, return_exceptions=True)

        assert {type(one) for one in outcomes} <= {Draft, SignInRequired, type(None)}
        assert await how_many() == 0


async def test_somebody_who_signs_in_anew_keeps_what_he_types_meanwhile(
    deployment: Deployment,
) -> None:
    session = await leaving.sign_in(deployment, ZHANG, None)
    await unfinished.change(deployment, ZHANG, session, ID, lambda before: Draft(fields=FIELDS))

    def adds(before: Draft | None) -> Draft:
        return Draft(fields={**(before or Draft()).fields, "issuer": "x"})

    await asyncio.gather(
        leaving.sign_in(deployment, ZHANG, session),
        unfinished.change(deployment, ZHANG, session, ID, adds),
    )

    found = await unfinished.find(deployment, ZHANG, ID)
    assert found is not None
    assert found.fields == {**FIELDS, "issuer": "x"}
    assert len(await DB.fetch("SELECT 1 FROM session")) == 1


@pytest.mark.parametrize("meanwhile", [None, {"number": "1"}])
async def test_what_another_window_typed_while_it_was_published_stays(
    deployment: Deployment, meanwhile: dict[str, str] | None
) -> None:
    """One that only went on to another page has typed nothing."""
    session = await leaving.sign_in(deployment, ZHANG, None)
    was = await unfinished.change(deployment, ZHANG, session, ID, lambda _: Draft(fields=FIELDS))
    other = Draft(fields=meanwhile or FIELDS, step="loss")
    await unfinished.change(deployment, ZHANG, session, ID, lambda _: other)
    done = Draft(published=("37070000000136",))
    kept, ours = await unfinished.finish(deployment, ZHANG, session, ID, done, was)

    assert kept == await unfinished.find(deployment, ZHANG, ID)
    other = msgspec.structs.replace(other, began=was.began)  # since its first form was sent
    assert kept == (other if meanwhile else done)
    assert ours is not bool(meanwhile)
    assert (await unfinished.finish(deployment, ZHANG, session, ID, done, was)).ours is False


async def test_the_one_that_waited_for_twenty_others_is_the_newest(deployment: Deployment) -> None:
    session = await leaving.sign_in(deployment, ZHANG, None)
    await typed(deployment)
    [row] = await DB.fetch("SELECT account FROM draft")
    lock = int.from_bytes(row["account"][:8], signed=True)
    async with DB.transaction():
        await DB.fetch("SELECT pg_advisory_xact_lock($1)", lock)
        waiting = asyncio.create_task(
            in_another_task(deployment, session, "last" * 5 + "00"), context=Context()
        )
        await until(somebody_waits)
        await DB.fetch(
            "INSERT INTO draft (owner, id, account, sealed, at, lasting) SELECT owner, n::text,"
            " account, sealed, clock_timestamp(), true FROM draft, generate_series(1, 20) AS n"
            " WHERE id = $1",
            ID,
        )
    await waiting

    assert await unfinished.find(deployment, ZHANG, "last" * 5 + "00")
    assert await how_many() == unfinished.MOST_DRAFTS


async def somebody_waits() -> bool:
    return bool(await DB.fetch("SELECT 1 FROM pg_locks WHERE NOT granted"))


async def in_another_task(deployment: Deployment, session: str, id: str) -> Draft:
    return await unfinished.change(deployment, ZHANG, session, id, lambda before: Draft())
