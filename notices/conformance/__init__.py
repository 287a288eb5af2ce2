"""Whether a service at some address is as the public contract says, tried from outside.

Nothing here writes: it reads, and asks about numbers that are published or are for tests.
"""

from collections.abc import Collection, Iterator

from notices.conformance import lists, numbers, proofs, refusals, standing, transport
from notices.conformance.known import Known
from notices.conformance.results import Check, Result
from notices.conformance.site import Site
from notices.facts.texts import Message

ON_LOG = ("keys", "checkpoint", "events")
CHECKS: tuple[Check, ...] = (
    Check("catalogue", Message("证件目录完整，名称有中英文"), transport.catalogue),
    Check("description", Message("有 OpenAPI 3.1 说明，约定的接口都在其中"), transport.description),
    Check("keys", Message("公钥公布在约定的地方，两处相同"), proofs.keys),
    Check("checkpoint", Message("登记簿的检查点由登记簿公钥签名"), proofs.checkpoint, ("keys",)),
    Check(
        "events",
        Message("登记簿的各条没有缺号，内容与承诺相符"),
        proofs.events,
        ("keys", "checkpoint"),
    ),
    Check(
        "receipt",
        Message("最新公告的凭证可以离线验证"),
        proofs.receipt,
        ("keys", "checkpoint", "events"),
    ),
    Check("notice", Message("公告编号有校验码，公告与登记簿中的一致"), standing.notice, ON_LOG),
    Check("normal_form", Message("一个号码怎样写都得到同样的答复"), numbers.normal_form, ON_LOG),
    Check("answer", Message("答复的各项齐全，原样带回所问"), numbers.answer, ON_LOG),
    Check("signature", Message("核验答复的签名可以验证"), proofs.signature, ON_LOG),
    Check("another_number", Message("不认识的字符不会被略去"), numbers.another_number, ON_LOG),
    Check("refused_numbers", Message("不是号码的，以约定的代码拒绝"), numbers.refused),
    Check("status", Message("状态与公告的事件和时间相符"), standing.status, (*ON_LOG, "answer")),
    Check("fresh", Message("答复知道登记簿此前的每一条"), standing.fresh, (*ON_LOG, "answer")),
    Check("clock", Message("时间以 +08:00 表示，时钟准确"), standing.clock, ON_LOG),
    Check(
        "list",
        Message("离线清单完整，由登记簿公钥签名"),
        lists.offline_list,
        ("keys", "checkpoint"),
    ),
    Check(
        "list_verdicts",
        Message("离线清单与联网核验的结论相同"),
        lists.list_verdicts,
        (*ON_LOG, "list", "status"),
    ),
    Check("test_numbers", Message("测试密钥得到所公布的状态"), standing.test_numbers),
    Check("test_signature", Message("给测试密钥的答复不会被当作正式的"), proofs.test_signature),
    Check("quota", Message("告知密钥的次数限制和余数"), transport.quota),
    Check("problems", Message("拒绝的格式、状态码和代码与约定相同"), refusals.problems),
    Check("languages", Message("拒绝的说明有中英文"), refusals.languages),
    Check("bad_keys", Message("无效的密钥在任何地址都是 401"), refusals.bad_keys),
    Check("headers", Message("答复带有约定的头"), transport.headers),
    Check("sharing", Message("其他网站的页面可以读取公开的内容"), transport.sharing),
)


def run(site: Site, only: Collection[str] = ()) -> Iterator[Result]:
    """What came of each check, or `only` of those, one after the other; raises SiteAway."""
    known, failed = Known(site), set[str]()
    for check in CHECKS:
        if only and check.name not in only:
            continue
        result = check.result(known, failed)
        if result.outcome == "failed":
            failed.add(result.name)
        yield result
