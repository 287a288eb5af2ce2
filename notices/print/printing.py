"""The printable notice: a PDF with statement, status, history, and the proof on it and in it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litestar import Response

from notices import register
from notices.deployment import Deployment
from notices.facts.notice_ids import printed
from notices.facts.public.form import PublicForm, Words
from notices.facts.public.notice import Receipt
from notices.facts.texts import CHINA, Text, rfc3339
from notices.print import marks, press
from notices.print.typesetting import LARGEST_QR_CODE
from notices.register import Notice
from notices.trust import proofs, receipts
from notices.web import languages, limiting, wording
from notices.web.authentication import AnyRequest
from notices.web.replies import NO_STORE

PROVISIONAL = Text("（暂定，以后年度的放假安排公布后可能调整）", "(provisional)")
CORRECTED = Text("已更正，见下方“历史”。", "Corrected: see the history below.")
BINDING = Text("", "The statement is published in Chinese; this is its binding text.")
NO_TYPE = Text(
    "“〓”处是字库没有的字，依次为：{points}；网页上可以看到原字。",
    "“〓” stands for characters that the fonts lack, in this order: {points}; they are "
    "on the web page.",
)
HOW = Text(
    "扫描二维码，打开公告并核对证明；现在的状态以网页为准：",
    "Scan the code to open the notice and check its proof; the page tells its present status:",
)
BOTH_CARRY = Text(
    "二维码和本文件的附件 {name} 都", "The QR code and this file's attachment {name} both"
)
FILE_CARRIES = Text("本文件的附件 {name} ", "This file's attachment {name} will")
PROVES = Text(
    "{carriers}可以离线证明：这份公告的“{kind}”于 {at} 记入日志“{origin}”第 {index} 号。"
    "没有证明：公告现在的状态、声明内容是否属实，以及纸上的文字。",
    "{carriers} prove, offline too, that this notice's event “{kind}” of {at} is entry {index} of "
    "the log “{origin}”. Not proven: the notice's present status, whether the declaration is "
    "true, and what this paper says.",
)


async def pdf(request: AnyRequest, id: str) -> Response[bytes]:
    """The notice as it is now, for printing; raises Unavailable when too many are being printed."""
    await limiting.limit(request, "print")
    deployment: Deployment = request.app.state.deployment
    notice = await register.get(id)
    async with request.app.state.places.presses.taken(request):
        receipt = await register.receipt(deployment, notice, None)
        texts = await register.texts_of(notice.id)
        sheet = sheet_of(deployment, notice, receipt, texts, languages.language_of(request))
        content = await request.app.state.presses.make(sheet)
    return Response(
        content,
        media_type="application/pdf",
        headers={
            **NO_STORE,
            "Content-Disposition": f'inline; filename="{notice.id}.pdf"',
            # It says nothing that the page does not say, and people's pages are not indexed.
            "X-Robots-Tag": "noindex",
        },
    )


def sheet_of(
    deployment: Deployment,
    notice: Notice,
    receipt: Receipt,
    texts: dict[int, str],
    language: str,
) -> press.Sheet:
    """What is printed of `notice`, at the moment at which it was read."""
    proof = receipts.to_text(receipt)
    name = f"{notice.id}.tlog-proof"
    page = deployment.link(f"/notices/{notice.id}")
    address = proofs.address(page, proof)
    fits = len(address) <= LARGEST_QR_CODE  # with a dozen witnesses a checkpoint does not
    carriers = (BOTH_CARRY if fits else FILE_CARRIES).format(name=name)
    words = _Words(language)
    sheet, shown = _sheet(deployment, notice, texts, words)
    return press.Sheet(
        data=sheet
        | {"address": page, "proof": _proof(deployment, notice, receipt, carriers, words)},
        code=address if fits else page,
        attachment=(name, proof, "C2SP tlog-proof, checked by: notices receipt verify"),
        at=notice.now.timestamp(),
        lacking=(shown, words(NO_TYPE)),
    )


class _Words:
    """Chinese, with English beside it when that is asked for."""

    def __init__(self, language: str) -> None:
        self.both = language == "en"

    def __call__(self, text: Text | Words) -> str:
        zh, en = text.zh, text.en
        return f"{zh} {en}".strip() if self.both and en else zh

    def lines(self, text: Text) -> list[str]:
        return [text.zh, text.en] if self.both else [text.zh]

    def moment(self, at: datetime) -> str:
        zh = languages.shown_time(at, "zh")
        return f"{zh} ({languages.shown_time(at, 'en')})" if self.both else zh


def _sheet(
    deployment: Deployment, notice: Notice, texts: dict[int, str], words: _Words
) -> tuple[dict[str, Any], str]:
    """What the page says of the notice itself, and all of it that somebody wrote."""
    form = notice.form
    title, number = Text("遗失声明", "Loss declaration"), printed(notice.id)
    now = f"{notice.now.astimezone(CHINA):%Y-%m-%d %H:%M:%S} +08:00"
    statement = form.statement if form else None
    facts = [[words(label), value] for label, value in _facts(deployment, notice, form, words)]
    events = _events(notice, texts, words)
    shown = [statement, *(value for _, value in facts), *(event["text"] for event in events)]
    document = form.paper.name if form else None
    paper = words(document) if document else ""
    standing = wording.standing(notice.state)
    sheet = {
        "document": f"{document.zh if document else ''} {title.zh} {number}".strip(),
        "description": f"{wording.STATUSES[standing].zh}（{now}）",
        "site": deployment.settings.site_name,
        "number": number,
        "numbered": f"{words(Text('公告编号', 'Notice'))} {number}",
        "marks": [{"word": word.zh, "lines": words.lines(line)} for word, line in marks.of(notice)],
        "title": title.zh,
        "subtitle": "　".join(filter(None, [paper, title.en if words.both else ""])) or None,
        "statement": statement,
        "notes": list(_notes(notice, words)),
        "signed": languages.shown_time(notice.published_at, "zh", with_clock=False),
        "status": {
            "label": words(Text("打印时的状态", "Status when printed")),
            "word": words(wording.STATUSES[standing]),
            "since": words(
                Text(
                    f"自 {languages.shown_time(notice.state.since, 'zh')} 起",
                    f"since {languages.shown_time(notice.state.since, 'en')}",
                )
            ),
            "meanings": words.lines(wording.MEANINGS[standing]),
        },
        "facts": facts,
        "history": {"title": words(Text("历史", "History")), "events": events},
        "footer": f"{words(Text('打印时间', 'Printed at'))} {now}",
    }
    return sheet, "\n".join(filter(None, shown))


def _notes(notice: Notice, words: _Words) -> Iterator[str]:
    if notice.form is not None and any(event.kind == "corrected" for event in notice.events):
        yield words(CORRECTED)
    if notice.form is not None and words.both:
        yield BINDING.en


def _facts(
    deployment: Deployment, notice: Notice, form: PublicForm | None, words: _Words
) -> Iterator[tuple[Text, str]]:
    if form is not None:
        certificate = deployment.catalogue.certificates.get(form.certificate)
        holder = form.holder
        yield (
            wording.FIELDS["holder"],
            " ".join(filter(None, [holder.name, holder.identifier])),
        )
        name = words(form.paper.name)
        copies = wording.copies(certificate, form.copies, form.copy_numbered)
        yield Text("证件", "Certificate"), f"{name} {words(copies)}" if copies else name
        if kind := wording.other_kind(form.certificate_name, form.paper):
            yield wording.FIELDS["certificate"], words(kind)
        label = wording.number_label(certificate, form.paper, form.number)
        yield label, form.number or words(Text("无编码", "none"))
        region = deployment.regions.name(form.region) or form.region
        yield Text("地区", "Region"), region  # where a seal is filed no issuer sits
    yield Text("发布时间", "Published"), words.moment(notice.published_at)
    if notice.period is not None:
        days = wording.PERIODS[notice.period.unit].format(value=notice.period.value)
        yield Text("公示期", "Notice period"), words(days)
    yield Text("生效时间", "In effect from"), _effective(notice, words)
    yield Text("核实程度", "Evidence"), words(wording.EVIDENCE[notice.evidence])
    elsewhere = form.also_published if form else None
    if elsewhere and notice.state.status != "reinstated":
        required = (
            Text("还应当公布在", "Also has to be published"),
            Text("有时也公布在", "Sometimes also published"),
        )
        channel = f"{words(elsewhere.channel)} {elsewhere.url or ''}".strip()
        yield required[0 if elsewhere.required else 1], channel


def _effective(notice: Notice, words: _Words) -> str:
    if notice.state.effective_at is not None:
        at = words.moment(notice.state.effective_at)
        return f"{at} {words(PROVISIONAL)}" if notice.provisional else at
    if notice.state.status == "contested":
        return words(Text("未定", "open"))
    if notice.state.awaiting:
        return words(Text("确认以后", "once it is confirmed"))
    return words(Text("不再生效", "no longer in effect"))


def _events(notice: Notice, texts: dict[int, str], words: _Words) -> list[dict[str, str | None]]:
    return [
        {
            "kind": words(wording.EVENTS.get(event.kind, Text(event.kind, ""))),
            "at": f"{event.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} +08:00",
            "entry": words(Text("登记簿第 {n} 号", "entry {n} of the log").format(n=event.index)),
            "text": texts.get(event.index) if event.kind != "published" else None,
        }
        for event in notice.events
    ]


def _proof(
    deployment: Deployment, notice: Notice, receipt: Receipt, carriers: Text, words: _Words
) -> dict[str, Any]:
    signer = deployment.keys.log
    says = PROVES.format(
        carriers=carriers,
        kind=wording.EVENTS["published"],
        at=rfc3339(notice.published_at),
        origin=signer.name,
        index=receipt.index,
    )
    return {
        "title": words(Text("核对", "Check")),
        "alt": f"QR：{deployment.link(f'/notices/{notice.id}')}",
        "how": words.lines(HOW),
        "says": words.lines(says),
        "texts": [
            [words(Text("检查点", "Checkpoint")), receipt.checkpoint.strip()],
            [words(Text("日志公钥", "Log key")), signer.vkey],
        ],
    }
