"""Made-up notices are as right as real ones, and they came through the log."""

import asyncio
import dataclasses
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest
import pytest_asyncio

from notices import demo, log, register
from notices.database import DB
from notices.demo import making as demo_making
from notices.demo import numbering as demo_numbers
from notices.demo import people as demo_people
from notices.demo.drafting import Writer
from notices.facts import catalogue
from notices.facts.numbers import looks_like_resident_id, mod_11_10_ok, resident_id_ok, uscc_ok
from notices.facts.texts import ByLanguage
from notices.trust import merkle, receipts
from tests import emptying
from tests.owning import owning

COUNT = 2_000
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def dice():
    return Random(1)  # noqa: S311


def nothing(done, total):
    pass


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def owner(database):
    """A register is filled by whoever owns it."""
    async with owning():
        yield


async def begin_anew():
    await DB.fetch("ALTER SEQUENCE notice_serial RESTART")


async def entries():
    return await DB.fetch("SELECT index, notice, kind, at, entry, form FROM event ORDER BY index")


async def root_of_entries():
    peaks, size = [], 0
    for row in await entries():
        peaks, _ = merkle.append(peaks, size, merkle.leaf_hash(row["entry"].encode()))
        size += 1
    return size, merkle.root(peaks)


async def test_a_filled_register_is_a_log_like_any_other(database, deployment):
    heard = []
    await demo.fill(deployment, COUNT, 1, lambda done, total: heard.append((done, total)))

    assert heard == [(1000, COUNT), (2000, COUNT)]
    assert await root_of_entries() == await log.head()
    rows = await entries()
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert all(one["at"] <= other["at"] for one, other in pairwise(rows))
    published = [row for row in rows if row["kind"] == "published"]
    assert len(published) == COUNT
    now = datetime.now(UTC)
    assert timedelta(days=1820) < now - published[0]["at"] < timedelta(days=1830)
    assert now - timedelta(days=2) < published[-1]["at"] <= now
    names = {msgspec.json.decode(row["form"])["certificate"] for row in published}
    assert names == set(deployment.catalogue.certificates)


async def test_about_three_in_a_hundred_are_withdrawn_after_some_days(database, deployment):
    await demo.fill(deployment, COUNT, 2, nothing)

    rows = await DB.fetch(
        "SELECT n.id, e.at - n.published_at AS after, n.effective_at FROM notice n"
        " JOIN event e ON e.notice = n.id AND e.kind = 'withdrawn'"
    )
    assert 0.02 < len(rows) / COUNT < 0.04
    assert all(row["after"] >= timedelta(days=1) for row in rows)
    living = await DB.fetch("SELECT DISTINCT notice FROM claim WHERE living")
    assert {row["notice"] for row in living}.isdisjoint(row["id"] for row in rows)
    assert len(living) == COUNT - len(rows)
    notices = await register.get_many([row["id"] for row in rows])
    assert {notice.state.status for notice in notices.values()} == {"reinstated"}


async def test_every_receipt_proves_its_notice(database, deployment):
    await demo.fill(deployment, 1_500, 3, nothing)

    rows = await DB.fetch("SELECT id, form ->> 'statement' AS statement FROM notice ORDER BY id")
    for row in rows[::50]:
        receipt = await register.receipt(deployment, await register.get(row["id"]), None)
        proven = receipts.verify(msgspec.json.encode(receipt), deployment.keys.log.vkey)

        assert (proven.id, proven.statement) == (row["id"], row["statement"])


async def test_what_is_private_is_sealed_and_the_sealed_number_is_the_declared_one(
    database, deployment
):
    await demo.fill(deployment, 200, 4, nothing)

    rows = await DB.fetch(
        "SELECT n.id, n.form, p.* FROM notice n JOIN notice_private p ON p.notice = n.id"
    )
    assert len(rows) == 200
    for row in rows:
        kept = msgspec.json.decode(deployment.keys.sealer.open(row["sealed"], row["id"].encode()))
        shown = row["form"]
        for person in re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", shown):
            assert not looks_like_resident_id(person)
        assert kept["declarant"]["identifier"] not in shown


