"""Made-up holders for the demo: people and organisations with codes whose check digits fit.

Everything about a holder follows from a serial, so that two serials never share a code and a
code always has the same name, without a list of those who were made before.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

AREAS = ("370799", "379999")
"""Area codes that no county has: a made-up number never is that of a real person or shop."""

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {character: value for value, character in enumerate(_USCC)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def with_uscc_check(code: str) -> str:
    """A unified social credit code from its first 17 characters (GB 32100-2015)."""
    total = sum(
        _USCC_VALUE[character] * weight
        for character, weight in zip(code, _USCC_WEIGHTS, strict=True)
    )
    return code + _USCC[-total % 31]


def with_id_check(digits: str) -> str:
    """A resident ID number from its first 17 digits (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def _with_organisation_check(code: str) -> str:
    """An organisation code from its first 8 characters (GB 11714-1997)."""
    total = sum(
        int(character, 36) * weight
        for character, weight in zip(code, _ORGANISATION_WEIGHTS, strict=True)
    )
    return code + "0123456789X0"[11 - total % 11]


_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
    "雷钱汤尹黎易常武乔贺赖龚文"
)
_COMPOUND = ("欧阳", "上官", "诸葛", "司马", "东方", "皇甫", "慕容", "令狐", "司徒", "尉迟")
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志红文辉波斌宇浩凯鹏飞鑫梅琳云莲"
    "真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹"
    "蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭凝晓"
)
_LONG_NAMES = ("阿依古丽·买买提", "艾力·吐尔逊", "古丽娜尔·阿不都热合曼", "迪丽达尔·艾山")

_BORN = date(1955, 1, 1)
_BIRTHDAYS = 17_500
_CHILD_BORN = date(2012, 1, 1)
_CHILD_BIRTHDAYS = 3_500


def name(random: Random) -> str:
    """A person's name: mostly two or three characters, some with a compound surname."""
    kind = random.random()
    if kind < 0.004:
        return random.choice(_LONG_NAMES)
    surname = random.choice(_COMPOUND) if kind < 0.03 else random.choice(_SURNAMES)
    given = random.choice(_GIVEN)
    return surname + given + (random.choice(_GIVEN) if random.random() < 0.75 else "")


