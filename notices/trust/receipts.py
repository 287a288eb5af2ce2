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

from notices.facts.notice_ids import NoticeIdError, parse, printed
from notices.facts.texts import Text
from notices.trust import attachments, proofs
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
        words = _PROVEN_REDACTED if self.form is None else _PROVEN
        return (_PROVEN_PRINTED if self.on_paper else words).format(
            origin=self.origin,
            number=self.index,
            size=self.size,
            id=printed(self.id),
            kind=self.kind,
            at=self.at,
            statement=self.statement,
        )


class ReceiptError(Exception):
    """A receipt that proves nothing, and why."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


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


def opening(salt: bytes, form: dict[str, Any]) -> dict[str, Any]:
    """What opens the commitment made from `salt` and `form`."""
    return {"salt": to_base64(salt), "form": form}


def to_json(
    entry: str, opening: dict[str, Any] | None, index: int, proof: Sequence[bytes], checkpoint: str
) -> dict[str, Any]:
    """The receipt as it is handed out; `verify` reads it."""
    return {
        "entry": entry,
        "opening": opening,
        "index": index,
        "proof": [to_base64(node) for node in proof],
        "checkpoint": checkpoint,
    }


def to_text(receipt: dict[str, Any]) -> str:
    """The receipt as a C2SP tlog-proof, which carries no opening; `verify` reads it too."""
    proof = [from_base64(node, HASH_SIZE) for node in receipt["proof"]]
    return proofs.to_text(receipt["entry"], receipt["index"], proof, receipt["checkpoint"])


def verify(content: bytes, vkey: str) -> Proven:
    """What a receipt proves under the log's public key: JSON, tlog-proof, or a printed notice.

    Raises ReceiptError: for any bytes at all.
    """
    try:
        verifier = NoteVerifier(vkey)
    except NoteError as problem:
        raise ReceiptError(_BAD_KEY) from problem
    receipt = _receipt(content)
    entry = _entry(receipt["entry"])
    form = _form(receipt["opening"], entry["commitment"])
    try:
        origin, size, root = parse_checkpoint(verifier.open(receipt["checkpoint"]))
    except NoteError as problem:
        raise ReceiptError(_BAD_CHECKPOINT) from problem
    if origin != verifier.name:
        raise ReceiptError(_BAD_CHECKPOINT)
    try:
        proof = [from_base64(node, HASH_SIZE) for node in receipt["proof"]]
        leaf = leaf_hash(receipt["entry"].encode())
        verify_inclusion(receipt["index"], size, leaf, proof, root)
    except (EncodingError, ProofError) as problem:
        raise ReceiptError(_NOT_IN_LOG) from problem
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
        raise ReceiptError(_TOO_LARGE)
    try:
        attached = content[attachments.find(content)]
    except attachments.AttachmentError as problem:
        raise ReceiptError(_NOT_ATTACHED) from problem
    if not attached.startswith(proofs.FIRST_LINE.encode()):
        raise ReceiptError(_NOT_ATTACHED)
    return attached


def _receipt(content: bytes) -> dict[str, Any]:
    receipt: dict[str, Any]
    if content.startswith(attachments.FIRST_BYTES):
        content = _attached(content)
    if len(content) > MOST_BYTES:
        raise ReceiptError(_TOO_LARGE)
    if content.startswith(proofs.FIRST_LINE.encode()):
        try:
            parts = proofs.parse(content.decode())
        except (UnicodeDecodeError, proofs.ProofTextError) as problem:
            raise ReceiptError(_UNREADABLE_PROOF) from problem
        return to_json(parts.entry, None, parts.index, parts.proof, parts.checkpoint)
    try:
        receipt = strict_json(content)
    except EncodingError as problem:
        raise ReceiptError(_UNREADABLE) from problem
    # Nothing beside the five parts: an unproven field in a proven receipt would be believed too.
    match receipt:
        case {
            "entry": str(),
            "opening": dict() | None,
            "index": int() as index,
            "proof": list(),
            "checkpoint": str(),
            **others,
        } if not others and index is not True and index is not False:
            return receipt
    raise ReceiptError(_UNREADABLE)


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
            raise ReceiptError(_BAD_ENTRY)
        parts = {name: value for name, value in entry.items() if name != "v"}
        if entry.get("v") is True or entry.get("v") != 1 or parts.keys() != _ENTRY_PARTS.keys():
            raise ReceiptError(_BAD_ENTRY)
        for name, value in parts.items():
            if not isinstance(value, str) or not _ENTRY_PARTS[name].fullmatch(value):
                raise ReceiptError(_BAD_ENTRY)
        parse(parts["id"])
    except (EncodingError, NoticeIdError, UnicodeEncodeError) as problem:
        raise ReceiptError(_BAD_ENTRY) from problem
    return parts


def _form(opening: dict[str, Any] | None, expected: str) -> dict[str, Any] | None:
    if opening is None:
        return None
    form = opening.get("form")
    if opening.keys() != {"salt", "form"} or not isinstance(form, dict):
        raise ReceiptError(_BAD_OPENING)
    if not isinstance(form.get("statement"), str):
        raise ReceiptError(_BAD_OPENING)
    try:
        made = commitment(from_base64(opening["salt"], SALT_SIZE), form)
    except EncodingError as problem:
        raise ReceiptError(_BAD_OPENING) from problem
    if not hmac.compare_digest(made, expected):
        raise ReceiptError(_BAD_OPENING)
    return form


_PROVEN = Text(
    "已证明：下面的内容于{at}作为公告 {id} 的事件（{kind}）记入日志“{origin}”的第{number}号位置，"
    "该日志当时共有{size}条记录，由其密钥签名。没有证明：这份公告现在的状态，以及声明内容是否属实。"
    "\n{statement}",
    "Proven: the text below was logged at {at} as an event ({kind}) of notice {id}, at position "
    "{number} of the log “{origin}”, which had {size} entries and is signed with its key. "
    "Not proven: the notice's present status, and whether the declaration is true.\n{statement}",
)
_PROVEN_REDACTED = Text(
    "已证明：公告 {id} 的一个事件（{kind}）于{at}记入日志“{origin}”的第{number}号位置，"
    "该日志当时共有{size}条记录，由其密钥签名。这张回执不含公告内容（内容已删除或未附上）。"
    "没有证明：公告的内容、现在的状态，以及声明是否属实。",
    "Proven: an event ({kind}) of notice {id} was logged at {at}, at position {number} of the "
    "log “{origin}”, which had {size} entries and is signed with its key. This receipt does not "
    "carry the text (it was redacted, or left out). Not proven: what the text said, the "
    "notice's present status, and whether the declaration is true.",
)
_PROVEN_PRINTED = Text(
    "已证明：公告 {id} 的一个事件（{kind}）于{at}记入日志“{origin}”的第{number}号位置，"
    "该日志当时共有{size}条记录，由其密钥签名；证明附在这份打印公告里。"
    "没有证明：页面上的文字、公告现在的状态，以及声明是否属实；请按编号在网站上核对。",
    "Proven: an event ({kind}) of notice {id} was logged at {at}, at position {number} of the "
    "log “{origin}”, which had {size} entries and is signed with its key; the proof is attached "
    "to this printed notice. Not proven: what its pages say, the notice's present status, and "
    "whether the declaration is true; look the number up on the site.",
)
_TOO_LARGE = Text("文件太大，不是回执。", "The file is too large to be a receipt.")
_UNREADABLE = Text(
    "这不是完整的回执：应是只含 entry、opening、index、proof、checkpoint 五项的 JSON 文件。",
    "This is no complete receipt: a JSON file of entry, opening, index, proof and checkpoint.",
)
_UNREADABLE_PROOF = Text(
    "这不是完整的 tlog-proof 文件，可能被改动过。",
    "This is no complete tlog-proof; it may have been changed.",
)
_NOT_ATTACHED = Text(
    "这份 PDF 不含本平台所附的证明，或被改动、另存过。"
    "请用网站下载的原文件，或用 PDF 阅读器取出附件再验证。",
    "This PDF does not carry a proof as we attach it; it may have been changed or saved anew. Use "
    "the file as the site gave it, or take the attachment out with a PDF reader and check that.",
)
_BAD_KEY = Text("日志公钥不可用。", "The log's public key is not usable.")
_BAD_ENTRY = Text(
    "回执中的日志记录格式不对，可能被改动过。",
    "The entry in the receipt is malformed; it may have been changed.",
)
_BAD_OPENING = Text(
    "公告内容与日志记录不符：内容或盐值被改动过。",
    "The text does not belong to the entry: text or salt were changed.",
)
_BAD_CHECKPOINT = Text(
    "检查点不是用这个日志的密钥签名的，或被改动过。",
    "The checkpoint is not signed with this log's key, or was changed.",
)
_NOT_IN_LOG = Text(
    "不能证明这条记录在日志中：记录、位置或证明被改动过。",
    "The entry is not proven to be in the log: entry, index or proof were changed.",
)

SENTENCES = {
    "proven": _PROVEN,
    "redacted": _PROVEN_REDACTED,
    "too_large": _TOO_LARGE,
    "unreadable": _UNREADABLE,
    "unreadable_proof": _UNREADABLE_PROOF,
    "bad_key": _BAD_KEY,
    "bad_entry": _BAD_ENTRY,
    "bad_opening": _BAD_OPENING,
    "bad_checkpoint": _BAD_CHECKPOINT,
    "not_in_log": _NOT_IN_LOG,
}
"""All that is said of a receipt, for the page that checks receipts in the browser as well."""
