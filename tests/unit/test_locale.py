"""Every message is translated, every translation is of a message, and fits into it."""

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import jinja2
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import nodes
from markupsafe import Markup

from notices import locale
from notices.facts import durations
from notices.facts.texts import ByLanguage, joined
from notices.facts.texts import Message as Ours
from notices.locale import extraction
from notices.pages import templating
from notices.web.languages import shown_time
from tests import sources

ROOT = Path(__file__).parents[2] / "notices"
TEMPLATES = ROOT / "pages" / "templates"
TRANSLATED = [code for code in locale.LANGUAGES if code != locale.SOURCE]
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
NO_MESSAGE = {"facts/texts.py"}
"""Where a message is made of what somebody else wrote."""


@pytest.fixture(scope="module")
def found() -> Catalog:
    return extraction.messages()


def translations(code: str) -> Catalog:
    with locale.path(code).open("rb") as file:
        return read_po(file, locale=locale.LANGUAGES[code].locale)


def names_in(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def of(each: Message) -> tuple[str, str | None]:
    return each.id if isinstance(each.id, str) else each.id[0], each.context


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_has_a_translation_and_every_translation_a_message(
    code: str, found: Catalog
) -> None:
    known = translations(code)
    strings = {of(each): each.string for each in known if each.id}

    assert strings.keys() == {of(each) for each in found if each.id}
    for (words, _), translated in strings.items():
        forms = [translated] if isinstance(translated, str) else list(translated)
        assert all(forms), f"{words} is not translated, or not in each form of the plural"
    assert not [each.id for each in known if each.fuzzy]
    assert not known.obsolete


CHINESE_FOR_ALL = {
    "例如“河南省郑州市”或 410100。填了这里，就不看上面的选择。",
    "“〓”处是字库没有的字，依次为：{points}；网页上可以看到原字。",
}
"""Messages that show Chinese: a name to type, and the mark that stands on paper."""


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_is_not_left_in_chinese(code: str) -> None:
    left = [
        of(each)
        for each in translations(code)
        if each.id and of(each)[0] not in CHINESE_FOR_ALL and CHINESE.search("".join(each.string))
    ]

    assert not left


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_is_there_once(code: str) -> None:
    """Two branches that wrote the same one leave it twice in its place."""
    for each in translations(code):
        for form in [each.string] if isinstance(each.string, str) else each.string:
            half, odd = divmod(len(form), 2)
            assert odd or len(form) < 8 or form[:half] != form[half:], form


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_begins_and_ends_as_its_message(code: str) -> None:
    """What begins or ends with a blank is a part of a sentence."""

    def edges(words: str) -> tuple[str, ...]:
        return (*re.findall(r"^\s+|\s+$", words), "\n" * words.count("\n"))

    for each in translations(code):
        if each.id:
            words, _ = of(each)
            forms = [each.string] if isinstance(each.string, str) else each.string
            assert {edges(form) for form in forms} == {edges(words)}, words


INTRODUCE = {
    "环境变量设置有误：",
    "证件目录不能使用：",
    "REGIONS 文件不能使用：",
    "密钥不能使用：",
    "登录平台还不能使用，缺少：",
    "SIGN_IN 所指的文件不能使用：",
    "您这次的声明已留给工作人员核实。证件是您的，请在这里提出异议：",
    "下面这些不用登录，照常可用：",
    "扫描二维码，打开公告并核对证明；现在的状态以网页为准：",
}
"""Whole sentences, below which a list, a form or a code stands."""


def test_no_message_is_a_piece_of_a_sentence(found: Catalog) -> None:
    """One that ends where something follows cannot be said in another order."""
    pieces = [of(each)[0] for each in found if each.id and re.search(r"[：，、]$", of(each)[0])]

    assert set(pieces) <= INTRODUCE


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_is_filled_with_what_its_message_is(code: str) -> None:
    for each in translations(code):
        if not each.id:
            continue
        words, _ = of(each)
        if isinstance(each.string, str):
            assert names_in(each.string) == names_in(words), words
        else:  # a form for one may say it in words
            assert names_in(each.string[-1]) == names_in(words), words
            assert all(names_in(form) <= names_in(words) for form in each.string), words


class Module(NamedTuple):
    """What is looked at in a module: its own names with what they are, and every call in it."""

    name: str
    named: dict[str, ast.expr]
    calls: tuple[ast.Call, ...]


@cache
def modules() -> tuple[Module, ...]:
    """Those that may say something."""
    return tuple(_modules())


def _modules() -> Iterator[Module]:
    for file in sorted(ROOT.rglob("*.py")):
        source = sources.text(file)
        if "Message" not in source and not CHINESE.search(source):
            continue
        tree = sources.tree(file)
        named = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        calls = tuple(node for node in sources.nodes(file) if isinstance(node, ast.Call))
        yield Module(str(file.relative_to(ROOT)), named, calls)


def _is_message(call: ast.Call) -> bool:
    made_by = call.func
    if isinstance(made_by, ast.Attribute) and made_by.attr == "counted":
        made_by = made_by.value
    return isinstance(made_by, ast.Name) and made_by.id == "Message"


def test_every_message_of_the_code_is_found_for_its_translators(found: Catalog) -> None:
    """One inside an f-string is not, nor one that is put together."""
    known = {of(each) for each in found}
    seen = 0
    for name, _, calls in modules():
        for call in filter(_is_message, calls):
            if name in NO_MESSAGE and not isinstance(call.args[0], ast.Constant):
                continue
            parts = [ast.literal_eval(each) for each in call.args]
            assert (parts[0], parts[1] if len(parts) > 1 else None) in known, (name, parts)
            seen += 1

    assert seen > 400


def test_the_command_line_says_messages() -> None:
    """A sentence that is written in both languages by hand is in no third."""
    by_hand = {
        f"{name}: {word.value}"
        for name, _, calls in modules()
        for call in calls
        if (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        in ("say", "_say", "print")
        for word in ast.walk(call)
        if isinstance(word, ast.Constant) and CHINESE.search(str(word.value))
    }

    assert not by_hand


SEAL = ">声<"


@cache
def templates() -> dict[str, nodes.Template]:
    """As they are parsed, but for the seal."""
    parse = jinja2.Environment(autoescape=True).parse
    return {
        file.name: parse(file.read_text("utf-8").replace(SEAL, "><"))
        for file in sorted(TEMPLATES.glob("*.html"))
    }


def _said(tree: nodes.Template) -> Iterator[str]:
    """What a template says outside of its messages, but for the official text."""
    official = {
        node
        for macro in tree.find_all(nodes.Macro)
        if macro.name == "official"
        for node in macro.find_all((nodes.TemplateData, nodes.Const))
    }
    in_messages = {
        argument
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "_p", "_n")
        for argument in call.args
    }
    for node in tree.find_all((nodes.TemplateData, nodes.Const)):
        if node not in official and node not in in_messages:
            yield node.data if isinstance(node, nodes.TemplateData) else str(node.value)


ALLOWED = {"（发布时编号）", "（发布当天）"}
"""What stands in the official text."""


def test_no_script_speaks_chinese() -> None:
    scripts = sorted((ROOT / "pages" / "static").glob("*.js"))

    assert scripts
    assert not [file.name for file in scripts if CHINESE.search(file.read_text("utf-8"))]


def test_no_template_speaks_chinese_but_in_messages() -> None:
    said = {
        f"{name}: {words.strip()}"
        for name, tree in templates().items()
        for words in _said(tree)
        if CHINESE.search(words) and words.strip() not in ALLOWED
    }

    assert not said


READ_OUT = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}
"""Attributes that people are shown or told."""


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code += tag == "code"
        told = READ_OUT | {"content"} if ("name", "description") in attrs else READ_OUT
        self.texts += [value for name, value in attrs if name in told and value]

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.texts.append(data)


