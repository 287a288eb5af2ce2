"""The printable notice: a PDF with statement, status, history, and the proof on it and in it."""

from collections.abc import Iterator
from typing import Any

from litestar import Response

from notices import register
from notices.deployment import Deployment
from notices.facts.notice_ids import printed
from notices.facts.public.form import PublicForm
from notices.facts.public.notice import Receipt
from notices.facts.texts import CHINA, ByLanguage, Message, Text, rfc3339
from notices.locale import SOURCE
from notices.print import marks, press
from notices.print.bilingual import AS_OF, NO_TYPE, Bilingual
from notices.print.typesetting import LARGEST_QR_CODE
from notices.register import Notice
from notices.trust import proofs, receipts
from notices.web import languages, limiting, period_words, standings, wording
from notices.web.authentication import AnyRequest
from notices.web.replies import NO_STORE

PROVISIONAL = Message("{at}（暂定，以后年度的放假安排公布后可能调整）")
CORRECTED = Message("已更正，见下方“历史”。")
BINDING = Message("声明以中文发布，以中文文本为准。")
HOW = Message("扫描二维码，打开公告并核对证明；现在的状态以网页为准：")
BOTH_PROVE = Message(
    "二维码和本文件的附件 {name} 都可以离线证明：这份公告的“{kind}”于 {at} 记入登记簿“{origin}”"
    "第 {index} 号。没有证明：公告现在的状态、声明内容是否属实，以及纸上的文字。"
)
FILE_PROVES = Message(
    "本文件的附件 {name} 可以离线证明：这份公告的“{kind}”于 {at} 记入登记簿“{origin}”"
    "第 {index} 号。没有证明：公告现在的状态、声明内容是否属实，以及纸上的文字。"
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
    says = (BOTH_PROVE if fits else FILE_PROVES).format(
        name=name,
        kind=wording.EVENTS["published"],
        at=rfc3339(notice.published_at),
        origin=deployment.keys.log.name,
        index=receipt.index,
    )
    words = Bilingual(language)
    sheet, shown = _sheet(deployment, notice, texts, words)
    return press.Sheet(
        data=sheet | {"address": page, "proof": _proof(deployment, notice, receipt, says, words)},
        code=address if fits else page,
        attachment=(name, proof, "C2SP tlog-proof, checked by: notices receipt verify"),
        at=notice.now.timestamp(),
        lacking=(shown, words(NO_TYPE)),
    )


def _sheet(
    deployment: Deployment, notice: Notice, texts: dict[int, str], words: Bilingual
) -> tuple[dict[str, Any], str]:
    """What the page says of the notice itself, and all of it that somebody wrote."""
    form = notice.form
    title, number = Message("遗失声明"), printed(notice.id)
    now = f"{notice.now.astimezone(CHINA):%Y-%m-%d %H:%M:%S} +08:00"
    statement = form.statement if form else None
    facts = [[words(label), value] for label, value in _facts(deployment, notice, form, words)]
    events = _events(notice, texts, words)
    shown = [statement, *(value for _, value in facts), *(event["text"] for event in events)]
    document = form.paper.name if form else None
    paper = words(document) if document else ""
    sheet = {
        "document": f"{document.zh if document else ''} {title.zh} {number}".strip(),
        "description": f"{standings.status(notice).zh}（{now}）",
        "site": deployment.settings.site_name,
        "number": number,
        "numbered": " ".join((words(Message("公告编号")), number)),
        "marks": [{"word": word.zh, "lines": words.lines(line)} for word, line in marks.of(notice)],
        "title": title.zh,
        "subtitle": "　".join(filter(None, [paper, title.in_(words.other) if words.other else ""]))
        or None,
        "statement": statement,
        "notes": list(_notes(notice, words)),
        "signed": languages.shown_time(notice.published_at, SOURCE, with_clock=False),
        "status": {
            "label": words(Message("状态")),
            "word": words(standings.status(notice)),
            "since": words(
                Message("自 {since} 起").format(since=languages.TimeText(notice.state.since))
            ),
            "meanings": words.lines(standings.meaning(notice)),
        },
        "facts": facts,
        "history": {"title": words(Message("历史")), "events": events},
        "footer": words(AS_OF.format(at=now)),
    }
    return sheet, "\n".join(filter(None, shown))


def _notes(notice: Notice, words: Bilingual) -> Iterator[str]:
    if notice.form is not None and any(event.kind == "corrected" for event in notice.events):
        yield words(CORRECTED)
    if notice.form is not None and words.other:
        yield BINDING.in_(words.other)


def _facts(
    deployment: Deployment, notice: Notice, form: PublicForm | None, words: Bilingual
) -> Iterator[tuple[Text, str]]:
    if form is not None:
        certificate = deployment.catalogue.certificates.get(form.certificate)
        holder = form.holder
        yield (
            wording.FIELDS["holder"],
            " ".join(filter(None, [holder.name, holder.identifier])),
        )
        paper = ByLanguage({"zh": form.paper.name.zh, "en": form.paper.name.en})
        copies = wording.copies(certificate, form.copies, form.copy_numbered)
        lost = wording.LOST.format(paper=paper, part=copies) if copies else paper
        yield Message("证件"), words(lost)
        if kind := wording.other_kind(form.certificate_name, form.paper):
            yield wording.FIELDS["certificate"], words(kind)
        label = wording.number_label(certificate, form.paper, form.number)
        yield label, form.number or words(Message("无编码"))
        region = deployment.regions.name(form.region) or form.region
        yield Message("地区"), region  # where a seal is filed no issuer sits
    yield Message("发布时间"), words.moment(languages.TimeText(notice.published_at))
    if notice.period is not None:
        days = wording.PERIODS[notice.period.unit].format(value=notice.period.value)
        yield Message("公示期"), words(days)
    yield Message("生效时间"), _effective(notice, words)
    yield Message("核实程度"), words(wording.EVIDENCE[notice.evidence])
    elsewhere = form.also_published if form else None
    if elsewhere and notice.state.status != "reinstated":
        # An address stands behind it once, and not in each language.
        channel = f"{words(elsewhere.channel)} {elsewhere.url or ''}".strip()
        # What is not required by law is a sentence: whom to ask.
        yield Message("还应当公布在") if elsewhere.required else Message("提示"), channel


def _effective(notice: Notice, words: Bilingual) -> str:
    if notice.state.effective_at is not None:
        at = period_words.effect(notice.state.effective_at)
        return words(PROVISIONAL.format(at=at)) if notice.provisional else words.moment(at)
    if notice.state.status == "contested":
        return words(Message("未定"))
    if notice.state.awaiting:
        return words(Message("确认以后"))
    return words(Message("不再生效"))


def _events(notice: Notice, texts: dict[int, str], words: Bilingual) -> list[dict[str, str | None]]:
    return [
        {
            "kind": words(wording.EVENTS.get(event.kind, ByLanguage({SOURCE: event.kind}))),
            "at": f"{event.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} +08:00",
            "entry": words(Message("登记簿第 {n} 号").format(n=event.index)),
            "text": texts.get(event.index) if event.kind != "published" else None,
        }
        for event in notice.events
    ]


def _proof(
    deployment: Deployment, notice: Notice, receipt: Receipt, says: Text, words: Bilingual
) -> dict[str, Any]:
    return {
        "title": words(Message("核对")),
        "alt": f"QR：{deployment.link(f'/notices/{notice.id}')}",
        "how": words.lines(HOW),
        "says": words.lines(says),
        "texts": [
            [words(Message("检查点")), receipt.checkpoint.strip()],
            [words(Message("登记簿公钥")), deployment.keys.log.vkey],
        ],
    }