async def test_the_same_seed_gives_the_same_content(database, deployment):
    async def content(seed):
        await emptying.empty()
        await begin_anew()
        await demo.fill(deployment, 300, seed, nothing)
        rows = await DB.fetch("SELECT id, form FROM notice ORDER BY id")
        return [(row["id"], msgspec.json.decode(row["form"])["number"]) for row in rows]

    first = await content(5)

    assert await content(5) == first
    assert await content(6) != first


async def test_a_second_fill_goes_on_top_and_all_of_it_is_now(database, deployment):
    await demo.fill(deployment, 300, 7, nothing)
    size, _ = await log.head()
    before = datetime.now(UTC)
    await demo.fill(deployment, 1_300, 7, nothing)

    assert await root_of_entries() == await log.head()
    rows = await entries()
    assert all(one["at"] <= other["at"] for one, other in pairwise(rows))
    later = rows[size:]
    assert Counter(row["kind"] for row in later)["published"] == 1_300
    assert Counter(row["kind"] for row in later)["withdrawn"] > 10
    assert min(row["at"] for row in later) > before - timedelta(seconds=2)
    hashes = await DB.fetch(
        "SELECT by_certificate, document, copy FROM claim WHERE living"
        " GROUP BY 1, 2, 3 HAVING count(*) > 1"
    )
    assert hashes == []


async def test_a_number_that_is_taken_gives_its_place_to_another(database, deployment):
    elsewhere = dataclasses.replace(
        deployment, settings=dataclasses.replace(deployment.settings, region="370600")
    )
    await begin_anew()
    await demo.fill(deployment, 200, 8, nothing)
    await begin_anew()
    # The same serials again, so mostly the same numbers, under ids that are still free.
    await demo.fill(elsewhere, 200, 8, nothing)

    (row,) = await DB.fetch(
        "SELECT (SELECT count(*) FROM notice) AS notices,"
        " (SELECT count(DISTINCT notice) FROM claim) AS claimed,"
        " (SELECT last_value FROM notice_serial) AS serial"
    )
    assert (row["notices"], row["claimed"]) == (400, 400)
    assert row["serial"] > 300
    assert await root_of_entries() == await log.head()


async def test_a_killed_fill_leaves_whole_transactions(database, deployment):
    """The process is killed in the middle of its work, without a chance to clean up."""
    code = f"""
import asyncio, msgspec, sys
from notices import demo, deployment
from notices.database import DB
from notices.settings import Settings
from pathlib import Path
async def main():
    settings = Settings(data=Path({str(deployment.settings.data)!r}), demo=True)
    await DB.start({DB.config["dsn"]!r})
    await demo.fill(deployment.load(settings), 9_000, 1, lambda a, b: print(a, flush=True))
if __name__ == "__main__":
    asyncio.run(main())
"""
    script = deployment.settings.data / "fill.py"
    script.write_text(code)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    await process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await asyncio.sleep(0.5)

    (row,) = await DB.fetch(
        "SELECT (SELECT count(*) FROM notice) AS notices,"
        " (SELECT count(DISTINCT notice) FROM claim) AS claimed,"
        " (SELECT count(*) FROM notice_private) AS private,"
        " (SELECT count(*) FROM event WHERE kind = 'published') AS published"
    )
    assert row["notices"] >= 2_000
    assert row["notices"] % 1_000 == 0
    assert {row["claimed"], row["private"], row["published"]} == {row["notices"]}
    assert await root_of_entries() == await log.head()


def test_every_draft_would_pass_as_a_declaration(deployment):
    """Those of a province's twelve millionth notice too."""
    writer, random = Writer(deployment), dice()
    kinds = set()
    for serial in (*range(1, 1_500), *range(12_000_000, 12_000_130)):
        certificate, declaration, person, _ = writer.draft(serial, NOW, random)
        today = NOW.date()

        assert (
            catalogue.check(declaration, deployment.catalogue, deployment.regions, today) == []
        ), declaration
        assert declaration.confirm_unusual_number is None
        kind, identifier, name = person.acts_for
        if declaration.relation != "parent":
            assert declaration.holder is not None
            assert (declaration.holder.identifier, declaration.holder.name) == (identifier, name)
        kinds.add((certificate.id, kind))
    both = [
        certificate.id
        for certificate in deployment.catalogue.certificates.values()
        if certificate.holder_kind == "either"
    ]
    assert all({(id, "person"), (id, "organisation")} <= kinds for id in both)


