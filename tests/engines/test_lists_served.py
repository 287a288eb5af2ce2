"""Offline lists over HTTP: led to, kept for ever by caches, and gone with words."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from notices.deployment import Deployment
from notices.listing.folder import Folder
from notices.listing.making import Maker
from notices.trust import list_deltas
from notices.trust.lists import OfflineList
from notices.trust.notes import NoteVerifier, parse_checkpoint
from tests import api
from tests.api import unusual
from tests.engines.test_listing import NUMBERS, make

FOR_EVER = "public, max-age=31536000, immutable, no-transform"


@pytest.fixture
def folder(deployment: Deployment) -> Iterator[Folder]:
    """The one that the application hands out of."""
    folder = Folder.under(deployment.settings.data)
    shutil.rmtree(folder.path, ignore_errors=True)
    yield folder
    shutil.rmtree(folder.path, ignore_errors=True)


@pytest.fixture
async def sizes(restaurant: httpx.AsyncClient, deployment: Deployment, folder: Folder) -> list[int]:
    """The sizes of four lists, of which the first two are no longer whole."""
    maker, found = Maker(deployment, folder), []
    for number in list(NUMBERS.values())[:4]:
        await api.declared(restaurant, unusual(number))
        made = await make(maker)
        assert made is not None
        found.append(made.size)
    folder.whole(found[0]).unlink()
    folder.whole(found[1]).unlink(missing_ok=True)
    return found


async def test_latest_leads_to_a_list_of_the_log_signed_by_its_key(
    client: httpx.AsyncClient, sizes: list[int]
) -> None:
    latest = await client.get("/lists/latest")
    assert latest.status_code == 302
    assert latest.headers["location"] == f"/lists/{sizes[-1]}"
    assert latest.headers["cache-control"] == "no-cache"
    assert latest.headers["access-control-allow-origin"] == "*"

    answer = await client.get(latest.headers["location"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["access-control-allow-origin"] == "*"
    verifier = NoteVerifier((await client.get("/log/vkey")).text.strip())
    listed = OfflineList(answer.content, [verifier])
    checkpoint = verifier.open((await client.get("/log/checkpoint")).text)
    assert parse_checkpoint(checkpoint) == (listed.head.log, listed.head.size, listed.head.root)
    assert listed.head.count == 4


async def test_lists_and_what_changed_between_any_two_are_there_for_a_week(
    client: httpx.AsyncClient, sizes: list[int], deployment: Deployment
) -> None:
    verifiers = [NoteVerifier(deployment.keys.log.vkey)]
    contents = [(await client.get(f"/lists/{size}")).content for size in sizes]
    assert [OfflineList(each, verifiers).head.count for each in contents] == [1, 2, 3, 4]
    for place, first in enumerate(sizes):
        for more, last in enumerate(sizes[place + 1 :], place + 1):
            delta = await client.get(f"/lists/{first}-{last}")
            assert delta.headers["cache-control"] == FOR_EVER
            before = OfflineList(contents[place], verifiers)
            assert list_deltas.apply(before, delta.content, verifiers) == contents[more]


async def test_what_somebody_has_is_not_sent_again(
    client: httpx.AsyncClient, sizes: list[int]
) -> None:
    for path in (f"/lists/{sizes[-1]}", f"/lists/{sizes[0]}", f"/lists/{sizes[0]}-{sizes[1]}"):
        tag = (await client.get(path)).headers["etag"]
        again = await client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        other = await client.get(path, headers={"If-None-Match": '"x"'})
        assert other.status_code == 200


async def test_a_head_says_how_long_a_list_is(client: httpx.AsyncClient, sizes: list[int]) -> None:
    whole = await client.get(f"/lists/{sizes[-1]}")
    head = await client.head(f"/lists/{sizes[-1]}")

    assert head.status_code == 200
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.content == b""
    assert (await client.head("/lists/latest")).status_code == 302


async def test_a_list_that_is_gone_or_never_was_is_a_404_with_words(
    client: httpx.AsyncClient, sizes: list[int], folder: Folder
) -> None:
    first, second, *_, last = sizes
    kept = folder.kept(last)
    assert kept is not None
    for path in (
        "9999",
        "-1",
        "01",
        "x",
        f"{last}-{first}",
        f"{first}-{first}",
        f"{first}-",
        "1-2-3",
    ):
        answer = await client.get(f"/lists/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_list"), path
        assert "/lists/latest" in answer.json()["detail"], path
    folder.tidy(kept.head.at + timedelta(days=8))
    for path in (f"{first}", f"{first}-{second}", f"{first}-{last}"):
        assert (await client.get(f"/lists/{path}")).status_code == 404, path
    assert (await client.get(f"/lists/{last}")).status_code == 200


async def test_before_the_first_list_there_is_none(
    client: httpx.AsyncClient, folder: Folder
) -> None:
    answer = await client.get("/lists/latest")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_list")
    assert (await client.get("/lists/latest?x=1")).status_code == 400
