"""What people write where a number should stand, and is none."""

import re

from notices.facts import labels
from notices.facts.characters import unified
from notices.facts.readings import Reading

_STARS = re.compile(r"[*∗⁎✱✲﹡＊⋆٭]|[×✕✖●■□#?_]{2,}|[.⋯]{3,}")
_ABSENT = (
    "无 没有 没 暂无 暂缺 缺失 缺 空白 空 未刻 未编 未知 未详 未填写 未填 未提供 未登记 未取得 "
    "未找到 不存在 不详 不祥 不明 不清楚 不清 不知道 不知 不记得 不适用 记不清 记不得 记不住 "
    "忘记 忘 无法提供 无法查询 无法辨认 待补 待查 待定 略 同上 如图 见附件 见证件 见照片 "
    "遗失 丢失 丢 失 挂失 被盗 被抢 损毁 毁损 损坏 灭失 作废 找不到 找不着 看不清 "
    "测试 样本 样张 示例 保密"
)
"""Words that say that there is no number, or that nobody knows it."""
_BESIDE = (
    "老 旧 原 本 此 该 证件 证书 证照 证 许可证 登记证 执照 营业执照 印章 公章 章 备案 登记 "
    "注册 统一社会信用 社会信用 信用 代码 编码 编 码 数据 记录 信息 声明 原件 正本 副本 "
    "已经 已 暂时 暂 均 尚 有 刻 的 了 填写 填 提供 详 为 是 都 也 、 。 . : / ;"
)
"""Words that may stand beside them, and are no number either."""


def _any_of(words: str) -> str:
    return "|".join(map(re.escape, sorted(words.split(), key=len, reverse=True)))


_LONGEST = 50
"""Characters; whoever says more than that has something else to say."""
_SAID = re.compile(
    rf"(?=.*(?:{_any_of(_ABSENT)}))(?>{_any_of(f'{_ABSENT} {_BESIDE}')})++", re.DOTALL
)
_IN_LATIN = frozenset({
    "N/A", "NA", "N.A", "N.A.", "NONE", "NULL", "NIL", "UNKNOWN", "UNDEFINED", "TEST", "TBD",
    "LOST", "MISSING", "NONUMBER", "NOTAVAILABLE", "NOTAPPLICABLE", "NOTKNOWN",
})  # fmt: skip
_NOTHING = re.compile(r"[0〇O]+|X{2,}|[/\\._~?。、#+:;!|]+")


def is_masked(text: str) -> bool:
    """Whether some of the number's characters were replaced by stars."""
    return _STARS.search(unified(text)) is not None


def is_placeholder(reading: Reading) -> bool:
    """Whether the number as a whole says that there is none, or that nobody knows it."""
    normal = reading.normal
    return (
        normal in _IN_LATIN
        or labels.says_nothing(normal)
        or (len(normal) <= _LONGEST and _SAID.fullmatch(normal) is not None)
        or _NOTHING.fullmatch(normal) is not None
    )
