"""The log as others read it: checkpoint, tiles and bundles that fit together."""

import httpx
import pytest

from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.trust import tiles
from notices.trust.merkle import leaf_hash, node_hash
from notices.trust.notes import NoteVerifier, parse_checkpoint
from notices.trust.receipts import verify
from tests.owning import owned

MANY = 700


def nobody(done: int, count: int) -> None:
    pass


async def checkpoint(client: httpx.AsyncClient) -> tuple[int, bytes]:
    """Size and root, by the key that the log itself tells."""
    vkey = (await client.get("/log/vkey")).text.strip()
    answer = await client.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=1"
    origin, size, root = parse_checkpoint(NoteVerifier(vkey).open(answer.text))
    assert origin == vkey.split("+")[0]
    return size, root


async def read(client: httpx.AsyncClient, tile: tiles.Tile) -> bytes:
    answer = await client.get(f"/log/tile/{tile.path}")
    assert answer.status_code == 200, tile
    assert answer.headers["content-type"] == "application/octet-stream"
    assert ("immutable" in answer.headers["cache-control"]) == tile.is_full
    return answer.content


def joined(hashes: list[bytes]) -> bytes:
    """The root over hashes of one level, RFC 6962, section 2.1."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(joined(hashes[:split]), joined(hashes[split:]))


async def test_tiles_and_bundles_hash_to_the_checkpoint(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    await owned(fill(deployment, MANY, 1, nobody))
    size, root = await checkpoint(client)
    assert size >= MANY

    leaves: list[bytes] = []
    full: list[bytes] = []
    for tile in tiles.of_tree(size):
        content = await read(client, tile)
        if tile.level == 0:
            hashes = tiles.hashes_in(content, tile.width)
            leaves += hashes
            if tile.is_full:
                full.append(joined(hashes))
        elif tile.level is None:
            entries = tiles.entries_in(content, tile.width)
            assert [leaf_hash(entry) for entry in entries] == leaves[tile.first :][: tile.width]
        else:
            assert tiles.hashes_in(content, tile.width) == full
    assert joined(leaves) == root


async def test_an_empty_log_has_a_checkpoint_and_no_tiles(client: httpx.AsyncClient) -> None:
    assert (await checkpoint(client))[0] == 0
    assert (await client.get("/log/tile/0/000.p/1")).status_code == 404


@pytest.mark.parametrize(
    "path", ["0/000", "0/000.p/9", "0/001.p/1", "1/000.p/1", "entries/000", "0/0", "x", "0/000.p/0"]
)
async def test_what_the_log_does_not_have_yet_is_not_found(
    restaurant: httpx.AsyncClient, deployment: Deployment, path: str
) -> None:
    await owned(fill(deployment, 3, 1, nobody))

    answer = await restaurant.get(f"/log/tile/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_a_partial_tile_stays_when_the_log_grows(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    await owned(fill(deployment, 3, 1, nobody))
    before = await read(client, tiles.Tile(0, 0, 3)), await read(client, tiles.Tile(None, 0, 3))
    await owned(fill(deployment, 5, 2, nobody))

    after = await read(client, tiles.Tile(0, 0, 3)), await read(client, tiles.Tile(None, 0, 3))
    assert after == before


async def test_bundles_are_compressed_for_whoever_takes_it(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    await owned(fill(deployment, 3, 1, nobody))
    path = "/log/tile/entries/000.p/3"

    plain = await client.get(path, headers={"accept-encoding": "identity"})
    packed = await client.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content  # the client has unpacked it


async def test_a_redacted_notice_leaves_every_tile_as_it_was(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    await owned(fill(deployment, 3, 1, nobody))
    before = await read(client, tiles.Tile(None, 0, 3))
    await owned(DB.fetch("UPDATE event SET salt = NULL, form = NULL"))

    assert await read(client, tiles.Tile(None, 0, 3)) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_page_says_what_the_log_is_and_shows_its_checkpoint(
    client: httpx.AsyncClient, lang: str
) -> None:
    page = await client.get("/log", params={"lang": lang} if lang == "en" else None)

    assert page.status_code == 200
    assert page.text.count("<li>") >= 10
    assert (await client.get("/log/vkey")).text.split("+")[0] in page.text


async def test_a_receipt_is_to_be_had_in_the_format_of_others(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    await owned(fill(deployment, 5, 1, nobody))
    event = (await client.get("/api/v1/events", params={"since": 3})).json()["events"][0]
    id = event["notice"]["id"]

    answer = await client.get(f"/notices/{id}.tlog-proof", params={"event": event["index"]})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert f'filename="{event["index"]}.tlog-proof"' in answer.headers["content-disposition"]
    proven = verify(answer.content, deployment.keys.log.vkey)
    assert (proven.id, proven.index, proven.kind) == (id, event["index"], event["kind"])
    first = await client.get(f"/notices/{id}.tlog-proof")
    assert verify(first.content, deployment.keys.log.vkey).kind == "published"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/notices/37070000000000.tlog-proof", 404),
        ("/notices/.tlog-proof", 404),
        ("/notices/{id}.tlog-proof?event=99", 404),
        ("/notices/{id}.tlog-proof?event=x", 400),
        ("/notices/{id}.tlog-proof?even=1", 400),
    ],
)
async def test_of_what_is_not_there_is_no_proof(
    client: httpx.AsyncClient, deployment: Deployment, path: str, status: int
) -> None:
    await owned(fill(deployment, 1, 1, nobody))
    event = (await client.get("/api/v1/events")).json()["events"][0]

    assert (await client.get(path.format(id=event["notice"]["id"]))).status_code == status
