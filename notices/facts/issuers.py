"""Which text can be the name of an issuer, and which issuers are offered while one is typed.

What is published under our name for ever is no place for an advertisement, an address or somebody
else's number. An issuer is an office, so its name is Han, ends as offices do and holds few digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from notices.facts.characters import seen, simplified, unified
from notices.facts.names import name_form
from notices.facts.regions import GROUPINGS

if TYPE_CHECKING:
    from notices.facts.regions import Regions

LONGEST, MOST_DIGITS, MOST_LETTERS, LONGEST_RUN = 80, 6, 4, 4
"""解放军第960医院 and 第七师一三〇团 are offices; an ID, a telephone or a bank card is none."""
LONGEST_DETAIL, MOST_DETAIL_DIGITS = 40, 10

_ENDINGS = """
    局 厅 部 委 署 办 处 科 股 室 所 站 队 府 司 庭 院 校 机关 机构 部门 单位 中心 窗口
    大厅 柜台 平台 海关 边检 税务 公安 司法 民政 检察 监狱 使馆 领馆 领事馆 政务 兵团 农场
    林场 牧场 渔场 矿区 矿务 铁路 港务 航务 水务 盐务 路政 运管 渔政 港监 船检 开发区 新区
    园区 保税区 试验区 示范区 口岸 社区 领导小组 工作组 指挥部 委员会 管委会 居委会 村委会
    理事会 联合会 促进会 研究会 律师会 协会 学会 公会 工会 商会 总会 字会 联盟 联社 信用社
    合作社 供销社 出版社 基金会 大学 中学 小学 高中 初中 幼儿园 妇幼保健 防疫 文化馆 档案馆
    博物馆 图书馆 公司 集团 银行 支行 分行 总行 邮政 电信 证券 保险
""".split()  # noqa: SIM905 - read at a glance
"""Of government and what belongs to it, of today and of former times; of bodies, schools, hospitals
and firms too: a birth is certified by a hospital."""

_ENDS = re.compile("(?:" + "|".join(_ENDINGS) + "|[0-9〇零一二三四五六七八九十百]+[团师旅])$")
"""The regiments of Xinjiang's corps issue certificates too: 第七师一三〇团."""

_ALLOWED = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffdA-Z0-9〇·、，,()《》“”\"/\-—]+"
)
"""After folding: no other script, no @, no full stop of an address, no colon before a number."""
_BEHIND = re.compile(r"(\([^()]*\)|[、，,·/\-—\"“”])+$")
"""A note in brackets behind the name: 公安局（治安）, …局（盖章）."""

_ADVERTISING = re.compile(
    "微信|薇信|威信号|加微|加薇|加V|VX|WX|QQ|扣扣|企鹅号|抖音|快手|小红书|公众号|支付宝"
    "|联系电话|联系方式|联系我|请联系|热线|手机|来电|致电|私聊|咨询电话|网址|官网|点击|搜索|链接|二维码"
    "|放款|套现|网贷|秒批|低息|代开|包过|包邮|优惠|特价|低价|打折|促销|兼职|日结|赌博|赌场|网赌|娱乐城"
    "|色情|约炮|棋牌|老虎机|返利|刷单|欠债|欠钱|还钱|还我|骗子|老赖|黑心|WWW|HTTP|点COM|点CN"
)
"""Never words that offices use: 代办, 贷款, 按摩 and 垃圾 stand in names of real ones."""
_PLATE = re.compile("[\u4e00-\u9fff][A-Z]·?[A-Z0-9]{4,6}[\u4e00-\u9fff]?")
"""Of a vehicle (GA 36): 京QQ1234 advertises nothing."""
_SPOKEN = "幺洞拐"
"""Digits as they are read out over the telephone: 1, 0, 7."""


def _folded(text: str) -> str:
    """`text` as it is judged: one width, one script, simplified, without spaces."""
    return "".join(simplified(unified(seen(text))).upper().split()).translate(
        str.maketrans("（）－–‐‑—‧・•", "()-----···")
    )


def is_digit(character: str) -> bool:
    """Whether it is read as one digit, in whatever script."""
    if character in _SPOKEN:
        return True
    value = unicodedata.numeric(character, -1)
    return 0 <= value <= 9 and value == int(value)


def _digits(text: str) -> int:
    """How many digits there are, Han numerals among them."""
    return sum(map(is_digit, text))