def test_no_template_speaks_english_but_in_messages() -> None:
    said = set()
    for file in TEMPLATES.glob("*.html"):
        reader = _Texts()
        reader.feed(re.sub(r"\{[{%#].*?[}%#]\}", "", file.read_text("utf-8"), flags=re.DOTALL))
        said |= {text.strip() for text in reader.texts if re.search(r"[A-Za-z]{2}", text)}
        put = _put(templates()[file.name])
        said |= {words for words in put if re.search(r"[A-Z][a-z]|[a-z] [a-z]", words)}

    assert said <= {"wide", 'aria-describedby="-hint -error" aria-invalid="true"'}


def _put(tree: nodes.Template) -> Iterator[str]:
    """The words that a template puts into the page from an expression, and has from nobody."""
    left = [each for output in tree.find_all(nodes.Output) for each in output.nodes]
    while left:
        match left.pop():
            case nodes.Const(value=str(words)):
                yield words
            case nodes.CondExpr(expr1=one, expr2=other):
                left += [one, *([other] if other else [])]
            case nodes.Or(left=one, right=other) | nodes.Add(left=one, right=other):
                left += [one, other]
            case nodes.And(right=one) | nodes.Filter(node=nodes.Node() as one):
                left.append(one)
            case nodes.Concat(nodes=parts):
                left += parts
            case nodes.Getitem(node=nodes.Dict(items=pairs)):
                left += [pair.value for pair in pairs]


