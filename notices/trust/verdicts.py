"""What is said of a receipt: what it proves and what not, or why it proves nothing."""

from notices.facts.texts import Text

PROVEN = Text(
    "已证明：下面的内容于{at}作为公告 {id} 的事件（{kind}）记入日志“{origin}”的第{number}号位置，"
    "该日志当时共有{size}条记录，由其密钥签名。没有证明：这份公告现在的状态，以及声明内容是否属实。"
    "\n{statement}",
    "Proven: the text below was logged at {at} as an event ({kind}) of notice {id}, at position "
    "{number} of the log “{origin}”, which had {size} entries and is signed with its key. "
    "Not proven: the notice's present status, and whether the declaration is true.\n{statement}",
)
PROVEN_REDACTED = Text(
    "已证明：公告 {id} 的一个事件（{kind}）于{at}记入日志“{origin}”的第{number}号位置，"
    "该日志当时共有{size}条记录，由其密钥签名。这张回执不含公告内容（内容已删除或未附上）。"
    "没有证明：公告的内容、现在的状态，以及声明是否属实。",
    "Proven: an event ({kind}) of notice {id} was logged at {at}, at position {number} of the "
    "log “{origin}”, which had {size} entries and is signed with its key. This receipt does not "
    "carry the text (it was redacted, or left out). Not proven: what the text said, the "
    "notice's present status, and whether the declaration is true.",
)
PROVEN_PRINTED = Text(
    "已证明：公告 {id} 的一个事件（{kind}）于{at}记入日志“{origin}”的第{number}号位置，"
    "该日志当时共有{size}条记录，由其密钥签名；证明附在这份打印公告里。"
    "没有证明：页面上的文字、公告现在的状态，以及声明是否属实；请按编号在网站上核对。",
    "Proven: an event ({kind}) of notice {id} was logged at {at}, at position {number} of the "
    "log “{origin}”, which had {size} entries and is signed with its key; the proof is attached "
    "to this printed notice. Not proven: what its pages say, the notice's present status, and "
    "whether the declaration is true; look the number up on the site.",
)
TOO_LARGE = Text("文件太大，不是回执。", "The file is too large to be a receipt.")
UNREADABLE = Text(
    "这不是完整的回执：应是只含 entry、opening、index、proof、checkpoint 五项的 JSON 文件。",
    "This is no complete receipt: a JSON file of entry, opening, index, proof and checkpoint.",
)
UNREADABLE_PROOF = Text(
    "这不是完整的 tlog-proof 文件，可能被改动过。",
    "This is no complete tlog-proof; it may have been changed.",
)
NOT_ATTACHED = Text(
    "这份 PDF 不含本平台所附的证明，或被改动、另存过。"
    "请用网站下载的原文件，或用 PDF 阅读器取出附件再验证。",
    "This PDF does not carry a proof as we attach it; it may have been changed or saved anew. Use "
    "the file as the site gave it, or take the attachment out with a PDF reader and check that.",
)
BAD_KEY = Text("日志公钥不可用。", "The log's public key is not usable.")
BAD_ENTRY = Text(
    "回执中的日志记录格式不对，可能被改动过。",
    "The entry in the receipt is malformed; it may have been changed.",
)
BAD_OPENING = Text(
    "公告内容与日志记录不符：内容或盐值被改动过。",
    "The text does not belong to the entry: text or salt were changed.",
)
BAD_CHECKPOINT = Text(
    "检查点不是用这个日志的密钥签名的，或被改动过。",
    "The checkpoint is not signed with this log's key, or was changed.",
)
NOT_IN_LOG = Text(
    "不能证明这条记录在日志中：记录、位置或证明被改动过。",
    "The entry is not proven to be in the log: entry, index or proof were changed.",
)

SENTENCES = {
    "proven": PROVEN,
    "redacted": PROVEN_REDACTED,
    "printed": PROVEN_PRINTED,
    "too_large": TOO_LARGE,
    "unreadable": UNREADABLE,
    "unreadable_proof": UNREADABLE_PROOF,
    "bad_key": BAD_KEY,
    "bad_entry": BAD_ENTRY,
    "bad_opening": BAD_OPENING,
    "bad_checkpoint": BAD_CHECKPOINT,
    "not_in_log": NOT_IN_LOG,
}
"""All that is said of a receipt, for the page that checks receipts in the browser as well."""
