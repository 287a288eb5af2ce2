"""The API under fuzzing by its own OpenAPI description.

Whatever is sent, no answer is a 500, and every answer is one that the description has: its status,
its media type, and what is in it.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import commands
from tests.api import declaration, declare, get, sign_in
from tests.samples import ANNA, OFFICER, RESTAURANT
from tests.service import Service, running


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("fuzzed") / "data") as service:
        yield service


@pytest.fixture(scope="module")
def api(fuzzed: Service) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{fuzzed.url}/schema/openapi.json")


@pytest.fixture(scope="module")
def askers(fuzzed: Service) -> dict[str, dict[str, str]]:
    """The headers of whoever may ask: nobody, each kind of session, and an agency's key."""
    found = {"nobody": {}}
    for name, person in (("person", ANNA), ("organisation", RESTAURANT), ("officer", OFFICER)):
        with fuzzed.client() as client:
            sign_in(client, person)
            found[name] = {"Cookie": f"session={client.cookies['session']}"}
    made = commands.run(
        {"DATA": str(fuzzed.data)},
        "agencies",
        "add",
        "审批局",
        "--issuer",
        declaration()["issuer"],
        "--scope",
        "verify,issue,watch,batch",
    )
    key = made.stdout.split()[-1]
    return found | {"agency": {"Authorization": f"Bearer {key}"}}


@pytest.fixture(scope="module")
def notice(fuzzed: Service) -> str:
    """One that there is, so that what is sent meets more than the word that there is none."""
    with fuzzed.client() as client:
        sign_in(client, RESTAURANT)
        return declare(client, declaration()).id


CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = {
    "getCatalogue", "declare", "getNotice", "searchNotices", "withdraw", "correct", "getReceipt",
    "suggest",
    "getEvents", "verify", "demoLogin", "getLive", "getReady", "getFeed", "getKeys", "getLogKey",
    "getCheckpoint", "getTile", "getLatestList", "getList", "object", "getObjections",
    "getOverlaps", "getRivals", "getExhibit", "getEvidence", "getUsage", "getAgencies",
    "getVerifiedFile", "verifyFile",
    "getTestNumbers", "decide", "redact", "confirm", "replace",
    "getStatistics", "getStatisticsTable",
    "watch", "getWatches", "endWatch", "replayWatch",
}  # fmt: skip
"""Every operation but signing out, which would end the session that the others need."""


STAFF = {
    "decide": "officer", "redact": "officer", "getObjections": "officer", "getOverlaps": "officer",
    "getRivals": "officer", "getExhibit": "officer", "getEvidence": "officer",
    "confirm": "agency", "replace": "agency", "getUsage": "agency", "object": "person",
    "getVerifiedFile": "agency", "verifyFile": "agency",
    "watch": "person", "getWatches": "agency", "replayWatch": "agency",
}  # fmt: skip
"""Who does it, where it is not an organisation with a certificate."""


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_no_request_makes_the_service_fail(
    api: schemathesis.BaseSchema,
    askers: dict[str, dict[str, str]],
    notice: str,
    operation_id: str,
) -> None:
    """Half of them come from whom the operation is for, and to a notice that there is."""
    operation = api.find_operation_by_id(operation_id)
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    usual = STAFF.get(operation_id, "organisation")
    asking = st.just(usual) | st.sampled_from(sorted(askers))
    if operation_id == "demoLogin":  # which would end the session of whoever signs in again
        asking = st.just("nobody")
    met: Counter[int] = Counter()

    def fuzz(case: schemathesis.Case, asker: str, known: bool) -> None:
        if known and "id" in case.path_parameters:
            case.path_parameters["id"] = notice
        if known and operation_id == "verifyFile" and isinstance(case.body, dict):
            case.body = {"file": register_of(case.body.get("file"))}
        answer = case.call(headers=askers[asker])

        met[answer.status_code] += 1
        assert answer.status_code < 500, f"{case.method} {case.path} {case.query}: {answer.text}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]
            assert answer.json()["status"] == answer.status_code
        if answer.status_code != 405:  # an id with a slash in it is another address
            case.validate_response(answer, checks=CHECKS)

    for strategy, tried in ((right, 13), (wrong, 8)):
        chosen = settings(
            max_examples=tried, deadline=None, suppress_health_check=list(HealthCheck)
        )
        with contextlib.suppress(Unsatisfiable):  # where nothing can be wrong
            chosen(given(case=strategy, asker=asking, known=st.booleans())(fuzz))()
    assert set(met) - {401, 403}, f"{operation_id} was fuzzed by nobody who may: {met}"


def register_of(file: object) -> str:
    """A file of certificates whose rows are what was made up: by itself it never has the header."""
    made_up = getattr(file, "data", None) or str(file).encode("utf-8", "replace")
    return f"number,certificate\n{made_up.decode('latin-1')}"


def test_every_operation_is_fuzzed(fuzzed: Service) -> None:
    described = get(f"{fuzzed.url}/schema/openapi.json").json()
    named = {one["operationId"] for path in described["paths"].values() for one in path.values()}

    assert named == OPERATIONS | {"signOut"}


@pytest.mark.parametrize("path", ["/health/live", "/", "/api/v1/notices", "/nothing"])
def test_head_leaves_the_connection_usable(fuzzed: Service, path: str) -> None:
    """Over a socket: a server that counts the content's bytes must not be told wrong."""
    with fuzzed.client() as client:
        for _ in range(2):
            got, head = client.get(path), client.head(path)

            assert (head.status_code, head.content) == (got.status_code, b"")
            assert head.headers["content-type"] == got.headers["content-type"]
    assert "Traceback" not in fuzzed.log.read_text()


def test_the_description_is_openapi_3_1_and_names_every_path(fuzzed: Service) -> None:
    described = get(f"{fuzzed.url}/schema/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) >= {
        "/api/v1/catalogue", "/api/v1/notices", "/api/v1/notices/{id}", "/api/v1/events",
        "/api/v1/verifications", "/api/v1/notices/{id}/receipt", "/health/ready",
    }  # fmt: skip
    body = described["paths"]["/api/v1/notices"]["post"]["requestBody"]["content"]
    [name] = body["application/json"]["schema"]["$ref"].split("/")[-1:]
    assert "certificate" in described["components"]["schemas"][name]["properties"]
    assert body["multipart/form-data"]["schema"]["required"] == ["declaration"]
