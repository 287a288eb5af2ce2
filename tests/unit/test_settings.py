"""What the environment may say, and the sentence that refuses what it may not."""

from pathlib import Path

import pytest

from notices.settings import SECRETS, SettingsError, from_environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGION", "999999"),
        ("REGION", "379999"),
        ("REGION", "37070"),
        ("REGION", "３７０７００"),
        ("MEILI_URL", "foo"),
        ("MEILI_URL", "ftp://search:7700"),
        ("MEILI_URL", "//search:7700"),
        ("MEILI_URL", "http://"),
        ("MEILI_URL", "http://search:77000"),
        ("MEILI_URL", "http://[::1"),
        ("MEILI_INDEX", "通知"),
        ("MEILI_INDEX", "a/b"),
        ("PUBLIC_URL", "foo"),
        ("PUBLIC_URL", "https://notices.example/path"),
        ("PUBLIC_URL", "https://notices.example#a"),
        ("PUBLIC_URL", "https://notices.example:99999"),
        ("PUBLIC_URL", "https://:8000"),
        ("PUBLIC_URL", "https://[::1"),
        ("PORT", "0"),
        ("METRICS_ADDRESS", "9100"),
        ("METRICS_ADDRESS", "127.0.0.1:0"),
        ("METRICS_ADDRESS", "127.0.0.1:8000"),
        ("UPLOAD_SCANNER", "/nowhere/clamdscan -"),
        ("UPLOAD_SCANNER", "cat '"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({name: value})


def test_what_may_hold_a_password_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({"MEILI_URL": "ftp://user:secret@search"})

    assert "secret" not in str(refused.value)


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    own = tmp_path / "regions.json"
    own.write_text('{"regions": {"370792": "潍坊滨海经济技术开发区"}}')
    found = from_environment(
        {
            "REGION": "370792", "REGIONS": str(own), "MEILI_URL": "http://search:7700/",
            "METRICS_ADDRESS": "[::1]:9100", "UPLOAD_SCANNER": "cat -",
        }
    )  # fmt: skip

    assert (found.region, found.meili_url) == ("370792", "http://search:7700")
    assert (found.metrics, found.upload_scanner) == (("::1", 9100), ("cat", "-"))
    assert from_environment({}).metrics is None


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"DEMO": "1"}, "exclude each other"),
        ({"PUBLIC_URL": "http://notices.example"}, "https://"),
        ({"PUBLIC_URL": "https://notices.example"}, "FORWARDED_ALLOW_IPS"),
    ],
)
def test_real_people_sign_in_neither_to_a_demo_nor_in_the_clear(
    environment: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        from_environment({"SIGN_IN": "sign-in.toml", **environment})

    behind = {"PUBLIC_URL": "https://notices.example", "FORWARDED_ALLOW_IPS": "10.0.0.5"}
    for right in ({}, {"PUBLIC_URL": "http://localhost:8000"}, behind):
        assert from_environment({"SIGN_IN": "sign-in.toml", **right}).sign_in == Path(
            "sign-in.toml"
        )


def test_a_secret_may_lie_in_a_file_and_is_in_no_description(tmp_path: Path) -> None:
    values = {name: f"postgresql://u:geheim-{name}@h/d" for name in SECRETS}
    files = {}
    for name, value in values.items():
        (tmp_path / name).write_text(value + "\n")
        files[f"{name}_FILE"] = str(tmp_path / name)

    found = from_environment(files)

    assert found == from_environment(values)
    assert found.meili_master_key == values["MEILI_MASTER_KEY"]
    assert "geheim" not in repr(found)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"", "must hold one line"),
        (b" \n", "must hold one line"),
        (b"geheim\ngeheim", "must hold one line"),
        (b"geheim\xff", "no text in UTF-8"),
        (b"g" * 5000, "must hold one line"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused_without_what_it_holds(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsError, match=why) as refused:
        from_environment({"MEILI_MASTER_KEY_FILE": str(file)})

    assert "MEILI_MASTER_KEY_FILE" in str(refused.value)
    assert "geheim" not in str(refused.value)
    assert "gggg" not in str(refused.value)


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://h/d")

    with pytest.raises(SettingsError, match="DATABASE_URL and DATABASE_URL_FILE"):
        from_environment(
            {"DATABASE_URL": "postgresql://h/e", "DATABASE_URL_FILE": str(tmp_path / "url")}
        )
