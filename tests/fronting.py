"""A front of the service that changes one thing of what goes through it: a broken service."""

import http.client
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.service import Service


class Sent(NamedTuple):
    """One exchange on its way through the front."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


Change = Callable[[Sent, Got], Got]
"""What a broken service would answer in place of what it does."""


@contextmanager
def front(
    service: Service, change: Change, ask: Callable[[Sent], Sent] = lambda sent: sent
) -> Iterator[str]:
    """The address of a service that is wrong in one thing."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name: value for name, value in self.headers.items() if name != "Host"}
            sent = ask(Sent(self.command, self.path, headers, self.rfile.read(length)))
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
            given = {
                name: value for name, value in sent.headers.items() if name != "Content-Length"
            }
            connection.request(sent.method, sent.path, sent.body or None, given)
            answer = connection.getresponse()
            got = change(sent, Got(answer.status, dict(answer.getheaders()), answer.read()))
            connection.close()
            self.send_response_only(got.status)
            for name, value in got.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(got.body)))
            self.end_headers()
            if sent.method != "HEAD":
                self.wfile.write(got.body)

        do_GET = do_POST = do_HEAD = do_OPTIONS = do_DELETE = pass_on  # noqa: N815

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def json_of(path: str, change: Callable[[Any], Any]) -> Change:
    """What changes the JSON that is answered at addresses that begin with `path`."""

    def changed(sent: Sent, got: Got) -> Got:
        packed = "gzip" in str(got.headers) or sent.method == "HEAD"
        if not re.match(path, sent.path) or got.status != 200 or packed:
            return got
        return got._replace(body=json.dumps(change(json.loads(got.body))).encode())

    return changed


def answers(**values: Any) -> Change:
    def change(said: Any) -> Any:
        for each in said.get("answers", [said]):
            each |= {
                name: value(each[name]) if callable(value) else value
                for name, value in values.items()
            }
        return said

    return json_of("/api/v1/verifications", change)


def without(path: str, *names: str) -> Change:
    def changed(sent: Sent, got: Got) -> Got:
        if not re.match(path, sent.path):
            return got
        low = {name.lower() for name in names}
        return got._replace(
            headers={name: value for name, value in got.headers.items() if name.lower() not in low}
        )

    return changed


def body(path: str, change: Callable[[bytes], bytes]) -> Change:
    def changed(sent: Sent, got: Got) -> Got:
        matches = re.match(path, sent.path) and got.status == 200
        return got._replace(body=change(got.body)) if matches else got

    return changed
