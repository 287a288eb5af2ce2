"""The file that says who runs this: what it says is taken, and what is wrong in it is named."""

import dataclasses
from pathlib import Path

import pytest

from notices import cli, deployment
from notices.facts import catalogue, sites
from notices.facts.sites import Site, SiteError
from notices.settings import Settings

OWN = catalogue.load()
ROOT = Path(__file__).parents[2]
REISSUE = "food-operation-license.reissue"
COUNTER = (
    '[[counter]]\nmatters = {}\nname = "{}"\naddress = "a"\ntelephone = "12345"\nhours = "h"\n'
)


def loaded(tmp_path: Path, text: str) -> tuple[Site, catalogue.Catalogue]:
    file = tmp_path / "site.toml"
    file.write_text(text, "utf-8")
    return sites.load(file, OWN, demo=False)


def counters(tmp_path: Path, *entries: tuple[str, str]) -> catalogue.Catalogue:
    parts = "".join(COUNTER.format(matters, name) for matters, name in entries)
    return loaded(tmp_path, 'authority = "局"\n' + parts)[1]


def test_what_the_contract_names_is_read(tmp_path: Path) -> None:
    site, same = loaded(
        tmp_path,
        'authority = "潍坊市行政审批服务局"\ncity = {zh = "潍坊市", en = "Weifang"}\n'
        'telephone = "0536-2512345"\naddress = "东风街 1 号"\nhours = "工作日"\n'
        'icp = "鲁ICP备12345678号-1"\npolice_record = "鲁公网安备37079902000001号"\n'
        "newspaper_price = 240\n",
    )

    assert site.authority is not None
    assert site.city is not None
    assert (site.authority.zh, site.authority.en) == ("潍坊市行政审批服务局",) * 2
    assert (site.city.zh, site.city.en) == ("潍坊市", "Weifang")
    assert (site.telephone, site.dialled) == ("0536-2512345", "05362512345")
    assert site.police_code == "37079902000001"
    assert site.newspaper_price == 240
    assert same is OWN


def test_without_a_file_nothing_is_claimed_but_what_a_newspaper_costs() -> None:
    site, same = sites.load(None, OWN, demo=False)

    said = dataclasses.asdict(site)
    assert said.pop("newspaper_price") == 200
    assert set(said.values()) == {None}
    assert same is OWN


def test_the_demo_and_the_example_are_right_and_say_that_they_are_made_up(tmp_path: Path) -> None:
    demo, same = sites.load(None, OWN, demo=True)
    example, filled = sites.load(ROOT / "docs" / "site.example.toml", OWN, demo=False)

    assert same is OWN
    for site in (demo, example):
        assert site.authority is not None
        assert site.authority.zh.startswith("示例市")
        assert all(each is not None for each in dataclasses.asdict(site).values())
    assert all(each.counter for each in filled.matters.values())
    assert filled.matters[REISSUE].accepts


