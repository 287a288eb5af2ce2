"""What is said of a receipt: what it proves and what not, or why it proves nothing."""

from notices.facts.texts import Message

PROVEN = Message(
    "已证明：下面的内容于{at}作为公告 {id} 的事件（{kind}）记入登记簿“{origin}”第{number}号，"
    "登记簿当时共有{size}条，由其密钥签名。没有证明：这份公告现在的状态，以及声明内容是否属实。"
    "\n{statement}"
)
PROVEN_REDACTED = Message(
    "已证明：公告 {id} 的一个事件（{kind}）于{at}记入登记簿“{origin}”第{number}号，"
    "登记簿当时共有{size}条，由其密钥签名。这份凭证不含公告内容（内容已删除或未附上）。"
    "没有证明：公告的内容、现在的状态，以及声明是否属实。"
)
PROVEN_PRINTED = Message(
    "已证明：公告 {id} 的一个事件（{kind}）于{at}记入登记簿“{origin}”第{number}号，"
    "登记簿当时共有{size}条，由其密钥签名；证明附在这份打印公告里。"
    "没有证明：页面上的文字、公告现在的状态，以及声明是否属实；请按编号在网站上核对。"
)
TOO_LARGE = Message("文件太大，不是凭证。")
UNREADABLE = Message(
    "这不是完整的凭证：应是只含 entry、opening、index、proof、checkpoint 五项的 JSON 文件。"
)
UNREADABLE_PROOF = Message("这不是完整的 tlog-proof 文件，可能被改动过。")
NOT_ATTACHED = Message(
    "这份 PDF 不含本平台所附的证明，或被改动、另存过。"
    "请用网站下载的原文件，或用 PDF 阅读器取出附件再验证。"
)
BAD_KEY = Message("登记簿公钥不可用。")
BAD_ENTRY = Message("凭证中的登记簿记录格式不对，可能被改动过。")
BAD_OPENING = Message("公告内容与登记簿记录不符：内容或盐值被改动过。")
BAD_CHECKPOINT = Message("检查点不是用这本登记簿的密钥签名的，或被改动过。")
NOT_IN_LOG = Message("不能证明这条记录在登记簿中：记录、位置或证明被改动过。")

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
