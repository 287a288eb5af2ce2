"""What the words of the contract mean to a reader: statuses, events, causes, kinds of evidence."""

from typing import NamedTuple

from notices.facts import event_kinds, statuses
from notices.facts.catalogue import Certificate
from notices.facts.lifecycle import State
from notices.facts.notice_ids import make, printed
from notices.facts.public.answer import Answer, Other
from notices.facts.public.form import NamedDocument, Words
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Text

STATUSES: dict[str, Text] = {name: row.words for name, row in statuses.STATUSES.items()}
MEANINGS: dict[str, Text] = {name: row.meaning for name, row in statuses.STATUSES.items()}
EVENTS: dict[str, Text] = {name: row.words for name, row in event_kinds.KINDS.items()}

EVIDENCE: dict[str, Text] = {
    "self_declared": Text("声明人自行声明，身份未经核验", "Self-declared, identity not verified"),
    "identity_verified": Text("声明人身份已核验", "The declarant's identity was verified"),
    "issuer_confirmed": Text("发证机关已确认", "Confirmed by the issuer"),
}

PERIODS: dict[str, Text] = {
    "calendar_day": Text("{value}个自然日", "{value} calendar days"),
    "working_day": Text("{value}个工作日", "{value} working days"),
}

CAUSES: dict[str, Text] = {
    "lost": Text("遗失", "Lost"),
    "stolen": Text("被盗", "Stolen"),
    "destroyed": Text("损毁（灭失）", "Destroyed"),
}

REASONS: dict[str, Text] = {
    "found": Text("证件找到了，也没有补发新证", "It was found, and no new one was issued"),
    "mistake": Text("声明有误，本不该发布", "It was declared by mistake"),
    "other": Text("其他原因", "Another reason"),
}

GROUNDS: dict[str, Text] = {
    "holder": Text("证件是我的", "The certificate is mine"),
    "not_lost": Text("证件没有丢", "The certificate is not lost"),
    "false": Text("声明的内容不实", "The declaration is not true"),
    "other": Text("其他原因", "Another reason"),
}

RELATIONS: dict[str, Text] = {
    "self": Text("我本人的证件", "My own certificate"),
    "parent": Text("我未成年子女的证件", "My child's certificate"),
    "guardian": Text("我监护的人的证件", "A certificate of a person I am guardian of"),
    "mandate": Text("我受委托，替别人或单位声明", "I have a mandate of the holder"),
    "liquidator": Text("我是清算组（管理人）成员", "I am a liquidator of the organisation"),
    "heir": Text("我是持证人的继承人", "I am an heir of the holder"),
}

IDENTIFIER_TYPES: dict[str, Text] = {
    "resident-id": Text("居民身份证", "Resident identity card"),
    "passport": Text("护照", "Passport"),
    "hk-macau-permit": Text("港澳居民来往内地通行证", "Hong Kong or Macau permit"),
    "taiwan-permit": Text("台湾居民来往大陆通行证", "Taiwan permit"),
    "foreigner-permit": Text("外国人永久居留身份证", "Foreigner's permanent residence card"),
}

HOLDER_DOCUMENTS = IDENTIFIER_TYPES | {
    "uscc": Text("统一社会信用代码（单位）", "Unified social credit code (organisation)"),
}
"""By what the holder is known for whom somebody else declares."""

EXAMPLE = printed(make("3707", 123))
"""How the number of a notice looks."""

OTHERS: dict[str, Text] = {
    "copy": Text("同一号码的另一本", "Another copy under this number"),
    "document": Text("同一代码下的另一种", "Another document under this code"),
    "holder": Text("同一单位的另一枚（份）", "Another one of the same holder"),
    "certificate": Text(
        "这个号码在另一种证件下有公告", "Another kind of certificate has a notice under this number"
    ),
    "digits": Text(
        "同种证件，数字相同，文字或字母写法不同",
        "The same kind and the same digits, with other letters or characters",
    ),
    "earlier": Text("同一份证件以前的公告", "An earlier notice of this certificate"),
}
"""Why a verification tells of a further notice."""

DOUBTS: dict[str, Text] = {
    "copy": Text("号码、种类或正副本可能不对", "The number, the kind or the copy may be wrong"),
    "document": Text("号码、种类或哪一枚可能不对", "The number, the kind or the seal may be wrong"),
    "kind": Text("号码或证件种类可能不对", "The number or the kind of certificate may be wrong"),
}
"""What to compare first where nothing was found for just what was asked."""

COPIES: dict[str, Text] = {
    "original": Text("正本", "Original"),
    "duplicate": Text("副本", "Duplicate"),
}
"""How the copies are called where the kind of certificate is not known."""

COPIES_OF_BOTH = Text("{zh[0]}和{zh[1]}", "{en[0]} and {en[1]}")
NUMBERED_COPY = Text("{copy}（编号 {number}）", "{copy} (no. {number})")

