"""Checks of what the service signs: keys, the log's head and entries, receipts, answers."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from notices.conformance.known import CHECK, NEWEST, Known
from notices.conformance.results import Differs, differ, expect
from notices.trust.answers import AnswerError, PublicKey, verify
from notices.trust.encoding import EncodingError, from_base64
from notices.trust.receipts import ReceiptError, commitment
from notices.trust.receipts import verify as verify_receipt

RECEIPTS = 5


def keys(known: Known) -> None:
    """The log's key is the same in both places, and there are keys of answers."""
    reply = known.site.get("/log/vkey")
    expect(reply.asked, 200, reply.status)
    present = known.keys["log"][0] if known.verifiers else None
    expect("/log/vkey", present, reply.body.decode(errors="replace").strip())
    if not known.answer_keys:
        differ("/.well-known/notice-keys.json: answers", "a public key", "none")


def checkpoint(known: Known) -> None:
    expect("/log/checkpoint", known.verifiers[0].name, known.head.origin)


def events(known: Known) -> None:
    """No index is missing, and each opening is the one that its entry commits to."""
    first = max(0, known.head.size - NEWEST)
    if len(known.events) < known.head.size - first:
        differ("/api/v1/events", f"{known.head.size - first} events", len(known.events))
    for place, event in enumerate(known.events):
        where = f"/api/v1/events: {first + place}"
        expect(where, first + place, event["index"])
        entry = json.loads(event["entry"])
        told = {"id": event["notice"]["id"], "kind": event["kind"], "at": event["at"]}
        expect(where, told, {name: entry[name] for name in told})
        opening = event["opening"]
        if opening is not None:
            try:
                made = commitment(from_base64(opening["salt"], 32), opening["form"])
            except EncodingError as error:
                raise Differs(where, "an opening", error) from None
            if not hmac.compare_digest(made, entry["commitment"]):
                differ(where, entry["commitment"], made)


def receipt(known: Known) -> None:
    """Receipts of the newest notices prove what the notices say, as JSON and as a tlog-proof."""
    newest = {each["notice"]["id"]: each for each in known.events if each["kind"] == "published"}
    vkey = known.keys["log"][0]
    for id, event in list(newest.items())[-RECEIPTS:]:
        for path in (f"/api/v1/notices/{id}/receipt", f"/notices/{id}.tlog-proof"):
            reply = known.site.get(path)
            expect(reply.asked, 200, reply.status)
            try:
                proven = verify_receipt(reply.body, vkey)
            except ReceiptError as error:
                raise Differs(reply.asked, "a receipt that proves", error.text.en) from None
            expect(reply.asked, (id, event["index"]), (proven.id, proven.index))
            if path.endswith("receipt") and event["opening"] is not None:
                expect(reply.asked, event["opening"]["form"], proven.form)


def signature(known: Known) -> None:
    """Every answer of the register verifies by a published key, and no changed one does."""
    for each in known.every_answer:
        _verified(each.answer, known.answer_keys)
        expect("test", None, each.answer.get("test"))
    changed = known.plain[0].answer | {"status": "changed"}
    try:
        verify(changed, known.answer_keys)
    except AnswerError:
        return
    differ("a changed answer", "refused", "verified")


def test_signature(known: Known) -> None:
    """Answers to a test key say so, and verify by the published key of tests alone."""
    for _, each in known.fixtures:
        _verified(each.answer, known.test_answer_keys)
        expect("test", True, each.answer.get("test"))
    both = known.test_answer_keys.keys() & known.answer_keys.keys()
    expect("/help/test-keys.json: answers", set(), both)


def _verified(answer: dict[str, Any], keys: Mapping[str, PublicKey]) -> None:
    try:
        verify(answer, keys)
    except AnswerError as error:
        where = f"POST {CHECK}: {answer.get('number')}"
        raise Differs(where, "a signature by a published key", error.text.en) from None
