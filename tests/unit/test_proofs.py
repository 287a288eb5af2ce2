"""Receipts as text in the format of C2SP tlog-proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust.encoding import to_base64
from notices.trust.proofs import ProofText, ProofTextError, parse, to_text

HASH = bytes(range(32))
CHECKPOINT = "example.com/log\n2\nAA==\n\n— example.com/log AA==\n"


def test_a_proof_is_written_as_c2sp_says() -> None:
    text = to_text('{"v":1}', 7, [HASH, HASH[::-1]], CHECKPOINT)

    assert text == (
        "c2sp.org/tlog-proof@v1\n"
        "extra eyJ2IjoxfQ==\n"
        "index 7\n"
        f"{to_base64(HASH)}\n"
        f"{to_base64(HASH[::-1])}\n"
        "\n"
        f"{CHECKPOINT}"
    )


@given(
    st.text(max_size=100), st.integers(0, 1 << 60), st.lists(st.binary(min_size=32, max_size=32))
)
def test_what_was_written_is_read_back(entry: str, index: int, proof: list[bytes]) -> None:
    try:
        read = parse(to_text(entry, index, proof[:60], CHECKPOINT))
    except UnicodeEncodeError:
        return  # a lone surrogate is in no entry
    assert read == ProofText(entry, index, proof[:60], CHECKPOINT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("extra ", "more "),
        ("extra eyJ2IjoxfQ==", "extra eyJ2IjoxfR=="),
        ("extra eyJ2IjoxfQ==\n", ""),
        ("index 7", "index 07"),
        ("index 7", "index -1"),
        ("index 7", "index ٧"),
        ("index 7", "index 7 "),
        (to_base64(HASH), to_base64(HASH)[:-4]),
        (to_base64(HASH), ""),
        ("\n\n", "\n"),
        ("\n", "\r\n"),
    ],
)
def test_another_spelling_is_no_proof(old: str, new: str) -> None:
    text = to_text('{"v":1}', 7, [HASH], CHECKPOINT)
    changed = text.replace(old, new) if old == "\n" else text.replace(old, new, 1)
    if old == "\n\n":  # only the first empty line is the proof's own
        changed = text.replace("\n\n", "\n")

    try:
        read = parse(changed)
    except ProofTextError:
        return
    # An empty line too early leaves a checkpoint that nobody signed.
    assert not read.checkpoint.startswith("example.com/log\n")


@given(st.text(max_size=200))
def test_any_text_is_a_proof_or_refused(text: str) -> None:
    for each in (text, f"c2sp.org/tlog-proof@v1\n{text}"):
        try:
            parse(each)
        except ProofTextError:
            continue