FIELDS: dict[str, Text] = {
    "certificate": Text("证件种类", "Certificate"),
    "document": Text("证件上的名称", "Name on the certificate"),
    "matter": Text("准备办理的事项", "Matter"),
    "number": Text("证件号码", "Number"),
    "copies": Text("遗失的是哪一本", "Which copy"),
    "copy": Text("哪一本", "Which copy"),
    "copy_number": Text("副本编号", "Number of the duplicate"),
    "cause": Text("怎样不见的", "How it was lost"),
    "lost_on": Text("遗失日期", "Day it was lost"),
    "issuer": Text("发证机关", "Issuer"),
    "issued_on": Text("发证日期", "Day of issue"),
    "region": Text("发证机关所在地区", "Region of the issuer"),
    "relation": Text("是谁的证件", "Whose certificate"),
    "holder": Text("持证人", "Holder"),
    "holder.kind": Text("持证人", "Holder"),
    "holder.name": Text("持证人姓名", "Holder's name"),
    "holder.identifier": Text("持证人证件号码", "Holder's identity number"),
    "holder.identifier_type": Text("持证人身份证件种类", "Kind of identity document"),
    "contact.phone": Text("联系电话", "Telephone"),
    "publication_consent": Text("同意公开", "Consent to publication"),
    "truthful": Text("真实承诺", "Truthfulness"),
    "confirm_unusual_number": Text("确认号码", "Confirm the number"),
    "reason": Text("原因", "Reason"),
    "ground": Text("异议原因", "Ground"),
    "text": Text("说明情况", "What happened"),
    "evidence": Text("材料", "Evidence"),
    "exhibit": Text("证明材料", "Document"),
    "kind": Text("登录身份", "Kind"),
    "name": Text("姓名", "Name"),
    "identifier": Text("身份证件号码", "Identity number"),
    "identifier_type": Text("身份证件种类", "Kind of identity document"),
    "organisation": Text("单位", "Organisation"),
    "organisation.name": Text("单位名称", "Name of the organisation"),
    "organisation.identifier": Text("统一社会信用代码", "Unified social credit code"),
    "q": Text("搜索词", "Search words"),
    "page": Text("页码", "Page"),
}
"""How a field is called where its problem is listed."""


class NotHere(NamedTuple):
    """A document that people lose and that is declared elsewhere, unless a catalogue has it."""

    words: tuple[str, ...]
    name: Text
    office: Text


NOT_HERE = (
    NotHere(
        ("身份证", "identity card", "ID card"),
        Text("身份证", "Identity cards"),
        Text("公安派出所", "the police station"),
    ),
    NotHere(
        ("驾驶证", "驾照", "driving licence", "driver license"),
        Text("驾驶证", "Driving licences"),
        Text("公安交管部门（“交管12123”）", "the traffic police (12123)"),
    ),
    NotHere(
        ("行驶证", "vehicle licence"),
        Text("行驶证", "Vehicle licences"),
        Text("公安交管部门（“交管12123”）", "the traffic police (12123)"),
    ),
    NotHere(
        ("护照", "passport"),
        Text("护照", "Passports"),
        Text("公安出入境管理部门", "the exit-entry administration"),
    ),
    NotHere(("银行卡", "bank card"), Text("银行卡", "Bank cards"), Text("发卡银行", "the bank")),
    NotHere(
        ("社保卡", "社会保障卡", "social security card"),
        Text("社保卡", "Social security cards"),
        Text("社保部门（电话 12333）", "the social security office (12333)"),
    ),
)

RECEIPTS = {
    "other": Text(
        "注意：这份凭证属于另一份公告 {proven}，不是公告 {shown}，"
        "不能证明公告 {shown} 的任何内容。",
        "Careful: this proof belongs to another notice, {proven}, and not to {shown}. "
        "It proves nothing about {shown}.",
    ),
    "no_code": Text(
        "图片里没有找到我们的二维码。请靠近一些、拍清楚，再试一次。",
        "No QR code of ours was found in the picture. Take it again, from nearer and in focus.",
    ),
    "no_attachment": Text(
        "这份 PDF 里没有附带凭证。请扫描其中的二维码，或到公告页下载凭证。",
        "This PDF carries no proof. Scan its QR code, or download the receipt from the notice.",
    ),
    "no_inflating": Text(
        "这个浏览器读不出 PDF 里的凭证。请扫描其中的二维码，或到公告页下载凭证。",
        "This browser cannot read the proof inside a PDF. Scan its QR code, or download the "
        "receipt from the notice.",
    ),
    "nothing": Text("请选择文件，或粘贴内容。", "Choose a file, or paste what was scanned."),
}
"""What the page that checks receipts says by itself, beside the sentences of the receipts."""


def standing(shown: PublicNotice | State | Answer | Other) -> str:
    """The key in STATUSES and MEANINGS of what is shown."""
    return "awaiting" if shown.status == "declared" and shown.awaiting else shown.status


def copies(
    certificate: Certificate | None, value: str | None, number: str | None = None
) -> Text | None:
    """How the lost copy is called on this kind of certificate, and its own number behind it."""
    if certificate is None or not certificate.parts or value is None:
        return None
    names: dict[str, Text] = dict(zip(certificate.parts, certificate.part_names, strict=True))
    if value == "both":
        first, second = certificate.part_names
        return COPIES_OF_BOTH.format(zh=(first.zh, second.zh), en=(first.en, second.en))
    name = names.get(value)
    return NUMBERED_COPY.format(copy=name, number=number) if name and number else name


def other_kind(kind: Words | None, document: NamedDocument | None) -> Words | None:
    """The kind of certificate, where the paper that a notice names is called otherwise."""
    return kind if document and kind and document.name.zh != kind.zh else None


def number_label(
    certificate: Certificate | None, document: NamedDocument | None, number: str | None
) -> Text:
    """What the number of a notice is called: the form of the number and the paper tell."""
    if certificate is None:
        return FIELDS["number"]
    paper = certificate.document(document.id if document else "")
    return certificate.number_label_of(certificate.read(number or ""), paper)
