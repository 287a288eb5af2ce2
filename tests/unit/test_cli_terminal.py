"""Every failure that a command can name has words in both languages; a fault of ours none."""

import pickle
from pathlib import Path

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
from notices.facts.sites import SiteError
from notices.facts.texts import ByLanguage, Message, TextError
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
    WrongDatabase(ByLanguage({"zh": "用的是另一把。", "en": "It is another one."})),
    MigrationError(ByLanguage({"zh": "第2步", "en": "step 2"})),
    RebuildError("1 of 2"),
    SearchDown("timeout"),
    WriteRefused("invalid_api_key"),
    RealRegister(),
    NumbersExhaustedError(),
    SettingsError("PORT"),
    KeysError("gone"),
    RegionsError(["regions.json: regions.37079: a code has six digits"]),
    CatalogueError(["catalogue.version: is missing"]),
    SiteError(Path("site.toml"), [Message("没有这个页面。")]),
    EngineError(ByLanguage({"zh": "没有 Meilisearch。", "en": "There is no Meilisearch."})),
    Unrestored(),
    NoSuchAgency(),
    ArchiveError(ByLanguage({"zh": "打不开。", "en": "It does not open."})),
    Difference(ByLanguage({"zh": "第3条不同。", "en": "Entry 3 differs."})),
    PermissionError(13, "Permission denied", "/data"),
    TimeoutError(),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_failure_is_told_in_both_languages(error: Exception) -> None:
    reason = why(error)

    assert reason is not None
    assert reason is error or not isinstance(error, TextError)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in reason.text.zh)
    assert reason.text.en.isascii()
    assert str(reason) == f"{reason.text.zh}\n{reason.text.en}{reason.details}"


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
        assert "JY1379" not in str(told)
        assert "10.0.0.7" not in str(told)


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    assert why(KeyError("x")) is None
