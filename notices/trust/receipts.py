"""Receipts: what proves, to whoever holds the log's public key alone, that a notice was logged.

An entry commits to its public form by a salted hash. Salt and form are the opening: a log whose
openings are deleted still proves everything else, and a receipt saved before still proves it all.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from notices.facts import event_kinds
from notices.facts.notice_ids import NoticeIdError, parse, printed
from notices.facts.public.notice import Opening, Receipt
from notices.facts.texts import ByLanguage, Text, TextError
from notices.locale import SOURCE
from notices.trust import attachments, proofs, verdicts
from notices.trust.encoding import EncodingError, canonical, from_base64, strict_json, to_base64
from notices.trust.merkle import HASH_SIZE, ProofError, leaf_hash, verify_inclusion
from notices.trust.notes import NoteError, NoteVerifier, parse_checkpoint

SALT_SIZE = 32
MOST_BYTES = 256_000
"""Entries have at most 65,535 bytes, proofs 62 hashes: a real receipt is far smaller."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt proves."""

    origin: str
    index: int
    size: int
    id: str
    kind: str
    at: str
    certificate: str
    form: dict[str, Any] | None
    on_paper: bool
    """Whether the proof was attached to a printed notice, of which it proves no word."""

    @property
    def statement(self) -> str | None:
        return None if self.form is None else str(self.form["statement"])

    @property
    def sentence(self) -> Text:
        """What is proven, and what is not."""
        words = verdicts.PROVEN_REDACTED if self.form is None else verdicts.PROVEN
        return (verdicts.PROVEN_PRINTED if self.on_paper else words).format(
            origin=self.origin,
            number=self.index,
            size=self.size,
            id=printed(self.id),
            kind=_words_of(self.kind),
            at=self.at,
            statement=self.statement,
        )


_EVENTS: dict[str, Text] = {name: row.words for name, row in event_kinds.KINDS.items()}


def _words_of(kind: str) -> Text:
    """A newer log may have kinds that we know no words for."""
    return _EVENTS.get(kind, ByLanguage({SOURCE: kind}))


class ReceiptError(TextError):
    """A receipt that proves nothing, and why."""


def commitment(salt: bytes, form: dict[str, Any]) -> str:
    """What an entry says about `form` without showing it."""
    return commitment_to(salt, canonical(form))


def commitment_to(salt: bytes, text: bytes) -> str:
    """The commitment to the form whose JCS is `text`."""
    return to_base64(hmac.digest(salt, text, hashlib.sha256))


def entry_text(notice_id: str, kind: str, at: str, certificate: str, commitment: str) -> str:
    """The entry of one event; `at` is RFC 3339 in +08:00 with milliseconds."""
    return canonical(
        {
            "v": 1,
            "id": notice_id,
            "kind": kind,
            "at": at,
            "certificate": certificate,
            "commitment": commitment,
        }
    ).decode()


def opening(salt: bytes, form: str) -> Opening:
    """What opens the commitment made from `salt` and `form`, which is JSON text."""
    bare = msgspec.json.format(form.encode(), indent=-1)  # PostgreSQL writes spaces
    return Opening(salt=to_base64(salt), form=msgspec.Raw(bare))


def receipt(
    entry: str, opening: Opening | None, index: int, proof: Sequence[bytes], checkpoint: str
) -> Receipt:
    """The receipt as it is handed out; `verify` reads it."""
    return Receipt(
        entry=entry,
        opening=opening,
        index=index,
        proof=[to_base64(node) for node in proof],
        checkpoint=checkpoint,
    )


def to_text(receipt: Receipt) -> str:
    """The receipt as a C2SP tlog-proof, which carries no opening; `verify` reads it too."""
    proof = [from_base64(node, HASH_SIZE) for node in receipt.proof]
    return proofs.to_text(receipt.entry, receipt.index, proof, receipt.checkpoint)


