"""What people write where a number should stand, and is none."""

import re

from notices.facts.characters import unified
from notices.facts.readings import Reading

_STARS = re.compile(r"[*∗⁎✱✲﹡＊]|[×✕✖●■□]{2,}")
_WITHOUT = re.compile(
    r"(?:[老旧原本]?章|印章|公章|本证|该证|证件|证书)?(?:暂时?|均|尚)?"
    r"(?:无|没有?|未刻|未编|未知|未填写?|空白?|缺失?|暂缺)"
    r"(?:有)?(?:证书|证件|证照|许可证|登记证|执照|印章|备案|登记|注册|统一社会信用|信用|社会信用)?"
    r"(?:编|编码|码|代码|证|数据|记录|信息|填写?)*"
)
_PLACEHOLDERS = frozenset({
    "不详", "不明", "不清", "不清楚", "不知", "不知道", "不记得", "不记得了", "记不清", "记不清了",
    "记不得", "忘记", "忘记了", "忘了", "未详", "待补", "待查", "待定", "略", "同上", "见附件",
    "详见附件", "遗失", "丢失", "已遗失", "已丢失", "丢了", "丢", "挂失", "被盗", "损毁", "灭失",
    "原件遗失", "证件遗失", "证件丢失", "证书遗失", "遗失声明", "找不到", "找不到了", "看不清",
    "测试", "无法提供", "无法查询", "不适用", "N/A", "NA", "N.A", "N.A.", "NONE", "NULL", "NIL",
    "NO", "UNKNOWN", "UNDEFINED", "TEST", "TBD", "LOST",
})  # fmt: skip
_NOTHING = re.compile(r"[0〇O]+|X{2,}|[/\\._~?？。、#+:;]+", re.IGNORECASE)


def is_masked(text: str) -> bool:
    """Whether some of the number's characters were replaced by stars."""
    return _STARS.search(unified(text)) is not None


def is_placeholder(reading: Reading) -> bool:
    """Whether the number as a whole says that there is none, or that nobody knows it."""
    normal = reading.normal
    return (
        normal in _PLACEHOLDERS
        or _WITHOUT.fullmatch(normal) is not None
        or _NOTHING.fullmatch(normal) is not None
    )
