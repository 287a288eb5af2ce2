"""What each event after the publishing shows to the public: its form, and the statement in it.

Each publishes a text of its own, linked to the first by the notice's number; the old texts stay.
Nothing is masked here: `reason` and numbers come in as texts that may be shown.
"""

from datetime import date
from typing import cast

from msgspec import UNSET

from notices.facts.notice_ids import printed
from notices.facts.public.form import (
    Change,
    ConfirmedForm,
    ContestedForm,
    CorrectedForm,
    DecidedForm,
    Ground,
    PublicForm,
    Reason,
    RedactedForm,
    ReplacedForm,
    RestoredForm,
    SupersededForm,
    UnconfirmedForm,
    WithdrawnForm,
)

CORRECTABLE = ("issuer", "issued_on", "lost_on")
"""The clerical fields; number, certificate, holder and copies never change."""

GROUNDS = {
    "holder": "异议人称自己才是持证人",
    "not_lost": "证件没有遗失",
    "false": "声明内容不实",
    "other": "其他事由",
}
"""As statements say them, in Chinese for ever: the log commits to them."""

WHEN = {"lost": "遗失时间", "stolen": "被盗时间", "destroyed": "损毁时间"}

_WITHDRAWAL = {
    "found": "{id}号遗失声明所列证件已找回，且未补发新证，声明人撤回该声明。",
    "mistake": "{id}号遗失声明系误作声明，声明人撤回该声明。",
    "other": "声明人撤回{id}号遗失声明。",
}
_CORRECTED = {"issuer": "发证机关", "issued_on": "发证日期"}


def withdrawal(notice_id: str, reason: str) -> WithdrawnForm:
    """`reason` is a key of _WITHDRAWAL."""
    sentence = _WITHDRAWAL[reason].format(id=printed(notice_id))
    return WithdrawnForm(statement=sentence, reason=cast("Reason", reason))


def correction(notice_id: str, before: PublicForm, after: PublicForm) -> CorrectedForm:
    """The changed clerical fields, before and after."""
    changes = {
        name: Change(before=getattr(before, name), after=getattr(after, name))
        for name in CORRECTABLE
        if getattr(before, name) != getattr(after, name)
    }
    words = _CORRECTED | {"lost_on": WHEN.get(before.cause, WHEN["lost"])}
    sentence = "；".join(
        f"{words[name]}由“{_value(name, change.before)}”更正为“{_value(name, change.after)}”"
        for name, change in changes.items()
    )
    return CorrectedForm(
        statement=f"更正：{printed(notice_id)}号遗失声明，{sentence}。原声明其余内容不变。",
        issuer=changes.get("issuer", UNSET),
        issued_on=changes.get("issued_on", UNSET),
        lost_on=changes.get("lost_on", UNSET),
    )


def contest(notice_id: str, ground: str, reason: str, *, running: bool) -> ContestedForm:
    """`running`: the notice period had not ended, and stands still now."""
    period = "，公示期停止计算" if running else ""
    return ContestedForm(
        statement=f"有人对{printed(notice_id)}号遗失声明提出异议（{GROUNDS[ground]}），"
        f"经审查予以受理。作出决定之前，该声明的效力待定{period}。理由：{_ended(reason)}",
        ground=cast("Ground", ground),
        reason=reason,
    )


def dismissal(notice_id: str, reason: str, *, running: bool) -> DecidedForm:
    """`running`: the notice period goes on with what was left of it."""
    period = "，公示期继续计算" if running else ""
    return DecidedForm(
        statement=f"对{printed(notice_id)}号遗失声明的异议不成立，予以驳回，"
        f"该声明恢复效力{period}。理由：{_ended(reason)}",
        reason=reason,
    )


def annulment(notice_id: str, reason: str) -> DecidedForm:
    return DecidedForm(
        statement=f"{printed(notice_id)}号遗失声明经审查予以撤销，不再有效。理由：{_ended(reason)}",
        reason=reason,
    )