def verify(content: bytes, vkey: str) -> Proven:
    """What a receipt proves under the log's public key: JSON, tlog-proof, or a printed notice.

    Raises ReceiptError: for any bytes at all.
    """
    try:
        verifier = NoteVerifier(vkey)
    except NoteError as problem:
        raise ReceiptError(verdicts.BAD_KEY) from problem
    receipt = _receipt(content)
    entry = _entry(receipt["entry"])
    form = _form(receipt["opening"], entry["commitment"])
    try:
        origin, size, root = parse_checkpoint(verifier.open(receipt["checkpoint"]))
    except NoteError as problem:
        raise ReceiptError(verdicts.BAD_CHECKPOINT) from problem
    if origin != verifier.name:
        raise ReceiptError(verdicts.BAD_CHECKPOINT)
    try:
        proof = [from_base64(node, HASH_SIZE) for node in receipt["proof"]]
        leaf = leaf_hash(receipt["entry"].encode())
        verify_inclusion(receipt["index"], size, leaf, proof, root)
    except (EncodingError, ProofError) as problem:
        raise ReceiptError(verdicts.NOT_IN_LOG) from problem
    return Proven(
        origin=origin,
        index=receipt["index"],
        size=size,
        id=entry["id"],
        kind=entry["kind"],
        at=entry["at"],
        certificate=entry["certificate"],
        form=form,
        on_paper=content.startswith(attachments.FIRST_BYTES),
    )


def _attached(content: bytes) -> bytes:
    """The tlog-proof that a printed notice carries."""
    if len(content) > attachments.MOST_BYTES:
        raise ReceiptError(verdicts.TOO_LARGE)
    try:
        attached = content[attachments.find(content)]
    except attachments.AttachmentError as problem:
        raise ReceiptError(verdicts.NOT_ATTACHED) from problem
    if not attached.startswith(proofs.FIRST_LINE.encode()):
        raise ReceiptError(verdicts.NOT_ATTACHED)
    return attached


def _receipt(content: bytes) -> dict[str, Any]:
    found: dict[str, Any]
    if content.startswith(attachments.FIRST_BYTES):
        content = _attached(content)
    if len(content) > MOST_BYTES:
        raise ReceiptError(verdicts.TOO_LARGE)
    if content.startswith(proofs.FIRST_LINE.encode()):
        try:
            parts = proofs.parse(content.decode())
        except (UnicodeDecodeError, proofs.ProofTextError) as problem:
            raise ReceiptError(verdicts.UNREADABLE_PROOF) from problem
        bare = receipt(parts.entry, None, parts.index, parts.proof, parts.checkpoint)
        return msgspec.structs.asdict(bare)
    try:
        found = strict_json(content)
    except EncodingError as problem:
        raise ReceiptError(verdicts.UNREADABLE) from problem
    # Nothing beside the five parts: an unproven field in a proven receipt would be believed too.
    match found:
        case {
            "entry": str(),
            "opening": dict() | None,
            "index": int() as index,
            "proof": list(),
            "checkpoint": str(),
            **others,
        } if not others and index is not True and index is not False:
            return found
    raise ReceiptError(verdicts.UNREADABLE)


_ENTRY_PARTS = {
    "id": re.compile(r"[0-9]{14}"),
    "kind": re.compile(r"[a-z_]{1,40}"),
    "at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00", re.ASCII),
    "certificate": re.compile(r"[a-z0-9-]{1,100}"),
    "commitment": re.compile(r"[A-Za-z0-9+/]{43}="),
}


def _entry(text: str) -> dict[str, str]:
    try:
        entry = strict_json(text.encode())
        if not isinstance(entry, dict) or canonical(entry) != text.encode():
            raise ReceiptError(verdicts.BAD_ENTRY)
        parts = {name: value for name, value in entry.items() if name != "v"}
        if entry.get("v") is True or entry.get("v") != 1 or parts.keys() != _ENTRY_PARTS.keys():
            raise ReceiptError(verdicts.BAD_ENTRY)
        for name, value in parts.items():
            if not isinstance(value, str) or not _ENTRY_PARTS[name].fullmatch(value):
                raise ReceiptError(verdicts.BAD_ENTRY)
        parse(parts["id"])
    except (EncodingError, NoticeIdError, UnicodeEncodeError) as problem:
        raise ReceiptError(verdicts.BAD_ENTRY) from problem
    return parts


def _form(opening: dict[str, Any] | None, expected: str) -> dict[str, Any] | None:
    if opening is None:
        return None
    form = opening.get("form")
    if opening.keys() != {"salt", "form"} or not isinstance(form, dict):
        raise ReceiptError(verdicts.BAD_OPENING)
    if not isinstance(form.get("statement"), str):
        raise ReceiptError(verdicts.BAD_OPENING)
    try:
        made = commitment(from_base64(opening["salt"], SALT_SIZE), form)
    except EncodingError as problem:
        raise ReceiptError(verdicts.BAD_OPENING) from problem
    if not hmac.compare_digest(made, expected):
        raise ReceiptError(verdicts.BAD_OPENING)
    return form