@pytest.mark.parametrize(
    ("text", "place", "mended"),
    [
        ('telephone = "12345"', "authority", "缺少"),
        ('authority = " "', "authority", "不能空着"),
        ('authority = "局\u200e\u202e"', "authority", "看不见"),
        ('authority = {en = "Office"}', "authority.zh", "缺少"),
        ('authority = {zh = "局", fr = "Bureau"}', "authority.fr", "zh, en"),
        ('authority = "局"\ntelephone = 2512345', "telephone", '"0536-2512345"'),
        ('authority = "局"\ntelephone = "打总机"', "telephone", '"0536-2512345"'),
        ('authority = "局"\nicp = "12345678"', "icp", "鲁ICP备12345678号-1"),
        ('authority = "局"\npolice_record = "37079902000001"', "police_record", "鲁公网安备"),
        ('authority = "局"\nnewspaper_price = "200"', "newspaper_price", "200"),
        ('authority = "局"\nnewspaper_price = true', "newspaper_price", "200"),
        ('authority = "局"\ntelphone = "12345"', "telphone", "telephone"),
        ('authority = "局"\n[[counter]]\nmatters = ["*"]', "counter[1].telephone", "缺少"),
        ('authority = "局"\n[counter]\nname = "窗口"', "counter", "[[counter]]"),
        ('authority = "局"\ncounter = [1]', "counter[1]", "[[counter]]"),
        ('[[next_step]]\nmatters = ["*"]\nurl = "https://a.example"\nauthority = "局"',
         "next_step[1].authority", "前面"),
        ('authority = "局"\n[[next_step]]\nmatters = ["*"]\nurl = "javascript:1"',
         "next_step[1].url", "https://"),
        ('authority = "局"\n[[next_step]]\nmatters = ["*"]\nurl = "https://[a"',
         "next_step[1].url", "https://"),
        ('authority = "局"\n[[accepts]]\nmatters = ["*"]\nsource = "文"\nsince = "去年"',
         "accepts[1].since", "2026-01-01"),
        ('authority = "局"\n[[next_step]]\nmatters = []\nurl = "https://a.example"',
         "next_step[1].matters", "id"),
        ('authority = "局"\n[[next_step]]\nmatters = ["*", "*"]\nurl = "https://a.example"',
         "next_step[1].matters", "两次"),
        ('authority = "局"\n[[next_step]]\nmatters = ["food-operation-license.reisue"]\n'
         'url = "https://a.example"', "next_step[1].matters", REISSUE),
        ('authority = "局"\n[[next_step]]\nmatters = ["驾驶证"]\nurl = "https://a.example"',
         "next_step[1].matters", "没有“驾驶证”"),
        ("authority = 局", "不是 TOML", "加引号"),
        ('authority = "a"\nauthority = "b"', "TOML", "加引号"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_file_key_and_how_to_mend_it(
    tmp_path: Path, text: str, place: str, mended: str
) -> None:
    with pytest.raises(SiteError) as refused:
        loaded(tmp_path, text)

    [problem] = [each for each in refused.value.problems if place in each.zh.partition("：")[0]]
    assert mended in problem.zh
    assert problem.en != problem.zh
    told = str(refused.value)
    assert str(tmp_path / "site.toml") in told
    assert problem.zh in told
    assert problem.en in told


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SiteError) as refused:
        loaded(tmp_path, 'telephone = 1\nhours = ""\nagency = "局"')

    assert len(refused.value.problems) == 4


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "gbk.toml"
    other.write_bytes('authority = "局"'.encode("gb18030"))

    for file, word in ((tmp_path / "none.toml", "读不了"), (other, "UTF-8")):
        with pytest.raises(SiteError, match=word):
            sites.load(file, OWN, demo=False)


def test_a_matters_own_counter_comes_before_its_certificates_and_that_before_all(
    tmp_path: Path,
) -> None:
    filled = counters(
        tmp_path,
        ('["*"]', "综合"),
        (f'["{REISSUE}"]', "一号"),
        ('["food-operation-license"]', "二号"),
    )

    found = {id: each.counter.name for id, each in filled.matters.items() if each.counter}
    of_food = {id: name for id, name in found.items() if id.startswith("food-operation-license.")}
    assert of_food.pop(REISSUE) == "一号"
    assert set(of_food.values()) == {"二号"}
    assert {*found.values()} == {"综合", "一号", "二号"}
    assert len(found) == len(OWN.matters)


def test_a_matter_that_is_given_two_counters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"counter\[2\]\.matters.*counter\[1\]"):
        counters(tmp_path, (f'["{REISSUE}"]', "一号"), (f'["{REISSUE}"]', "二号"))


def test_a_catalogue_with_counters_has_a_version_of_its_own(tmp_path: Path) -> None:
    one, other = (counters(tmp_path, ('["*"]', name)) for name in ("一号", "二号"))
    again = counters(tmp_path, ('["*"]', "一号"))

    assert one.version.startswith(f"{OWN.version}+")
    assert one.version == again.version != other.version
    assert one.public().matters[0].counter is not None


def test_nothing_made_up_stands_beside_what_a_city_says(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('authority = "潍坊市行政审批服务局"', "utf-8")

    site, certificates = deployment.site_and_catalogue(Settings(demo=True, site=file))
    made_up, demo = deployment.site_and_catalogue(Settings(demo=True))

    assert (site.telephone, site.city) == (None, None)
    assert all(each.counter is None for each in certificates.matters.values())
    assert made_up.telephone
    assert all(each.counter for each in demo.matters.values())


def test_the_command_says_how_many_matters_have_a_counter_or_all_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("telephone = 1", "utf-8")

    cli.main(["site", "check", str(ROOT / "docs" / "site.example.toml")])
    told = capsys.readouterr().out
    with pytest.raises(SystemExit) as refused:
        cli.main(["site", "check", str(wrong)])
    complaint = capsys.readouterr().err
    with pytest.raises(SystemExit) as unnamed:
        cli.main(["site", "check"])

    assert "56 of 56 matters with a counter, 4 where" in told
    assert refused.value.code == 1
    for words in (str(wrong), "authority", "telephone", "缺少", "is missing"):
        assert words in complaint
    assert unnamed.value.code == 2
