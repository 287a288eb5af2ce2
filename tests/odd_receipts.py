"""Receipts, keys and signatures that nobody hands out, on which two programs could differ."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notices.trust.encoding import canonical, to_base64
from notices.trust.merkle import leaf_hash, node_hash
from notices.trust.notes import NoteSigner, checkpoint_text
from notices.trust.receipts import (
    commitment,
    commitment_to,
    entry_text,
)
from tests.unit.test_receipts import (
    AT,
    FORM,
    GOOD,
    ID,
    PROOF,
    SALT,
    SIGNER,
    logged_alone,
    make,
    opening,
    saved,
    to_json,
    to_text,
)


def changed(**parts: Any) -> bytes:
    return json.dumps(make() | parts).encode()


def committed(form: dict[str, Any], written: bytes | None = None) -> bytes:
    """A logged receipt of `form`, or of what the bytes `written` hold in place of it."""
    entry = entry_text(ID, "published", AT, "seal", commitment(SALT, form))
    whole = json.loads(logged_alone(entry)) | {"opening": opening(SALT, form)}
    content = saved(whole)
    return content.replace(canonical(form), written) if written else content


def written(form: bytes) -> bytes:
    """A logged receipt whose commitment is to `form` as it is written, canonical or not."""
    entry = entry_text(ID, "published", AT, "seal", commitment_to(SALT, form))
    whole = json.loads(logged_alone(entry)) | {"opening": opening(SALT, {})}
    return saved(whole).replace(b'"form":{}', b'"form":' + form)


def under(size: int, hashes: int, *, right: bool = False) -> bytes:
    """Entry 0 of a log of `size`, and so many hashes that lead to the root that is signed."""
    entry, sibling = canonical(ENTRY), bytes(32)
    root = leaf_hash(entry)
    for _ in range(hashes):
        root = node_hash(sibling, root) if right else node_hash(root, sibling)
    note = SIGNER.sign(checkpoint_text(SIGNER.name, size, root))
    return saved(to_json(entry.decode(), None, 0, [sibling] * hashes, note))


def ids() -> Iterator[str]:
    """Numbers that divide well, with check digits that are never given."""
    for check in (0, 1, 99):
        bodies = range(37 * 10**10, 38 * 10**10)
        yield next(f"{body}{check:02}" for body in bodies if (body * 100 + check) % 97 == 1)


def noted(note: str) -> bytes:
    return changed(checkpoint=note)


def logged_text(text: str) -> bytes:
    return logged_alone(text, with_opening=False)


NOTE = make()["checkpoint"]
OTHER = NoteSigner("witness.example", bytes(32))
SIZES = [0, 11, 2**62, 2**62 + 1, 10**18, 10**19]
ENTRY = json.loads(entry_text(ID, "published", AT, "seal", commitment(SALT, FORM)))
ODD_NAMES = {"statement": '声\x7f\u2028"\\/<😀', "号": 1, "\ue000": 2, "😀": None, "__proto__": {}}

ODD_RECEIPTS = [
    b"", b" ", b"{}", b"[]", b"null", b'"', b"\xff", b"\xef\xbb\xbf" + GOOD, GOOD + b" \r\n\t",
    GOOD + b"\x0c", GOOD + b"{}", b" " * 256_001, b" " * 256_000, b"[" * 200_000,
    GOOD.replace(b'"index":5', b'"index":5.0'), GOOD.replace(b'"index":5', b'"index":05'),
    GOOD.replace(b'"index":5', b'"index":5e0'), GOOD.replace(b'"index":5', b'"index":+5'),
    GOOD.replace(b'"index":5', b'"index":-0'), GOOD.replace(b'"index":5', b'"index":NaN'),
    GOOD.replace(b'"index":5', b'"in\\u0064ex":5'), GOOD.replace(b'"index"', b"'index'"),
    GOOD[:-1] + b',"index":5}', GOOD[:-1] + b',"in\\u0064ex":5}', GOOD[:-1] + b",}",
    GOOD[:-1] + b',"__proto__":null}', json.dumps(make(), indent=2).encode(),
    json.dumps(make()).encode(),
    *(changed(index=index) for index in [True, None, "5", -1, 11, 2**53 - 1, 2**53, 2**64,
    10**400]),
    *(changed(more=1), changed(entry=None), changed(checkpoint=[]), changed(proof={}),
    changed(proof=[])),
    *(changed(proof=[*make()["proof"], each]) for each in [1, None, "", "AAAA",
    to_base64(bytes(32))]),
    changed(opening=[]), changed(opening={}), changed(opening=None), saved(make(redacted=True)),
    changed(opening={"salt": "AAAA", "form": FORM}),
    changed(opening={"salt": None, "form": FORM}),
    changed(opening=opening(SALT, FORM) | {"more": 1}),
    changed(opening={"salt": "A" * 43 + "=", "form": []}),
    written(b'{"statement":"\\ud800"}'), written(b'{"statement":"","\\udc00":1}'),
    written(b'{"statement":"", "a":1}'), written(b'{"statement":"","a":1.0}'),
    written(b'{"a":1,"statement":""}'), written(b'{"a":01,"statement":""}'),
    saved(json.loads(committed(FORM)) | {"opening": opening(SALT, FORM) | {"more": 1}}),
    committed({"statement": "\ufffd"}, b'{"statement":"\xff"}'),
    *(logged_text(canonical(ENTRY | {"id": id}).decode()) for id in ids()),
    under(1, 0), under(1, 1), under(1, 1, right=True), under(2, 0), under(2, 1), under(2**62, 62),
    under(2**62 + 1, 63), PROOF[: PROOF.index(b"\n")] + b"\n\nx",
    PROOF[: PROOF.index(b"index")] + b"\n",
    committed(FORM), committed(ODD_NAMES), committed({"statement": "", "a": [1, -1, True, {}]}),
    committed({"statement": "{id} {at} $& $1"}), committed({"statement": 1}), committed({}),
    committed(FORM, b'{"statement":1.0}'), committed(FORM, b'{"statement":"\\ud800"}'),
    committed({"statement": "x", "n": 2**53 - 1}),
    committed(FORM, b'{"statement":"x","n":9007199254740992}'),
    committed(FORM, canonical(FORM).replace(b",", b" , ")),
    committed(FORM, b'{"statement":"x","\\udc00":1}'),
    *(logged_text(text) for text in ["", "[]", "1", "\ufeff{}", canonical(ENTRY).decode() + " "]),
    *(
        logged_text(canonical(ENTRY | part).decode())
        for part in [
            {"v": 2}, {"v": True}, {"v": "1"}, {"id": "37070000012359"}, {"id": 37070000012358},
            {"id": "37070000012397"}, {"kind": "Published"}, {"kind": ""}, {"kind": "a\n"},
            {"at": AT + "\n"},
            {"at": "2026-11-24T02:00:00.123Z"}, {"at": "２026-11-24T10:00:00.123+08:00"},
            {"more": 1},
            {"certificate": "a b"}, {"certificate": "c" * 100}, {"certificate": "c" * 101},
            {"at": None},
            {"commitment": "AAAA"}, {"at": "9999-99-99T99:99:99.999+08:00"},
        ]
    ),
    changed(entry="\ud800"), changed(entry="[" * 50_000), changed(entry='{"v":"\ud800"}'),
    changed(entry=canonical(ENTRY | {"kind": "?"}).decode().replace("?", "\\ud800")),
    saved(make(signer=OTHER)), saved(make(origin="elsewhere.example/log")),
    *(noted(note) for note in [
        "", "\n", "\n\n", NOTE[:-1], NOTE + "\n", NOTE + "x\n", NOTE.replace("— ", "- "),
        "\n\n" + NOTE,
        NOTE + OTHER.sign("a\n").removeprefix("a\n\n"),
        NOTE + SIGNER.sign("a\n").removeprefix("a\n\n"),
        NOTE + "— 名 AAAAAAAA\n", NOTE + "— 名 AAAA\n", NOTE + "— a\u3000b AAAAAAAA\n",
        NOTE + "— a+b AAAAAAAA\n",
        NOTE + "— a b AAAAAAAA\n", NOTE + f"— {'😀' * 255} AAAAAAAA\n",
        NOTE + f"— {'😀' * 256} AAAAAAAA\n",
        NOTE + "— a AAAAAAAA\n" * 99, NOTE + "— a AAAAAAAA\n" * 100, NOTE + "— a \ud800\n",
        NOTE + f"— a {'AAAA' * 24_900}\n", NOTE + f"— a {'AAAA' * 25_100}\n",
        *(SIGNER.sign(text) for text in [
            "a\n", f"{SIGNER.name}\n11\n", f"{SIGNER.name}\n11\nAAAA\n",
            f"{SIGNER.name}\n011\nAA==\n",
            checkpoint_text(SIGNER.name, 11, bytes(32)) + "more\n",
            "\n11\n" + to_base64(bytes(32)) + "\n",
        ]),
        *(SIGNER.sign(checkpoint_text(SIGNER.name, size, bytes(32))) for size in SIZES),
    ]),
    *(PROOF[:end] for end in range(0, len(PROOF), 7)), PROOF + b"\n",
    PROOF.replace(b"\n", b"\r\n"),
    *(PROOF.replace(b"index 5", index) for index in [
        b"index 05", b"index -1", b"index 5 ", "index ５".encode(), b"index " + b"9" * 19,
        b"index " + b"9" * 20,
    ]),
    PROOF.replace(b"extra ", b"more "), PROOF.replace(b"@v1", b"@v2"),
    PROOF.replace(b"@v1", b"@v1 "),
    to_text(make() | {"proof": [to_base64(bytes(32))] * 63}).encode(),
    to_text(make() | {"proof": [to_base64(bytes(32))] * 64}).encode(),
]  # fmt: skip  # a list to be read as a list


OF_ANOTHER_TYPE = b"\x02" + SIGNER.public_key
ITS_ID = sha256(SIGNER.name.encode() + b"\n" + OF_ANOTHER_TYPE).hexdigest()[:8]
NAME, KEY_ID, VALUE = SIGNER.vkey.split("+", 2)
KEYS = [
    "", "+", "++", "no key", SIGNER.vkey + "\n", " " + SIGNER.vkey, OTHER.vkey,
    SIGNER.vkey.upper(),
    f"{SIGNER.name}+{ITS_ID}+{to_base64(OF_ANOTHER_TYPE)}", f"{NAME}+{KEY_ID}",
    f"{NAME}+{KEY_ID}+", f"{NAME}+00000000+{VALUE}", f"{NAME}+{KEY_ID}+AAAA",
    f"{NAME}+{KEY_ID}+{VALUE}+", f"other+{KEY_ID}+{VALUE}", f"+{KEY_ID}+{VALUE}",
    f"a b+{KEY_ID}+{VALUE}",
    f"{NAME}+{KEY_ID}+{to_base64(bytes(33))}", f"\ud800+{KEY_ID}+{VALUE}",
]  # fmt: skip


VECTORS = [  # RFC 8032, section 7.1, tests 1 to 3
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19


def odd_signatures() -> Iterator[tuple[bytes, bytes, bytes]]:
    """Keys, signatures and messages on which implementations of Ed25519 have differed."""
    message = b"checkpoint"
    seed = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key, good = seed.public_key().public_bytes_raw(), seed.sign(message)
    s = int.from_bytes(good[32:], "little")
    for added in (GROUP_ORDER, 2 * GROUP_ORDER, 1, -s, GROUP_ORDER - s):
        yield key, good[:32] + (s + added).to_bytes(32, "little"), message
    for place in range(64):
        yield (
            key,
            bytes(b ^ (1 << place % 8) if at == place else b for at, b in enumerate(good)),
            message,
        )
    points = [
        0,
        1,
        2,
        P - 1,
        P,
        P + 1,
        2**255 - 1,
        2**252,
        (1 << 255) | 1,
        (1 << 255) | (P - 1),
        1 << 255,
    ]
    small = bytes.fromhex(
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    )  # of order 8
    for point in (*(each.to_bytes(32, "little") for each in points), small):
        for r in (point, (1).to_bytes(32, "little"), (P + 1).to_bytes(32, "little")):
            yield point, r + bytes(32), message
            yield point, r + bytes(32), message + b"!"
    yield key[:31], good, message
    yield key, good[:63], message
