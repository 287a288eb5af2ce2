"""What the desk calls its lists, its decisions, and what became of an objection."""

from notices.facts.texts import Message, Text

LISTS: dict[str, Text] = {
    "confirmations": Message("等待确认的声明"),
    "objections": Message("等待受理的异议"),
    "contests": Message("已受理、等待决定的异议"),
    "rivals": Message("被挡住的声明"),
    "overlaps": Message("号码相同的公告"),
    "flags": Message("需要核查的声明"),
}
ABOUT: dict[str, Text] = {
    "confirmations": Message("替别人声明的，或者号码是另一个身份证号码的，经确认才生效。"),
    "objections": Message("受理或不受理；公告的状态在受理以后才变。"),
    "contests": Message("驳回异议，或撤销公告；在此之前公告的效力待定。"),
    "rivals": Message("别的持证人已有公告，后来的人没有声明成：号码写错了，或有一方不是持证人。"),
    "overlaps": Message("按新的号码规则看，两份有效的公告是同一个号码。"),
    "flags": Message("已经照常公布；看起来不寻常，请看一看，没有问题的结案，有问题的撤销。"),
}
"""What there is to do with what stands in a list."""

DECISIONS: dict[str, Text] = {
    "admit": Message("受理异议"),
    "reject": Message("不受理异议"),
    "dismiss": Message("驳回异议"),
    "annul": Message("撤销公告"),
}
MEANINGS: dict[str, Text] = {
    "admit": Message("公告变为“有异议，处理中”，效力待定，公示期停止计算。理由公开。"),
    "reject": Message("这件异议到此为止，公告不变，也不公开。"),
    "dismiss": Message("公告恢复受理以前的状态，公示期继续计算。理由公开。"),
    "annul": Message("公告终止，在这里不能恢复；其他待处理的异议随之结束。理由公开。"),
}
DONE: dict[str, Message] = {
    "admit": Message("已受理异议：公告 {number} 现在的效力待定。"),
    "reject": Message("已决定不受理异议：公告 {number} 没有变化。"),
    "dismiss": Message("已驳回异议：公告 {number} 恢复了原来的状态。"),
    "annul": Message("已撤销公告 {number}。"),
    "confirm": Message("已确认公告 {number}。"),
    "redact": Message("已移除公告 {number} 的内容。"),
    "release": Message("已放行，可以继续改动（{number}）。"),
    "set_aside": Message("已将公告 {number} 的一件事结案；公告没有变化。"),
}

RELATIONS: dict[str, Text] = {
    "self": Message("声明人就是持证人"),
    "parent": Message("持证人是声明人的未成年子女"),
    "guardian": Message("声明人是持证人的监护人"),
    "mandate": Message("声明人受持证人委托"),
    "liquidator": Message("声明人是持证人的清算组（管理人）成员"),
    "heir": Message("声明人是持证人的继承人"),
}
"""How the one who declared stands to the holder, as somebody else tells it."""

FIELDS: dict[str, Text] = {
    "objection": Message("哪一件异议"),
    "decision": Message("怎样决定"),
    "reason": Message("理由", "decision"),
    "which": Message("哪一件"),
    "purpose": Message("为什么要看"),
    "reference": Message("案号或说明"),
}

OFFICES: dict[str, Text] = {"officer": Message("工作人员"), "agency": Message("发证机关")}
"""Who is stopped by the brake."""

FLAGS: dict[str, Text] = {
    "repeated": Message("同一持证人五年内第三次（或更多次）声明同一种证件遗失"),
    "two_holders": Message("同一号码，以前由另一个持证人声明过"),
    "one_address": Message("短时间内从同一个网络地址来了很多声明"),
}
"""Why a declaration is to be looked at."""

FILES: dict[str, str] = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
}
