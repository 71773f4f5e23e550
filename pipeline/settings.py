"""One strict TOML of settings; secrets from a systemd credential, a file, the environment or a keyring, never the TOML.

Purpose: `load(path) -> Settings`, and the commented template that `shouwen init` writes.
Source: systemd.exec(5) LoadCredential for $CREDENTIALS_DIRECTORY.
Limits: unknown keys stop the start. Nothing but commands/ reads settings; stages get what they need as arguments.
"""

from __future__ import annotations

import importlib.util
import os
import tomllib
import warnings
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model

from pipeline.errors import SettingsError
from rules import DEFAULT

OVERRULING = "SHOUWEN_SET_"
"""How names in the environment begin that stand for settings, `__` between a table and its key; the file goes first."""
CREDENTIAL = "mailbox-password"
"""Name of the systemd credential that holds the mailbox's 授权码."""
GUARDED = (Path("/run/secrets"), Path("/run/credentials"))
"""Folders of containers' secrets and of systemd's credentials: their files are 0444, and only the service gets at them."""
OTHERS = 0o077
"""Bits of a file's mode that let anybody else at it."""
KEYRING_SERVICE = "shouwen"
"""Under what name the keyring has it; the user is mailbox.user: keyring set shouwen me@example.org."""


STRICT = ConfigDict(extra="forbid", frozen=True, defer_build=True)
"""Of every table: what checks it is built when something is to be checked, for that takes longer than all else here."""


class MailboxSettings(BaseModel):
    """Where mails come from. url: imaps://host[:993], imap://host (loopback or STARTTLS), or a folder."""

    model_config = STRICT

    url: str = ""
    user: str = ""
    password_file: Path | None = None
    folders: tuple[str, ...] = ("INBOX",)
    junk: bool = True
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    login_gap_seconds: int | None = Field(default=None, ge=0, le=86_400)
    ca_file: Path | None = None


class SealSettings(BaseModel):
    """Where the daily seal goes besides the data folder. smtp: smtps://host[:465] or smtp://host[:587] (STARTTLS)."""

    model_config = STRICT

    folder: Path | None = None
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp: str = ""
    smtp_user: str = ""
    smtp_password_file: Path | None = None


class ReviewSettings(BaseModel):
    """How people's decisions count. second_signature: points that a person gives count only when another one signed them."""

    model_config = STRICT

    second_signature: bool = False


class PapersSettings(BaseModel):
    """Whether and how papers (回执, 补正单, 催报) are sent. smtp: as in SealSettings. per_hour: mails at most."""

    model_config = STRICT

    send: bool = False
    auto_receipts: bool = False
    mail_from: str = ""
    smtp: str = ""
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    per_hour: int = Field(default=50, ge=1, le=1000)
    pause_seconds: float = Field(default=10, ge=0, le=600)


class WorkbookSettings(BaseModel):
    """The daemon's compiles. every_minutes: least pause between two, 0 for none at all. keep: runs that stay whole."""

    model_config = STRICT

    every_minutes: int = Field(default=60, ge=0, le=10_080)
    keep: int = Field(default=24, ge=1, le=10_000)


class LimitSettings(BaseModel):
    """What one mail may cost: seconds of wall clock, megabytes of memory of the process that reads it."""

    model_config = STRICT

    seconds: int = Field(default=900, ge=30, le=86_400)
    megabytes: int = Field(default=2048, ge=512, le=65_536)


class S3Settings(BaseModel):
    """The object store of `archive = "s3://…"`. endpoint: https://host[:port], "" for Amazon's own; http:// on loopback alone."""

    model_config = STRICT

    endpoint: str = Field(
        default="", pattern=r"^(|https://.+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?)$"
    )
    region: str = "us-east-1"
    access_key_id: str = ""
    secret_key_file: Path | None = None


class DatabaseSettings(BaseModel):
    """The database of `register = "postgresql+psycopg://…"`: its password, which no address holds."""

    model_config = STRICT

    password_file: Path | None = None


class ClusterSettings(BaseModel):
    """The certificates of `executor = "dask:tls://…"`, and how long readers on other machines may be waited for."""

    model_config = STRICT

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    wait_seconds: int = Field(default=60, ge=5, le=3600)


os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
"""None is wanted here, and looking for some takes longer than reading the settings."""
warnings.filterwarnings(
    "ignore", 'Field name "register"'
)  # that of every abstract class, which nobody means here


