"""Every failure that a command can name has words in both languages; a fault of ours none."""

import pickle

import asyncpg
import pytest

from notices.agencies import NoSuchAgency
from notices.cli.terminal import why
from notices.demo import RealRegister
from notices.demo.numbering import NumbersExhaustedError
from notices.deployment import WrongDatabase
from notices.engines.children import EngineError
from notices.facts.catalogue import CatalogueError
from notices.facts.errors import Unavailable
from notices.facts.regions import RegionsError
from notices.facts.texts import Text, TextError
from notices.facts.troubles import Unrestored, UnusableUrl
from notices.migrating.roles import MigrationError
from notices.relay.rebuilding import RebuildError
from notices.settings import SettingsError
from notices.trust.archive import ArchiveError
from notices.trust.keys import KeysError
from notices.trust.watching import Difference
from search.engine import SearchDown, WriteRefused

FAILURES = [
    Unavailable(),
    asyncpg.InvalidPasswordError("password authentication failed"),
    asyncpg.InterfaceError("pool is closing"),
    UnusableUrl(),
    WrongDatabase(Text("用的是另一把。", "It is another one.")),
    MigrationError(Text("第2步", "step 2")),
    RebuildError("1 of 2"),
    SearchDown("timeout"),
    WriteRefused("invalid_api_key"),
    RealRegister(),
    NumbersExhaustedError(),
    SettingsError("PORT"),
    KeysError("gone"),
    RegionsError(["regions.json: regions.37079: a code has six digits"]),
    CatalogueError(["catalogue.version: is missing"]),
    EngineError(Text("没有 Meilisearch。", "There is no Meilisearch.")),
    Unrestored(),
    NoSuchAgency(),
    ArchiveError(Text("打不开。", "It does not open.")),
    Difference(Text("第3条不同。", "Entry 3 differs.")),
    PermissionError(13, "Permission denied", "/data"),
    TimeoutError(),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_failure_is_told_in_both_languages(error: Exception) -> None:
    text = why(error)

    assert text is not None
    assert text == getattr(error, "text", text)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
    assert text.en.isascii()


def test_a_failure_that_carries_words_brings_them_out_of_another_process() -> None:
    for error in (each for each in FAILURES if isinstance(each, TextError)):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301

        assert (type(again), again.text, str(again)) == (type(error), error.text, str(error))
        assert vars(again) == vars(error)


def test_a_failure_of_the_database_is_told_without_what_it_was_sent() -> None:
    error = asyncpg.UniqueViolationError("duplicate key")
    error.detail = "Key (number)=(JY1379) already exists."
    away = Unavailable()
    away.__cause__ = ConnectionRefusedError(111, "Connect call failed ('10.0.0.7', 5432)")

    for told in (why(error), why(away)):
        assert told is not None
        assert "JY1379" not in told.en
        assert "10.0.0.7" not in told.en


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    assert why(KeyError("x")) is None
