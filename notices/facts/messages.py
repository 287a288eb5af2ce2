"""The sentence for each code of a wrong value, in Chinese and in English: how to mend it."""

from notices.facts.texts import Text

MESSAGES: dict[str, Text] = {
    "required": Text("请填写此项。", "This is required."),
    "wrong_type": Text("此项的格式不对，应为{expected}。", "This has the wrong type: {expected}."),
    "unknown_field": Text(
        "不认识的字段“{name}”，请删去。", "Unknown field “{name}”: leave it out."
    ),
    "draft_changed": Text(
        "这些内容在别的窗口里改过，下面是现在的内容，还没有发布。请重新核对，再发布。",
        "This was changed in another window. Below is what it is now; nothing was published yet."
        " Check it again, then publish.",
    ),
    "draft_forgotten": Text(
        "前面各步填写的内容已过两小时，或因退出、换人登录，已经清除；请重新填写。",
        "What was typed in earlier steps was forgotten, after two hours or when you signed out or"
        " in as another; please type it again.",
    ),
    "nothing_changed": Text(
        "没有要更正的内容；请至少改动一项。", "Nothing is corrected; change at least one field."
    ),
    "unknown_parameter": Text("不认识的参数“{name}”。", "Unknown parameter “{name}”."),
    "bad_value": Text("此项的值不对：{expected}。", "This value is not allowed: {expected}."),
    "given_twice": Text("此项只能出现一次。", "Give this once only."),
    "idempotency_key": Text(
        "应为 1 至 {limit} 个可见的 ASCII 字符。", "Use 1 to {limit} printable ASCII characters."
    ),
    "unknown_certificate": Text(
        "没有这种证件，请从目录中选择。",
        "There is no such certificate; choose one of the catalogue.",
    ),
    "unknown_matter": Text(
        "没有这个事项，请从目录中选择，或留空。",
        "There is no such matter; choose one of the catalogue or leave it out.",
    ),
    "matter_of_another_certificate": Text(
        "这个事项不属于所选的证件，请另选事项。",
        "This matter belongs to another certificate; choose one of this certificate's.",
    ),
    "not_a_choice": Text("请从以下各项中选一项：{choices}。", "Choose one of: {choices}."),
    "too_long": Text("最多 {limit} 个字符，请缩短。", "At most {limit} characters; shorten it."),
    "control_character": Text(
        "含有看不见的控制字符，请删去后重新键入。",
        "This holds an invisible control character; delete it and type the text again.",
    ),
    "emoji": Text("不能使用表情符号，请删去。", "Emoji cannot be used here; take them out."),
    "personal_number": Text(
        "此项会公开，请删去其中的身份证件号码、手机号码，以及公告里不全部公开的证件号码。",
        "This is made public; take the identity document's or telephone number out of it, or the "
        "certificate's number, which the notice masks.",
    ),
    "personal_name": Text(
        "此项会公开，请删去其中的持证人姓名。",
        "This is made public; take the holder's name, which the notice masks, out of it.",
    ),
    "private_name": Text(
        "此项会公开，请删去其中当事人的姓名。",
        "This is made public; take the names of the persons concerned out of it.",
    ),
    "must_be_true": Text(
        "须同意此项才能发布声明。", "You have to agree to this before the notice is published."
    ),
    "number_empty": Text(
        "号码中没有字母、数字或汉字，请照证件填写。",
        "There is no letter, digit or Han character in it; copy the number from the certificate.",
    ),
    "number_placeholder": Text(
        "这里要填证件上印的号码。号码不清楚的，可查复印件、档案或以往办事的回执，或向发证机关查询后再填。",
        "Give the number that is printed on the certificate. Look for it on a copy, in your files "
        "or on an earlier receipt, or ask the issuer.",
    ),
    "number_placeholder_optional": Text(
        "没有编码的，此项留空即可，不必填写“无”。",
        "Where there is no code leave this empty; do not write “none”.",
    ),
    "number_of_holder": Text(
        "没有编码的，请填持有单位的统一社会信用代码。",
        "Where there is no code give the unified social credit code of the organisation.",
    ),
    "number_masked": Text(
        "号码中有星号（*），是遮盖过的。请照证件填写完整的号码。",
        "Some characters are hidden by stars (*). Give the whole number as it is printed.",
    ),
    "unknown_document": Text(
        "此证没有这种证件文本，请从目录中选择。",
        "This certificate has no such document; choose one of the catalogue.",
    ),
    "document_differs": Text(
        "两处所填的证件文本不同，请只填一处。",
        "Two different documents are named here; name one.",
    ),
    "copy_number_format": Text(
        "副本编号请照副本填写，例如 3-2 或 2。",
        "Copy the duplicate's number from it, such as 3-2 or 2.",
    ),
    "copy_number_of_original": Text(
        "只有副本才有副本编号。丢的是副本请选“副本”；丢的是正本或两本都丢了，请去掉副本编号。",
        "Only a duplicate has a copy number. Choose duplicate if that was lost; for the original, "
        "or both, leave the copy number out.",
    ),
    "number_check_digit": Text(
        "号码的校验码不对，请核对每一位；证件上确实如此的，请确认号码无误后再提交。",
        "Its check digit is wrong; compare every character. "
        "If the certificate really says so, confirm the unusual number and submit again.",
    ),
    "number_unusual": Text(
        "号码与常见格式不同（例如 {example}），请核对；证件上确实如此的，请确认号码无误后再提交。",
        "This differs from the usual form (such as {example}); compare it. "
        "If the certificate really says so, confirm the unusual number and submit again.",
    ),
    "number_not_holders": Text(
        "此证号码以持证人的证件号码或统一社会信用代码为准，与所填持证人不符，请核对两者。",
        "This certificate's number is the holder's own code and does not agree with the holder "
        "given; compare the two.",
    ),
    "copies_not_applicable": Text(
        "此证不分正本、副本，请不要填写此项。",
        "This certificate has no original and duplicate; leave this out.",
    ),
    "unknown_detail": Text(
        "此证没有这一项，请删去。", "This certificate has no such detail; take it out."
    ),
    "not_text": Text("请填写文字。", "Give this as text."),
    "issuer_unusual": Text(
        "这不像一个机关或机构的名称：请从列出的机关中选择，或照证件上的印章填写全称，也可以留空。",
        "This does not look like the name of an office: choose one of those that are offered, copy "
        "the full name from the seal on the certificate, or leave it empty.",
    ),
    "detail_unusual": Text(
        "此项会公开，只填证件上的这一项内容，不能写电话、账号、网址或其他文字。",
        "This is made public: give only what the certificate says here, no telephone or account "
        "number, no address and no other text.",
    ),
    "detail_format": Text(
        "格式不对，请照此填写：{example}。", "This is written differently; for example {example}."
    ),
    "date_format": Text(
        "请填写真实的日期，例如 {example}。", "Give a real date, such as {example}."
    ),
    "date_in_future": Text(
        "日期不能晚于今天，请核对。", "The date must not be after today; correct it."
    ),
    "date_too_early": Text(
        "日期不能早于 {earliest}，请核对。", "The date must not be before {earliest}; correct it."
    ),
    "lost_before_issued": Text(
        "遗失日期早于发证日期，请核对这两项。",
        "This is before the day of issue; compare the two dates.",
    ),
    "certificate_of_persons": Text(
        "此证只发给个人，请选择“个人”。", "Only persons hold this certificate; choose person."
    ),
    "certificate_of_organisations": Text(
        "此证只发给单位（含个体工商户），请选择“单位”。",
        "Only organisations (sole traders among them) hold this certificate; choose organisation.",
    ),
    "resident_id_format": Text(
        "身份证号码为 18 位：17 位数字，末位为数字或 X；用其他证件的，请改选证件类型。",
        "A resident ID has 17 digits and then a digit or X; for another document change its type.",
    ),
    "uscc_format": Text(
        "统一社会信用代码为 18 位，由数字和大写字母组成，请照营业执照或登记证书填写。",
        "A unified social credit code has 18 digits and letters; copy it from the licence.",
    ),
    "identifier_format": Text(
        "请照证件填写号码：5 至 20 位数字或字母。",
        "Copy the document's number: 5 to 20 digits or letters.",
    ),
    "identifier_check_digit": Text(
        "号码的校验码不对，请逐位核对。", "Its check digit is wrong; compare every character."
    ),
    "holder_name_differs": Text(
        "姓名或名称与登录身份不一致，请照登录身份填写。",
        "The name differs from the one you signed in with; use that one.",
    ),
    "organisation_not_applicable": Text(
        "只有以单位身份登录才填写单位，请删去此项。",
        "Only a sign-in for an organisation names one; take this out.",
    ),
    "relation_of_persons": Text(
        "持证人是单位时，没有父母、监护人或继承人，请改选“受委托”或“清算组”。",
        "An organisation has no parent, guardian or heir; choose mandate or liquidator.",
    ),
    "relation_of_companies": Text(
        "持证人是个人时没有清算组，请改选“受委托”或“继承人”。",
        "A person has no liquidator; choose mandate or heir.",
    ),
    "relation_of_self": Text(
        "持证人就是您本人（本单位），请选“本人”。",
        "The holder is you yourself, or your organisation; choose self.",
    ),
    "exhibit_required": Text(
        "请附上证明您可以代为声明的材料（委托书、清算组备案或裁定、继承公证或亲属关系证明、监护证明）"
        "的照片或 PDF（接口：multipart/form-data 的 exhibit）。",
        "Attach a document that shows that you may declare for the holder (mandate, record of the "
        "liquidators, proof of inheritance or of guardianship), as a picture or PDF (for programs: "
        "`exhibit` in multipart/form-data).",
    ),
    "not_a_minor": Text(
        "只有未满 18 周岁的持证人可由父母声明；其他监护人请选“监护人”。",
        "A parent declares for a holder under 18 only; otherwise choose self or guardian.",
    ),
    "unknown_region": Text(
        "没有找到这个地区：请从列表中选择，或填写六位行政区划代码（旧代码也可以）。",
        "There is no such region; choose one of the list, or give its six-digit code, which may "
        "be a former one.",
    ),
    "phone_format": Text(
        "没有看到电话号码：请写手机号码或固定电话（如 0536-8123456转801），也可以留空。",
        "No telephone number is in it; give a mobile or landline number (such as "
        "0536-8123456 ext. 801), or leave it empty.",
    ),
    "number_differs": Text(
        "号码与这份公告的证件不符；提出异议须知道完整的证件号码。",
        "This is not the certificate's number; whoever objects has to know it in full.",
    ),
    "no_such_objection": Text(
        "这份公告没有这件待处理的异议。", "No such objection to this notice waits for a decision."
    ),
    "objection_of_several": Text(
        "待受理的异议不止一件，请指明哪一件。", "Several objections wait; say which one is meant."
    ),
    "evidence_type": Text(
        "材料须是 PDF、JPEG 或 PNG 文件（按内容判断，与文件名无关）。",
        "Evidence is a PDF, JPEG or PNG file, by its content and not by its name.",
    ),
    "evidence_damaged": Text(
        "材料文件打不开：可能已损坏、加了密码，或内容与类型不符。请重新导出或拍照后再上传。",
        "The file cannot be opened: it is damaged, has a password, or is not what it says it is. "
        "Export it again, or take a picture, and upload that.",
    ),
    "evidence_active": Text(
        "材料文件里有脚本或会自动执行的内容，不能接收。请打印成新的 PDF，或拍照后上传。",
        "The file holds scripts or actions and is not taken. Print it to a new PDF, or upload a "
        "picture.",
    ),
    "evidence_hidden": Text(
        "材料文件里还藏有别的文件或内容，不能接收。请打印成新的 PDF，或拍照后上传。",
        "The file holds another file or something else behind its end, and is not taken. Print it "
        "to a new PDF, or upload a picture.",
    ),
    "evidence_infected": Text(
        "病毒扫描没有通过，文件未保存。", "A virus scanner refused the file; it was not kept."
    ),
    "evidence_empty": Text("材料文件是空的，请重新选择。", "The file is empty; choose it again."),
    "evidence_too_large": Text(
        "材料不能超过 {limit} MB，请压缩后再上传。",
        "Evidence has {limit} MB at most; make it smaller.",
    ),
}
