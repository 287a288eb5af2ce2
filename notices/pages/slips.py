"""The slip that one takes to the counter: what stands in a notice, and what the counter accepts."""

from collections.abc import Iterator
from typing import NamedTuple

from litestar import Response, get
from litestar.params import FromPath

from notices import register
from notices.deployment import Deployment
from notices.facts.catalogue import Matter
from notices.facts.certificate import Certificate
from notices.facts.texts import ByLanguage, Message, Text
from notices.pages import rendering
from notices.pages.templating import SITE_NAME, typeset
from notices.print import marks
from notices.print.bilingual import AS_OF
from notices.register import Notice
from notices.web import period_words, standings, wording
from notices.web.acceptance import told
from notices.web.authentication import AnyRequest
from notices.web.languages import TimeText

PAPERS = ("a4", "80mm")
"""What it is printed on: an office's sheet, or the roll of a till's printer."""


def sheet(paper: str) -> str:
    """What to print on: `paper` where there is such, else the usual one."""
    return paper if paper in PAPERS else PAPERS[0]


ACCEPTED_STATUSES = ("declared", "invalid")
"""Of whatever else stands in a notice no counter takes it for a declaration in effect."""


class Row(NamedTuple):
    """A line of the slip; what is a plain `str` is the same in every language."""

    label: Text
    value: Text | str
    kind: str = ""
    """`number` for what is read out digit by digit, `telephone` for what is dialled."""


@get("/notices/{id:str}/slip", include_in_schema=False)
async def slip(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """The slip of a notice for one matter: its own, or another of this certificate's (`matter`)."""
    deployment: Deployment = request.app.state.deployment
    found = await register.get(id)
    certificates = deployment.catalogue.certificates
    certificate = certificates.get(await register.certificate_of(found))
    matters = deployment.catalogue.matters_of(certificate.id) if certificate else ()
    own = found.form.matter if found.form else None
    asked = request.query_params.get("matter") or own
    matter = next((each for each in matters if each.id == asked), None)
    return await rendering.page(
        request,
        "slip.html",
        cache=rendering.NEVER_KEPT,
        id=found.id,
        of=ByLanguage({"zh": deployment.settings.site_name, "en": SITE_NAME.en}),
        link=deployment.link(f"/notices/{found.id}"),
        paper=sheet(request.query_params.get("paper", "")),
        marks=list(marks.of(found)),
        told=standings.status(found),
        standing=wording.standing(found.state),
        as_of=AS_OF.format(at=TimeText(found.now)),
        facts=list(_facts(deployment, found, certificate)),
        errand=list(_errand(certificate, matter)),
        acceptance=list(acceptance(found, matter)),
        matter=matter,
        matters=matters,
        words=_WORDS,
    )


_WORDS: dict[str, Text] = {
    "title": Message("遗失公告办事单"),
    "number": Message("公告编号"),
    "status": Message("状态"),
    "scan": Message("扫码看现在的状态。状态会变，以扫码看到的为准。"),
    "errand": Message("到哪里办"),
    "acceptance": Message("窗口认不认"),
    "foot": Message("证件最终是否有效，以发证机关的登记为准。"),
}


def _facts(
    deployment: Deployment, notice: Notice, certificate: Certificate | None
) -> Iterator[Row]:
    form = notice.form
    if form is not None:
        paper: Text = ByLanguage({"zh": form.paper.name.zh, "en": form.paper.name.en})
        copies = wording.copies(certificate, form.copies, form.copy_numbered)
        yield Row(
            Message("证件"), wording.LOST.format(paper=paper, part=copies) if copies else paper
        )
        yield Row(
            wording.number_label(certificate, form.paper, form.number),
            form.number or Message("无编码"),
            "number",
        )
        yield Row(wording.FIELDS["holder"], form.holder.name)
        if form.holder.identifier:
            yield Row(Message("统一社会信用代码"), form.holder.identifier, "number")
        region = deployment.regions.name(form.region) or form.region
        yield Row(Message("发证机关"), form.issuer) if form.issuer else Row(Message("地区"), region)
    yield Row(Message("发布时间"), TimeText(notice.published_at))
    if notice.state.effective_at is not None:
        yield Row(Message("生效时间"), period_words.effect(notice.state.effective_at))
    yield Row(Message("核实程度"), wording.EVIDENCE[notice.evidence])


def _errand(certificate: Certificate | None, matter: Matter | None) -> Iterator[Row]:
    """Where one goes; what nobody told us is said to be unknown, and never guessed."""
    if matter is None:
        if certificate is not None:
            yield Row(Message("发证机关"), certificate.issuing_department)
        yield Row(Message("窗口"), Message("请先选要办的事项，或问发证机关。"))
        return
    yield Row(Message("办理事项"), matter.name)
    yield Row(Message("办理部门"), typeset(matter.department))
    if matter.counter is None:
        yield Row(Message("窗口"), Message("本站没有这个窗口的地址、时间和电话，请问办理部门。"))
    else:
        yield Row(Message("窗口"), matter.counter.name)
        yield Row(Message("地址"), matter.counter.address)
        yield Row(Message("时间"), matter.counter.hours)
        yield Row(Message("电话"), matter.counter.telephone, "telephone")


def acceptance(notice: Notice, matter: Matter | None) -> Iterator[Text]:
    """Whether a counter takes the notice now: since when, by which rule, or that nobody told us."""
    state = notice.state
    if state.status not in ACCEPTED_STATUSES or state.awaiting or state.redacted:
        yield Message("以现在的状态，窗口不能凭这份公告办理。")
        return
    if state.status == "declared":
        yield Message("公示期还没有结束：公告生效以后，窗口才能凭它办理。能不能先收件，请问窗口。")
    accepts = matter.accepts if matter else None
    if accepts is None:
        yield Message("没有人告诉本站这个窗口认不认这份公告：请先问窗口，再决定要不要另外登报。")
        yield Message("窗口可以自己核对：扫码看状态，看公告编号和证件号码与证件档案是否一致。")
        return
    yield told(accepts, notice.now)
    yield Message("依据：{source}").format(source=accepts.source)


HANDLERS = [slip]
