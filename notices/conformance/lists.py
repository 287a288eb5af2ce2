"""Checks of the offline list: it is signed, whole, kept for ever, and says what is said online."""

from datetime import datetime

from notices.conformance.known import Known
from notices.conformance.results import Untried, differ, expect
from notices.facts import catalogue
from notices.facts.masking import may_be_hidden
from notices.facts.readings import RULES
from notices.facts.texts import Message


def offline_list(known: Known) -> None:
    """The newest list is whole, the log's key signed it, and any cache may keep it for ever."""
    size = known.offline.head.size
    kept = known.list_reply.headers.get("Cache-Control", "") if known.list_reply else ""
    if "immutable" not in kept:
        differ(f"GET /lists/{size}: Cache-Control", "immutable", kept)
    # What the list says is of a log that a checkpoint knows of.
    if size > known.head.size:
        at_most = known.site.get("/log/checkpoint").body.decode(errors="replace").split("\n")[1]
        expect(f"GET /lists/{size}", f"at most {at_most}", f"at most {max(size, int(at_most))}")


def list_verdicts(known: Known) -> None:
    """Of a published number the list says what is answered online."""
    certificates, tried, offline = catalogue.load().certificates, 0, known.offline
    if offline.head.rules != RULES:
        raise Untried(_OTHER_RULES.format(theirs=offline.head.rules, ours=RULES))
    for one, asked in known.published:
        certificate, answer = certificates.get(one["certificate"]), asked.answer
        new = any(event["index"] >= offline.head.size for event in one["events"])
        if certificate is None or new or may_be_hidden(one["number"], certificate):
            continue
        now = datetime.fromisoformat(answer["checked_at"])
        found = offline.look_up(certificate.id, certificate.normal_number(one["number"]), now)
        # What was withdrawn is no entry, and a notice that waits for a confirmation is one.
        online = "no_notice" if answer["status"] == "reinstated" else answer["status"]
        expect(f"{certificate.id} {one['number']}", online, found.status if found else "no_notice")
        tried += 1
    if not tried:
        raise Untried(_NONE_IN_IT)


_OTHER_RULES = Message("离线清单所依号码规则是第 {theirs} 版，本程序是第 {ours} 版，不能对照。")
_NONE_IN_IT = Message("最新的公告都还不在离线清单里，没有可对照的。")
