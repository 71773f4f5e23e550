"""Settings are strict, and secrets are never in them."""

from __future__ import annotations

import re
import sys
import tomllib
import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from keyring.backends import fail

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
    tables = {name: value for name, value in told.items() if isinstance(value, dict)}

    assert set(told) == set(settings.Settings.model_fields)
    for name, keys in tables.items():
        kind = settings.Settings.model_fields[name].annotation
        assert kind is not None
        assert set(keys) == set(kind.model_fields), name


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


def of_file(file: Path) -> settings.Settings:
    return settings.Settings(mailbox=settings.MailboxSettings(password_file=file))


def test_the_password_file_is_read_without_its_newline_and_its_absence_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with pytest.raises(SettingsError, match="secret"):
        settings.password(of_file(file))

    file.write_text("abcdefghijklmnop\n", "utf-8")
    file.chmod(0o600)

    assert settings.password(of_file(file)) == "abcdefghijklmnop"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_password_file_that_others_can_read_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "secret"
    file.write_text("abcdefghijklmnop", "utf-8")
    file.chmod(mode)

    with pytest.raises(SettingsError, match=rf"{mode:o}.*chmod 600 {file}") as refused:
        settings.password(of_file(file))
    assert "abcdefghijklmnop" not in str(refused.value)


def test_a_link_to_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").write_text("abcdefghijklmnop", "utf-8")
    (tmp_path / "open").chmod(0o644)
    (tmp_path / "link").symlink_to("open")

    with pytest.raises(SettingsError, match="chmod 600"):
        settings.password(of_file(tmp_path / "link"))


def test_secrets_of_containers_and_credentials_of_systemd_may_be_0444(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their folders keep others out; docker and systemd make the files themselves so."""
    file = tmp_path / "secrets" / settings.CREDENTIAL
    file.parent.mkdir()
    file.write_text("abcdefghijklmnop", "utf-8")
    file.chmod(0o444)
    with monkeypatch.context() as patch, pytest.raises(SettingsError, match="chmod"):
        patch.setattr(settings, "GUARDED", (tmp_path / "other",))
        settings.password(of_file(file))

    monkeypatch.setattr(settings, "GUARDED", (tmp_path / "secrets",))
    assert settings.password(of_file(file)) == "abcdefghijklmnop"
    monkeypatch.setattr(settings, "GUARDED", ())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(file.parent))
    assert settings.password(settings.Settings()) == "abcdefghijklmnop"


def test_an_empty_password_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("\n", "utf-8")
    file.chmod(0o600)

    with pytest.raises(SettingsError, match="是空的"):
        settings.password(of_file(file))


# ------------------------------------------------------------ the keyring

USER = "me@example.org"


class Memory(keyring.backend.KeyringBackend):
    """A keyring in memory; one that is locked refuses."""

    priority = 1.0
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's constructors carry no types
        self.held = dict[tuple[str, str], str]()

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("abcdefghijklmnop")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def memory() -> Iterator[Memory]:
    before, memory = keyring.get_keyring(), Memory()
    keyring.set_keyring(memory)
    keyring.set_password("shouwen", USER, "from-keyring")
    yield memory
    keyring.set_keyring(before)


def of_user(user: str) -> settings.Settings:
    return settings.Settings(mailbox=settings.MailboxSettings(user=user))


def test_the_keyring_is_asked_last_and_for_a_user_alone(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUWEN_PASSWORD", raising=False)
    assert settings.password(of_user(USER)) == "from-keyring"
    assert settings.password(of_user("other@example.org")) == ""
    assert settings.password(of_user("")) == ""

    monkeypatch.setenv("SHOUWEN_PASSWORD", "from-environment")
    assert settings.password(of_user(USER)) == "from-environment"


def test_a_locked_keyring_is_said_with_the_cure_and_without_its_words(memory: Memory) -> None:
    memory.locked = True

    with pytest.raises(SettingsError, match=r"KeyringLocked.*password_file") as refused:
        settings.password(of_user(USER))
    assert "abcdefghijklmnop" not in "".join(traceback.format_exception(refused.value))


def test_a_system_without_keyring_or_its_library_has_no_password(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # as above
    assert settings.password(of_user(USER)) == ""

    keyring.set_keyring(memory)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert settings.password(of_user(USER)) == ""


def test_an_archive_password_does_not_show_itself() -> None:
    assert "hunter2" not in repr(settings.Settings.model_validate({"archive_passwords": ["hunter2"]}))


def test_the_environment_fills_in_what_the_file_leaves_open_and_the_file_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shouwen.toml"
    file.write_text('poll_seconds = 600\n[mailbox]\nuser = "file@example.org"\n', "utf-8")
    plain = settings.load(file)
    monkeypatch.setenv("SHOUWEN_SET_POLL_SECONDS", "900")
    monkeypatch.setenv("SHOUWEN_SET_MAILBOX__URL", "imaps://imap.example.org")

    loaded = settings.load(file)

    assert type(loaded) is type(plain) is settings.Settings
    assert (loaded.poll_seconds, loaded.mailbox.user) == (600, "file@example.org")
    assert loaded.mailbox.url == "imaps://imap.example.org"
