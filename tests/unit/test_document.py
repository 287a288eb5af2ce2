"""What of a notice is in the index, and that it is found by any part that somebody may know."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.public.notice import PublicNotice
from search.document import backwards, document, letters, pieces
from search.index import SETTINGS


def notice(**changes: Any) -> PublicNotice:
    public: dict[str, Any] = {
        "id": "37070000012345",
        "certificate": "real-estate-title",
        "certificate_name": {"zh": "不动产权证书", "en": "Real estate certificate"},
        "document": None,
        "matter": None,
        "holder": {"kind": "organisation", "name": "潍坊某某（奎文）餐饮店", "identifier": "92X"},
        "number": "鲁（2020）潍坊市奎文区不动产权第0012345号",
        "copies": None,
        "copy_number": None,
        "cause": "lost",
        "issuer": "潍坊市自然资源和规划局",
        "issued_on": None,
        "lost_on": None,
        "region": "370705",
        "details": {},
        "statement": "声明作废。",
        "published_at": "2026-01-01T00:00:00.123+08:00",
        "effective_at": "2026-02-01T00:00:00.000+08:00",
        "provisional": False,
        "status": "declared",
        "evidence": "self_declared",
        "awaiting": None,
        "objections": 0,
        "elsewhere": None,
        "notice_period": None,
        "links": {"html": "", "pdf": "", "receipt": ""},
        "events": [{"index": 41, "kind": "published", "at": "2026-01-01T00:00:00.123+08:00"}],
    }
    return msgspec.convert(public | changes, PublicNotice)


def made(
    number_key: str | None = "鲁2020潍坊市奎文区不动产权0012345", **changes: Any
) -> dict[str, Any]:
    return document(
        notice(**changes),
        region_name="山东省潍坊市奎文区",
        papers=("real-estate-title",),
        names=("不动产权证书", "房产证"),
        copies=("正本",),
        number_key=number_key,
    )


def test_a_name_is_split_into_letters_so_that_every_inner_part_is_a_phrase() -> None:
    holder = made()["holder"]

    assert holder == "潍 坊 某 某 奎 文 餐 饮 店"
    assert letters("某（奎文）餐") in holder


def test_width_and_case_of_letters_do_not_matter() -> None:
    assert letters("ＡＢＣ－Trading") == letters("abc trading") == "a b c t r a d i n g"


def test_a_number_is_found_by_its_tail_and_by_the_tail_of_each_run() -> None:
    tails = made()["tails"]

    assert any(tail.startswith("2345"[::-1]) for tail in tails)
    assert any(tail.startswith("2020"[::-1]) for tail in tails)
    assert any(tail.startswith("20200012345"[::-1]) for tail in tails)
    assert backwards(["JY13799990000011"]) == ["11000009999731", "11000009999731YJ"]


def test_the_han_of_a_number_are_words_and_its_digits_are_not() -> None:
    assert pieces("鲁2020潍坊市奎文区不动产权0012345") == (
        ["2020", "0012345"],
        ["鲁", "潍坊市奎文区不动产权"],
    )
    assert made()["number_words"] == ["鲁", "潍 坊 市 奎 文 区 不 动 产 权"]


def test_aliases_region_and_issuer_are_words_of_a_notice() -> None:
    found = made()

    assert "房 产 证" in found["certificate_words"]
    assert letters("潍坊市奎文区") in found["place"][0]
    assert letters("自然资源") in found["place"][1]


def test_a_masked_number_is_in_no_field() -> None:
    found = made(
        number_key=None, number="379*************34", holder={"kind": "person", "name": "张*"}
    )

    assert found["numbers"] == ["37070000012345"]
    assert found["tails"] == []
    assert "379*" not in str({**found, "notice": ""})
    assert found["holder"] == "张"


def test_the_clock_decides_between_declared_and_invalid_so_both_are_void() -> None:
    assert made(status="declared")["state"] == made(status="invalid")["state"] == "void"
    assert made(status="reinstated", effective_at=None)["state"] == "reinstated"
    awaiting = made(status="declared", awaiting="confirmation", effective_at=None)
    assert awaiting["state"] == "declared"


def test_a_notice_belongs_to_the_year_that_china_wrote() -> None:
    found = made()

    assert found["year"] == 2026
    assert found["published_at"] == 1767196800123
    assert found["published_index"] == 41
    assert (found["region"], found["region4"], found["region2"]) == ("370705", "3707", "37")


def test_words_are_letters_and_syllables_so_that_a_notice_brings_no_new_ones() -> None:
    # Meilisearch makes its dictionary anew for each new word: 0.9 s of 1.3 at a million notices.
    organisation = {
        "kind": "organisation",
        "name": "潍坊360科技（Trading）有限公司",
        "identifier": "91379999MA3C4XRR9A",
    }
    found = made(holder=organisation)

    texts = [found[name] for name in SETTINGS["searchableAttributes"]]
    words = " ".join(text if isinstance(text, str) else " ".join(text) for text in texts).split()
    long = {word for word in words if len(word) > 1}

    assert {"ke", "shan"} <= long <= set(" ".join(found["pinyin"]).split())
    assert "".join(long).isalpha()


def test_the_id_of_a_notice_is_one_of_its_numbers() -> None:
    assert "37070000012345" in made()["numbers"]


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_letters_of_a_part_are_a_part_of_the_letters(text: str, begin: int, end: int) -> None:
    # Width and accents may join neighbours; what is cut between letters is what people type.
    plain = "".join(letters(text).split())
    part = plain[min(begin, end) : max(begin, end)]

    assert letters(part) in letters(plain)
