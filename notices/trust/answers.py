"""Signed answers: what a verification said can be shown to others, and checked by them.

The signature is over `notices-answer/v1`, a newline and the JCS (RFC 8785) of the answer without
its `signature`. The first line keeps it from ever being taken for a signature on a checkpoint.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notices.facts.characters import seen
from notices.facts.notice_ids import NoticeIdError, printed
from notices.facts.public.answer import is_doubtful
from notices.facts.texts import Message, Text, TextError
from notices.trust.encoding import EncodingError, canonical, from_base64, strict_json, to_base64
from notices.trust.signing import Ed25519Signer, SignatureError, Signer
from notices.trust.signing import verify as verify_signature

CONTEXT = b"notices-answer/v1\n"
BATCH = b"notices-batch/v1\n"
"""Before the summary of a file of questions, which the same key signs."""

MOST_BYTES = 2_000_000
"""A thousand answers fit."""


class AnswerError(TextError):
    """An answer that proves nothing, and why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that answers are verified with."""

    algorithm: str
    key: bytes


def _unsigned(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in answer if name != "signature"}


class AnswerSigner:
    """The private key that signs answers, and the summaries of many; it signs nothing else."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.algorithm = signer.algorithm
        self.public_key = signer.public_key
        self.key_id = signer.key_id

    def __repr__(self) -> str:
        return f"AnswerSigner({self.key_id})"

    def sign(self, answer: Mapping[str, Any]) -> dict[str, str]:
        """The `signature` of `answer`; a `signature` already in it does not count."""
        return self.sign_text(canonical(_unsigned(answer)))

    def sign_text(self, text: bytes, context: bytes = CONTEXT) -> dict[str, str]:
        """The same of an answer whose JCS, without its `signature`, is `text`."""
        value = self._signer.sign(context + text)
        return {"alg": self.algorithm, "key": self.key_id, "value": to_base64(value)}


TESTS = AnswerSigner(Ed25519Signer(hashlib.sha256(CONTEXT + b"test").digest()))
"""Signs what test keys are answered. Anybody can make this key, so it proves nothing to anybody:
it is published beside the numbers for tests and never among the keys of real answers."""


def verify(
    answer: Mapping[str, Any], keys: Mapping[str, PublicKey], context: bytes = CONTEXT
) -> None:
    """Raises AnswerError unless `answer`, with its `signature`, is as one of `keys` signed it.

    `keys` are by id; the algorithm is the key's, and the answer may name no other. A summary is
    verified in the `context` BATCH.
    """
    match answer.get("signature"):
        case {"alg": str() as alg, "key": str() as id, "value": value, **others} if not others:
            pass
        case _:
            raise AnswerError(_NOT_SIGNED)
    key = keys.get(id)
    if key is None:
        raise AnswerError(_UNKNOWN_KEY.format(id=id[:64]))
    if alg != key.algorithm:
        raise AnswerError(_DOES_NOT_FIT)
    try:
        verify_signature(alg, key.key, from_base64(value), context + canonical(_unsigned(answer)))
    except (EncodingError, SignatureError) as problem:
        raise AnswerError(_DOES_NOT_FIT) from problem


def verify_file(content: bytes, keys: Mapping[str, PublicKey]) -> list[Text]:
    """What each answer in `content` (one answer, or `{answers: […]}`) proves, as a sentence.

    Raises AnswerError for any bytes at all that are not wholly signed answers.
    """
    if len(content) > MOST_BYTES:
        raise AnswerError(_UNREADABLE)
    try:
        data = strict_json(content)
    except EncodingError as problem:
        raise AnswerError(_UNREADABLE) from problem
    if not isinstance(data, dict):
        raise AnswerError(_UNREADABLE)
    answers = [data]
    if "answers" in data:
        answers = data["answers"]
        if data.keys() != {"answers"} or not isinstance(answers, list) or not answers:
            raise AnswerError(_UNREADABLE)
    sentences = []
    for answer in answers:
        if not isinstance(answer, dict):
            raise AnswerError(_UNREADABLE)
        verify(answer, keys)
        sentences.append(_sentence(answer))
    return sentences


def keys_in(content: bytes) -> dict[str, PublicKey]:
    """The keys of a saved /.well-known/notice-keys.json, by id; raises AnswerError."""
    try:
        data = strict_json(content)
        return {
            one["id"]: PublicKey(one["alg"], from_base64(one["key"])) for one in data["answers"]
        }
    except (EncodingError, KeyError, TypeError) as problem:
        raise AnswerError(_BAD_KEYS) from problem


def _sentence(answer: Mapping[str, Any]) -> Text:
    if answer.get("test") or answer["signature"]["key"] == TESTS.key_id:
        return _TEST
    notice = answer.get("notice")
    try:
        notice = printed(notice) if isinstance(notice, str) else "—"
    except NoticeIdError:
        notice = "—"
    proven = _PROVEN.format(
        notice=notice,
        key=answer["signature"]["key"],
        # What nobody sees of a number turns it around where it is shown.
        number=seen(str(answer.get("number"))),
        **{name: answer.get(name) for name in ("certificate", "status", "checked_at", "log_size")},
    )
    doubtful = is_doubtful(*map(answer.get, ("status", "number_form", "others")))
    return _DOUBTFUL.format(proven=proven) if doubtful else proven


_PROVEN = Message(
    "已证明：密钥 {key} 的持有者在 {checked_at} 答复，证件 {certificate}、号码 {number} 的状态是 "
    "{status}（公告 {notice}，登记簿当时有 {log_size} 条）。没有证明：之后有没有变化，"
    "以及声明本身是否属实。"
)
_DOUBTFUL = Message("号码可能不对，请先核对（不是通常的样子，或另有相关的公告）。{proven}")
_TEST = Message("签名与答复相符，但这是给测试密钥的答复：号码和公告都是虚构的，什么也没有证明。")
_UNREADABLE = Message("这不是完整的核验答复：应是接口返回的 JSON。")
_NOT_SIGNED = Message("这份答复没有签名，或签名的格式不对。")
_UNKNOWN_KEY = Message("签名所用的密钥 {id} 不在已知的公钥之中。")  # fmt: skip
_DOES_NOT_FIT = Message("签名与答复不符：答复或签名被改动过。")
_BAD_KEYS = Message("公钥文件不可用：应是网站 /.well-known/notice-keys.json 的内容。")
