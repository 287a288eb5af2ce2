"""The picture of a notice: pixels and nothing else, with a code that opens on the status."""

import dataclasses
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
from litestar import Litestar

from notices import register
from notices.deployment import Deployment
from notices.facts.notice_ids import printed
from notices.print import picturing
from notices.web import period_words
from tests.conftest import SignIn
from tests.engines.test_slips import BIRTH, SEAL, publish
from tests.packages import needs
from tests.samples import ANNA


def chunks(png: bytes) -> Iterator[str]:
    """The kinds of what a PNG holds (ISO/IEC 15948, 5.3)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place = 8
    while place < len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        yield kind.decode()
        place += 12 + length


def read_code(png: bytes, folder: Path) -> str:
    file = folder / "card.png"
    file.write_bytes(png)
    command = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode().strip()


async def test_a_picture_is_pixels_and_nothing_else(restaurant: httpx.AsyncClient) -> None:
    id = await publish(restaurant)
    answer = await restaurant.get(f"/notices/{printed(id)}.png")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == f'inline; filename="{id}.png"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert set(chunks(answer.content)) == {"IHDR", "IDAT", "IEND"}
    assert len(answer.content) < 300_000
    assert (
        f'href="/notices/{id}.png" download="{id}.png"'
        in (await restaurant.get(f"/notices/{id}")).text
    )


async def test_a_picture_shows_what_is_public_and_how_the_notice_stands(
    sign_in: SignIn, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    anna = await sign_in(ANNA)
    id = await publish(anna, **BIRTH)
    await anna.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    card = picturing.card_of(deployment, await register.get(id), "en")
    shown = str(card.data)

    assert card.data["number"] == printed(id)
    assert card.data["status"]["word"] == "已撤回 Withdrawn"
    assert "张*" in card.data["statement"][0]
    for private in ("张小宝", "张三", "T370000001", "13800000000"):
        assert private not in shown


async def test_a_picture_says_with_which_day_the_notice_period_ends(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    id = await publish(restaurant, **SEAL)
    notice = await register.get(id)
    [_, ends] = picturing.card_of(deployment, notice, "zh").data["status"]["meanings"]

    assert ends == period_words.ends(notice.ends_at).zh
    assert "（含当日），次日起生效" in ends


@needs("zbar-tools")
async def test_its_code_opens_on_the_status(restaurant: httpx.AsyncClient, tmp_path: Path) -> None:
    id = await publish(restaurant)
    address = read_code((await restaurant.get(f"/notices/{id}.png")).content, tmp_path)
    page = await restaurant.get(address)

    assert address.endswith(f"/notices/{id}")
    assert "已声明作废</span>" in page.text


async def test_a_picture_is_made_once_while_nothing_changes(
    restaurant: httpx.AsyncClient, app: Litestar
) -> None:
    id = await publish(restaurant)
    one, two = [(await restaurant.get(f"/notices/{id}.png")).content for _ in range(2)]
    english = (await restaurant.get(f"/notices/{id}.png?lang=en")).content
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    after = (await restaurant.get(f"/notices/{id}.png")).content

    assert one == two
    assert len({one, english, after}) == 3
    notice = await register.get(id)
    assert app.state.pictures.find(notice, "zh") == after
    later = dataclasses.replace(notice, now=notice.now + picturing.KEPT * 2)
    assert app.state.pictures.find(later, "zh") is None


async def test_no_more_pictures_are_kept_than_there_is_room_for(
    restaurant: httpx.AsyncClient,
) -> None:
    notice = await register.get(await publish(restaurant))
    pictures = picturing.Pictures()
    for number in range(picturing.MOST + 1):
        pictures.keep(dataclasses.replace(notice, id=str(number)), "zh", b"png")

    assert pictures.find(dataclasses.replace(notice, id="0"), "zh") is None
    assert pictures.find(dataclasses.replace(notice, id="1"), "zh") == b"png"


async def test_there_is_no_picture_of_a_notice_that_is_none(client: httpx.AsyncClient) -> None:
    assert (await client.get("/notices/37070000012358.png")).status_code == 404