@pytest.mark.parametrize("trade", list(demo_people.TRADES))
def test_organisations_of_a_trade_share_no_code(trade):
    made = [demo_people.organisation(trade, serial) for serial in range(500)]

    assert len({each.code for each in made}) == 500
    assert all(uscc_ok(each.code) for each in made)
    assert all(each.code[2:8] in demo_people.AREAS for each in made)


def test_people_and_children_have_ids_of_their_own():
    codes = [demo_people.resident_id(serial) for serial in range(2_000)]
    codes += [demo_people.resident_id(serial, child=True) for serial in range(2_000)]
    codes.append(demo_people.resident_id(17_500_001))

    assert len(set(codes)) == 4_001
    assert all(resident_id_ok(code) and looks_like_resident_id(code) for code in codes)
    assert all(code[:6] in demo_people.AREAS for code in codes)


async def test_nobody_is_said_to_have_proved_who_he_is(database, deployment):
    strict = dataclasses.replace(
        deployment, settings=dataclasses.replace(deployment.settings, demo=False)
    )
    await demo.fill(strict, 20, 11, nothing)

    rows = await DB.fetch("SELECT DISTINCT evidence FROM notice")
    assert [row["evidence"] for row in rows] == ["self_declared"]


def test_a_city_within_a_city_is_named_alone():
    assert demo_people.place("潍坊市", "奎文区") == "潍坊市奎文区"
    assert demo_people.place("潍坊市", "寿光市") == "寿光市"


def test_names_are_of_every_length():
    random = dice()
    lengths = Counter(len(demo_people.name(random)) for _ in range(3_000))

    assert {2, 3, 4} <= set(lengths)
    assert max(lengths) > 4


def test_a_city_with_a_certificate_of_its_own_gets_numbers_like_its_examples(deployment):
    known = deployment.catalogue.certificates["food-operation-license"]
    own = dataclasses.replace(known, id="own", name=ByLanguage({"zh": "本市证", "en": "Own"}))
    made = {
        demo_numbers.make(
            own, serial, dice(), holder_kind="organisation", holder="", city="某市", place="某市"
        )[0]
        for serial in range(300)
    }

    assert len(made) == 300
    assert all(own.number_form(own.normal_number(number)) == "usual" for number in made)
    assert all(mod_11_10_ok(number[2:]) for number in made)


def test_a_city_without_patterns_or_examples_gets_plain_serials(deployment):
    known = deployment.catalogue.certificates["company-seal"]
    own = dataclasses.replace(known, id="own", number_pattern=None, examples=("甲",))
    number, year = demo_numbers.make(
        own, 7, dice(), holder_kind="organisation", holder="", city="某市", place="某市"
    )

    assert (number, year) == ("00000007", None)


def test_numbers_run_out_with_an_error_and_not_with_a_wrong_number(deployment):
    known = deployment.catalogue.certificates["food-operation-license"]
    names = {"holder_kind": "organisation", "holder": "", "city": "某市", "place": "某市"}
    for certificate in (known, dataclasses.replace(known, id="own")):
        with pytest.raises(demo_numbers.NumbersExhaustedError):
            demo_numbers.make(certificate, 10**15, dice(), **names)


@pytest.mark.parametrize("hour", [0, 6, 7, 12, 22, 23])
def test_times_lie_in_five_years_and_in_order(hour):
    now = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
    at = demo.times(5_000, now)
    made = [at(place, jitter) for place in range(5_000) for jitter in (0.0, 0.999)]

    assert made == sorted(made)
    assert made[-1] <= now
    assert now - made[0] < timedelta(days=1_828)
    assert all(7 <= each.hour <= 22 for each in made)


def test_few_notices_are_made_in_a_thread_and_many_in_a_process(deployment, monkeypatch):
    with demo_making.makers(deployment, 10) as executor:
        made = executor.submit(demo_making.make_here, "1", [1, 2], [NOW, NOW]).result()
    monkeypatch.setattr(demo_making.os, "cpu_count", lambda: 2)
    with demo_making.makers(deployment, 10_000) as executor:
        same = executor.submit(demo_making.make_here, "1", [1, 2], [NOW, NOW]).result()

    assert [each.claimed for each in same] == [each.claimed for each in made]
