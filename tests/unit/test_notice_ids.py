"""Notice numbers: one spelling, and no slip of the pen goes unseen."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notices.facts.notice_ids import NoticeIdError, make, parse, printed

IDS = st.builds(make, st.from_regex(r"[0-9]{4}", fullmatch=True), st.integers(0, 99_999_999))


def test_a_number_has_twelve_digits_and_two_check_digits():
    assert make("3707", 123) == "37070000012358"


def test_it_is_printed_in_groups():
    assert printed("37070000012358") == "3707-0000-0123-58"


@given(IDS)
def test_the_check_digits_are_those_of_iso_7064(notice_id):
    assert int(notice_id) % 97 == 1


@given(IDS)
def test_what_is_printed_is_read_back(notice_id):
    assert parse(notice_id) == parse(printed(notice_id)) == notice_id


@given(IDS, st.sampled_from([" ", "-", "—", "–", "－", "　", "\u00a0", ".", "_", "/", " - "]))
def test_separators_and_width_do_not_matter(notice_id, separator):
    wide = str.maketrans("0123456789", "０１２３４５６７８９")

    assert parse(separator.join(notice_id)) == notice_id
    assert parse(printed(notice_id).translate(wide)) == notice_id


@given(IDS)
def test_one_wrong_digit_is_always_found(notice_id):
    for place, right in enumerate(notice_id):
        for wrong in set("0123456789") - {right}:
            with pytest.raises(NoticeIdError):
                parse(notice_id[:place] + wrong + notice_id[place + 1 :])


@given(IDS)
def test_two_neighbours_in_the_wrong_order_are_always_found(notice_id):
    for place, (one, other) in enumerate(pairwise(notice_id)):
        if one != other:
            with pytest.raises(NoticeIdError):
                parse(notice_id[:place] + other + one + notice_id[place + 2 :])


@given(st.text() | st.text("0123456789- ", min_size=12, max_size=20))
@example("3707-0000-0123-58")
def test_any_text_at_all_is_a_number_or_refused_with_our_own_error(text):
    """Some texts are numbers: hypothesis tries what it finds in the source, too."""
    try:
        read = parse(text)
    except NoticeIdError:
        return

    assert make(read[:4], int(read[4:12])) == read
    assert parse(printed(read)) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3707000001235",
        "370700000123580",
        "3707000001235x",
        "٣٧٠٧٠٠٠٠٠١٢٣٥٨",
        "37070000012358" + " " * 60,
    ],
)
def test_other_shapes_are_refused(text):
    with pytest.raises(NoticeIdError):
        parse(text)


def test_check_digits_that_no_number_carries_are_refused():
    for check in ("00", "01", "99"):
        for serial in range(200):
            with pytest.raises(NoticeIdError):
                parse(f"3707{serial:08}{check}")


@pytest.mark.parametrize(
    ("prefix", "serial"), [("370", 1), ("37070", 1), ("３７０７", 1), ("3707", -1), ("3707", 10**8)]
)
def test_a_number_that_cannot_be_is_not_made(prefix, serial):
    with pytest.raises(ValueError, match="notice number"):
        make(prefix, serial)
