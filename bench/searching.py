"""Somebody else who searches all the while: `python -m bench.searching URL RATE QUERY…`."""

import asyncio
import itertools
import sys

import httpx


async def search(url: str, rate: float, queries: list[str]) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        waiting: set[asyncio.Task[httpx.Response]] = set()
        for q in itertools.cycle(queries):
            task = asyncio.create_task(client.get("/api/v1/notices", params={"q": q}))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            await asyncio.sleep(1 / rate)


if __name__ == "__main__":
    asyncio.run(search(sys.argv[1], float(sys.argv[2]), sys.argv[3:]))
