"""What holds a telephone number, and what does not."""

import pytest

from notices.facts.telephones import holds_telephone
from tests.declared import FOOD, problems


@pytest.mark.parametrize(
    "text",
    [
        "13800000000", "138 0000 0000", "138-0000-0000", "１３８００００００００", "138.0000.0000",
        "+86 138 0000 0000", "+8613800000000", "86-13800000000", "(+86)138-0000-0000",
        "0086 138 0000 0000", "013800000000",
        "0536-8123456", "0536 8123456", "（0536）8123456", "05368123456", "536-8123456",
        "010-81234567", "021 8123 4567", "86-536-8123456", "8123456", "81234567",
        "0536-8123456转801", "0536-8123456 转 801", "0536-8123456-801", "8123456-801",
        "0536－8123456－801", "（0536）8000000-801", "0536-8123456 ext. 801", "0536—8123456",
        "13800000000/13800000001", "13800000000、0536-8123456", "13800000000 13800000001",
        "13800000000，13800000001", "0536-8123456/8123457", "0536-8123456;8123457",
        "电话：13800000000", "手机13800000000(张三收)", "13800000000 张三", "张三13800000000",
        "联系电话:0536-8123456（工作日）", "Tel. +86 536 812 3456", "☎ 0536-8123456",
        "📞13800000000", "\u202d13800000000\u202c", "138\u200b00000000", "138\u00a00000\u00a00000",
        "4008000000", "400-800-0000", "800 810 0000", "95588", "+852 2345 6789", "00852-23456789",
        "+1 (650) 555-0100", "一三八零零零零零零零零", "幺三八〇〇〇〇〇〇〇〇",
        "座机 8123456 或 8123457",
    ],
)  # fmt: skip
def test_any_text_that_holds_a_number_is_a_contact(text: str) -> None:
    assert holds_telephone(text)
    assert problems(FOOD | {"contact": {"phone": text}}) == set()


@pytest.mark.parametrize(
    "text",
    [
        "无", "没有电话", "张三", "微信同号", "12345", "110", "0", "0000000", "1380000000",
        "138000000000", "138-0000-000", "0536", "0536-", "转801", "abc@example.com",
        "123", "+", "+86", "١٣٨٠٠٠٠٠٠٠٠", "三",
    ],
)  # fmt: skip
def test_a_text_without_a_number_is_told_how_one_looks(text: str) -> None:
    assert not holds_telephone(text)
    assert problems(FOOD | {"contact": {"phone": text}}) == {("contact.phone", "phone_format")}


def test_a_text_of_two_hundred_groups_is_read_at_once() -> None:
    assert not holds_telephone("1 " * 100)
