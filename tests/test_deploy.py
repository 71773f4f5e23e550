"""The daemon really is one: units that systemd accepts and that give away little, a compose file that fits the image."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import settings
from pipeline.commands.outline import ENTRIES
from pipeline.settings import CREDENTIAL
from tests.support import ROOT, need_tool

DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
UNITS = [*SERVICES, *sorted(DEPLOY.glob("*.timer"))]
MOST_EXPOSURE = 2.5
INSTALLED = "/opt/shouwen/bin/shouwen"


def directives(unit: Path) -> list[tuple[str, str]]:
    """Name and value of each line, in order; a name may come twice."""
    found = re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    return [(name, value) for name, value in found]


def value(unit: Path, name: str) -> str:
    (found,) = [value for one, value in directives(unit) if one == name]
    return found


def analysed(*arguments: str) -> subprocess.CompletedProcess[str]:
    need_tool("systemd-analyze")
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_accepts_every_unit_without_a_word(tmp_path: Path) -> None:
    """Where the program is not installed, the interpreter stands for it."""
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(INSTALLED, sys.executable)
        (tmp_path / unit.name).write_text(text, "utf-8")

    done = analysed("verify", *(str(path) for path in sorted(tmp_path.iterdir())))

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_finds_a_fault_where_there_is_one(tmp_path: Path) -> None:
    text = SERVICES[0].read_text("utf-8").replace(INSTALLED, sys.executable)
    (tmp_path / "wrong.service").write_text(text.replace("PrivateTmp", "PrivateTemp"), "utf-8")

    assert "PrivateTemp" in analysed("verify", str(tmp_path / "wrong.service")).stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_is_exposed_little(unit: Path) -> None:
    done = analysed("security", "--offline=true", f"--threshold={round(MOST_EXPOSURE * 10)}", str(unit))

    told = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert told, done.stderr
    assert float(told[1]) <= MOST_EXPOSURE
    assert done.returncode == 0


def test_all_services_stand_in_the_same_box() -> None:
    boxes = {
        text[text.index("NoNewPrivileges") :].partition("\n[")[0].strip() for text in map(read, SERVICES)
    }

    assert len(SERVICES) == 5
    assert len(boxes) == 1


def read(path: Path) -> str:
    return path.read_text("utf-8")


def test_the_daemon_is_restarted_when_it_dies_or_hangs_but_not_where_a_person_must_act() -> None:
    unit = DEPLOY / "shouwen.service"

    assert value(unit, "Type") == "notify"
    assert value(unit, "Restart") == "always"
    assert value(unit, "RestartPreventExitStatus").split() == ["2", "4", "78"]
    minutes = int(value(unit, "WatchdogSec").removesuffix("min"))
    limits = settings.Settings()
    assert minutes * 60 > limits.limits.seconds + limits.mailbox.timeout_seconds
    assert value(unit, "LoadCredential").partition(":")[0] == CREDENTIAL


def test_converters_may_still_take_the_network_from_themselves() -> None:
    """tools.py calls unshare -n or -r -n: a user namespace and a network namespace, no other."""
    for unit in SERVICES:
        assert value(unit, "RestrictNamespaces").split() == ["user", "net"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_has_a_user_of_its_own_and_paths_that_are_given_to_it(unit: Path) -> None:
    sysusers, tmpfiles = read(DEPLOY / "shouwen.sysusers"), read(DEPLOY / "shouwen.tmpfiles")
    arguments = shlex.split(value(unit, "ExecStart"))

    assert f"u {value(unit, 'User')} " in sysusers
    assert arguments[arguments.index("--data-dir") + 1] == f"/var/lib/{value(unit, 'StateDirectory')}"
    assert str(Path(arguments[arguments.index("--settings") + 1])) in tmpfiles
    for name, path in directives(unit):
        if name == "ReadWritePaths":
            assert f"d {path} " in tmpfiles


@pytest.mark.parametrize(
    "name",
    ["shouwen.service", "shouwen-verify.service", "shouwen-scheduler.service", "shouwen-reader.service"],
)
def test_a_service_runs_a_command_that_exists(name: str) -> None:
    known = set(ENTRIES)

    assert shlex.split(value(DEPLOY / name, "ExecStart"))[1] in known


def test_a_timer_has_its_service() -> None:
    timers = [unit for unit in UNITS if unit.suffix == ".timer"]

    assert [unit.name for unit in timers] == ["shouwen-backup.timer", "shouwen-verify.timer"]
    assert {unit.with_suffix(".service") for unit in timers} < set(SERVICES)


def test_the_readme_of_deploy_names_every_file_and_no_other() -> None:
    named = set(re.findall(r"\bdeploy/(shouwen[\w.-]*\w)", read(DEPLOY / "README.md")))

    assert named == {path.name for path in DEPLOY.iterdir() if path.name != "README.md"}


# ------------------------------------------------------------ containers


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read(ROOT / "compose.yaml"))
    return found


def dockerfile(instruction: str) -> str:
    """The argument of the last *instruction*."""
    found = re.findall(rf"^{instruction} (.*)$", read(ROOT / "Dockerfile"), re.MULTILINE)
    return str(found[-1])


def test_the_container_may_do_little(compose: dict[str, Any]) -> None:
    service = compose["services"]["shouwen"]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [one.partition(":")[0] for one in service["tmpfs"]] == ["/tmp"]
    assert service["restart"] == "unless-stopped"
    assert not {"privileged", "cap_add", "ports", "network_mode", "user", "devices"} & service.keys()


def test_compose_and_image_agree_on_user_volume_command_and_health_check(compose: dict[str, Any]) -> None:
    service = compose["services"]["shouwen"]
    check = dockerfile("HEALTHCHECK").partition("CMD ")[2]

    assert dockerfile("USER") == "10001:10001"
    (volume,) = service["volumes"]
    assert volume.split(":") == [next(iter(compose["volumes"])), dockerfile("VOLUME")]
    assert service["command"] == ast.literal_eval(dockerfile("CMD"))
    assert service["healthcheck"]["test"] == ["CMD", *ast.literal_eval(check)]
    for option in ("interval", "timeout", "start-period", "retries"):
        assert f"--{option}={service['healthcheck'][option.replace('-', '_')]}" in dockerfile("HEALTHCHECK")


def test_what_the_container_runs_exists(compose: dict[str, Any]) -> None:
    known = set(ENTRIES)
    (script,) = ast.literal_eval(dockerfile("ENTRYPOINT"))
    _, checked, command = compose["services"]["shouwen"]["healthcheck"]["test"]

    assert f'\n{script} = "pipeline.commands:main"' in read(ROOT / "pyproject.toml")
    assert checked == script
    assert {command, *compose["services"]["shouwen"]["command"]} <= known


def test_the_secret_reaches_the_settings_as_a_file(
    compose: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = compose["services"]["shouwen"]
    (secret,) = service["secrets"]
    assert secret in compose["secrets"]
    assert service["environment"]["SHOUWEN_SET_MAILBOX__PASSWORD_FILE"] == f"/run/secrets/{secret}"
    (tmp_path / secret).write_text("abcdefghijklmnop\n", "utf-8")
    (tmp_path / secret).chmod(0o400)
    for name, text in service["environment"].items():
        monkeypatch.setenv(name, text.replace("/run/secrets", str(tmp_path)))
    monkeypatch.chdir(tmp_path)

    loaded = settings.load(None)

    assert settings.password(loaded) == "abcdefghijklmnop"
    assert loaded.mailbox.url == "imaps://imap.qq.com"


def test_the_secret_is_neither_in_the_repository_nor_in_the_image(compose: dict[str, Any]) -> None:
    (secret,) = compose["secrets"].values()
    folder = Path(secret["file"]).parts[0]

    assert f"{folder}/" in read(ROOT / ".gitignore").splitlines()
    assert "*" in read(ROOT / ".dockerignore").splitlines()
    assert f"!{folder}/" not in read(ROOT / ".dockerignore")
