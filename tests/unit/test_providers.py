"""The file of providers: what is wrong in it is named, and claims are read as it says."""

import asyncio
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from notices.identity import Organisation, Ward
from notices.pages.sign_in import claims
from notices.pages.sign_in.claims import Unusable, persons
from notices.providers.configuration import SignInFileError, load
from notices.providers.fetching import Shared
from tests.provider import platform

CONTRACT = """
[[provider]]
id = "province"
name = { zh = "省统一身份认证", en = "Provincial sign-in" }
kinds = ["person", "organisation"]
issuer = "https://id.example"
client_id = "notices"
client_secret_file = "secret"
scope = "openid profile"
assurance = { claim = "acr", verified = ["high"] }
[provider.claims]
name = "name"
identifier = "id_number"
identifier_type = { value = "resident-id" }
phone = "phone_number"
organisation_name = "org_name"
organisation_identifier = "org_code"
organisations = { claim = "orgs", name = "name", identifier = "code" }

[[provider]]
id = "desk"
name = { zh = "工作人员", en = "Staff" }
kinds = ["officer"]
issuer = "http://127.0.0.1:9000"
client_id = "desk"
client_secret_file = "secret"
second_factor = { claim = "amr", any = ["otp", "hwk"] }
allow = { claim = "groups", any = ["notices-desk"] }
roles = { claim = "groups", map = { "notices-lead" = "supervisor" } }
[provider.claims]
name = "name"
identifier = "id_number"
identifier_type = { claim = "doc", map = { "111" = "resident-id", "414" = "passport" } }

[[provider]]
id = "issuers"
name = { zh = "发证机关", en = "Issuers" }
kinds = ["agency"]
issuer = "https://id.example/issuers"
client_id = "issuers"
client_secret_file = "secret"
second_factor = { claim = "amr", any = ["otp"] }
allow = { claim = "groups", any = ["issuers"] }
agency = { claim = "agency_id" }
[provider.claims]
name = "name"
identifier = "id_number"
"""
ZHANG = {"sub": "1", "name": "张三", "id_number": "379999199001011232"}
"""Its check digit is wrong, and it is taken all the same: the provider vouches for it."""
OFFICER = ZHANG | {"amr": ["pwd", "otp"], "groups": ["notices-desk", "notices-lead"], "doc": "111"}


def written(folder: Path, text: str = CONTRACT, secret: str = "s" * 32) -> Path:
    (folder / "secret").write_text(f"{secret}\n", "utf-8")
    file = folder / "sign-in.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def providers(tmp_path: Path) -> dict[str, Any]:
    return {each.id: each for each in load(written(tmp_path))}


def test_the_contracts_file_is_read(providers: dict[str, Any]) -> None:
    province, desk, issuers = providers.values()

    assert (province.kinds, province.secret) == (("person", "organisation"), "s" * 32)
    assert "s" * 32 not in repr(province)
    assert (province.name.zh, province.name.en) == ("省统一身份认证", "Provincial sign-in")
    assert not province.is_of_staff
    assert desk.is_of_staff
    assert issuers.agency == "agency_id"


WRONG = [
    ('id = "province"', 'id = "Province"', "(Province).id"),
    ('id = "province"', 'id = "as"', "(as).id"),
    ('id = "desk"', 'id = "province"', "each needs an id of its own"),
    ('"person", "organisation"', '"persons"', "kinds[0]"),
    ('kinds = ["person", "organisation"]', "kinds = []", "kinds: must name whom"),
    ('kinds = ["officer"]', 'kinds = ["officer", "person"]', "needs a provider of its own"),
    ('"https://id.example"\n', '"http://id.example"\n', "(province).issuer"),
    ('"https://id.example"\n', '"https://id.example?a=b"\n', "(province).issuer"),
    ('"https://id.example"\n', '"id.example"\n', "(province).issuer"),
    ('"secret"\nscope', '"no"\nscope', "cannot be read"),
    ('{ value = "resident-id" }', '{ value = "id" }', "identifier_type.value"),
    ('{ value = "resident-id" }', "{}", "identifier_type: must be"),
    ('"111" = "resident-id"', '"111" = "idcard"', "map.111"),
    ('[provider.claims]\nname = "name"\n', "[provider.claims]\n", "claims.name: is missing"),
    ('organisation_name = "org_name"\n', "", "go together"),
    ('kinds = ["person", "organisation"]', 'kinds = ["person"]', "lacks organisation"),
    ('second_factor = { claim = "amr", any = ["otp", "hwk"] }\n', "", "second_factor: is req"),
    ('allow = { claim = "groups", any = ["notices-desk"] }\n', "", "allow: is required"),
    ('agency = { claim = "agency_id" }\n', "", "agency: is required"),
    ('"supervisor"', '"boss"', "map.notices-lead"),
    ('phone = "phone_number"', 'telephone = "phone_number"', "telephone: is not known"),
    ("[[provider]]", "[[provider]", "is no TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place"), WRONG)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in CONTRACT
    with pytest.raises(SignInFileError) as wrong:
        load(written(tmp_path, CONTRACT.replace(old, new, 1)))

    assert any(place in problem for problem in wrong.value.problems), wrong.value.problems


