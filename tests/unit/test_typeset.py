"""Chinese names on pages have the marks of Chinese; what may be a number stays as it is."""

import pytest

from notices.facts import catalogue
from notices.pages.templating import Translator, typeset


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("印章(公章、合同专用章)", "印章（公章、合同专用章）"),
        ("司法局(发证机关: 省司法厅)", "司法局（发证机关：省司法厅）"),
        ("海事局 / 渔业(农业农村、海洋)部门", "海事局 / 渔业（农业农村、海洋）部门"),
        ("鲁(2099)某某市不动产权第0000001号", "鲁(2099)某某市不动产权第0000001号"),
        ("Seal (chop): one, or two", "Seal (chop): one, or two"),
    ],
)
def test_a_name_is_set_as_chinese(name: str, shown: str) -> None:
    assert typeset(name) == shown


def test_no_name_of_the_catalogue_has_half_width_marks() -> None:
    own = catalogue.load()
    tr = Translator(own, "zh").tr
    certificates, matters = own.certificates.values(), own.matters.values()
    shown = [tr(text) for each in certificates for text in (each.name, each.issuing_department)]
    shown += [tr(each.name) for each in matters]
    shown += [typeset(each.department) for each in matters]
    shown += [each.legal_basis for each in certificates]

    assert not [each for each in shown if any(mark in each for mark in "(),:;")]
