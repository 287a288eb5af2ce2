"""Which paper a number stands on, what it is called there, and where a hyphen in it counts."""

import msgspec
import pytest

from notices.facts import catalogue

OWN = catalogue.load()

PRINTED = [
    # As they stand on real papers, digits made up; None: its usual paper, "" : not to be told.
    ("food-operation-license", "JY13799990081013", None, "许可证编号"),
    ("food-operation-license", "(鲁食药)餐证字2015379999003358", "餐饮服务许可证", "许可证号"),
    ("food-operation-license", "鲁餐证字2010379999002888", "餐饮服务许可证", "许可证号"),
    (
        "food-operation-license",
        "(鲁)卫食证字〔2009〕第379999-000123号",
        "食品卫生许可证",
        "许可证号",
    ),
    ("food-production-license", "SC10637999900817", None, "许可证编号"),
    ("medical-device-operation-license", "沪嘉食药监械经营许20997006号", None, "许可证编号"),
    ("medical-device-operation-license", "粤穗食药监械经营许20991161号", None, "许可证编号"),
    (
        "medical-device-operation-license",
        "京经食药监械经营备20990029",
        "第二类医疗器械经营备案凭证",
        "备案编号",
    ),
    ("special-equipment-use-registration", "梯11闽E3699(16)", None, "使用登记证编号"),
    ("special-equipment-use-registration", "容110044010099230017", None, "使用登记证编号"),
    ("public-place-hygiene-license", "京卫公证字(2022)第01299号", None, "许可证编号"),
    ("birth-medical-certificate", "L350999695", None, "出生医学证明编号"),
    ("real-estate-title", "甬（2016）宁波市 不动产权第 158599 号", None, "不动产权证号"),
    ("real-estate-title", "沪(2018)徐字不动产权第099979号", None, "不动产权证号"),
    ("real-estate-title", "道房权证字第713099990号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "京东国用(2004划)第A00999号", "国有土地使用证", "土地证号"),
    ("real-estate-title", "沪房地（闵）字（2003）第099345号", "上海市房地产权证", "房地产权证号"),
    ("real-estate-title", "房地证津字第101029993030号", "房地产权证", "房地产权证号"),
    ("real-estate-title", "深房地字2000999807", "房地产证", "房地产权证号"),
    ("real-estate-registration-proof", "苏(2019)海门市不动产证明第099号", None, "不动产登记证明号"),
    (
        "real-estate-registration-proof",
        "赤水市房他证押字第2014-00999号",
        "房屋他项权证",
        "他项权证号",
    ),
    ("mineral-right-license", "T37120990102099001", "勘查许可证", "许可证号"),
    ("water-abstraction-permit", "取水（江宁）字〔2007〕第B01159902号", None, "许可证编号"),
    ("road-transport-operation-license", "桂交运管许可南字99345号", None, "许可证号"),
    ("road-transport-operation-license", "冀交运管许可石字379999306599号", None, "许可证号"),
    ("road-transport-vehicle-certificate", "京交运管字379999123499", None, "道路运输证号"),
    ("road-transport-vehicle-certificate", "川交运管许可字88889998", None, "道路运输证号"),
    ("private-school-license", "教民379920372000999号", None, "许可证号"),
    (
        "social-organization-certificate",
        "（闽）民证字第099234号",
        "民办非企业单位登记证书",
        "登记证号",
    ),
    ("social-organization-certificate", "社证字第 3099-14号", "社会团体法人登记证书", "登记证号"),
    ("public-institution-certificate", "事证第179990000060号", None, "证书号"),
    ("work-safety-license", "(皖)JZ安许证字[2021]997", None, "许可证编号"),
    ("work-safety-license", "（闽）FM安许证字（2024）E99号", None, "许可证编号"),
    ("hazardous-chemicals-operation-license", "苏(宁)危化经字(江北)99909", None, "证书编号"),
    ("pesticide-operation-license", "农药经许(赣)37999920999", None, "许可证编号"),
    ("publication-operation-license", "新出发(苏)批字第N-099号", None, "许可证号"),
    ("publication-operation-license", "新出发京零 字第大129907号", None, "许可证号"),
    ("publication-operation-license", "京批109960号", None, "许可证号"),
    ("company-seal", "3799990012345", "", "印章编码"),
    ("company-seal", "B999JE99345", "", "印章编码"),
    ("business-license", "91379999MA0910076U", None, "统一社会信用代码"),
    ("pollutant-discharge-permit", "鄂环排证字第99123号", None, "许可证编号"),
    ("tobacco-retail-license", "379999199123", None, "许可证号"),
    (
        "lawyer-practice-certificate",
        "31379999E000999456",
        "律师事务所执业许可证",
        "统一社会信用代码",
    ),
    # Neighbours.
    ("food-operation-license", "SP3799991510000123", "食品流通许可证", "许可证编号"),
    ("food-operation-license", "YB13799990000011", "仅销售预包装食品备案", "备案编号"),
    ("food-operation-license", "粤餐证字2013379999000101", "餐饮服务许可证", "许可证号"),
    ("food-operation-license", "京食药餐证字2011379999000101", "餐饮服务许可证", "许可证号"),
    ("food-operation-license", "鲁卫食证字[2007]第379999-001号", "食品卫生许可证", "许可证号"),
    ("food-operation-license", "潍卫食字(2004)第0123号", "食品卫生许可证", "许可证号"),
    ("food-operation-license", "3799990012", None, "许可证编号"),
    ("food-production-license", "QS3799 0101 0123", None, "许可证编号"),
    ("food-production-license", "XK16-204-00123", "全国工业产品生产许可证", "证书编号"),
    ("food-production-license", "(鲁)XK13-001-00123", "全国工业产品生产许可证", "证书编号"),
    ("drug-operation-license", "鲁DA5310001", None, "许可证编号"),
    ("medical-device-operation-license", "鲁019999", "医疗器械经营企业许可证", "许可证编号"),
    (
        "medical-device-operation-license",
        "鲁潍药监械经营备20990123号",
        "第二类医疗器械经营备案凭证",
        "备案编号",
    ),
    (
        "medical-device-operation-license",
        "沪浦药监械经营备20990012号（更）",
        "第二类医疗器械经营备案凭证",
        "备案编号",
    ),
    ("medical-device-operation-license", "鲁潍药监械经营许20990123号", None, "许可证编号"),
    ("public-place-hygiene-license", "鲁卫公字[2008]第0123号", "卫生许可证", "许可证号"),
    ("public-place-hygiene-license", "潍卫公证字[2015]第379999-000123号", None, "许可证编号"),
    ("real-estate-title", "鲁(2020)青州市不动产权第0000123号", None, "不动产权证号"),
    ("real-estate-title", "潍房权证奎文字第00123456号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "京房权证朝私06字第123456号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "X京房权证海字第012345号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "宁房权证鼓转字第312345号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "潍房字第012345号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "寿房产证私字第01234号", "房屋所有权证", "房权证号"),
    ("real-estate-title", "潍房权证共字第01234号", "房屋共有权证", "共有权证号"),
    ("real-estate-title", "房共证字第01234号", "房屋共有权证", "共有权证号"),
    ("real-estate-title", "潍国用(2012)第B123号", "国有土地使用证", "土地证号"),
    ("real-estate-title", "无棣国用(2010)第0123号", "国有土地使用证", "土地证号"),
    ("real-estate-title", "潍集用(2010)第0123号", "集体土地使用证", "土地证号"),
    ("real-estate-title", "临集建(91)字第010123号", "集体土地建设用地使用证", "土地证号"),
    ("real-estate-title", "潍集有(2011)第0123号", "集体土地所有证", "土地所有证号"),
    ("real-estate-title", "沪房地浦字(2010)第012345号", "上海市房地产权证", "房地产权证号"),
    ("real-estate-title", "粤房地证字第C1234567号", "房地产权证", "房地产权证号"),
    ("real-estate-title", "粤房地权证穗字第0123456789号", "房地产权证", "房地产权证号"),
    ("real-estate-title", "201房地证2010字第01234号", "房地产权证", "房地产权证号"),
    ("real-estate-title", "深房地字第5000123456号", "房地产证", "房地产权证号"),
    ("real-estate-title", "厦国土房证第00123456号", "厦门市土地房屋权证", "土地房屋权证号"),
    ("real-estate-title", "三土房(2010)字第01234号", "土地房屋权证", "土地房屋权证号"),
    ("real-estate-title", "鲁林证字(2009)第012345号", "林权证", "林权证号"),
    ("real-estate-title", "国海证093701234号", "海域使用权证书", "海域使用权证号"),
    ("real-estate-registration-proof", "潍房他证奎文字第012345号", "房屋他项权证", "他项权证号"),
    ("real-estate-registration-proof", "京房他证朝字第012345号", "房屋他项权证", "他项权证号"),
    ("real-estate-registration-proof", "潍他项(2012)第0123号", "土地他项权利证明书", "他项权证号"),
    ("real-estate-registration-proof", "潍房预奎文字第012345号", "预告登记证明", "登记证明号"),
    (
        "real-estate-registration-proof",
        "潍房建奎文字第0123号",
        "在建工程抵押登记证明",
        "登记证明号",
    ),
    (
        "real-estate-registration-proof",
        "鲁(2020)青州市不动产证明第0000123号",
        None,
        "不动产登记证明号",
    ),
    ("mineral-right-license", "C3799992010017130012345", "采矿许可证", "许可证号"),
    ("mineral-right-license", "T3799992010013010012345", "勘查许可证", "许可证号"),
    ("mineral-right-license", "3799990810012", "", "许可证号"),
    ("pollutant-discharge-permit", "91379999MA00000319001P", None, "许可证编号"),
    ("pollutant-discharge-permit", "91379999MA00000319001W", "固定污染源排污登记回执", "登记编号"),
    (
        "vessel-registration-certificate",
        "(鲁)船登(权)(2019)FT-200123号",
        "渔业船舶所有权登记证书",
        "登记号码",
    ),
    (
        "vessel-registration-certificate",
        "(鲁)船登(籍)(2019)FT-200123号",
        "渔业船舶国籍证书",
        "登记号码",
    ),
    ("vessel-registration-certificate", "CN20199912345", None, "船舶识别号"),
    ("vessel-registration-certificate", "070099000123", None, "登记号码"),
    ("private-school-license", "人社民3799994000123号", None, "许可证号"),
    ("private-school-license", "鲁社证字第0123号", "社会力量办学许可证", "许可证号"),
    (
        "social-organization-certificate",
        "51379999MJ0000018H",
        "社会团体法人登记证书",
        "统一社会信用代码",
    ),
    (
        "social-organization-certificate",
        "52379999MJ00000269",
        "民办非企业单位登记证书",
        "统一社会信用代码",
    ),
    (
        "social-organization-certificate",
        "53379999MJ00000347",
        "基金会法人登记证书",
        "统一社会信用代码",
    ),
    ("social-organization-certificate", "鲁社政字第0123号", "", "登记证号"),
    ("social-organization-certificate", "鲁潍社证字第012号", "社会团体法人登记证书", "登记证号"),
    ("social-organization-certificate", "民证字第370123号", "民办非企业单位登记证书", "登记证号"),
    ("social-organization-certificate", "基证字第0123号", "基金会法人登记证书", "登记证号"),
    ("public-institution-certificate", "12379999MB00000197", None, "统一社会信用代码"),
    ("public-institution-certificate", "137999900123", None, "证书号"),
    ("business-license", "379999600176911", None, "注册号"),
    ("business-license", "3799992801234", None, "注册号"),
    ("business-license", "企独鲁潍总字第000123号", "企业法人营业执照", "注册号"),
    ("business-license", "企合鲁总副字第000123号", None, "注册号"),
    ("business-license", "379999NA000123X", "农民专业合作社法人营业执照", "注册号"),
    ("business-license", "潍工商个字第0123号", None, "注册号"),
    ("business-license", "92379999MA0000023B", None, "统一社会信用代码"),
    ("lawyer-practice-certificate", "13799201010123456", "律师执业证", "执业证号"),
    ("lawyer-practice-certificate", "23799200410123456", "律师事务所执业许可证", "许可证号"),
    ("animal-epidemic-prevention-certificate", "(鲁潍)动防合字第20990001号", None, "编号"),
    ("animal-epidemic-prevention-certificate", "379999109900002", None, "代码编号"),
    ("road-transport-practitioner-certificate", "37999919000101001X", None, "从业资格证号"),
    ("religious-venue-certificate", "宗场证字(F)379990001号", None, "登记证编号"),
    ("religious-venue-certificate", "71379999MJ0000018H", None, "统一社会信用代码"),
    ("publication-operation-license", "鲁音像零字第0123号", "音像制品经营许可证", "许可证号"),
    ("travel-agency-license", "L-SD-CJ00002", None, "许可证编号"),
    ("travel-agency-license", "L-SD00001-WFFS001", "旅行社分社备案登记证明", "编号"),
]


@pytest.mark.parametrize(("id", "number", "document", "label"), PRINTED)
def test_a_printed_number_tells_its_paper_and_what_it_is_called_there(
    id: str, number: str, document: str | None, label: str
) -> None:
    certificate = OWN.certificates[id]
    reading = certificate.read(number)

    found = certificate.proposed_document(reading, None)

    if document is None:
        assert found == certificate.documents[0]
        assert found.id == certificate.id
    else:
        assert (found.name.zh if found else "") == document
    assert certificate.number_label_of(reading, found).zh == label


@pytest.mark.parametrize(
    ("id", "number", "counts"),
    [
        ("social-organization-certificate", "社证字第5908-14号", True),
        ("social-organization-certificate", "社证字第5908—14号", True),
        ("social-organization-certificate", "(鲁)民证字第0123-1号", True),
        ("social-organization-certificate", "基证字第012-03号", True),
        ("social-organization-certificate", "社证字第590814号", False),
        ("social-organization-certificate", "社证字第-5908号", False),
        ("real-estate-title", "潍房权证奎文字第12345-1号", True),
        ("real-estate-title", "西安市房权证高新区字第1059999006-14-1-11702号", True),
        ("real-estate-title", "奎国用(2003)字第0123-1号", True),
        ("real-estate-title", "潍集用(2010)第0123-12号", True),
        ("real-estate-title", "奎国用2003-0123号", False),
        ("real-estate-title", "潍房权证字第2010-12345号", False),
        ("real-estate-title", "潍房权证字第379999-012345号", False),
        ("real-estate-title", "鲁(2020)青州市不动产权第000-0123号", False),
        ("real-estate-registration-proof", "潍房他证奎文字第12345-1号", True),
        ("real-estate-registration-proof", "赤水市房他证押字第2014-00999号", False),
        ("food-operation-license", "(鲁)卫食证字〔2009〕第379999-000123号", False),
        ("water-abstraction-permit", "C379999S2099-0001", False),
        ("publication-operation-license", "新出发(苏)批字第N-099号", False),
        ("travel-agency-license", "L-SD-CJ00002", False),
        ("work-safety-license", "（鲁）FM安许证字〔2098〕03-0002号", False),
        ("business-license", "9137-9999-MA0000015K", False),
    ],
)
def test_a_hyphen_counts_where_both_runs_of_digits_vary_in_length(
    id: str, number: str, counts: bool
) -> None:
    certificate = OWN.certificates[id]

    form = certificate.form_of(certificate.read(number))

    assert (form is not None and form.hyphens) is counts


def test_a_hyphen_that_counts_changes_neither_paper_nor_label() -> None:
    for id, number in [
        ("social-organization-certificate", "社证字第5908-14号"),
        ("real-estate-title", "潍房权证奎文字第12345-1号"),
        ("real-estate-title", "奎国用(2003)字第0123-1号"),
        ("real-estate-title", "潍集建(2003)字第0123-1号"),
        ("real-estate-registration-proof", "潍房他证奎文字第12345-1号"),
        ("real-estate-registration-proof", "潍他项(2012)第0123-1号"),
    ]:
        certificate = OWN.certificates[id]
        with_one = certificate.read(number)
        without = certificate.read(number.replace("-", ""))
        document = certificate.proposed_document(with_one, None)

        assert with_one.normal != without.normal
        assert document == certificate.proposed_document(without, None)
        assert certificate.number_label_of(with_one, document) == certificate.number_label_of(
            without, document
        )


def test_the_holder_decides_where_the_number_does_not() -> None:
    lawyer = OWN.certificates["lawyer-practice-certificate"]

    def named(number: str, holder: str | None) -> str | None:
        found = lawyer.proposed_document(lawyer.read(number), holder)
        return found and found.name.zh

    assert named("150199912345", "person") == "律师执业证"
    assert named("150199912345", "organisation") == "律师事务所执业许可证"
    assert named("150199912345", None) == "律师执业证"
    assert named("31379999MD00000163", "person") == "律师事务所执业许可证"


def test_without_a_number_a_seal_has_no_usual_kind_and_every_other_its_usual_paper() -> None:
    asked = {each.id for each in OWN.certificates.values() if each.document_required}

    for each in OWN.certificates.values():
        found = each.proposed_document(each.read(""), "organisation")
        if each.id in asked:
            assert found is None
        elif each.id != "lawyer-practice-certificate":
            assert found == each.documents[0]
    assert asked == {
        "company-seal",
        "mineral-right-license",
        "social-organization-certificate",
    }


@pytest.mark.parametrize(
    ("id", "text", "document"),
    [
        ("company-seal", "公章", "official-seal"),
        ("company-seal", "财务专用章", "finance-seal"),
        ("company-seal", " 财务 章 ", "finance-seal"),
        ("company-seal", "法人章", "legal-representative-seal"),
        ("company-seal", "其他", "other-seal"),
        ("company-seal", "other", "other-seal"),
        ("company-seal", "OFFICIAL SEAL", "official-seal"),
        ("company-seal", "invoice-seal", "invoice-seal"),
        ("food-operation-license", "餐饮服务许可证", "catering-service-license"),
        ("food-operation-license", "食品经营许可证", "food-operation-license"),
        ("food-operation-license", "food-operation-license", "food-operation-license"),
        ("mineral-right-license", "采矿许可证", "mining-license"),
        ("mineral-right-license", "矿产资源勘查许可证", "exploration-license"),
        ("food-operation-license", "食品证", None),
        ("real-estate-title", "房产证", None),
        ("food-operation-license", "公章", None),
        ("food-operation-license", "", None),
    ],
)
def test_a_paper_is_found_by_id_name_and_its_own_aliases(
    id: str, text: str, document: str | None
) -> None:
    found = OWN.certificates[id].document_named(text)

    assert (found and found.id) == document


def test_every_paper_leads_to_its_certificate_by_id_and_by_every_name() -> None:
    for certificate in OWN.certificates.values():
        for document in certificate.documents:
            for name in (document.id, *document.names):
                assert OWN.named(name) is certificate
            assert set(document.names) <= set(certificate.names)
        assert len(set(certificate.names)) == len(certificate.names)
    assert OWN.named("其他") is None


def test_what_older_declarations_call_the_kind_of_a_seal_is_still_read() -> None:
    seal = OWN.certificates["company-seal"]

    assert seal.document_field == "kind"
    assert [each.name for each in seal.fields] == ["count"]
    for kind in ("公章", "财务专用章", "合同专用章", "发票专用章", "法定代表人名章", "其他"):
        assert seal.document_named(kind) is not None
    assert seal.documents[-1].name.zh == "其他印章"
    assert seal.stands_for_number


def test_the_public_catalogue_shows_papers_as_the_contract_has_them() -> None:
    food = msgspec.to_builtins(OWN.certificates["food-operation-license"].public())
    seal = msgspec.to_builtins(OWN.certificates["company-seal"].public())

    assert food["documents"][0] == {
        "id": "food-operation-license",
        "name": {"zh": "食品经营许可证", "en": "Food operation licence"},
        "number_label": {"zh": "许可证编号", "en": "Licence number"},
    }
    assert food["documents"][1]["former"] is True
    assert (food["document_required"], seal["document_required"]) == (False, True)
    assert (food["issuer_asked"], seal["issuer_asked"]) == (True, False)
