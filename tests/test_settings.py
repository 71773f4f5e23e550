"""Settings are strict, and secrets are never in them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import SettingsError


def written(folder: Path, text: str) -> Path:
    path = folder / "shouwen.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_template_that_init_writes_is_read_back_as_the_defaults(tmp_path: Path) -> None:
    loaded = settings.load(written(tmp_path, settings.TEMPLATE))

    assert loaded.model_copy(update={"mailbox": settings.MailboxSettings()}) == settings.Settings()
    assert loaded.mailbox.url == "imaps://imap.qq.com"


def test_every_setting_stands_in_the_template() -> None:
    """In force, or as a comment where there is no default to show."""
    told = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", settings.TEMPLATE, flags=re.MULTILINE))
    tables = {name: told.pop(name) for name in ("mailbox", "limits", "seal")}

    assert set(told) | set(tables) == set(settings.Settings.model_fields)
    assert set(tables["mailbox"]) == set(settings.MailboxSettings.model_fields)
    assert set(tables["limits"]) == set(settings.LimitSettings.model_fields)
    assert set(tables["seal"]) == set(settings.SealSettings.model_fields)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1", "colour"),
        ("[mailbox]\npassword = 'abc'", "mailbox.password"),
        ("poll_seconds = 5", "poll_seconds"),
        ("executor = 'threads'", "executor"),
        ("operations_days = 182", "operations_days"),
        ("listen = '0.0.0.0:9464'", "listen"),
        ("data_dir = ", "TOML"),
    ],
)
def test_a_wrong_setting_is_refused_and_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings.load(written(tmp_path, text))


def test_a_missing_file_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="shouwen init"):
        settings.load(tmp_path / "none.toml")


def test_a_systemd_credential_comes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / settings.CREDENTIAL).write_text("from-systemd\n", "utf-8")
    monkeypatch.setenv("SHOUWEN_PASSWORD", "from-environment")
    assert settings.password(settings.Settings()) == "from-environment"

    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert settings.password(settings.Settings()) == "from-systemd"


def test_the_password_file_is_read_without_its_newline_and_its_absence_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    wanted = settings.Settings(mailbox=settings.MailboxSettings(password_file=file))
    with pytest.raises(SettingsError, match="secret"):
        settings.password(wanted)

    file.write_text("abcdefghijklmnop\n", "utf-8")

    assert settings.password(wanted) == "abcdefghijklmnop"


def test_an_archive_password_does_not_show_itself() -> None:
    assert "hunter2" not in repr(settings.Settings.model_validate({"archive_passwords": ["hunter2"]}))
