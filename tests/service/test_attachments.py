"""The proof that a printed notice carries: found again, and never believed when changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.print.typesetting import Attachment, typeset
from notices.trust import attachments
from notices.trust.attachments import AttachmentError
from notices.trust.receipts import ReceiptError, verify
from tests.printed import QR, needs_poppler, run, sheet
from tests.unit.test_receipts import ID, PROOF, SIGNER

NAME = f"{ID}.tlog-proof"
PDF = typeset(
    sheet(), QR, Attachment(NAME, PROOF.decode(), "proof"), datetime(2026, 1, 1, tzinfo=UTC)
)
PLACE = attachments.find(PDF)


def changed(place: int, change: int) -> bytes:
    other = bytearray(PDF)
    other[place] ^= change
    return bytes(other)


def test_the_attachment_is_found_as_it_was_attached() -> None:
    assert PDF[PLACE] == PROOF


def test_a_printed_notice_proves_what_its_attachment_proves() -> None:
    proven = verify(PDF, SIGNER.vkey)

    assert (proven.index, proven.size, proven.id) == (5, 11, ID)
    assert proven.form is None
    assert "没有证明：页面上的文字" in proven.sentence.zh
    assert "Not proven: what its pages say" in proven.sentence.en


def test_every_byte_of_the_attachment_counts() -> None:
    for place in range(PLACE.start, PLACE.stop):
        with pytest.raises(ReceiptError) as refused:
            verify(changed(place, 1), SIGNER.vkey)
        assert refused.value.text.zh.endswith("。")


@settings(max_examples=200)
@given(st.integers(PLACE.start, PLACE.stop - 1), st.integers(1, 255))
def test_an_attachment_with_one_byte_changed_proves_nothing(place: int, change: int) -> None:
    with pytest.raises(ReceiptError):
        verify(changed(place, change), SIGNER.vkey)


@settings(max_examples=150)
@given(st.integers(5, len(PDF) - 1), st.integers(1, 255))
def test_a_change_anywhere_else_never_changes_what_is_proven(place: int, change: int) -> None:
    try:
        proven = verify(changed(place, change), SIGNER.vkey)
    except ReceiptError:
        return

    assert proven == verify(PDF, SIGNER.vkey)


@settings(max_examples=100)
@given(st.integers(5, PLACE.stop))
def test_a_printed_notice_cut_short_proves_nothing(end: int) -> None:
    with pytest.raises(ReceiptError):
        verify(PDF[:end], SIGNER.vkey)


@given(st.binary())
def test_any_bytes_behind_the_name_of_a_pdf_are_refused_with_our_own_error(anything: bytes) -> None:
    with pytest.raises(ReceiptError):
        verify(b"%PDF-" + anything, SIGNER.vkey)


def test_a_pdf_with_two_attachments_is_refused() -> None:
    with pytest.raises(AttachmentError):
        attachments.find(PDF + PDF)


HEAD = b"%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Length 3 "


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n/Type /EmbeddedFile\n>>\nstream\nabc\nendstream",
        HEAD + b">> stream abc",
        HEAD + b"/Filter /FlateDecode >>\nstream\nabc\nendstream",
        HEAD + b"/Length 3 >>\nstream\nabc\nendstream",
        HEAD + b">>\nendobj\n2 0 obj\n<< >>\nstream\nabc\nendstream",
        HEAD + b">>\nstream\nabcd\nendstream",
        b"%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile >>\nstream\nabc\nendstream",
    ],
)
def test_an_attachment_that_is_not_stored_as_ours_is_refused(content: bytes) -> None:
    with pytest.raises(AttachmentError):
        attachments.find(content)


def test_an_attachment_that_is_something_else_is_refused() -> None:
    other = HEAD + b">>\nstream\nabc\nendstream"

    with pytest.raises(ReceiptError) as refused:
        verify(other, SIGNER.vkey)

    assert "不含本平台所附的证明" in refused.value.text.zh


def test_a_pdf_that_is_far_too_large_is_refused_unread() -> None:
    with pytest.raises(ReceiptError) as refused:
        verify(PDF + bytes(attachments.MOST_BYTES), SIGNER.vkey)

    assert "太大" in refused.value.text.zh


def test_what_typst_would_pack_is_stored_as_it_is_and_everything_is_found_where_it_moved() -> None:
    text = "— witness.example/log AAAA\n" * 200
    made = typeset(sheet(), QR, Attachment(NAME, text, "proof"), datetime(2026, 1, 1, tzinfo=UTC))

    assert made[attachments.find(made)] == text.encode()
    start = int(made.split(b"startxref\n")[1].split()[0])
    table = made[start:].split(b"trailer")[0].splitlines()
    assert table[0] == b"xref"
    for number, entry in enumerate(table[3:], 1):
        assert made[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)


@needs_poppler
def test_other_programs_find_the_same_attachment(tmp_path: Path) -> None:
    (tmp_path / "printed.pdf").write_bytes(PDF)

    run("pdfdetach", "-saveall", "-o", tmp_path, tmp_path / "printed.pdf")

    assert (tmp_path / NAME).read_bytes() == PROOF