def _longest_run(text: str) -> int:
    """Of digits with nothing between that a reader would say."""
    run = longest = 0
    for character in text:
        if is_digit(character):
            run += 1
            longest = max(longest, run)
        elif character not in '·、，,()/-—"“”':
            run = 0
    return longest


def is_office(text: str) -> bool:
    """Whether `text` looks like the name of an office, or of several one after the other."""
    name = _folded(text)
    if not 1 <= len(name) <= LONGEST or not _ALLOWED.fullmatch(name):
        return False
    if _digits(name) > MOST_DIGITS or _longest_run(name) > LONGEST_RUN:
        return False
    if sum("A" <= letter <= "Z" for letter in name) > MOST_LETTERS or _ADVERTISING.search(name):
        return False
    return _ENDS.search(_BEHIND.sub("", name)) is not None


def passes(text: str, departments: Iterable[str]) -> bool:
    """Whether it may be published as an issuer: an office, or what the catalogue says it is."""
    return is_office(text) or name_form(text) in {name_form(each) for each in departments}


def is_plain_detail(text: str) -> bool:
    """Whether `text` can be what a rule wants besides: a plate, a serial number, a few words."""
    plain_text = _folded(text)
    return _PLATE.fullmatch(plain_text) is not None or (
        len(plain_text) <= LONGEST_DETAIL
        and _ALLOWED.fullmatch(plain_text.replace("#", "").replace(".", "").replace("№", ""))
        is not None
        and _digits(plain_text) <= MOST_DETAIL_DIGITS
        and _ADVERTISING.search(plain_text) is None
    )


_FULL_NAMES = {
    "市场监管局": ("市场监督管理局",),
    "药品监管": ("药品监督管理局",),
    "卫生健康委": ("卫生健康委员会", "卫生健康局"),
    "机构编制部门": ("事业单位登记管理局", "机构编制委员会办公室"),
    "新闻出版部门": ("新闻出版局",),
    "渔业部门": ("农业农村局", "海洋与渔业局"),
    "不动产登记机构": ("不动产登记中心",),
    "水务局": ("水务局",),
    "省司法厅": ("省司法厅",),
    "妇幼保健机构": ("妇幼保健院",),
}
"""What the catalogue's short names are called on a seal; others are called what they are called."""
_OF_PROVINCES = frozenset(
    """
    公安局 司法局 教育局 民政局 自然资源和规划局 生态环境局 住房和城乡建设局 交通运输局
    水利局 农业农村局 文化和旅游局 应急管理局 人力资源和社会保障局
    """.split()  # noqa: SIM905 - likewise
)
_PARTS = re.compile(r"[/()、：:]")


def departments_of(named: str) -> Iterator[str]:
    """The offices in a catalogue's `issuing_department`, each as its seal calls it."""
    plain = named.replace("（", "(").replace("）", ")").replace(" ", "")
    spellings = dict.fromkeys((re.sub(r"\([^)]*\)", "", plain), plain))
    parts = dict.fromkeys(part for text in spellings for part in _PARTS.split(text))
    for part in parts:
        full = _FULL_NAMES.get(part, (part,) if part.endswith(("局", "委员会", "厅")) else ())
        yield from full


def offered(named: str, regions: Regions, region: str) -> list[str]:
    """The full names of issuers in a region and right below it, nearest first, to choose from."""
    offices = list(dict.fromkeys(departments_of(named)))
    city = region[:4] + "00"
    below = regions.counties(city) or regions.direct(region) if region.endswith("00") else {}
    names = []
    for code in dict.fromkeys((region, city, *below)):
        place = _place(code, regions)
        names += [_of_place(place, office) for office in offices if place and office[0] != "省"]
    province = regions.short(region[:2] + "0000")
    names += [f"{province}{office[1:]}" for office in offices if province and office[0] == "省"]
    return list(dict.fromkeys(names))


def _place(code: str, regions: Regions) -> str:
    """How an office calls its place: 潍坊市奎文区, 青州市, 北京市朝阳区."""
    short = regions.short(code) or ""
    if short in GROUPINGS:
        return ""
    if code.endswith("00") or not short.endswith("区"):
        return short
    return "".join(regions.around(code)[-1:]) + short


def _of_place(place: str, office: str) -> str:
    """An office of a province is a 厅 where that of a city is a 局."""
    if place.endswith(("省", "自治区")) and office in _OF_PROVINCES:
        return place + office.replace("和规划局", "局")[:-1] + "厅"
    return place + office