class Settings(BaseModel):
    """Everything an operator may set. Paths are taken from the folder the command is called in."""

    model_config = STRICT

    data_dir: Path = Path("data")
    rules: Path = DEFAULT
    archive: str = Field(default="", pattern=r"^(|s3://.+)$")
    register: str = Field(default="", pattern=r"^(|postgresql\+psycopg://.+)$")
    executor: str = Field(
        default="processes:1",
        pattern=r"^(serial|processes:[1-9]\d?|dask:(tls://.+|tcp://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}))$",
    )
    poll_seconds: int = Field(default=300, ge=120, le=86_400)
    archive_passwords: tuple[SecretStr, ...] = ()
    operations_days: int = Field(default=400, ge=183, le=36_500)
    listen: str = Field(default="", pattern=r"^(|127\.0\.0\.1:\d{1,5}|\[::1\]:\d{1,5})$")
    mailbox: MailboxSettings = Field(default_factory=MailboxSettings.model_construct)
    limits: LimitSettings = Field(default_factory=LimitSettings.model_construct)
    review: ReviewSettings = Field(default_factory=ReviewSettings.model_construct)
    seal: SealSettings = Field(default_factory=SealSettings.model_construct)
    papers: PapersSettings = Field(default_factory=PapersSettings.model_construct)
    workbook: WorkbookSettings = Field(default_factory=WorkbookSettings.model_construct)
    s3: S3Settings = Field(default_factory=S3Settings.model_construct)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings.model_construct)
    cluster: ClusterSettings = Field(default_factory=ClusterSettings.model_construct)


