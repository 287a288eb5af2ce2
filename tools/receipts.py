"""The part of docs/answer-vectors.json that is about receipts: right ones, and changed ones."""

from typing import Any

import msgspec

from notices.trust import merkle
from notices.trust.encoding import to_base64
from notices.trust.notes import NoteSigner
from notices.trust.receipts import commitment, entry_text, receipt

SEED = bytes(range(32))
SIGNER = NoteSigner("notices.example/log", SEED)
SIZE = 11
IDS = ("37070000000136", "37070000000233", "37070000000330")
AT = "2026-11-24T10:00:00.123+08:00"
FOOD = "food-operation-license"


def _salt(index: int) -> bytes:
    return bytes([index]) * 32


def _form(index: int) -> dict[str, Any]:
    return {
        "certificate": FOOD,
        "number": f"JY137999900000{index:02}",
        "holder": {"kind": "organisation", "name": "潍坊市奎文区某某餐饮店"},
        "details": {"é": "\u2028", "z": 1, "\U00020bb7": None, "\ufb33": '"\\/'},
        "statement": "不慎遗失《食品经营许可证》，现声明作废。",
    }


def _entry(index: int) -> str:
    bound = commitment(_salt(index), _form(index))
    return entry_text(IDS[index % 3], "published", AT, FOOD, bound)


def _tree() -> tuple[dict[tuple[int, int], bytes], bytes]:
    peaks: list[bytes] = []
    nodes: dict[tuple[int, int], bytes] = {}
    for index in range(SIZE):
        peaks, completed = merkle.append(peaks, index, merkle.leaf_hash(_entry(index).encode()))
        nodes |= {(level, place): node for level, place, node in completed}
    return nodes, merkle.root(peaks)


def made(index: int, *, signer: NoteSigner = SIGNER) -> dict[str, Any]:
    """The receipt of one entry, as it is handed out."""
    nodes, root = _tree()
    proof = merkle.inclusion_proof(index, SIZE, nodes)
    note = signer.checkpoint(SIZE, root)
    whole = msgspec.to_builtins(receipt(_entry(index), None, index, proof, note))
    return whole | {"opening": {"salt": to_base64(_salt(index)), "form": _form(index)}}


def _wrong() -> dict[str, dict[str, Any]]:
    good, other = made(5), made(6)
    proof, opening, note = good["proof"], good["opening"], good["checkpoint"]
    stranger = NoteSigner(SIGNER.name, bytes(32))
    return {
        "the leaf is another entry's": good | {"entry": other["entry"], "opening": None},
        "the index is another's": good | {"index": 6},
        "the index is beyond the log": good | {"index": SIZE},
        "a hash of the proof was changed": good | {"proof": [to_base64(bytes(32)), *proof[1:]]},
        "a hash of the proof is gone": good | {"proof": proof[:-1]},
        "a hash of the proof is too many": good | {"proof": [*proof, proof[0]]},
        "the checkpoint is of another size": good
        | {"checkpoint": note.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")},
        "the checkpoint's root was changed": good
        | {"checkpoint": SIGNER.checkpoint(SIZE, bytes(32))},
        "the checkpoint is another key's": made(5, signer=stranger),
        "the form was changed": good
        | {"opening": opening | {"form": opening["form"] | {"number": "JY1"}}},
        "the salt is another's": good | {"opening": opening | {"salt": to_base64(_salt(6))}},
        "a part is gone": {name: good[name] for name in good if name != "checkpoint"},
        "there is more than its five parts": good | {"status": "invalid"},
    }


def vectors() -> dict[str, Any]:
    """Receipts under the log's key: `right`, with what each proves, and `wrong`."""
    first, last, redacted = made(5), made(SIZE - 1), made(5) | {"opening": None}
    right = (("a receipt", first, 5), ("the last entry", last, SIZE - 1), ("redacted", redacted, 5))
    return {
        "vkey": SIGNER.vkey,
        "right": [
            {
                "what": what,
                "proves": {
                    "origin": SIGNER.name,
                    "index": index,
                    "size": SIZE,
                    "id": IDS[index % 3],
                    "kind": "published",
                    "at": AT,
                    "form": whole["opening"] and whole["opening"]["form"],
                },
                "receipt": whole,
            }
            for what, whole, index in right
        ],
        "wrong": [{"why": why, "receipt": receipt} for why, receipt in _wrong().items()],
    }
