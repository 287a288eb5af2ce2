"""The page for developers: where each thing is that a page shows, as data."""

from typing import NamedTuple

from litestar import Response, get

from notices.facts.texts import Message, Text
from notices.pages import rendering
from notices.web.authentication import AnyRequest


class Entry(NamedTuple):
    """An address of data; `opens` where it can be followed as it stands."""

    name: Text
    path: str
    what: Text
    opens: bool = True


PARTS: tuple[tuple[Text, tuple[Entry, ...]], ...] = (
    (
        Message("公告"),
        (
            Entry(
                Message("一份公告"), "/api/v1/notices/{id}",
                Message("JSON：公告现在的样子，状态、时间和每次变化。"), opens=False,
            ),
            Entry(
                Message("查找"), "/api/v1/notices?q=",
                Message("JSON：与查找页同样的条件和结果，另有按种类、地区、状态、年份的数目。"),
            ),
            Entry(
                Message("订阅"), "/feed.atom",
                Message("Atom：新的公告，只有单位的；查找的条件都能用。"),
            ),
            Entry(
                Message("打印件"), "/notices/{id}.pdf",
                Message("PDF：附着凭证，带二维码。"), opens=False,
            ),
            Entry(
                Message("全部变化"), "/api/v1/events?since=0",
                Message("JSON：按登记簿的次序，每次变化一条，可以从任何一条接着取。"),
            ),
        ),
    ),
    (
        Message("核验"),
        (
            Entry(
                Message("核验号码"), "/api/v1/verifications",
                Message("用 POST，答复带签名；号码不进网址。"), opens=False,
            ),
            Entry(
                Message("离线清单"), "/lists/latest",
                Message("已声明作废的号码的散列，由登记簿的密钥签名；格式见 offline-list.md。"),
                opens=False,
            ),
            Entry(
                Message("答复的公钥"), "/.well-known/notice-keys.json",
                Message("JSON：核对答复的签名。"),
            ),
        ),
    ),
    (
        Message("登记簿和凭证"),
        (
            Entry(
                Message("凭证"), "/api/v1/notices/{id}/receipt?event=",
                Message("JSON：证明某一条在登记簿里。"), opens=False,
            ),
            Entry(
                Message("凭证（C2SP）"), "/notices/{id}.tlog-proof?event=",
                Message("同样的证明，别的程序也读得懂的格式。"), opens=False,
            ),
            Entry(
                Message("检查点"), "/log/checkpoint",
                Message("登记簿有多少条、指纹是什么，已签名。"),
            ),
            Entry(Message("登记簿的公钥"), "/log/vkey", Message("C2SP 的公钥格式。")),
        ),
    ),
    (
        Message("目录和说明"),
        (
            Entry(
                Message("证件目录（数据）"), "/api/v1/catalogue",
                Message("JSON：全部证件和事项，窗口，号码的例子。"),
            ),
            Entry(
                Message("开放接口"), "/schema/openapi.json",
                Message("OpenAPI 3.1：每个接口做什么，谁能用，怎样拒绝。"),
            ),
        ),
    ),
)  # fmt: skip


@get("/help/developers", include_in_schema=False)
async def developers(request: AnyRequest) -> Response[str]:
    """All addresses of data, with what is there."""
    return await rendering.page(request, "help_developers.html", parts=PARTS)


HANDLERS = [developers]
