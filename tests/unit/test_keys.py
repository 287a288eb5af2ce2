"""The four keys: made once, whole, for one reader, and never made anew in silence."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from notices import files
from notices.trust import answers
from notices.trust import keys as keys_module
from notices.trust.keys import (
    FILES,
    RETIRED,
    Keys,
    KeysError,
    exported,
    import_into,
    rotate,
)
from notices.trust.notes import NoteVerifier

NAME = "notices.example/log"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "keys"


def same(one: Keys, other: Keys) -> bool:
    return (
        one.matching.present == other.matching.present
        and one.sealer.master.id == other.sealer.master.id
        and one.log.vkey == other.log.vkey
        and one.answers.public_key == other.answers.public_key
    )


def test_keys_are_made_once_and_then_loaded(folder):
    assert same(Keys.open(folder, NAME), Keys.open(folder, NAME))


def test_four_different_keys_are_made(folder):
    keys = Keys.open(folder, NAME)

    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert len(keys.matching.present) == 32
    master = keys.sealer.master
    assert master.open(master.seal(b"plain", b""), b"") == b"plain"
    assert NoteVerifier(keys.log.vkey).open(keys.log.sign("text\n")) == "text\n"
    assert keys.answers.public_key != keys.log.public_key


def test_two_registers_have_different_keys(tmp_path):
    one, other = Keys.open(tmp_path / "1", NAME), Keys.open(tmp_path / "2", NAME)

    assert one.check_values["matching"][0] != other.check_values["matching"][0]
    assert one.check_values["matching"][1] != other.check_values["matching"][1]


def test_only_the_owner_may_read_them(folder):
    Keys.open(folder, NAME)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_log_keeps_the_name_it_was_made_with(folder):
    Keys.open(folder, NAME)

    assert Keys.open(folder, "another.example").log.name == NAME


def test_the_keys_do_not_show_themselves(folder):
    keys = Keys.open(folder, NAME)

    assert repr(keys.matching.present) not in repr(keys)


def test_many_who_start_at_once_get_the_same_keys(folder):
    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(lambda _: Keys.open(folder, NAME), range(16))

    assert all(same(first, other) for other in others)
    assert len(list(folder.iterdir())) == len(FILES)


@pytest.mark.parametrize("name", FILES[:-1])
def test_a_lost_key_is_not_made_anew(folder, name):
    Keys.open(folder, NAME)
    (folder / name).unlink()

    with pytest.raises(KeysError, match="restore it"):
        Keys.open(folder, NAME)

    assert not (folder / name).exists()


def test_making_that_was_interrupted_goes_on_with_what_is_there(folder, monkeypatch):
    made = []
    make = keys_module._make

    def make_two(path, content):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(path)
        make(path, content)

    monkeypatch.setattr(keys_module, "_make", make_two)
    with pytest.raises(KeyboardInterrupt):
        Keys.open(folder, NAME)
    monkeypatch.undo()
    first = (folder / "matching.key").read_text()

    Keys.open(folder, NAME)

    assert (folder / "matching.key").read_text() == first


def test_a_failed_write_leaves_no_key_behind(folder, monkeypatch):
    def fail(_):
        raise OSError("disk full")

    monkeypatch.setattr(files.os, "fsync", fail)

    with pytest.raises(OSError, match="disk full"):
        Keys.open(folder, NAME)

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", ["", "nonsense", "notices-other/v1 AAAA", "\x00\x01"])
def test_a_damaged_key_is_named(folder, name, content):
    Keys.open(folder, NAME)
    (folder / name).write_text(content)

    with pytest.raises(KeysError, match="key"):
        Keys.open(folder, NAME)


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_is_cut_short_is_refused(folder, name):
    Keys.open(folder, NAME)
    content = (folder / name).read_text()
    (folder / name).write_text(content[:-6])

    with pytest.raises(KeysError):
        Keys.open(folder, NAME)


def test_a_key_put_into_the_wrong_file_is_refused(folder):
    Keys.open(folder, NAME)
    (folder / "matching.key").write_bytes((folder / "sealing.key").read_bytes())

    with pytest.raises(KeysError, match="no matching key"):
        Keys.open(folder, NAME)


def test_a_key_that_is_no_text_is_refused(folder):
    Keys.open(folder, NAME)
    (folder / "log.key").write_bytes(b"\xff\xfe")

    with pytest.raises(KeysError, match="cannot be read"):
        Keys.open(folder, NAME)


def test_a_key_that_everybody_can_read_is_refused(folder):
    Keys.open(folder, NAME)
    (folder / "matching.key").chmod(0o644)

    with pytest.raises(KeysError, match="chmod 600"):
        Keys.open(folder, NAME)


def test_the_id_and_the_check_value_do_not_change_with_the_code(tmp_path):
    folder = tmp_path / "keys"
    Keys.open(folder, NAME)
    (folder / "matching.key").write_text("notices-matching/v1 " + "A" * 43 + "=\n")

    keys = Keys.open(folder, NAME)

    assert keys.check_values["matching"][0] == "f6bf2d3b"
    assert keys.check_values["matching"][1] == "59126a64907e6d1fd928057acf292725"


@pytest.mark.parametrize("purpose", ["answers", "log"])
def test_a_rotated_key_signs_no_more_and_what_it_signed_stays_valid(folder, purpose):
    before = Keys.open(folder, NAME)
    answer = {"status": "invalid"}
    answer["signature"] = before.answers.sign(answer)
    note = before.log.sign("text\n")

    after = rotate(folder, purpose)

    assert (after.answers.key_id != before.answers.key_id) == (purpose == "answers")
    assert (after.log.vkey != before.log.vkey) == (purpose == "log")
    assert after.log.name == before.log.name
    answers.verify(answer, after.answer_keys)
    assert before.log.vkey in after.log_vkeys
    assert NoteVerifier(after.log_vkeys[-1]).open(note) == "text\n"
    assert next(iter(after.answer_keys)) == after.answers.key_id
    assert same(Keys.open(folder, NAME), after)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_keys_rotate_as_often_as_one_likes(folder):
    ids = [Keys.open(folder, NAME).answers.key_id]
    vkeys = [Keys.open(folder, NAME).log.vkey]
    for _ in range(3):
        ids.insert(0, rotate(folder, "answers").answers.key_id)
        vkeys.insert(0, rotate(folder, "log").log.vkey)

    keys = Keys.open(folder, NAME)
    assert list(keys.answer_keys) == ids
    assert keys.log_vkeys == vkeys


@pytest.mark.parametrize("purpose", ["answers", "log"])
def test_rotation_that_was_killed_in_between_changes_nothing_and_can_be_done_again(
    folder, monkeypatch, purpose
):
    before = Keys.open(folder, NAME)
    put = files.put

    def put_one(path, content):
        if path.name != RETIRED:
            raise KeyboardInterrupt
        put(path, content)

    monkeypatch.setattr(files, "put", put_one)
    with pytest.raises(KeyboardInterrupt):
        rotate(folder, purpose)
    monkeypatch.undo()

    between = Keys.open(folder, NAME)
    assert same(between, before)
    assert list(between.answer_keys) == [before.answers.key_id]
    assert between.log_vkeys == [before.log.vkey]
    after = rotate(folder, purpose)
    assert len(after.answer_keys) + len(after.log_vkeys) == 3


def test_there_is_nothing_to_rotate_where_there_are_no_keys(folder):
    with pytest.raises(KeysError, match="no keys"):
        rotate(folder, "answers")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"log": ["x"], "answers": []}', '{"log": []}']
)
def test_a_damaged_list_of_earlier_keys_is_named(folder, content):
    Keys.open(folder, NAME)
    rotate(folder, "answers")
    (folder / RETIRED).write_text(content)

    with pytest.raises(KeysError, match="retired"):
        Keys.open(folder, NAME)


def test_rotated_keys_are_exported_and_put_back_with_the_public_ones_before_them(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    Keys.open(first, NAME)
    rotate(first, "log")
    rotate(first, "answers")

    import_into(second, exported(first))

    assert Keys.open(second, NAME).public() == Keys.open(first, NAME).public()
    assert len(Keys.open(second, NAME).log_vkeys) == 2
    rotate(first, "answers")
    with pytest.raises(KeysError, match="another key"):
        import_into(second, exported(first))
