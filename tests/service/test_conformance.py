"""`notices conformance` passes the service as it is, and names what is wrong with a broken one.

What the page for agencies shows runs as it stands, and prints what the page says.
"""

import base64
import html.parser
import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notices import conformance
from notices.conformance.site import Site
from notices.pages.integrating import DOCUMENTS, SNIPPETS
from tests import api, commands
from tests.api import unusual
from tests.fronting import Change, Got, Sent, answers, body, front, json_of, without
from tests.packages import needs
from tests.samples import RESTAURANT
from tests.service import ROOT, Service, running

NAMES = [check.name for check in conformance.CHECKS]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that nobody has declared anything at; what comes after fills it."""
    with running(tmp_path_factory.mktemp("conformance") / "data") as service:
        service.until(lambda client: client.get("/lists/latest").status_code == 302, 45)
        yield service


def added(service: Service, *words: str) -> str:
    done = commands.run({**os.environ, "DATA": str(service.data)}, "agencies", "add", *words)
    [key] = re.findall(r"notices_(?:live|test)_[0-9A-Za-z]{49}", done.stdout)
    return key


@pytest.fixture(scope="module")
def test_key(empty: Service) -> str:
    return added(
        empty, "甲银行", "--test", "--quota", "100000", "--scope", "verify", "--scope", "batch"
    )


@pytest.fixture(scope="module")
def service(empty: Service) -> Service:
    """With a notice of every kind that a stranger sees, and a list of them."""
    words = ("demo", "fill", "80", "--no-publish")
    commands.run({**os.environ, "DATA": str(empty.data)}, *words).check_returncode()
    with empty.client() as client:
        api.sign_in(client, RESTAURANT)
        first = api.declare(client, unusual("JY13799990000011"))
        client.post(api.of(first.id, "withdrawal"), json={"reason": "found"}).raise_for_status()
        api.declare(client, unusual("JY13799990000020"))
        size = int(client.get("/log/checkpoint").text.split("\n")[1])
    where = f"/lists/{size}"
    empty.until(lambda client: client.get("/lists/latest").headers.get("location") == where, 45)
    return empty


def outcomes(url: str, key: str | None = None, only: str = "") -> dict[str, Any]:
    site = Site(url, key, waits=lambda seconds: None)
    found = conformance.run(site, (only,) if only else ())
    return {result.name: result for result in found}


def run(folder: Path, *words: object) -> "commands.subprocess.CompletedProcess[str]":
    """The command on a machine that has no register of its own."""
    outside = {name: value for name, value in os.environ.items() if name != "DATA"}
    return commands.run({**outside, "DATA": str(folder / "nothing")}, "conformance", *words)


def test_an_empty_register_is_tried_as_far_as_that_goes(
    empty: Service, test_key: str, tmp_path: Path
) -> None:
    """And what cannot be tried says why; with a test key all but what is about notices is."""
    done = run(tmp_path, empty.url)
    alone = {line.split()[1]: line for line in done.stdout.splitlines()}
    keyed = outcomes(empty.url, test_key)

    assert done.returncode == 0, done.stdout + done.stderr
    assert list(alone) == NAMES
    about_notices = {"events", "receipt", "notice", "status", "list_verdicts"}
    untried = {name for name, line in alone.items() if line.startswith("–")}
    assert untried == about_notices | {"normal_form", "test_numbers", "test_signature", "quota"}
    assert "登记簿里还没有公布号码的公告" in alone["status"]
    assert "The register has no notice" in alone["status"]
    untried = {name for name, each in keyed.items() if each.outcome == "untried"}
    assert untried == about_notices
    assert {each.outcome for each in keyed.values()} == {"passed", "untried"}


def test_the_service_is_as_the_contract_says(service: Service, test_key: str) -> None:
    found = outcomes(service.url, test_key)

    assert {name: each for name, each in found.items() if each.outcome != "passed"} == {}


def test_nothing_is_written_and_a_live_key_asks_for_twenty_notices(
    service: Service, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text(added(service, "乙银行"))
    with service.client() as client:
        before = client.get("/log/checkpoint").text.split("\n")[:3]

        done = run(tmp_path, service.url, "--key", f"@{key}", "--json")

        after = client.get("/log/checkpoint").text.split("\n")[:3]
    said = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert before == after
    assert [each["check"] for each in said["checks"]] == NAMES
    assert (said["failed"], said["passed"] + said["untried"]) == (0, len(NAMES))
    untried = {each["check"] for each in said["checks"] if each["outcome"] == "untried"}
    assert untried == {"test_numbers", "test_signature", "quota"}
    assert key.read_text() not in done.stdout + done.stderr


def flipped(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]


def proof(said: Any) -> Any:
    return said | {"proof": [flipped(said["proof"][0]), *said["proof"][1:]]}


def leaf(said: Any) -> Any:
    return said | {"entry": said["entry"].replace('"published"', '"withdrawn"')}


def events(**values: Any) -> Change:
    def change(said: Any) -> Any:
        return said | {"events": [each | values for each in said["events"]]}

    return json_of("/api/v1/events", change)


def refusal(code: str, other: dict[str, Any]) -> Change:
    def changed(sent: Sent, got: Got) -> Got:
        if got.status < 400 or json.loads(got.body or b"{}").get("code") != code:
            return got
        said = json.loads(got.body) | other
        return got._replace(status=said["status"], body=json.dumps(said).encode())

    return changed


def ignored(sent: Sent) -> Sent:
    """As if nobody looked at keys."""
    headers = {name: value for name, value in sent.headers.items() if name != "Authorization"}
    return sent._replace(headers=headers)


def unread(sent: Sent) -> Sent:
    """As if one invisible character were a character like others."""
    return sent._replace(body=sent.body.replace("\u2060".encode(), b"/"))


def dropped(sent: Sent) -> Sent:
    """As if whatever is not known were left out."""
    if sent.path != "/api/v1/verifications":
        return sent
    return sent._replace(body=re.sub(rb"(?<=[0-9A-Z])[/~_](?=[0-9A-Z])", b"", sent.body))


def same(sent: Sent, got: Got) -> Got:
    return got


def swapped(content: bytes) -> bytes:
    return content[:-5] + bytes([content[-5] % 4 + 1]) + content[-4:]


NAMELESS = {"id": "x", "name": {}}
BROKEN: dict[str, tuple[str, Change]] = {
    "a signature": (
        "signature",
        answers(signature=lambda each: each | {"value": flipped(each["value"])}),
    ),
    "a status": (
        "status",
        json_of(r"/api/v1/notices/\d+$", lambda said: said | {"status": "declared"}),
    ),
    "who awaits": (
        "status",
        json_of(r"/api/v1/notices/\d+$", lambda said: said | {"awaiting": "x"}),
    ),
    "an answer's status": ("signature", answers(status="no_notice")),
    "an answer's echo": ("answer", answers(number=lambda number: number.strip().upper())),
    "an answer without a field": ("answer", answers(asked={})),
    "a stale answer": ("fresh", answers(log_size=1)),
    "a slow clock": ("clock", answers(checked_at="2026-01-01T00:00:00.000+08:00")),
    "a proof": ("receipt", json_of(r"/api/v1/notices/\d+/receipt", proof)),
    "a leaf": ("receipt", json_of(r"/api/v1/notices/\d+/receipt", leaf)),
    "a tlog-proof": (
        "receipt",
        body(r"/notices/\d+\.tlog-proof", lambda text: text.replace(b"\n\n", b"\n", 1)),
    ),
    "a checkpoint": (
        "checkpoint",
        body("/log/checkpoint", lambda text: text.replace(b"\n", b"\n1", 1)),
    ),
    "another log key": (
        "keys",
        body("/log/vkey", lambda text: flipped(text.decode()[::-1])[::-1].encode()),
    ),
    "a missing event": (
        "events",
        json_of("/api/v1/events", lambda said: said | {"events": said["events"][1:]}),
    ),
    "an opening": (
        "events",
        events(opening={"salt": base64.b64encode(bytes(32)).decode(), "form": {}}),
    ),
    "a notice's number": (
        "notice",
        json_of(r"/api/v1/notices/\d+$", lambda said: said | {"number": "1"}),
    ),
    "a list's body": ("list", body(r"/lists/\d+$", swapped)),
    "a list that caches ask for again": ("list", without(r"/lists/\d+$", "Cache-Control")),
    "an unknown parameter": ("problems", refusal("unknown_parameter", {"code": "bad_query"})),
    "a status of a problem": ("problems", refusal("not_found", {"status": 400})),
    "problems in one language": (
        "languages",
        refusal("unknown_parameter", {"title": "没有这个参数"}),
    ),
    "a refused number": ("refused_numbers", refusal("invalid", {"errors": []})),
    "an answer that may be kept": ("headers", without("/api/v1/verifications", "Cache-Control")),
    "content that is guessed": ("headers", without("/api/v1/catalogue", "X-Content-Type-Options")),
    "pages of other sites": ("sharing", without("/log/vkey", "Access-Control-Allow-Origin")),
    "an old description": (
        "description",
        json_of("/schema", lambda said: said | {"openapi": "3.0.3"}),
    ),
    "a catalogue without names": (
        "catalogue",
        json_of("/api/v1/catalogue", lambda said: said | {"certificates": [NAMELESS]}),
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_broken_is_found_by_the_check_of_that_name(service: Service, fault: str) -> None:
    name, change = BROKEN[fault]
    with front(service, change) as url:
        result = outcomes(url, only=name)[name]

    assert result.outcome == "failed", result
    assert result.where
    assert result.expected != result.found


ASKED_WRONG: dict[str, tuple[str, Callable[[Sent], Sent]]] = {
    "an invisible character": ("normal_form", unread),
    "a character that is not known": ("another_number", dropped),
    "a bad key": ("bad_keys", ignored),
}


@pytest.mark.parametrize("fault", ASKED_WRONG)
def test_what_is_read_wrong_is_found_by_the_check_of_that_name(
    service: Service, fault: str
) -> None:
    name, ask = ASKED_WRONG[fault]
    with front(service, same, ask) as url:
        result = outcomes(url, only=name)[name]

    assert result.outcome == "failed", result


TESTS_BROKEN: dict[str, tuple[str, Change]] = {
    "a test number": (
        "test_numbers",
        json_of(
            "/help/test-keys.json",
            lambda said: said | {"numbers": [each | {"status": "x"} for each in said["numbers"]]},
        ),
    ),
    "a test answer that looks real": ("test_signature", answers(test=False)),
    "no quota": ("quota", without("/api/v1/verifications", "RateLimit")),
    "a quota that is none": ("quota", without("/api/v1/verifications", "RateLimit-Policy")),
}


@pytest.mark.parametrize("fault", TESTS_BROKEN)
def test_what_is_broken_for_test_keys_is_found_too(
    service: Service, test_key: str, fault: str
) -> None:
    name, change = TESTS_BROKEN[fault]
    with front(service, change) as url:
        result = outcomes(url, test_key, only=name)[name]

    assert result.outcome == "failed", result


def test_every_check_was_seen_to_fail() -> None:
    every = (BROKEN, ASKED_WRONG, TESTS_BROKEN)
    seen = {name for faults in every for name, _ in faults.values()}

    assert seen == set(NAMES) - {"list_verdicts"}, "that one is below"


def test_a_list_that_says_something_else_than_the_service_is_found(service: Service) -> None:
    """Signed as it should be, but of a register that forgot a notice: here the answers change."""
    gone = answers(status="no_notice", notice=None)
    with front(service, gone) as url:
        result = outcomes(url, only="list_verdicts")["list_verdicts"]

    assert result.outcome == "failed", result


def test_a_broken_service_ends_the_command_with_1_and_says_what_was_expected(
    service: Service, tmp_path: Path
) -> None:
    """What rests on what failed is not tried, so that one fault is told once."""
    _, change = BROKEN["a checkpoint"]
    with front(service, change) as url:
        done = run(tmp_path, url)

    said = {line.split()[1]: line for line in done.stdout.splitlines()}
    assert done.returncode == 1
    assert [name for name, line in said.items() if line.startswith("✗")] == ["checkpoint"]
    assert "应为 a note that the log's key signed" in said["checkpoint"]
    assert "expected a note that the log's key signed" in said["checkpoint"]
    assert "checkpoint 已经不对" in said["receipt"]
    assert "1 check failed" in done.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://127.0.0.1", "notices.example"])
def test_where_nobody_answers_there_is_a_sentence(tmp_path: Path, url: str) -> None:
    done = run(tmp_path, url)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


def test_what_is_no_such_service_fails_and_does_not_stop_the_command(tmp_path: Path) -> None:
    """Another web server, which answers everything with one page."""

    class Page(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>Hello</h1>")

        do_GET = do_POST = do_DELETE = do_HEAD = do_OPTIONS = answer  # noqa: N815

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        found = outcomes(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()

    assert "passed" not in {each.outcome for each in found.values()}


class _Blocks(html.parser.HTMLParser):
    """The programs of a page in their order, and what each is said to print."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, str] = {}
        self.prints: dict[str, str] = {}
        self._into: tuple[dict[str, str], str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for kind, kept in (("data-run", self.runs), ("data-prints", self.prints)):
            if name := given.get(kind):
                self._into = kept, name

    def handle_endtag(self, tag: str) -> None:
        self._into = None if tag == "pre" else self._into

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            kept, name = self._into
            kept[name] = kept.get(name, "") + data


INTERPRETERS = {".sh": ["sh", "-e"], ".py": [sys.executable]}


@needs("curl", "openssl")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_programs_of_the_page_for_agencies_print_what_it_says(
    service: Service, test_key: str, tmp_path: Path, language: str
) -> None:
    """One after the other in one folder, as whoever follows the page would run them."""
    blocks = _Blocks()
    blocks.feed(api.get(f"{service.url}/help/agencies?lang={language}").text)
    environment = {**os.environ, "NOTICES": service.url, "NOTICES_KEY": test_key}
    written = {each.stem for each in SNIPPETS.glob("*.txt")} - {"setup.sh"}
    assert blocks.runs.keys() == written
    if language == "en":  # the same programs: one run is enough
        return
    for name, program in blocks.runs.items():
        words = [*INTERPRETERS[Path(name).suffix], "-"]
        done = subprocess.run(
            words, input=program, cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, blocks.prints.get(name, "")), (
            name, done.stderr,
        )  # fmt: skip
    limit = re.compile(r"^ratelimit: \"verify-day\";r=\d+;t=\d+", re.MULTILINE)
    assert limit.search((tmp_path / "headers.txt").read_text())

    changed = tmp_path / "answer.json"
    changed.write_text(changed.read_text().replace('"invalid"', '"declared"'))
    for name in ("verify.py", "openssl.sh"):
        words = [*INTERPRETERS[Path(name).suffix], "-"]
        done = subprocess.run(
            words, input=blocks.runs[name], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode != 0, name


def test_what_the_page_leads_to_is_there(service: Service) -> None:
    page = api.get(f"{service.url}/help/agencies").text
    for path in set(re.findall(r'href="(/[^"#]*)"', page)):
        answer = api.get(f"{service.url}{path}", follow_redirects=True)  # to a sign-in
        assert answer.status_code == 200, path
    for name in DOCUMENTS:
        answer = api.get(f"{service.url}/help/docs/{name}")
        assert answer.content == (ROOT / "docs" / name).read_bytes()
        assert answer.headers["access-control-allow-origin"] == "*"
    assert api.get(f"{service.url}/help/docs/design.md").status_code == 404