TEMPLATE = """\
# 收文（shouwen）设置。每一项都可以不写；写错的键会让程序拒绝启动并指出是哪一项。
# 邮箱密码（授权码）不写在这里。依次取：systemd 凭据 mailbox-password，mailbox.password_file 所指的文件，
# 环境变量 SHOUWEN_PASSWORD，系统钥匙串（须装 shouwen[keyring]；存入：keyring set shouwen 登录名）。

# 数据目录：原件库、登记簿、工作簿都在里面。单位：路径。默认 "data"。
data_dir = "data"

# 规则目录（一份通知一个目录）。不写即用随程序带来的 2024 年“全国科技工作者日”规则。
# rules = "rules/workers_day_2024"

# 原件库：不写即存在数据目录的 archive/ 里；也可存进对象存储，写 "s3://桶/前缀"（须装 shouwen[s3]，见 [s3]）。
# archive = "s3://shouwen/2024"

# 登记簿：不写即数据目录的 register.db；也可用 PostgreSQL，写 "postgresql+psycopg://用户@主机[:5432]/库"
# （须装 shouwen[pg]；密码不写在这里，见 [database]）。换地方用 shouwen move，会逐件核对。
# register = "postgresql+psycopg://shouwen@db.example.org/shouwen"

# 读件方式：processes:N（N 个进程，1-99；一封邮件超时、占满内存或让程序崩溃，只影响它自己），
# serial（在主程序里逐封读，没有时间和内存上限，只宜排查问题），或 dask:tls://主机:端口（别的机器上的读件进程，
# 须装 shouwen[dask]，见 [cluster]；tcp:// 只许本机）。结果相同。默认 processes:1。
executor = "processes:1"

# 守护运行时多久看一次邮箱。单位：秒，120-86400。默认 300（QQ 邮箱登录过密会被拒）。
poll_seconds = 300

# 另外要试的压缩包密码（正文里写明的会自动试）。默认没有。
archive_passwords = []

# 运行日志（data/logs，收件、编制、导出、心跳）保存多少天。单位：天，不得少于 183（网络安全法：六个月）。默认 400。
# 收件日志（登记簿里的链）从不删除。
operations_days = 400

# 本机的健康检查和指标（/healthz、/metrics）。只许本机地址，如 "127.0.0.1:9464"；"" 为不开。默认 ""。
listen = ""

[limits]
# 读一封邮件最多用多久；超过即中止这一封，不影响别的。单位：秒，30-86400。默认 900。
seconds = 900

# 读一封邮件的进程最多用多少内存。单位：MB，512-65536。默认 2048。
megabytes = 2048

[review]
# 评分是否要第二个人签认：true 时，经办人改的分要由另一个人签认（shouwen review sign）才计入，签认前仍按机器所判。默认 false。
second_signature = false

[workbook]
# 守护运行时，有了新情况，至少隔多久编一份评价工作簿。单位：分钟，0-10080；0 为不自动编。默认 60。
every_minutes = 60

# 工作簿完整保留最近几份（单位：份，1-10000）；导入过复核意见的、被改过的总是保留，其余只留底稿，旧工作簿照样能导入。默认 24。
keep = 24

[seal]
# 每天的封印（日志链头、件数、起止号）除数据目录外再存一份的地方；最好在另一台机器的共享目录。不写即不另存。
# folder = "/mnt/audit/seals"

# 每天的封印也寄给审计人员。mail_to 为空即不寄。smtp 为 smtps://主机[:465] 或 smtp://主机[:587]（须支持 STARTTLS）。
mail_to = []
mail_from = ""
smtp = ""
smtp_user = ""
# smtp_password_file = "secret/smtp-password"

[papers]
# 文书（回执、补正单、催报）是否可以用 shouwen papers send 寄出。默认 false：只写成草稿，由人寄。
send = false

# 守护运行时是否自动寄回执（每封计入的来件一次，退信、自动回复、群发等不寄）。send = true 时才有用。默认 false。
auto_receipts = false

# 寄出的邮箱地址（一个），和它的发信服务器：smtps://主机[:465] 或 smtp://主机[:587]（须支持 STARTTLS）。
# 收件人的回复和退信都到这个邮箱，最好就是收件邮箱，这样补报会照常收进来。
mail_from = ""
smtp = ""
smtp_user = ""

# 存放授权码的文件（写法同 mailbox.password_file）；也可用 systemd 凭据 papers-smtp-password。
# smtp_password_file = "secret/papers-smtp-password"

# 一小时最多寄几封。单位：封，1-1000。默认 50（寄得太密会被邮箱服务商停用）。
per_hour = 50

# 两封之间停多久。单位：秒，0-600。默认 10。
pause_seconds = 10

[s3]
# 对象存储的地址，如 "https://oss.example.org"；"" 为亚马逊的。http:// 只许本机。默认 ""。
endpoint = ""

# 区域。默认 "us-east-1"。
region = "us-east-1"

# 访问密钥的编号；密钥本身放在文件里（写法同 mailbox.password_file），也可用 systemd 凭据 s3-secret-key。
# 编号不写即用环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。
access_key_id = ""
# secret_key_file = "secret/s3-secret-key"

[database]
# 存放登记簿数据库密码的文件（写法同 mailbox.password_file）；也可用 systemd 凭据 register-password。不写即不用密码。
# password_file = "secret/register-password"

[cluster]
# 读件方式为 dask:tls://… 时用的证书（PEM 文件）：签发者、本机的证书和私钥。调度、读件各方都要由同一个签发者签发。
# ca_file = "secret/cluster-ca.pem"
# certificate_file = "secret/cluster-cert.pem"
# key_file = "secret/cluster-key.pem"

# 连不上调度或一个读件进程都没有时，等多久才算这一轮不成。单位：秒，5-3600。默认 60。
wait_seconds = 60

[mailbox]
# 收件邮箱。imaps://主机[:端口]；imap:// 只许本机或支持 STARTTLS 的服务器；也可以写一个目录
# （其中是 .eml 文件，或 Maildir）。QQ/foxmail 为 imaps://imap.qq.com。
url = "imaps://imap.qq.com"

# 登录名，一般是完整的邮箱地址。
user = ""

# 存放授权码的文件（只含授权码一行，权限 600，别人能读即拒绝；/run/secrets 下的除外）。QQ 邮箱要用 16 位授权码，不是登录密码。
# password_file = "secret/mailbox-password"

# 要收的文件夹，照邮箱里显示的名字写，如 "其他文件夹/活动材料"。默认 ["INBOX"]。
folders = ["INBOX"]

# 也收垃圾箱：群发的报送邮件常被误判进去。垃圾箱由程序自己找到。默认 true。
junk = true

# 等服务器回应的上限。单位：秒，0-600。默认 60。
timeout_seconds = 60

# 两次登录至少相隔多久。不写即 120（本机邮箱为 0）；QQ 邮箱登录过密会被拒。单位：秒。
# login_gap_seconds = 120

# 另外信任的证书（PEM 文件），给自建邮件服务器用。不写即用系统的证书。
# ca_file = "secret/ca.pem"
"""