OF_A_PLATFORM = [
    ('protocol = "oauth2"\n', "", 'goes with protocol = "oauth2"'),
    ('protocol = "oauth2"', 'protocol = "saml"', "protocol: must be one of"),
    ("/oauth2/token", "@other.example/token", "oauth2.token: must be an address at the issuer's"),
    ('subject = "uid"\n', "", "oauth2.subject: is missing"),
    ('userinfo = "', 'user_info = "', "oauth2.user_info: is not known"),
    ('in = "query"', 'in = "cookie"', "access_token.in: must be one of"),
    ('any = ["0"]', 'any = "0"', "success.any: must be a list"),
    ('"2"] }', '"1"] }', "user_type: a word cannot be both"),
    ('user_type = { claim = "userType", person = ["1"], organisation = ["2"] }\n', "",
     "organisation_claims: goes with user_type"),
    ('organisation_name = "corporationName"\norganisation_identifier = "creditCode"\n', "",
     "organisation_claims: nothing says which organisation"),
    ('organisation_identifier = "creditCode"\n', "", "organisation_claims: organisation_name and"),
    ("childName", "", "wards.name: must be text"),
    ('assurance = { claim = "authLevel", verified = ["3", "4"] }\n', "", "goes with assurance"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place"), OF_A_PLATFORM)
def test_what_is_wrong_in_a_platforms_description_is_named(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    with pytest.raises(SignInFileError) as wrong:
        load(platform.written(tmp_path, "https://id.example", (old, new)))

    assert any(place in problem for problem in wrong.value.problems), wrong.value.problems


def test_a_secret_that_can_be_guessed_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SignInFileError) as wrong:
        load(written(tmp_path, secret="changeme"))

    assert len(wrong.value.problems) == 3
    assert "changeme" not in str(wrong.value)


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(SignInFileError, match=r"nowhere\.toml: cannot be read: No such file"):
        load(tmp_path / "nowhere.toml")


def test_an_identifier_is_taken_as_the_provider_vouches_for_it(providers: dict[str, Any]) -> None:
    [person] = persons(providers["province"], ZHANG)

    assert (person.kind, person.name, person.identifier) == ("person", "张三", ZHANG["id_number"])
    assert person.subject == ("https://id.example", "1")
    assert not person.verified


@pytest.mark.parametrize(
    ("acr", "verified"), [("high", True), (["low", "high"], True), ("low", False), (3, False)]
)
def test_assurance_is_what_the_file_says(
    providers: dict[str, Any], acr: Any, verified: bool
) -> None:
    [person] = persons(providers["province"], ZHANG | {"acr": acr})

    assert person.verified is verified


def test_whoever_acts_for_one_organisation_is_signed_in_as_it(providers: dict[str, Any]) -> None:
    told = {"org_name": "某某餐饮店", "org_code": "92379999MA0000023B"}

    [person] = persons(providers["province"], ZHANG | told)

    assert person.kind == "organisation"
    assert person.organisation == Organisation("某某餐饮店", "92379999MA0000023B")


def test_whoever_acts_for_several_chooses_and_may_go_on_as_a_person(
    providers: dict[str, Any],
) -> None:
    orgs = [{"name": "甲", "code": "1"}, {"name": "乙", "code": "2"}, {"name": "甲", "code": "1"}]

    found = persons(providers["province"], ZHANG | {"orgs": orgs})

    assert [each.acts_for[2] for each in found] == ["甲", "乙", "张三"]


def test_an_officer_is_one_by_group_and_second_factor(providers: dict[str, Any]) -> None:
    [officer] = persons(providers["desk"], OFFICER)

    assert (officer.kind, officer.roles, officer.is_staff) == ("officer", ("supervisor",), True)


def test_staff_of_an_agency_is_whose_the_provider_says(providers: dict[str, Any]) -> None:
    told = {"amr": ["otp"], "groups": ["issuers"], "agency_id": "0a1b2c"}

    [person] = persons(providers["issuers"], ZHANG | told)

    assert (person.kind, person.agency) == ("agency", "0a1b2c")


@pytest.mark.parametrize(
    ("provider", "told", "reason"),
    [
        ("desk", OFFICER | {"groups": ["others"]}, claims.NOT_OURS),
        ("desk", OFFICER | {"groups": None}, claims.NOT_OURS),
        ("desk", OFFICER | {"amr": ["pwd"]}, claims.NO_SECOND_FACTOR),
        ("desk", OFFICER | {"amr": "password"}, claims.NO_SECOND_FACTOR),
        ("desk", OFFICER | {"doc": "999"}, claims.INCOMPLETE),
        ("desk", OFFICER | {"doc": ["111"]}, claims.INCOMPLETE),
        ("province", ZHANG | {"name": ""}, claims.INCOMPLETE),
        ("province", ZHANG | {"name": 3}, claims.INCOMPLETE),
        ("province", ZHANG | {"name": "张" * 300}, claims.INCOMPLETE),
        ("province", ZHANG | {"name": "张*"}, claims.MASKED),
        ("province", ZHANG | {"id_number": "3799**********1232"}, claims.MASKED),
        ("province", ZHANG | {"id_number": "3799＊＊1232"}, claims.MASKED),
        ("province", {"sub": "1", "name": "张三"}, claims.INCOMPLETE),
        ("province", ZHANG | {"orgs": "甲"}, claims.UNREADABLE),
        ("province", ZHANG | {"orgs": ["甲"]}, claims.UNREADABLE),
        ("province", ZHANG | {"orgs": [{"name": "甲"}]}, claims.INCOMPLETE),
        ("province", ZHANG | {"org_name": "甲"}, claims.INCOMPLETE),
    ],
)
def test_what_is_not_enough_is_refused_with_a_word_to_the_operator(
    providers: dict[str, Any], provider: str, told: dict[str, Any], reason: object
) -> None:
    with pytest.raises(Unusable) as refused:
        persons(providers[provider], told)

    assert refused.value.reason == reason
    assert refused.value.why.startswith(("the claim", "an item"))
    for value in ("张", "3799", "甲"):
        assert value not in refused.value.why


def test_an_account_is_a_persons_or_an_organisations_by_its_type(tmp_path: Path) -> None:
    [provider] = load(platform.written(tmp_path, "https://id.example"))
    person = {"sub": "1", "userType": 1, "userName": "张三", "certNo": "1", "certType": 111}
    legal = {"sub": "2", "userType": "2", "operatorName": "李四", "operatorCertNo": "2"}
    named = {"corporationName": "某某餐饮店", "creditCode": "92379999MA0000023B"}

    [one] = persons(provider, person | named)
    [other] = persons(provider, legal | named | {"userName": "王五"})

    assert (one.kind, one.name) == ("person", "张三")
    assert (other.kind, other.name, other.acts_for[2]) == ("organisation", "李四", "某某餐饮店")
    for told in (legal, person | {"userType": "3"}, person | {"userType": None}):
        with pytest.raises(Unusable):
            persons(provider, told)


@pytest.mark.parametrize(
    ("told", "phone"),
    [
        ("13800000001", "13800000001"), (13800000001, "13800000001"), ("+86 138 0000 0001", ...),
        ("138****0001", None), ("", None), (None, None), (["13800000001"], None),
        ("13800000001" * 9, None), (True, None),
    ],
)  # fmt: skip
def test_a_phone_is_proposed_where_it_can_be_called(
    providers: dict[str, Any], told: Any, phone: Any
) -> None:
    [person] = persons(providers["province"], ZHANG | {"phone_number": told})

    assert person.phone == (told if phone is ... else phone)
    assert person.recorded().phone is None


def test_a_child_that_the_provider_masks_is_no_ward_and_no_fault(tmp_path: Path) -> None:
    [provider] = load(platform.written(tmp_path, "https://id.example"))
    told = {"sub": "1", "userType": "1", "userName": "张三", "certNo": "1", "certType": "111"}
    whole, masked = (
        {"childName": "张小明", "childCertNo": code}
        for code in ("379999202001010015", "3799**********0015")
    )

    [person] = persons(provider, told | {"children": [whole, masked, {"childName": "张小明"}]})

    assert person.wards == (Ward("张小明", "379999202001010015"),)
    assert person.recorded().wards == ()
    for children in ("张小明", ["张小明"], [whole] * 21):
        with pytest.raises(Unusable) as refused:
            persons(provider, told | {"children": children})
        assert refused.value.reason == claims.UNREADABLE


def test_what_is_shared_is_fetched_once_for_all_who_wait() -> None:
    asked: list[int] = []
    fails = True

    async def fetch() -> int:
        asked.append(1)
        await asyncio.sleep(0)
        if fails:
            raise ValueError
        return len(asked)

    async def run() -> None:
        nonlocal fails
        shared = Shared(fetch)
        first = [asyncio.create_task(shared.get(60)) for _ in range(5)]
        found = await asyncio.gather(*first, return_exceptions=True)
        assert [type(each) for each in found] == [ValueError] * 5
        assert len(asked) == 1, "a failure is everybody's who waited, and of nobody later"
        fails = False
        waiting = [asyncio.create_task(shared.get(60)) for _ in range(5)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert found[1:] == [2] * 4, "whoever gives up takes nothing from the others"
        assert await shared.get(60) == 2
        assert await shared.get(-1) == 3, "what is too old is fetched anew"

    asyncio.run(run())


DOCS = Path(__file__).parents[2] / "docs" / "sign-in.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["openid", "oauth2"])
def test_the_examples_of_the_page_are_right(tmp_path: Path, example: str) -> None:
    text = re.sub(r'"/run/secrets/[a-z]+"', '"secret"', textwrap.dedent(example))

    [provider] = load(written(tmp_path, text))

    assert provider.id == "province"
    assert provider.assurance is not None
