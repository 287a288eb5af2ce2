"""Meilisearch as it comes, filled with the same notices: what the search is measured against."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import msgspec

from notices.facts import regions
from notices.facts.texts import CHINA
from search.admin import Admin

INDEX = "plain"
PIECE = 20_000
FACETS = ["kind", "region", "status", "year"]
SETTINGS: dict[str, Any] = {
    "searchableAttributes": ["holder", "number", "certificate", "issuer", "place"],
    "filterableAttributes": FACETS,
}


async def fill(url: str, admin: Admin) -> None:
    """Every notice with its holder, number, certificate, issuer and region in plain words."""
    names = regions.load()
    await admin.drop(INDEX)
    await admin.create(INDEX, SETTINGS)
    connection = await asyncpg.connect(url)
    try:
        tasks = []
        async with connection.transaction():
            cursor = await connection.cursor(
                "SELECT id, form, published_at FROM notice WHERE form IS NOT NULL"
            )
            while rows := await cursor.fetch(PIECE):
                tasks.append(await admin.add(INDEX, [_document(row, names) for row in rows]))
        for task in tasks:
            await admin.wait(task)
    finally:
        await connection.close()


def _document(row: asyncpg.Record, names: regions.Regions) -> dict[str, Any]:
    form = json.loads(row["form"])
    return {
        "id": row["id"],
        "holder": form["holder"]["name"],
        "number": form["number"],
        "certificate": form["certificate_name"]["zh"],
        "issuer": form["issuer"],
        "place": names.name(form["region"]),
        "kind": form["certificate"],
        "region": form["region"],
        "status": "void",
        "year": row["published_at"].astimezone(CHINA).year,
        "statement": form["statement"],
    }


class Plain:
    """Asks the index as anybody would: the text as it was typed, with facets."""

    def __init__(self, url: str, key: str) -> None:
        self.url = f"{url}/indexes/{INDEX}/search"
        self.key = key
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        )

    def __call__(self, q: str) -> list[str]:
        answer = self._client.post(self.url, content=self.body(q), headers=JSON).raise_for_status()
        return [hit["id"] for hit in answer.json()["hits"]]

    @staticmethod
    def body(q: str) -> bytes:
        return msgspec.json.encode({"q": q, "facets": FACETS, "limit": 20})

    def bodies(self, queries: list[str]) -> Iterator[bytes]:
        return map(self.body, itertools.cycle(queries))


JSON = {"Content-Type": "application/json"}
