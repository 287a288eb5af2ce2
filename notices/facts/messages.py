"""The sentence for each code of a wrong value, in whichever language: how to mend it."""

from notices.facts.texts import Message

MESSAGES: dict[str, Message] = {
    "required": Message("请填写此项。"),
    "wrong_type": Message("此项的格式不对，应为{expected}。"),
    "unknown_field": Message("不认识的字段“{name}”，请删去。"),
    "draft_changed": Message(
        "这些内容在别的窗口里改过，下面是现在的内容，还没有发布。请重新核对，再发布。"
    ),
    "draft_forgotten": Message(
        "前面各步填写的内容已过三十天，或者已经丢弃，或者是用另一个身份填写的；请重新填写。"
    ),
    "no_more_today": Message("没有发布：{limit}。请在 {wait} 后再发布。"),
    "answer_unsigned": Message("这不是本站签名的核验答复，印不了凭条。请重新核验一次。"),
    "nothing_changed": Message("没有要更正的内容；请至少改动一项。"),
    "unknown_parameter": Message("不认识的参数“{name}”。"),
    "bad_value": Message("此项的值不对：{expected}。"),
    "given_twice": Message("此项只能出现一次。"),
    "idempotency_key": Message("应为 1 至 {limit} 个可见的 ASCII 字符。"),
    "unknown_certificate": Message("没有这种证件，请从目录中选择。"),
    "unknown_matter": Message("没有这个事项，请从目录中选择，或留空。"),
    "matter_of_another_certificate": Message("这个事项不属于所选的证件，请另选事项。"),
    "not_a_choice": Message("请从以下各项中选一项：{choices}。"),
    "too_long": Message("最多 {limit} 个字符，请缩短。"),
    "control_character": Message("含有看不见的控制字符，请删去后重新键入。"),
    "emoji": Message("不能使用表情符号，请删去。"),
    "personal_number": Message(
        "此项会公开，请删去其中的身份证件号码、手机号码，以及公告里不全部公开的证件号码。"
    ),
    "personal_name": Message("此项会公开，请删去其中的持证人姓名。"),
    "private_name": Message("此项会公开，请删去其中当事人的姓名。"),
    "must_be_true": Message("须同意此项才能发布声明。"),
    "not_confirmed": Message("请勾选此项确认。"),
    "number_empty": Message("号码中没有字母、数字或汉字，请照证件填写。"),
    "number_placeholder": Message(
        "这里要填证件上印的号码。号码不清楚的，可查复印件、档案或以往办事的回执，或向发证机关查询后再填。"
    ),
    "number_placeholder_optional": Message("没有编码的，此项留空即可，不必填写“无”。"),
    "number_of_holder": Message("没有编码的，请填持有单位的统一社会信用代码。"),
    "number_masked": Message("号码中有星号（*），是遮盖过的。请照证件填写完整的号码。"),
    "unknown_document": Message("此证没有这种证件文本，请从目录中选择。"),
    "document_differs": Message("两处所填的证件文本不同，请只填一处。"),
    "copy_number_format": Message("副本编号请照副本填写，例如 3-2 或 2。"),
    "copy_number_of_original": Message(
        "只有副本才有副本编号。丢的是副本请选“副本”；丢的是正本或两本都丢了，请去掉副本编号。"
    ),
    "number_check_digit": Message(
        "号码的校验码不对，请核对每一位；证件上确实如此的，请确认号码无误后再提交。"
    ),
    "number_unusual": Message(
        "号码与常见格式不同（例如 {example}），请核对；证件上确实如此的，请确认号码无误后再提交。"
    ),
    "number_not_holders": Message(
        "此证号码以持证人的证件号码或统一社会信用代码为准，与所填持证人不符，请核对两者。"
    ),
    "copies_not_applicable": Message("此证不分正本、副本，请不要填写此项。"),
    "unknown_detail": Message("此证没有这一项，请删去。"),
    "not_text": Message("请填写文字。"),
    "issuer_unusual": Message(
        "这不像一个机关或机构的名称：请从列出的机关中选择，或照证件上的印章填写全称，也可以留空。"
    ),
    "detail_unusual": Message(
        "此项会公开，只填证件上的这一项内容，不能写电话、账号、网址或其他文字。"
    ),
    "detail_format": Message("格式不对，请照此填写：{example}。"),
    "date_format": Message("请填写真实的日期，例如 {example}。"),
    "date_in_future": Message("日期不能晚于今天，请核对。"),
    "date_too_early": Message("日期不能早于 {earliest}，请核对。"),
    "lost_before_issued": Message("遗失日期早于发证日期，请核对这两项。"),
    "certificate_of_persons": Message("此证只发给个人，请选择“个人”。"),
    "certificate_of_organisations": Message("此证只发给单位（含个体工商户），请选择“单位”。"),
    "resident_id_format": Message(
        "身份证号码为 18 位：17 位数字，末位为数字或 X；用其他证件的，请改选证件类型。"
    ),
    "uscc_format": Message(
        "统一社会信用代码为 18 位，由数字和大写字母组成，请照营业执照或登记证书填写。"
    ),
    "identifier_format": Message("请照证件填写号码：5 至 20 位数字或字母。"),
    "identifier_check_digit": Message("号码的校验码不对，请逐位核对。"),
    "holder_name_differs": Message("姓名或名称与登录身份不一致，请照登录身份填写。"),
    "organisation_not_applicable": Message("只有以单位身份登录才填写单位，请删去此项。"),
    "relation_of_persons": Message(
        "持证人是单位时，没有父母、监护人或继承人，请改选“受委托”或“清算组”。"
    ),
    "relation_of_companies": Message("持证人是个人时没有清算组，请改选“受委托”或“继承人”。"),
    "relation_of_self": Message("持证人就是您本人（本单位），请选“本人”。"),
    "exhibit_required": Message(
        "请附上证明您可以代为声明的材料（委托书、清算组备案或裁定、继承公证或亲属关系证明、监护证明）"
        "的照片或 PDF（接口：multipart/form-data 的 exhibit）。"
    ),
    "not_a_minor": Message("只有未满 18 周岁的持证人可由父母声明；其他监护人请选“监护人”。"),
    "unknown_region": Message(
        "没有找到这个地区：请从列表中选择，或填写六位行政区划代码（旧代码也可以）。"
    ),
    "phone_format": Message(
        "没有看到电话号码：请写手机号码或固定电话（如 0536-8123456转801），也可以留空。"
    ),
    "number_differs": Message("号码与这份公告的证件不符；提出异议须知道完整的证件号码。"),
    "no_such_objection": Message("这份公告没有这件待处理的异议。"),
    "too_late": Message("情况已经变了：{why}请看现在的状态和历史；您写的内容还在下面。"),
    "held": Message("{why}您写的内容还在下面。"),
    "objection_of_several": Message("待受理的异议不止一件，请指明哪一件。"),
    "webhook_format": Message(
        "请写一个 https 地址，不带用户名、密码和空格，例如 https://example.cn/notices。"
    ),
    "webhook_not_public": Message(
        "这个地址不能送达：须是公网地址的 443 或 8443 端口；内网地址请联系本站的管理者。"
    ),
    "webhook_of_agencies": Message("只有机关可以留接收地址；您在“我的声明”里看到消息。"),
    "label_is_number": Message("备注里不要写号码，号码不再显示。请写一个自己认得的名称。"),
    "evidence_type": Message("材料须是 PDF、JPEG 或 PNG 文件（按内容判断，与文件名无关）。"),
    "evidence_damaged": Message(
        "材料文件打不开：可能已损坏、加了密码，或内容与类型不符。请重新导出或拍照后再上传。"
    ),
    "evidence_active": Message(
        "材料文件里有脚本或会自动执行的内容，不能接收。请打印成新的 PDF，或拍照后上传。"
    ),
    "evidence_hidden": Message(
        "材料文件里还藏有别的文件或内容，不能接收。请打印成新的 PDF，或拍照后上传。"
    ),
    "evidence_infected": Message("病毒扫描没有通过，文件未保存。"),
    "evidence_gone": Message("这个文件刚才在别的窗口里去掉或换掉了，请重新选择。"),
    "evidence_empty": Message("材料文件是空的，请重新选择。"),
    "evidence_too_large": Message("材料不能超过 {limit} MB，请压缩后再上传。"),
    "file_empty": Message("文件里没有内容。"),
    "file_columns": Message("不知道文件里哪一列是什么：{why}"),
    "file_encoding": Message(
        "文件既不是 UTF-8，也不是 GB18030 编码；请在表格软件里另存为“CSV UTF-8”。"
    ),
    "file_line": Message(
        "文件第 {line} 行读不懂：可能有引号没有成对，或一行太长。请改好这一行再送来。"
    ),
    "file_too_wide": Message("文件的列太多（上限 {limit} 列），请只留下需要的列。"),
    "file_too_many_rows": Message("表格最多 {limit} 行；更多的请存为 CSV，或分成几份。"),
    "file_too_large_inside": Message(
        "文件展开以后太大，不能读取；请只留下需要的列，或存为 CSV，分成几份。"
    ),
    "file_damaged": Message("文件打不开：不是完整的 XLSX 表格，或设有密码。"),
    "number_scientific": Message(
        "号码被表格软件变成了科学计数法（如 3.7E+17），原来的数字已经丢失；"
        "请把这一列设为文本后重新填写。"
    ),
    "number_rounded": Message(
        "号码第 15 位以后都是 0，可能被表格软件改过；请把这一列设为文本，照证件核对。"
    ),
    "formula": Message("单元格里是公式，不是号码；请换成公式的结果。"),
    "too_many_cells": Message("这一行的列比第一行多，不能确定哪一列是号码；请核对分隔符。"),
    "unreadable_bytes": Message("这一行有不属于文件编码的字节，不能读取；请核对后重新导出。"),
}