def resident_id(serial: int, *, child: bool = False) -> str:
    """The ID number of person `serial`; people and children never share one."""
    first, days = (_CHILD_BORN, _CHILD_BIRTHDAYS) if child else (_BORN, _BIRTHDAYS)
    # 7919 shares no factor with the number of births, so this visits each of them once.
    day, order = divmod(serial * 7919 % (days * 1000), 1000)
    area = AREAS[serial // (days * 1000) % len(AREAS)]
    return with_id_check(f"{area}{first + timedelta(day):%Y%m%d}{order:03}")


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of organisation: the letters its codes begin with, and how its names end."""

    code: str
    letters: str
    endings: tuple[str, ...]


TRADES = {
    "catering": Trade(
        "92", "MA", ("餐饮店", "饭店", "小吃店", "烧烤店", "火锅店", "面馆", "水饺馆")
    ),
    "grocery": Trade("92", "MA", ("超市", "便利店", "百货商店", "烟酒店", "粮油店", "食品店")),
    "canteen": Trade("91", "MA", ("餐饮管理有限公司", "食堂服务有限公司", "酒店管理有限公司")),
    "food": Trade("91", "MA", ("食品有限公司", "面粉有限公司", "调味品有限公司", "乳业有限公司")),
    "pharmacy": Trade("91", "MA", ("大药房", "医药连锁有限公司", "药店", "医药有限公司")),
    "medical": Trade("91", "MA", ("医疗器械有限公司", "医疗科技有限公司", "康复器材有限公司")),
    "clinic": Trade("92", "MA", ("诊所", "口腔诊所", "中医诊所", "门诊部", "卫生室")),
    "bath": Trade("92", "MA", ("宾馆", "美发店", "美容院", "浴池", "健身俱乐部", "理发店")),
    "factory": Trade("91", "MA", ("机械有限公司", "化工有限公司", "纺织有限公司", "建材有限公司")),
    "mine": Trade("91", "MA", ("矿业有限公司", "石料有限公司", "膨润土有限公司")),
    "transport": Trade(
        "91", "MA", ("物流有限公司", "运输有限公司", "货运有限公司", "汽车服务有限公司")
    ),
    "ship": Trade("91", "MA", ("渔业有限公司", "海运有限公司", "水产养殖有限公司")),
    "school": Trade("52", "MJ", ("幼儿园", "培训学校", "职业培训学校", "艺术培训中心")),
    "society": Trade(
        "51", "MJ", ("商会", "志愿者协会", "书法家协会", "餐饮行业协会", "养老服务协会")
    ),
    "institution": Trade(
        "12", "MB", ("社区卫生服务中心", "文化馆", "图书馆", "实验小学", "水利站")
    ),
    "lawfirm": Trade("31", "MD", ("律师事务所",)),
    "builder": Trade("91", "MA", ("建筑工程有限公司", "装饰工程有限公司", "市政工程有限公司")),
    "chemistry": Trade("91", "MA", ("化工贸易有限公司", "加油站有限公司", "气体有限公司")),
    "farm": Trade("93", "MA", ("养殖专业合作社", "蔬菜专业合作社", "果品专业合作社")),
    "seeds": Trade("92", "MA", ("农资店", "农药经营部", "种子农药门市部")),
    "temple": Trade("72", "MK", ("寺", "清真寺", "基督教堂", "天主教堂", "道观")),
    "books": Trade("92", "MA", ("书店", "文具店", "音像店")),
    "travel": Trade("91", "MA", ("旅行社有限公司", "国际旅行社有限公司", "旅游有限公司")),
}
_ORDER = {trade: place for place, trade in enumerate(TRADES)}
_CODES = 31**6
_FIRST = "鑫福瑞泰永盛德恒聚顺兴隆华宏祥和安康嘉源润丰宝金玉鸿远达信诚佳美乐悦万利百千东方北海渤鸢"
_SECOND = "源泰丰达盛祥兴顺和安康宁乐佳园居轩阁府味香春夏秋月星辰阳光风林泉河湾桥港城都邦业成新"


def place(city: str, county: str) -> str:
    """潍坊市奎文区, but 寿光市 without the city that it belongs to."""
    return county if county.endswith("市") else city + county


@dataclass(frozen=True, slots=True)
class Organisation:
    """A made-up organisation; `place` is a number by which its county is picked."""

    code: str
    word: str
    ending: str
    place: int

    def name(self, city: str, county: str) -> str:
        """潍坊市奎文区福源餐饮店, or 潍坊鑫盛物流有限公司."""
        if self.ending.endswith("公司") and self.place % 3:
            return city.removesuffix("市") + self.word + self.ending
        return place(city, county) + self.word + self.ending


def organisation(trade: str, serial: int) -> Organisation:
    """Organisation `serial` of a trade."""
    kind = TRADES[trade]
    # Each step is a bijection: no two (trade, serial) get one code.
    rest = drawn = (serial * len(TRADES) + _ORDER[trade]) * 2_654_435 % _CODES
    body = ""
    for _ in range(6):
        rest, digit = divmod(rest, 31)
        body += _USCC[digit]
    # Another multiplier, so that neighbours in the codes are none in the names.
    drawn = drawn * 2_246_822_519 % 4_294_967_291
    drawn, ending = divmod(drawn, len(kind.endings))
    drawn, first = divmod(drawn, len(_FIRST))
    drawn, second = divmod(drawn, len(_SECOND))
    drawn, style = divmod(drawn, 8)
    third = _SECOND[drawn % len(_SECOND)] if style < 2 else ""
    word = _SURNAMES[first] + "记" if style == 7 else _FIRST[first] + _SECOND[second] + third
    code = f"{kind.code}{AREAS[style % 2]}" + _with_organisation_check(kind.letters + body)
    # The check character X of an organisation code is in the alphabet of the credit code too.
    return Organisation(with_uscc_check(code), word, kind.endings[ending], drawn)