def restoration(
    notice_id: str, takes_back: int, reason: str, *, void: bool, superseded: bool = False
) -> RestoredForm:
    """Event `takes_back` was wrong; `void`: it told of a new certificate, and no time is open.

    Or it told that it was `superseded` by a notice whose confirmation was wrong.
    """
    if void:
        wrong = "所列证件补发新证的登记有误，予以取消，该声明恢复为登记前的状态，原证作废不受影响。"
    elif superseded:
        wrong = (
            "因另一份声明得到确认而终止，该确认有误，已经取消，本声明自此时起恢复为终止前的状态。"
        )
    else:
        wrong = "的撤销有误，予以取消，该声明自此时起恢复为撤销前的状态。"
    return RestoredForm(
        statement=f"{printed(notice_id)}号遗失声明{wrong}理由：{_ended(reason)}",
        takes_back=takes_back,
        reason=reason,
    )


def unconfirmation(
    notice_id: str, takes_back: int, reason: str, *, awaits: bool, ended: bool
) -> UnconfirmedForm:
    """The confirmation `takes_back` was wrong; `awaits`: without it the notice has no effect.

    What `ended` stays so.
    """
    if ended:
        left = "该声明仍不再有效。"
    elif awaits:
        left = "该声明自此时起恢复为等待确认，再经确认以前没有效力。"
    else:
        left = "该声明的其余内容和效力不变。"
    return UnconfirmedForm(
        statement=f"对{printed(notice_id)}号遗失声明的确认有误，予以取消，{left}"
        f"理由：{_ended(reason)}",
        takes_back=takes_back,
        reason=reason,
    )


def confirmation(notice_id: str, agency: str) -> ConfirmedForm:
    return ConfirmedForm(
        statement=f"{agency}确认：{printed(notice_id)}号遗失声明所列证件系本机关所发，"
        "遗失情况已登记。",
        agency=agency,
    )


def confirmation_for_another(notice_id: str, agency: str | None) -> ConfirmedForm:
    """Of what was declared for somebody else: by the issuer's agency, or by an officer (None)."""
    by = agency or "本平台工作人员"
    return ConfirmedForm(
        statement=f"{by}经审查，对{printed(notice_id)}号遗失声明予以确认，"
        "该声明自确认时起生效；另有公示期的，自公示期满时起生效。",
        agency=agency,
    )


def supersession(notice_id: str, by: str) -> SupersededForm:
    """`by` is the notice that took its place: the holder's own, or one that was confirmed."""
    return SupersededForm(
        statement=f"同一证件已由{printed(by)}号遗失声明声明遗失，"
        f"尚未确认的{printed(notice_id)}号遗失声明终止，不再有效。",
        by=by,
    )


def replacement(notice_id: str, agency: str, number: str | None, issued_on: str) -> ReplacedForm:
    """`number` is the new certificate's as the public may see it, None where it is not told."""
    new = f"，新证号码：{number}" if number else ""
    return ReplacedForm(
        statement=f"{agency}已于{day(issued_on)}补发新证{new}。"
        f"{printed(notice_id)}号遗失声明所列原证永久作废。",
        agency=agency,
        number=number,
        issued_on=issued_on,
    )


def redaction(notice_id: str, *, term_over: bool = False) -> RedactedForm:
    """An officer's reason is not published: it may tell what was removed."""
    why = "公开期限已满，内容已移除" if term_over else "内容已依规定移除"
    return RedactedForm(
        statement=f"{printed(notice_id)}号公告的{why}；编号、时间、状态和登记簿中的记录保留。",
    )


def day(iso: str) -> str:
    """An ISO date as statements write it."""
    on = date.fromisoformat(iso)
    return f"{on.year:04}年{on.month:02}月{on.day:02}日"


def _value(name: str, value: str | None) -> str:
    if value is None:
        return "未填写"
    return value if name == "issuer" else day(value)


def _ended(reason: str) -> str:
    return reason if reason.endswith(("。", "！", "？", ".", "!", "?")) else reason + "。"
