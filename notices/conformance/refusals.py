"""Checks of how the service refuses: one form, stable codes, both languages, every bad key."""

import re
from typing import NamedTuple

from notices.conformance.known import CHECK, Known, record
from notices.conformance.results import differ, expect
from notices.conformance.site import Reply
from notices.facts.agency_keys import LIVE
from notices.facts.notice_ids import make

PROBLEM = "application/problem+json"
PARTS = {"type", "title", "status", "code", "detail"}
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Refused(NamedTuple):
    """A request that is refused, and by which status and code; it would change nothing."""

    method: str
    path: str
    status: int
    code: str
    body: bytes | None = None
    type: str = "application/json"
    header: tuple[str, str] | None = None


NO_NOTICE = make("3799", 0)
REFUSALS = (
    Refused("GET", "/api/v1/notices?colour=red", 400, "unknown_parameter"),
    Refused("GET", "/api/v1/notices?per_page=101", 400, "bad_query"),
    Refused("GET", "/api/v1/notices?page=11&per_page=100", 400, "bad_query"),
    Refused("GET", "/api/v1/notices?q=%FF", 400, "bad_encoding"),
    Refused("GET", "/api/v1/nothing", 404, "not_found"),
    Refused("GET", f"/api/v1/notices/{NO_NOTICE}", 404, "not_found"),
    Refused("GET", f"/api/v1/notices/{NO_NOTICE}/receipt", 404, "not_found"),
    Refused("GET", "/lists/0-0-0", 404, "no_such_list"),
    Refused("DELETE", "/api/v1/catalogue", 405, "method_not_allowed"),
    Refused("POST", CHECK, 400, "bad_request", b'{"number": '),
    Refused("POST", CHECK, 400, "unknown_field", b'{"number": "1", "colour": "red"}'),
    Refused("POST", CHECK, 415, "media_type", b"number=1", "application/x-www-form-urlencoded"),
    Refused("GET", "/api/v1/usage", 401, "sign_in_required"),
)
NO_KEYS = (f"{LIVE}{'0' * 49}", f"{LIVE}x", "nothing")


def problems(known: Known) -> None:
    """A refusal is a problem of RFC 9457 with the status and the code of the contract."""
    for one in REFUSALS:
        reply = _sent(known, one)
        where = f"{one.method} {one.path}"
        problem = refusal(reply, where)
        expect(where, (one.status, one.code), (reply.status, problem["code"]))
    page = known.site.get("/problems/unknown_parameter")
    expect("GET /problems/unknown_parameter", 200, page.status)


def refusal(reply: Reply, where: str) -> dict[str, object]:
    """The problem that was answered; raises Differs for what is none."""
    kind = (reply.headers.get("Content-Type") or "").partition(";")[0]
    expect(where, PROBLEM, kind)
    problem = record(reply.json(reply.status), where)
    if lacking := PARTS - problem.keys():
        differ(where, sorted(PARTS), f"without {sorted(lacking)}")
    expect(f"{where}: status", reply.status, problem["status"])
    expect(f"{where}: type", f"/problems/{problem['code']}", problem["type"])
    return problem


def languages(known: Known) -> None:
    """Chinese unless somebody asks for English; the codes are the same."""
    path = "/api/v1/notices?colour=red"
    chinese, english = known.site.get(path), known.site.get(path, Accept_Language="en")
    for reply, han in ((chinese, True), (english, False)):
        title = str(refusal(reply, reply.asked)["title"])
        if bool(_HAN.search(title)) is not han:
            differ(f"{reply.asked}: title", "Chinese" if han else "English", title)


def bad_keys(known: Known) -> None:
    """A key that is none is 401 on every path, also where nobody needs one."""
    for key in NO_KEYS:
        for path in ("/api/v1/catalogue", "/log/vkey", "/api/v1/usage"):
            reply = known.site.get(path, Authorization=f"Bearer {key}")
            where = f"GET {path} with a key that is none"
            expect(where, 401, reply.status)
            expect(where, "unknown_key", refusal(reply, where)["code"])
            if not reply.headers.get("WWW-Authenticate", "").startswith("Bearer"):
                differ(
                    f"{where}: WWW-Authenticate", "Bearer …", reply.headers.get("WWW-Authenticate")
                )


def _sent(known: Known, one: Refused) -> Reply:
    headers = {"Content-Type": one.type} if one.body is not None else {}
    return known.site.ask(one.method, one.path, one.body, headers)
