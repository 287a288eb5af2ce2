"""How a notice stands and who did what to it, in words that tell apart what is different."""

import re
from datetime import UTC, datetime

from notices.facts import lifecycle, relations
from notices.facts.event_kinds import KINDS
from notices.facts.lifecycle import Event
from notices.pages.templating import STATIC
from notices.register import Notice
from notices.web import standings

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_every_event_names_a_role_or_comes_of_something_else() -> None:
    for kind, row in KINDS.items():
        assert (standings.doers(kind, "self_declared") is None) == (not row.by), kind


def test_a_confirmation_is_the_issuers_where_the_evidence_says_so() -> None:
    by = {
        each: standings.doers("confirmed", each) for each in ("self_declared", "issuer_confirmed")
    }

    assert {each: text.zh for each, text in by.items() if text} == {
        "self_declared": "工作人员", "issuer_confirmed": "发证机关"
    }  # fmt: skip


def test_several_who_may_have_done_it_are_all_named() -> None:
    done = standings.doers("redacted", "self_declared")

    assert done is not None
    assert done.zh == "工作人员或公开期限届满或持证人的要求"


def test_what_a_later_version_brings_names_nobody() -> None:
    assert standings.doers("unheard-of", "self_declared") is None


def test_whoever_may_declare_is_named() -> None:
    assert standings.SPEAKERS.keys() == set(relations.RELATIONS)


def ended_by(kind: str) -> Notice:
    events = [Event(0, "published", NOW), Event(1, kind, NOW)]  # type: ignore[arg-type]
    return Notice(
        id="37070000012358", form=None, evidence="self_declared", published_at=NOW,
        published_index=0, objections=0, ends_at=NOW, provisional=False, period=None,
        events=events, state=lifecycle.state(events, NOW, NOW), now=NOW, unconfirmed=False,
        agreed_until=None,
    )  # fmt: skip


def test_withdrawn_annulled_and_superseded_are_three_words() -> None:
    words = [
        standings.status(ended_by(each)).zh for each in ("withdrawn", "annulled", "superseded")
    ]

    assert words == ["已撤回", "已撤销", "已被取代"]
    assert "撤销" not in standings.meaning(ended_by("withdrawn")).zh
    assert "撤回" not in standings.meaning(ended_by("annulled")).zh


def test_of_what_was_replaced_the_date_tells_which_one_is_shown() -> None:
    """The new certificate may bear the number of the old one, which is void for good."""
    assert "看手里这份的发证日期" in standings.meaning(ended_by("replaced")).zh
    assert "发证日期" not in standings.meaning(ended_by("corrected")).zh


def test_what_stands_is_called_as_anywhere_else() -> None:
    assert standings.status(ended_by("corrected")).zh == "已声明作废"
    assert standings.status(ended_by("replaced")).zh == "已补发新证"


def test_a_status_has_the_shape_of_its_table_and_no_other() -> None:
    """The style sheet once drew a second one beside it."""
    css = (STATIC / "site.css").read_text("utf-8")

    assert not re.findall(r"\.badge[^,{]*::(?:before|after)[^{]*\{", css)