def load(path: Path | None) -> Settings:
    """Read the settings of *path*, or the defaults (and ./shouwen.toml where it exists) if None.

    Raises:
        SettingsError: in Chinese, naming the file and every wrong key.
    """
    path = path or _beside()
    try:
        told = tomllib.loads(path.read_text("utf-8")) if path else {}
        overruled = any(name.upper().startswith(OVERRULING) for name in os.environ)
        if overruled:
            return _overruled(told)
        return Settings(**told) if told else Settings.model_construct()
    except FileNotFoundError as error:
        raise SettingsError(f"设置文件 {path} 不存在；可用 shouwen init 写一份") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"设置文件 {path} 不是正确的 TOML：{error}") from error
    except ValidationError as error:
        raise SettingsError(f"设置{f'文件 {path}' if path else ''}有误：{_wrong(error)}") from error


def _overruled(told: dict[str, Any]) -> Settings:
    """Read the settings that the file has *told*, with what stands in the environment; its library is dear to import."""
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Overruling(BaseSettings):
        model_config = SettingsConfigDict(
            extra="forbid", frozen=True, env_prefix=OVERRULING, env_nested_delimiter="__"
        )

    fields: dict[str, Any] = {name: (one.annotation, one) for name, one in Settings.model_fields.items()}
    # not a subclass of both: `register` would become a method of the metaclass
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", 'Field name "register"')
        made = create_model("Told", __base__=Overruling, **fields)
    return Settings(**dict(made(**told)))


def password(settings: Settings) -> str:
    """Return the mailbox's password: systemd credential, file, $SHOUWEN_PASSWORD, the system's keyring; "" if none.

    Raises:
        SettingsError: the named file cannot be read, is empty or may be read by others; the keyring refuses.
    """
    return (
        secret(CREDENTIAL, settings.mailbox.password_file)
        or os.environ.get("SHOUWEN_PASSWORD", "")
        or _from_keyring(settings.mailbox.user)
    )


def secret(credential: str, file: Path | None) -> str:
    """Return what the systemd *credential* of that name holds, else what *file* holds; "" if there is neither.

    Raises:
        SettingsError: the file cannot be read, is empty or may be read by others.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    given = Path(folder, credential) if folder else None
    if given and given.exists():
        return _secret(given, guarded=True)
    if file:
        return _secret(file, guarded=any(file.absolute().is_relative_to(one) for one in GUARDED))
    return ""


def _secret(file: Path, *, guarded: bool) -> str:
    """Read a file of one line. guarded: its folder keeps others out, so its own mode says nothing."""
    try:
        with file.open(encoding="utf-8") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            secret = opened.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"读不出授权码文件 {file}：{type(error).__name__}；请检查路径和权限") from None
    if not guarded and mode & OTHERS:
        raise SettingsError(
            f"授权码文件 {file} 别人也能读（权限 {mode & 0o777:o}）；请运行 chmod 600 {file}，"
            "本机有不该知道的人时再换一个授权码"
        )
    if not secret:
        raise SettingsError(f"授权码文件 {file} 是空的；请写入授权码一行")
    return secret


def _from_keyring(user: str) -> str:
    """Ask the system's keyring, where the library is installed, there is one, and the settings name the *user*."""
    if not user or importlib.util.find_spec("keyring") is None:
        return ""
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, user) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        raise SettingsError(
            f"钥匙串打不开（{type(error).__name__}）；请先解锁钥匙串，或改用 mailbox.password_file 或环境变量 SHOUWEN_PASSWORD"
        ) from None


def _beside() -> Path | None:
    path = Path("shouwen.toml")
    return path if path.exists() else None


def _wrong(error: ValidationError) -> str:
    return "；".join(
        f"{'.'.join(map(str, fault['loc']))}：{_cure(fault['type'], fault['msg']).format(**fault.get('ctx', {}))}"
        for fault in error.errors()
    )


def _cure(kind: str, message: str) -> str:
    """What to write instead; limits stand in braces."""
    return {
        "extra_forbidden": "没有这个键（授权码不写在设置文件里）",
        "greater_than_equal": "不能小于 {ge}",
        "greater_than": "要大于 {gt}",
        "less_than_equal": "不能大于 {le}",
        "int_parsing": "要写整数",
        "int_type": "要写整数",
        "int_from_float": "要写整数",
        "float_parsing": "要写数字",
        "float_type": "要写数字",
        "bool_parsing": "只能写 true 或 false",
        "bool_type": "只能写 true 或 false",
        "string_type": "要写成带引号的文字",
        "string_pattern_mismatch": "写法不对；写法见 shouwen init 所写设置文件里这一项的说明",
        "path_type": "要写成带引号的路径",
        "tuple_type": '要写成列表，如 ["INBOX"]',
        "model_type": "是一节，要写成 [节名] 下面一行一项",
    }.get(kind, message.replace("{", "{{").replace("}", "}}"))
