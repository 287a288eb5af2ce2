"""The offline list as bytes: what is written is read, and whatever else is refused in words."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust import list_deltas, lists
from notices.trust.list_deltas import Delta, changed, differing, entry_in, net, parted
from notices.trust.lists import (
    ENTRY,
    KEY,
    Head,
    ListError,
    OfflineList,
    Sorting,
    entry,
    gravest,
    head_in,
    joined,
    key_of,
    said,
    single,
)
from notices.trust.notes import NoteSigner, NoteVerifier
from notices.verification import matching
from tests.properties import examples

SIGNER = NoteSigner("notices.example/log", bytes(range(32)))
OTHER = NoteSigner("notices.example/log", bytes(32))
KEYS = [NoteVerifier(SIGNER.vkey)]
AT = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
ROOT = bytes(32)

entries = st.builds(
    entry,
    # Few keys, so that they meet, and some that differ in their last byte alone.
    st.integers(0, 40).map(lambda number: (number * 0x0507050705070507).to_bytes(KEY)[-KEY:]),
    st.sampled_from(["declared", "invalid", "contested", "replaced"]),
    st.integers(0, (1 << 32) - 1),
)
bodies = st.dictionaries(st.binary(min_size=KEY, max_size=KEY), entries).map(
    lambda found: {key: key + value[KEY:] for key, value in found.items()}
)


def body_of(found: Mapping[bytes, bytes | None]) -> bytes:
    return b"".join(value for _, value in sorted(found.items()) if value is not None)


def head_of(body: bytes, size: int = 7) -> Head:
    digest = hashlib.sha256(body).digest()
    return Head(SIGNER.name, size, ROOT, AT, 2, len(body) // ENTRY, digest)


def note_of(head: Head, signer: NoteSigner = SIGNER) -> bytes:
    return signer.sign_root(head.text(), head.size, head.root).encode()


def listed(body: bytes, size: int = 7, signer: NoteSigner = SIGNER) -> bytes:
    return joined(note_of(head_of(body, size), signer), body)


def delta_between(before: bytes, after: bytes) -> bytes:
    steps = [(set(single(before)) - set(single(after)), set(single(after)) - set(single(before)))]
    one, other = head_of(before, 7), head_of(after, 9)
    delta = Delta(SIGNER.name, 7, 9, one.body_hash, other.body_hash, *parted(net(steps)))
    return delta.content(SIGNER.sign(delta.text()).encode(), note_of(other))


def test_an_entry_is_thirteen_bytes_as_the_contract_has_them() -> None:
    key = key_of("food-operation-license", "JY13799990000011")

    assert (
        key
        == hashlib.sha256(b"notices-list/v1\nfood-operation-license\nJY13799990000011").digest()[:8]
    )
    assert entry(key, "invalid", 0x69248700) == key + b"\x02\x69\x24\x87\x00"
    assert entry(key, "contested", 0)[KEY:] == b"\x03\0\0\0\0"


def test_the_note_says_seven_lines_and_is_signed_by_the_log() -> None:
    body = entry(bytes(range(8)), "replaced", 1)
    content = listed(body)
    note, _, _ = content.rpartition(b"\n" + body)
    text = KEYS[0].open(note.decode())

    assert content == note + b"\n" + body
    assert text.split("\n") == [
        "notices.example/log/list",
        "7",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "2026-11-29T09:02:03.000+08:00",
        "2",
        "1",
        head_of(body).text().split("\n")[6],
        "",
    ]


@given(bodies)
def test_every_entry_is_found_and_no_other(found: dict[bytes, bytes]) -> None:
    read = OfflineList(listed(body_of(found)), KEYS)

    assert {key: read.entry(key) for key in found} == found
    for key in found:
        for other in (bytes(8), key[1:] + key[:1], key[:-1] + bytes([key[-1] ^ 1])):
            assert read.entry(other) == found.get(other)


@given(bodies, st.dictionaries(st.binary(min_size=KEY, max_size=KEY), st.none() | entries))
def test_a_delta_makes_the_later_list_of_the_earlier_one_to_the_byte(
    found: dict[bytes, bytes], more: dict[bytes, bytes | None]
) -> None:
    more = {key: None if value is None else key + value[KEY:] for key, value in more.items()}
    more |= dict.fromkeys(list(found)[::3])
    before, after = body_of(found), body_of({**found, **more})

    assert changed(before, more) == after
    assert differing(before, after) == net(
        [(set(single(before)) - set(single(after)), set(single(after)) - set(single(before)))]
    )
    content = delta_between(before, after)
    assert list_deltas.apply(OfflineList(listed(before), KEYS), content, KEYS) == listed(after, 9)
    assert {key: entry_in(after, key) for key in more} == more


def test_what_differs_between_large_bodies_is_found_wherever_it_is() -> None:
    random = Random(2)  # noqa: S311
    found = {random.randbytes(KEY): b"\x02\0\0\0\1" for _ in range(5000)}
    before = {key: key + rest for key, rest in found.items()}
    for much in (1, 3, 200, 4000):
        after = dict(before)
        for key in random.sample(sorted(before), much):
            del after[key]
        for _ in range(much):
            key = random.randbytes(KEY)
            after[key] = key + b"\x01\0\0\0\0"
        was, is_now = set(before.values()), set(after.values())
        wanted = net([(was - is_now, is_now - was)])

        assert differing(body_of(before), body_of(after)) == wanted


@given(st.dictionaries(st.binary(min_size=KEY, max_size=KEY), entries), st.lists(st.text()))
@examples(0.5)
def test_many_are_looked_up_as_one_is(found: dict[bytes, bytes], normals: list[str]) -> None:
    held = {key: key + value[KEY:] for key, value in found.items()}
    for normal in normals[::2]:
        key = key_of("x", normal)
        held[key] = entry(key, "declared", 0)
    listed_ = OfflineList(listed(body_of(held)), KEYS)

    assert listed_.look_up_all("x", normals, AT) == [
        listed_.look_up("x", normal, AT) for normal in normals
    ]


@given(st.lists(bodies, min_size=2, max_size=5))
def test_several_deltas_come_to_one_and_lead_back(steps: list[dict[bytes, bytes]]) -> None:
    pairs = [(set(one.values()), set(other.values())) for one, other in pairwise(steps)]
    changes = net([(one - other, other - one) for one, other in pairs])
    first, last = body_of(steps[0]), body_of(steps[-1])

    assert changed(first, {key: after for key, (_, after) in changes.items()}) == last
    assert changed(last, {key: before for key, (before, _) in changes.items()}) == first


@given(st.lists(entries))
def test_sorting_keeps_the_gravest_of_each_key(found: list[bytes]) -> None:
    sorting = Sorting()
    for each in found:
        sorting.add(each)

    body = sorting.body()

    by_key = {each[:KEY]: each for each in single(body)}
    assert list(by_key) == sorted({each[:KEY] for each in found})
    for key, each in by_key.items():
        assert each == gravest(other for other in found if other[:KEY] == key)
    assert sorting.collided == {
        key for key in by_key if sum(each[:KEY] == key for each in found) > 1
    }
    OfflineList(listed(body), KEYS)


def test_of_several_notices_the_gravest_counts() -> None:
    key = bytes(8)
    cases = {
        (("declared", 50), ("invalid", 20)): ("invalid", 20),
        (("declared", 50), ("declared", 20)): ("declared", 20),
        (("declared", 0), ("declared", 20)): ("declared", 20),
        (("replaced", 5), ("declared", 0)): ("declared", 0),
        (("contested", 0), ("invalid", 3)): ("invalid", 3),
        # It is void for certain from then on, whatever becomes of the other.
        (("contested", 0), ("declared", 20)): ("contested", 20),
        (("contested", 0), ("replaced", 20)): ("contested", 0),
        (("contested", 0), ("contested", 0)): ("contested", 0),
    }
    for several, (status, at) in cases.items():
        assert gravest(entry(key, *each) for each in several) == entry(key, status, at), several  # type: ignore[arg-type]


def test_what_takes_effect_is_void_without_a_new_list() -> None:
    seconds, key = int(AT.timestamp()), bytes(8)
    cases = {
        ("declared", seconds, -1): "declared",
        ("declared", seconds, 0): "invalid",
        ("declared", 0, 1): "declared",
        ("contested", 0, 1): "contested",
        ("contested", seconds, -1): "contested",
        ("contested", seconds, 0): "invalid",
        ("invalid", seconds, -1): "invalid",
        ("replaced", seconds, 1): "replaced",
    }
    for (status, at, later), wanted in cases.items():
        found = said(entry(key, status, at), AT + timedelta(seconds=later))  # type: ignore[arg-type]
        assert found.status == wanted, (status, at, later)
        assert found.effective_at == (datetime.fromtimestamp(at, UTC) if at else None)


def three() -> list[bytes]:
    return [entry(bytes([number]) + bytes(7), "invalid", 1) for number in (1, 2, 3)]


def test_what_is_no_whole_list_of_this_log_is_refused_in_words() -> None:
    one, two, last = three()
    good = listed(one + two + last)
    note, body = good.partition(one)[0], one + two + last
    cases = {
        "": "不是离线清单",
        "a checkpoint": "不是离线清单",
        "truncated": "不完整",
        "longer": "不完整",
        "changed": "被改动",
        "another log's": "没有这本登记簿的有效签名",
        "the note changed": "没有这本登记簿的有效签名",
        "unsorted": "没有按顺序排列",
        "twice": "没有按顺序排列",
        "a new status": "不认识的状态",
        "half an entry": "不完整",
        "a second spelling": "不是离线清单",
    }
    contents = {
        "": b"",
        "a checkpoint": joined(SIGNER.checkpoint(7, ROOT).encode(), b""),
        "truncated": good[:-ENTRY],
        "longer": good + last,
        "changed": note + body.replace(b"\x02", b"\x04"),
        "another log's": listed(body, signer=OTHER),
        "the note changed": good.replace(b"\n7\n", b"\n8\n", 1),
        "unsorted": listed(two + one + last),
        "twice": listed(one + two + two),
        "a new status": listed(one[:KEY] + b"\x05" + one[KEY + 1 :]),
        "half an entry": listed(body[:-1]),
        "a second spelling": joined(
            SIGNER.sign(head_of(body).text().replace("+08:00", "+0800")).encode(), body
        ),
    }
    assert OfflineList(good, KEYS).head.count == 3
    assert cases.keys() == contents.keys()
    for name, words in cases.items():
        with pytest.raises(ListError) as refused:
            OfflineList(contents[name], KEYS)
        assert words in refused.value.text.zh, name
        assert refused.value.text.en != refused.value.text.zh, name


@given(st.binary(max_size=40), st.integers(0, 10**9), st.booleans())
@examples(10)
def test_no_byte_of_a_list_can_be_another(noise: bytes, place: int, longer: bool) -> None:
    good = listed(b"".join(three()))
    place %= len(good)
    bad = good[:place] + noise + good[place + (0 if longer else max(1, len(noise))) :]
    if bad == good:
        return

    with pytest.raises(ListError):
        OfflineList(bad, KEYS)


def test_a_delta_that_does_not_fit_is_refused_in_words() -> None:
    one, two, last = three()
    before, after = one + two, one + last
    good, held = delta_between(before, after), OfflineList(listed(before), KEYS)
    other = OfflineList(listed(one), KEYS)
    cases: dict[str, tuple[OfflineList, bytes, str]] = {
        "of another list": (other, good, "不是从手上这份"),
        "truncated": (held, good[:-1], "不完整"),
        "changed": (held, good[:-1] + b"\x07", "合并后的内容"),
        "a list": (held, listed(after), "不是离线清单"),
        "another's": (held, good.replace(b"/list-delta\n7", b"/list-delta\n6"), "有效签名"),
    }
    assert list_deltas.apply(held, good, KEYS) == listed(after, 9)
    for name, (list_, content, words) in cases.items():
        with pytest.raises(ListError) as refused:
            list_deltas.apply(list_, content, KEYS)
        assert words in refused.value.text.zh, name


def test_a_head_is_read_as_it_was_written() -> None:
    head = head_of(b"")

    assert head_in(head.text()) == head
    with pytest.raises(ListError):
        head_in(head.text().replace("\n7\n", "\n07\n"))


def test_what_is_graver_online_is_graver_in_a_list() -> None:
    def ordered(gravity: Mapping[str, int]) -> list[str]:
        return sorted(gravity, key=lambda status: -gravity[status])

    # Of what a new certificate took the place of a check tells where there is nothing else.
    assert ordered(lists.GRAVITY) == [*ordered(matching.SEVERITY), "replaced"]
