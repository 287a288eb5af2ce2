"""By which names a notice is found: its paper's, and those of the whole kind."""

import pytest

from notices.facts import catalogue
from notices.facts.naming import names_for, paper_of

OWN = catalogue.load()


@pytest.mark.parametrize(
    ("certificate", "document", "found_by", "not_by"),
    [
        ("food-operation-license", "catering-service-license",
         {"餐饮服务许可证", "餐饮许可证", "食品经营许可证", "食品证"}, {"食品流通许可证"}),
        ("food-operation-license", "food-operation-license",
         {"食品经营许可证"}, {"餐饮服务许可证"}),
        ("company-seal", "finance-seal", {"财务专用章", "财务章", "印章"}, {"公章", "发票专用章"}),
        ("real-estate-title", "house-ownership-certificate",
         {"房屋所有权证", "房产证", "不动产权证书"}, {"国有土地使用证"}),
        ("mineral-right-license", "mining-license", {"采矿许可证", "采矿证"}, {"勘查许可证"}),
        ("lawyer-practice-certificate", "law-firm-practice-license",
         {"律师事务所执业许可证"}, {"律师执业证"}),
        ("business-license", "enterprise-legal-person-license",
         {"企业法人营业执照", "营业执照", "执照"}, {"合伙企业营业执照"}),
    ],
)  # fmt: skip
def test_a_paper_is_found_by_its_names_and_by_those_of_its_kind(
    certificate: str, document: str, found_by: set[str], not_by: set[str]
) -> None:
    kind = OWN.certificates[certificate]
    names = set(names_for(kind, kind.document(document)))

    assert found_by <= names
    assert not not_by & names
    assert all(not any(other in name for name in names) for other in not_by)


@pytest.mark.parametrize("id", sorted(OWN.certificates))
def test_every_name_of_a_certificate_finds_some_paper_of_it(id: str) -> None:
    kind = OWN.certificates[id]
    together = {name for paper in kind.documents for name in names_for(kind, paper)}

    for paper in kind.documents:
        assert names_for(kind, paper)[0] == paper.name.zh
    lists = {name for name in kind.names if "(" in name or "/" in name or name == id}
    assert set(kind.names) - lists - {kind.name.en} - {each.id for each in kind.documents} <= (
        together
    )


def test_a_form_of_before_there_were_papers_is_found_by_all_names() -> None:
    food, seal = OWN.certificates["food-operation-license"], OWN.certificates["company-seal"]

    assert paper_of(food, None, {}) is None
    assert {"餐饮服务许可证", "食品流通许可证"} <= set(names_for(food, None))
    paper = paper_of(seal, None, {"kind": "财务专用章"})
    assert paper is not None
    assert paper.id == "finance-seal"
    assert paper_of(seal, None, {"kind": 7}) is None
    assert paper_of(seal, "no such", None) is None
