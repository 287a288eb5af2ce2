"""An application on a real port, through the bounded connections, in the loop of the tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from notices.web.middleware.connections import BoundProtocol


class Port:
    """Where an application answers."""

    def __init__(self, number: int, server: uvicorn.Server) -> None:
        self.number = number
        self.server = server

    async def open(self, **more: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.number, **more)

    async def ask(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """What comes back until the server hangs up, for what is sent meanwhile."""
        reader, writer = await self.open()
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()

    @property
    def open_ones(self) -> int:
        return len(self.server.server_state.connections)


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[Port]:
    """`app`, whose life is somebody else's, until the end of the block."""
    config = uvicorn.Config(
        app, http=BoundProtocol, ws="none", lifespan="off", log_config=None, port=0,
        timeout_keep_alive=1,
    )  # fmt: skip
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield Port(server.servers[0].sockets[0].getsockname()[1], server)
    finally:
        await server.shutdown()
    assert BoundProtocol.waiting == {}
    assert BoundProtocol.receiving == {}
