"""Writes docs/list-vectors.json: an offline list and a delta, what they say, and wrong ones."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notices.facts import catalogue
from notices.trust.encoding import to_base64
from notices.trust.list_deltas import Delta
from notices.trust.lists import ENTRY, KEY, Head, OfflineList, entry, joined, key_of
from notices.trust.notes import NoteSigner, NoteVerifier

OUT = Path(__file__).parents[1] / "docs" / "list-vectors.json"
SEED = bytes(range(32))
SIGNER = NoteSigner("notices.example/log", SEED)
AT = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
ASKED_AT = datetime(2026, 12, 1, tzinfo=UTC)
EFFECT, LATER = 1_780_000_000, 1_900_000_000
FOOD, TITLE = "food-operation-license", "real-estate-title"
HELD = (
    (FOOD, "JY13799990000011", "invalid", EFFECT),
    (FOOD, "JY13799990000020", "declared", LATER),
    (FOOD, "JY13799990000038", "declared", EFFECT),
    (FOOD, "JY13799990000046", "declared", 0),
    (FOOD, "JY13799990000054", "contested", 0),
    (FOOD, "JY13799990000062", "replaced", EFFECT),
    (TITLE, "鲁(2020)奎文区不动产权第9000001号", "invalid", EFFECT),
)  # fmt: skip
"""Certificate, number, status and when it takes effect."""

ASKED = (
    (FOOD, "JY13799990000011"),
    (FOOD, " ｊｙ1379 9990 0000 11"),
    (FOOD, "JY13799990000020"),
    (FOOD, "JY13799990000038"),
    (FOOD, "JY13799990000046"),
    (FOOD, "JY13799990000054"),
    (FOOD, "JY13799990000062"),
    (FOOD, "JY13799990000070"),
    ("drug-operation-license", "JY13799990000011"),
    (TITLE, "鲁（2020）奎文区不动产权第9000001号"),
)


def body_of(held: tuple[tuple[str, str, Any, int], ...]) -> bytes:
    known = catalogue.load().certificates
    return b"".join(
        sorted(
            entry(key_of(certificate, known[certificate].normal_number(number)), status, at)
            for certificate, number, status, at in held
        )
    )


def note_of(body: bytes, size: int, signer: NoteSigner = SIGNER) -> bytes:
    digest = hashlib.sha256(body).digest()
    root = hashlib.sha256(b"%d" % size).digest()
    head = Head(signer.name, size, root, AT, 2, len(body) // ENTRY, digest)
    return signer.sign_root(head.text(), size, root).encode()


def listed(body: bytes, size: int = 42, signer: NoteSigner = SIGNER) -> bytes:
    return joined(note_of(body, size, signer), body)


def delta() -> tuple[bytes, bytes]:
    """What leads to the next list, in which one number is gone and one is new, and that list."""
    before = body_of(HELD)
    after = body_of((*HELD[1:], (FOOD, "JY13799990000070", "invalid", EFFECT)))
    parts = {before[place : place + ENTRY] for place in range(0, len(before), ENTRY)}
    others = {after[place : place + ENTRY] for place in range(0, len(after), ENTRY)}
    hashes = hashlib.sha256(before).digest(), hashlib.sha256(after).digest()
    removed, added = tuple(sorted(parts - others)), tuple(sorted(others - parts))
    made = Delta(SIGNER.name, 42, 45, *hashes, removed, added)
    later = listed(after, 45)
    return made.content(SIGNER.sign(made.text()).encode(), note_of(after, 45)), later


def wrong() -> list[dict[str, str]]:
    body = body_of(HELD)
    good, other = listed(body), NoteSigner(SIGNER.name, bytes(32))
    swapped = body[ENTRY : 2 * ENTRY] + body[:ENTRY] + body[2 * ENTRY :]
    twice = body[:ENTRY] + body
    cases = {
        "truncated": good[:-ENTRY],
        "a status changed": good[: -ENTRY + KEY] + b"\x04" + good[-ENTRY + KEY + 1 :],
        "signed by another key": listed(body, signer=other),
        "its note changed": good.replace(b"\n42\n", b"\n43\n", 1),
        "not sorted": listed(swapped),
        "an entry twice": listed(twice),
    }
    return [{"why": why, "list": to_base64(content)} for why, content in cases.items()]


def vectors() -> dict[str, Any]:
    known = catalogue.load().certificates
    content = listed(body_of(HELD))
    read = OfflineList(content, [NoteVerifier(SIGNER.vkey)])
    said = []
    for certificate, number in ASKED:
        normal = known[certificate].normal_number(number)
        found = read.look_up(certificate, normal, ASKED_AT)
        at = found.effective_at if found else None
        said.append(
            {
                "certificate": certificate,
                "number": number,
                "normal": normal,
                "key": key_of(certificate, normal).hex(),
                "verdict": found.status if found else "no_notice",
                "effective_at": int(at.timestamp()) if at else 0,
            }
        )
    change, later = delta()
    return {
        "seed": SEED.hex(),
        "vkey": SIGNER.vkey,
        "list": to_base64(content),
        "asked_at": ASKED_AT.isoformat(),
        "asked": said,
        "delta": to_base64(change),
        "list_after": to_base64(later),
        "wrong": wrong(),
    }


def text() -> str:
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    OUT.write_text(text(), "utf-8")
