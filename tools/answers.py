"""Writes docs/answer-vectors.json: answers, receipts, numbers and statuses, right and wrong."""

import json
from pathlib import Path
from typing import Any

from notices.trust.answers import CONTEXT, AnswerSigner
from notices.trust.encoding import canonical, to_base64
from notices.trust.signing import Ed25519Signer
from tools import numbers, receipts, statuses

OUT = Path(__file__).parents[1] / "docs" / "answer-vectors.json"
SEED = bytes(range(32))
NOTICE: dict[str, Any] = {
    "certificate": "food-operation-license",
    "number": "JY13799990000011",
    "copies": "original",
    "status": "declared",
    "since": "2026-11-24T10:00:00.000+08:00",
    "effective_at": "2026-11-28T00:00:00.000+08:00",
    "provisional": False,
    "evidence": "identity_verified",
    "before": None,
    "notice": "37070000000136",
    "holder": {
        "kind": "organisation",
        "name": "潍坊市奎文区某某餐饮店",
        "identifier": "92379999MA0000023B",
    },
    "number_form": "usual",
    "elsewhere": None,
    "checked_at": "2026-11-25T09:30:00.123+08:00",
    "log_size": 42,
}  # fmt: skip
EMPTY = (
    "copies", "since", "effective_at", "provisional", "evidence", "before", "notice", "holder",
)  # fmt: skip
HARD = 'JY（1）3799 "\\/\u007f\u2028é𠮷'
"""What an encoder of JSON may get wrong."""

NOTHING = NOTICE | dict.fromkeys(EMPTY) | {"status": "no_notice", "number": HARD}
CONTESTED = NOTICE | {"status": "contested", "before": "invalid", "effective_at": None}


def without(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in answer.items() if each != name}


def page() -> str:
    signer = AnswerSigner(Ed25519Signer(SEED))
    answers = [one | {"signature": signer.sign(one)} for one in (NOTICE, NOTHING, CONTESTED)]
    first = answers[0]
    signature = first["signature"]
    wrong = {
        "the status was changed": first | {"status": "invalid"},
        "a field was added": first | {"note": ""},
        "a field was left out": without(first, "before"),
        "the signature is another answer's": first | {"signature": answers[1]["signature"]},
        "the key is not known": first | {"signature": signature | {"key": "0" * 16}},
        "the algorithm is another": first | {"signature": signature | {"alg": "none"}},
        "the value is cut": first | {"signature": signature | {"value": signature["value"][:-4]}},
        "there is no signature": without(first, "signature"),
    }
    vectors = {
        "seed": SEED.hex(),
        "keys": [{"id": signer.key_id, "alg": "Ed25519", "key": to_base64(signer.public_key)}],
        "right": [
            {"message": (CONTEXT + canonical(without(one, "signature"))).decode(), "answer": one}
            for one in answers
        ],
        "wrong": [{"why": why, "answer": answer} for why, answer in wrong.items()],
        "receipts": receipts.vectors(),
        "numbers": numbers.vectors(),
        "statuses": statuses.vectors(),
    }
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    OUT.write_text(page())
