"""The least that any Litestar handler costs, and one with a row and a signature: measures for ours.

The second is what somebody would write in an afternoon who had nothing but a table of numbers:
one row by its key, and the answer signed.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar, Request, get, post

DATABASE = "BENCH_DATABASE_URL"
TABLE = "CREATE TABLE IF NOT EXISTS bench_number (hash bytea PRIMARY KEY, answer text NOT NULL)"
KEY = Ed25519PrivateKey.generate()


class Question(msgspec.Struct):
    certificate: str
    number: str


class Signed(msgspec.Struct):
    answer: dict[str, str | None]
    signature: str


def hashed(certificate: str, number: str) -> bytes:
    return hashlib.sha256(f"{certificate}\n{number}".encode()).digest()


@post("/", status_code=200)
async def bare(data: Question) -> dict[str, str | None]:
    """Read a question, and write a fixed answer as long as a real one."""
    return {"certificate": data.certificate, "number": data.number, "answer": "x" * 600}


@get("/text/{size:int}")
async def text(size: int) -> str:
    """As many characters as a page has."""
    return "x" * size


@post("/by-key", status_code=200)
async def by_key(data: Question, request: Request[Any, Any, Any]) -> Signed:
    """Read a question, look for one row, and write a signed answer as long as a real one."""
    row = await request.app.state.pool.fetchrow(
        "SELECT answer FROM bench_number WHERE hash = $1", hashed(data.certificate, data.number)
    )
    answer = {"certificate": data.certificate, "number": data.number}
    answer["answer"] = row["answer"] if row else "x" * 600
    signature = KEY.sign(msgspec.json.encode(answer, order="sorted"))
    return Signed(answer, signature.hex())


@asynccontextmanager
async def _connected(app: Litestar) -> AsyncIterator[None]:
    if url := os.environ.get(DATABASE):
        app.state.pool = await asyncpg.create_pool(url, min_size=1, max_size=10)
    yield


app = Litestar(
    [bare, by_key, text], lifespan=[_connected], openapi_config=None, logging_config=None
)
