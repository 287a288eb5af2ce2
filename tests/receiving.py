"""A real receiver of webhooks, which answers well or as badly as a test tells it to."""

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    """Whatever was sent to it, in the order in which it came."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.answer: Answer = ok

    async def receive(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            body = await request.read()
            self.came.append((request.path, dict(request.headers), body))
            return await self.answer(request)
        finally:
            self.at_once -= 1

    def read(self, secret: str, place: int = -1) -> dict[str, Any]:
        """A message that was signed with `secret`, as the library of Standard Webhooks reads it."""
        _, headers, body = self.came[place]
        return dict(Webhook(secret).verify(body, headers))

    @property
    def ids(self) -> list[str]:
        return [
            {name.lower(): value for name, value in headers.items()}["webhook-id"]
            for _, headers, _ in self.came
        ]

    @property
    def told(self) -> list[str]:
        """Of which watch and place in the log each was, by its id."""
        return [id.rpartition("_")[0] for id in self.ids]


async def ok(request: web.Request) -> web.StreamResponse:
    return web.Response(status=204)


def says(status: int, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers)

    return answer


async def never(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """An answer whose body has no end."""
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b"x" * 65536)
    return response


def certified(folder: Path) -> ssl.SSLContext:
    """What a receiver at 127.0.0.1 speaks TLS with; `cert.pem` in `folder` vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(cert.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@contextlib.asynccontextmanager
async def receiving(trusted: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver at a free port of this machine; with `trusted` it speaks https."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trusted)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"{'https' if trusted else 'http'}://{host}:{port}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
