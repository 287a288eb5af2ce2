"""A signed answer as text that is passed on, and what becomes of one that was cut or changed."""

import base64
import zlib

import pytest

from notices.trust import carried

ANSWER = '{"asked":{"number":"JY（1）𠮷"},"status":"no_notice"}'.encode()
LINK = carried.address("https://notices.example/verify", ANSWER)


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_what_was_passed_on_is_what_was_signed() -> None:
    for text in (LINK, f"  {LINK}\n", LINK[:60] + "\n" + LINK[60:], ANSWER.decode()):
        assert carried.given(text) == ANSWER


def test_an_address_holds_nothing_that_a_scanner_or_a_messenger_changes() -> None:
    page, mark, rest = LINK.partition(carried.MARK)
    assert (page, mark) == ("https://notices.example/verify", "#answer=")
    assert set(rest) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    "rest",
    [
        "", "=", "é", "A", LINK.partition("=")[2][:-3], LINK.partition("=")[2] + "AAAA",
        coded(zlib.compress(b" " * (carried.MOST_BYTES + 1))), coded(b"{}"), "A" * 20_001,
    ],
)  # fmt: skip
def test_what_was_cut_changed_or_never_ends_is_no_answer(rest: str) -> None:
    with pytest.raises(carried.CarriedError):
        carried.given(f"https://notices.example/verify#answer={rest}")


def test_a_number_is_no_answer() -> None:
    for text in ("JY13799990000011", "", "https://notices.example/notices/37070000000136"):
        assert carried.given(text) is None