SCRIPTS_FILL = {"有 {n} 条建议，可用上下箭头选择", "这是别的网站的地址，没有打开：{text}"}


def test_a_template_fills_a_message_with_what_it_names() -> None:
    seen = 0
    for name, tree in templates().items():
        for call in tree.find_all(nodes.Call):
            if not isinstance(call.node, nodes.Name) or call.node.name not in ("_", "_p", "_n"):
                continue
            *_, words = [each.as_const() for each in call.args]
            given = {each.key for each in call.kwargs}
            assert given == names_in(words) or words in SCRIPTS_FILL, (name, words, given)
            assert call.node.name != "_n" or "n" in given, (name, words)
            seen += 1

    assert seen > 300


def test_the_code_fills_a_message_with_what_it_names() -> None:
    """Where it is told by name with what; of a row more may be given."""
    seen = 0
    for name, named, calls in modules():
        for call in calls:
            if not isinstance(call.func, ast.Attribute) or call.func.attr != "format":
                continue
            filled = call.func.value
            message = named.get(filled.id) if isinstance(filled, ast.Name) else filled
            given = {each.arg for each in call.keywords}
            if isinstance(message, ast.Call) and _is_message(message) and None not in given:
                words = ast.literal_eval(message.args[0])
                assert given == names_in(words), (name, words, given)
                seen += 1

    assert seen > 100


def test_what_is_one_word_in_chinese_may_be_several_elsewhere() -> None:
    label, button = Ours("发布声明"), Ours("发布声明", "button")

    assert label.zh == button.zh == "发布声明"
    assert (label.en, button.en) == ("Published", "Publish the declaration")


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [(1, "1 秒", "1 second"), (2, "2 秒", "2 seconds"), (90_000, "2 天", "2 days")],
)
def test_how_many_there_are_decides_the_form(seconds: int, chinese: str, english: str) -> None:
    words = durations.in_words(seconds)

    assert (words.zh, words.en) == (chinese, english)


def test_a_text_in_a_text_is_in_the_language_of_the_whole() -> None:
    name = ByLanguage({"zh": "营业执照", "en": "Business licence"})
    words = joined([Ours("{copy}（编号 {number}）").format(copy=name, number="3-2"), name])

    assert words.zh == "营业执照（编号 3-2）营业执照"
    assert words.en == "Business licence (no. 3-2) Business licence"


def test_what_is_put_into_a_text_is_not_read_as_a_text() -> None:
    words = Ours("{copy}（编号 {number}）").format(copy="{number}", number="{0}")

    assert words.zh == "{number}（编号 {0}）"


def test_a_message_that_lacks_what_it_names_is_refused_where_it_is_filled() -> None:
    message = Ours("{copy}（编号 {number}）")

    with pytest.raises(ValueError, match="lacks number"):
        message.format(copy="正本")
    assert message.format(copy="正本", number=3, of_the_row="more").zh == "正本（编号 3）"


def test_a_counted_message_that_is_not_filled_yet_is_shown_as_the_others_are() -> None:
    words = Ours.counted("{n} 天")

    assert (words.zh, words.en) == ("{n} 天", "{n} days")


def test_times_are_written_as_in_china_and_as_in_britain() -> None:
    at = datetime.fromisoformat("2026-11-28T16:05:00+00:00")

    assert shown_time(at, "zh") == "2026年11月29日 00:05"
    assert shown_time(at, "en") == "29 November 2026, 00:05"
    assert shown_time("2026-01-02", "zh", with_clock=False) == "2026年1月2日"
    assert shown_time("2026-01-02", "en", with_clock=False) == "2 January 2026"


def test_what_stays_chinese_on_any_page_is_written_from_left_to_right() -> None:
    tags = {
        tag
        for file in TEMPLATES.glob("*.html")
        for tag in re.findall(r'<[^<>]*lang="zh-CN"[^<>]*>', file.read_text("utf-8"))
    }

    assert len(tags) > 4
    assert {tag for tag in tags if 'dir="ltr"' not in tag} == set()


def test_only_elements_go_into_a_message_as_they_are() -> None:
    words = templating._filled("{link} & {typed}{n}", {
        "link": Markup("<b>x</b>"), "typed": "<i>{n}", "n": 3,
    })  # fmt: skip

    assert words == "<b>x</b> &amp; &lt;i&gt;{n}3"
    assert isinstance(words, Markup)
    assert not isinstance(templating._filled("{typed}", {"typed": "<i>"}), Markup)
