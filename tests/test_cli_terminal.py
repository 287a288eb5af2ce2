"""Every failure that a command can name has words in both languages; a fault of ours none."""

import asyncpg
import pytest

from notices.cli.terminal import why
from notices.demo import NoNumbersLeftError, RealRegister
from notices.deployment import WrongDatabase
from notices.facts.errors import Unavailable
from notices.facts.regions import RegionsError
from notices.facts.texts import Text
from notices.facts.troubles import UnusableUrl
from notices.migrating.roles import MigrationError
from notices.relay.rebuilding import RebuildError
from notices.settings import SettingsError
from notices.trust.keys import KeysError
from search.engine import SearchDown, WriteRefused


@pytest.mark.parametrize(
    "error",
    [
        Unavailable(),
        asyncpg.InvalidPasswordError("password authentication failed"),
        asyncpg.InterfaceError("pool is closing"),
        UnusableUrl(),
        WrongDatabase("用的是另一把。\nIt is another one."),
        MigrationError(Text("第2步", "step 2")),
        RebuildError("1 of 2"),
        SearchDown("timeout"),
        WriteRefused("invalid_api_key"),
        RealRegister(),
        NoNumbersLeftError(),
        SettingsError("PORT"),
        KeysError("gone"),
        RegionsError(["regions.json: regions.37079: a code has six digits"]),
        PermissionError(13, "Permission denied", "/data"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_is_told_in_both_languages(error: Exception) -> None:
    text = why(error)

    assert text is not None
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
    assert text.en.isascii()


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
