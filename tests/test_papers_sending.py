"""Papers that are sent: to whom never, once each, what a crash leaves; against a real mail server with TLS and log-in."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive import FolderArchive
from pipeline.commands import run
from pipeline.commands.options import opened
from pipeline.commands.receipting import Receipting
from pipeline.errors import TransientError, UsageError
from pipeline.records import Address, Code, Correction, Filing, Kind, Mail, Outcome, Problem, Sending
from pipeline.register import Register
from pipeline.sending.guards import answerable, writable
from tests.mailbox.boxes import certificate
from tests.season import BANAN, JIANGJIN, SILENT, at, filing, write_rules
from tests.support import ROOT

SENDER = "bnkx@example.org"
OURS = frozenset({"skxzrb@foxmail.com", "in@office.example"})
REPORT = (
    "5月30日，巴南区科协在龙洲湾街道举办科技志愿服务活动，组织医疗、农技专家20名科技工作者为群众义诊、咨询，"
    "服务群众300人次，发放科普资料500份。"
)


def report(sender: str = f"巴南区科协 <{SENDER}>", text: str = REPORT, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"] = sender
    made["Subject"] = "巴南区科协全国科技工作者日活动总结"
    made["Date"] = "Tue, 18 Jun 2024 10:22:01 +0800"
    made["Message-ID"] = "<report@example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(f"现将活动总结报上。\n\n{text}\n\n重庆市巴南区科学技术协会\n2024年6月18日\n")
    return bytes(made)


def judged(address: str = SENDER, **traits: Any) -> Filing:
    return filing(BANAN, **({"mail": Mail(sender=Address(address=address))} | traits))


# ------------------------------------------------------------ RFC 3834: to whom never


def test_a_report_of_a_person_may_be_answered_and_names_its_mail() -> None:
    answer = answerable(report(), judged(), OURS)

    assert (answer.to, answer.message_id, answer.why_not) == (SENDER, "<report@example.org>", "")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"Return-Path: <>", "退信"),
        (b"Return-Path:  < >", "退信"),
        (b"Return-Path: <someone@else.example>", "退信地址与发件人不同"),
        (b"Auto-Submitted: auto-replied", "自动"),
        (b"Auto-Submitted: auto-generated (rejected)", "自动"),
        (b"AUTO-SUBMITTED: no\r\nAuto-Submitted: auto-notified", "自动"),
        (b"Precedence: bulk", "群发"),
        (b"Precedence: LIST", "群发"),
        (b"Precedence:\r\n junk", "群发"),
        (b"List-Id: <news.example.org>", "邮件列表"),
        (b"List-Unsubscribe: <mailto:x@example.org>", "邮件列表"),
        (b"List-Post: NO", "邮件列表"),
        (b"Mailing-List: contact x@example.org", "邮件列表"),
        (b"X-Auto-Response-Suppress: DR, OOF, AutoReply", "不要自动回复"),
        (b"X-Autoreply: yes", "系统自动"),
        (b"X-Failed-Recipients: x@example.org", "系统自动"),
        (b"X-Shouwen-Paper: receipt", "我们自己"),
        (b"From: other@example.org", "写法不合规范"),
    ],
)
def test_a_mail_with_a_mark_of_a_machine_is_not_answered(line: bytes, why: str) -> None:
    assert why in answerable(line + b"\r\n" + report(), judged(), OURS).why_not


def test_marks_that_say_no_and_the_sender_s_own_return_path_forbid_nothing() -> None:
    lines = b"Return-Path: <BNKX@example.org>\r\nAuto-Submitted: no\r\nPrecedence: first-class\r\n"

    assert answerable(lines + report(), judged(), OURS).to == SENDER


@pytest.mark.parametrize(
    "address",
    [
        "MAILER-DAEMON@example.org", "postmaster@example.org", "noreply@example.org", "no-reply@example.org",
        "no_reply+7@example.org", "donotreply@example.org", "bounce+1=a@example.org", "owner-list@example.org",
        "list-request@example.org", "skxzrb@foxmail.com", "in@office.example", "a@localhost", "a b@example.org",
        "a@example.org,b@example.org", "@example.org", "a@", "", "a@b..example", ".a@example.org",
        "a@[127.0.0.1]", "a@example.org\r\nBcc: c@example.org", f"{'a' * 250}@example.org", "王@example.org",
    ],
)  # fmt: skip
def test_nothing_goes_to_what_is_no_single_address_of_somebody_else(address: str) -> None:
    assert writable(address.lower(), OURS)


@pytest.mark.parametrize("address", ["a@example.org", "wang.fang+kx@qq.com", "o'neil_1@mail.a-b.example"])
def test_an_ordinary_address_may_be_written_to(address: str) -> None:
    assert writable(address, OURS) == ""


@pytest.mark.parametrize(
    "sender", ["a@example.org, b@example.org", "Undisclosed: ;", "巴南区科协", f"{'x' * 2000} <{SENDER}>"]
)
def test_a_mail_that_is_not_from_one_address_is_not_answered(sender: str) -> None:
    octets = f"From: {sender}\r\nMessage-ID: <a@b>\r\n\r\ntext".encode()

    assert answerable(octets, judged(), OURS).why_not


def test_an_address_in_the_display_name_is_not_taken_for_the_sender() -> None:
    octets = b'From: "victim@example.net" <bnkx@example.org>\r\n\r\ntext'
    encoded = b"From: =?utf-8?q?=3Cvictim=40example=2Enet=3E=2C?= <bnkx@example.org>\r\n\r\ntext"

    assert answerable(octets, judged(), OURS).to == SENDER
    assert answerable(encoded, judged(), OURS).to == SENDER
    assert "不一致" in answerable(octets, judged("victim@example.net"), OURS).why_not


def test_a_delivery_report_is_not_answered_whatever_it_was_judged_to_be() -> None:
    octets = report().replace(
        b"Content-Type: text/plain", b"Content-Type: Multipart/Report; boundary=x; x=", 1
    )

    assert "投递报告" in answerable(octets, judged(), OURS).why_not


def test_what_was_judged_against_it_forbids_an_answer() -> None:
    assert "不是报送材料" in answerable(report(), judged(kind=Kind.OTHER), OURS).why_not
    doubted = judged(problems=(Problem(code=Code.SENDER, detail="第一次代表该单位来件"),))
    assert "来源待核" in answerable(report(), doubted, OURS).why_not
    bounce = judged(mail=Mail(sender=Address(address=SENDER), auto="bounce"))
    assert "退信" in answerable(report(), bounce, OURS).why_not


def test_a_header_that_has_no_end_is_looked_at_so_far_and_not_answered() -> None:
    octets = b"From: <bnkx@example.org>\r\n" + b"X-A: b\r\n" * 60_000 + b"\r\ntext"

    assert "信头过长" in answerable(octets, judged(), OURS).why_not


def test_a_hostile_msg_id_is_not_named() -> None:
    octets = b"From: <bnkx@example.org>\r\nMessage-ID: <a@b> evil\r\n x: <c@d>\r\n\r\ntext"

    answer = answerable(octets, judged(), OURS)
    assert (answer.to, answer.message_id) == (SENDER, "")


LINES = st.sampled_from(
    [
        "From",
        "Return-Path",
        "Auto-Submitted",
        "Precedence",
        "List-Id",
        "Content-Type",
        "Message-ID",
        "Subject",
    ]
)


@given(
    st.lists(
        st.tuples(LINES, st.text(max_size=60) | st.sampled_from([f"<{SENDER}>", "no", "a@b, c@d"])),
        max_size=8,
    ),
    st.binary(max_size=80),
)
def test_whatever_a_header_holds_only_the_registered_sender_is_answered_and_no_line_gets_through(
    lines: list[tuple[str, str]], body: bytes
) -> None:
    octets = (
        "".join(f"{name}: {value}\r\n" for name, value in lines).encode("utf-8", "replace") + b"\r\n" + body
    )

    answer = answerable(octets, judged(), OURS)

    assert bool(answer.to) != bool(answer.why_not)
    assert answer.to in ("", SENDER)
    assert answer.message_id.isascii()
    assert not {"\r", "\n", " "} & {*answer.message_id}


# ------------------------------------------------------------ a mail server


@dataclass
class Got:
    """What the mail server got, and what it answers to RCPT and DATA ("" for 250). meanwhile: called before DATA's answer."""

    letters: list[tuple[str, list[str], Message]] = field(default_factory=list)
    rcpt: str = ""
    data: str = ""
    meanwhile: Callable[[], None] = lambda: None
    logins: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if not self.data:
            letter = message_from_bytes(envelope.content)
            self.letters.append((envelope.mail_from, envelope.rcpt_tos, letter))
        self.meanwhile()
        return self.data or "250 OK"

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == b"sixteen-letters"
        self.logins.append(given.login)
        return AuthResult(success=good, handled=good)


@dataclass
class Posting:
    """An office with mails, its settings, and the mail server that they name."""

    folder: Path
    port: int
    got: Got

    def settings(self, text: str = "send = true", scheme: str = "smtps", **more: str) -> Path:
        path = self.folder / "shouwen.toml"
        lines = "".join(f'{name} = "{value}"\n' for name, value in more.items())
        path.write_text(
            f'rules = "{self.folder / "rules"}"\ndata_dir = "{self.folder / "data"}"\nexecutor = "serial"\n'
            f'[mailbox]\nca_file = "{self.folder / "ca.pem"}"\n'
            f'[papers]\nmail_from = "in@office.example"\nsmtp = "{scheme}://localhost:{self.port}"\n'
            f"pause_seconds = 0\n{text}\n{lines}",
            "utf-8",
        )
        return path

    def take_in(self, *mails: bytes) -> None:
        box = self.folder / "mails"
        box.mkdir(exist_ok=True)
        for octets in mails:
            (box / f"{len(list(box.iterdir())) + 1}.eml").write_bytes(octets)
        assert run(["once", "--mailbox", str(box), "--settings", str(self.settings())]) == 0

    def send(self, kind: str = "receipts", *options: str) -> int:
        return run(
            [
                "papers",
                "send",
                kind,
                "--by",
                "王芳",
                *options,
                "--settings",
                str(self.folder / "shouwen.toml"),
            ]
        )

    def register(self) -> Register:
        return Register(self.folder / "data" / "register.db", year=2024)

    def standing(self) -> list[Outcome]:
        with closing(self.register()) as register:
            return [one.outcome for one in register.sendings()]

    def verified(self) -> bool:
        with closing(self.register()) as register:
            return register.verify(FolderArchive(self.folder / "data" / "archive")) == ()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    _, cert, key = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
def posting(tmp_path: Path, tls: ssl.SSLContext) -> Iterator[Posting]:
    """An office into which one report came, with sending turned on."""
    got = Got()
    controller = Controller(got, hostname="127.0.0.1", port=free_port(), ssl_context=tls)
    controller.start()
    write_rules(tmp_path / "rules")
    made = Posting(folder=tmp_path, port=controller.port, got=got)
    made.take_in(report())
    yield made
    controller.stop()


def test_nothing_is_sent_unless_settings_turn_it_on(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    posting.settings("")
    assert posting.send() == 78
    assert "send = true" in capsys.readouterr().err
    posting.settings('send = true\n[seal]\nmail_from = "x@y.example"').write_text(
        posting.settings().read_text("utf-8").replace('mail_from = "in@office.example"\n', ""), "utf-8"
    )
    assert posting.send() == 78
    assert "mail_from" in capsys.readouterr().err
    assert posting.got.letters == []
    assert posting.standing() == []


def test_a_dry_run_says_to_whom_and_sends_and_writes_nothing(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    posting.settings("send = false")
    capsys.readouterr()
    assert posting.send("receipts", "--dry-run") == 0

    said = capsys.readouterr()
    assert f"要寄  回执 2024-00001 {BANAN}  寄 {SENDER}" in said.out
    assert "send = false" in said.err
    assert posting.got.letters == []
    assert posting.standing() == []


def test_a_receipt_goes_out_once_to_one_address_with_the_marks_of_a_machine(posting: Posting) -> None:
    assert posting.send() == 0
    assert posting.send() == 0

    ((envelope, recipients, letter),) = posting.got.letters
    assert (envelope, recipients) == ("in@office.example", [SENDER])
    assert letter["To"] == SENDER
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == letter["References"] == "<report@example.org>"
    assert letter["X-Shouwen-Paper"] == "receipt"
    assert letter["Message-ID"].startswith("<receipt.")
    assert letter["X-Unsent"] is letter["Bcc"] is letter["Cc"] is letter["Reply-To"] is None
    assert "2024-00001" in str(make_header(decode_header(letter["Subject"])))
    octets = letter.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert "参与人数：300（原文“300人次”）" in octets.decode()
    assert posting.standing() == [Outcome.SENT]
    assert posting.verified()


def test_each_sending_is_two_events_of_the_chain_by_that_person(posting: Posting) -> None:
    posting.send()

    with closing(posting.register()) as register:
        told = register.events(action="send")
        (row,) = register.sendings()
    assert [one.outcome.partition("（")[0] for one in told] == ["回执准备寄出", "回执发信服务器已收下"]
    assert {one.actor for one in told} == {"王芳"}
    assert {one.accession for one in told} == {"2024-00001"}
    assert SENDER not in "".join(one.outcome + one.detail for one in told), (
        "addresses stand in the table alone"
    )
    assert (row.recipient, row.by, len(row.facts), len(row.text)) == (SENDER, "王芳", 64, 64)


def test_a_paper_whose_facts_changed_is_another_paper(posting: Posting) -> None:
    posting.send()
    with closing(posting.register()) as register:
        register.correct(
            Correction(
                accession="2024-00001",
                field="contact",
                old="",
                new="王芳 023-55500121",
                by="李",
                why="电话核实",
                at=at(20),
            )
        )
    assert posting.send() == 0
    posting.send()

    first, second = (letter for *_, letter in posting.got.letters)
    assert first["Message-ID"] != second["Message-ID"]


# ------------------------------------------------------------ what goes wrong


def test_a_death_between_the_mail_and_the_register_is_seen_and_never_sends_twice_unasked(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sending process is killed when the server has the mail and has not answered."""
    child: list[subprocess.Popen[bytes]] = []
    posting.got.meanwhile = lambda: os.kill(child[0].pid, signal.SIGKILL)
    posting.settings()
    command = [sys.executable, "-m", "pipeline", "papers", "send", "receipts", "--by", "王芳"]
    child.append(subprocess.Popen([*command, "--settings", str(posting.folder / "shouwen.toml")], cwd=ROOT))
    assert child[0].wait(60) == -signal.SIGKILL
    posting.got.meanwhile = lambda: None
    assert len(posting.got.letters) == 1
    assert posting.standing() == [Outcome.INTENT]

    capsys.readouterr()
    assert posting.send() == 3
    said = capsys.readouterr()
    assert "可能已寄出" in said.out
    assert "--again" in said.err
    assert len(posting.got.letters) == 1
    assert run(["papers", "sent", "--settings", str(posting.folder / "shouwen.toml")]) == 0
    assert "中断在途中，可能已寄出" in capsys.readouterr().out

    assert posting.send("receipts", "--again") == 0
    assert posting.send("receipts", "--again") == 0
    first, second = (letter for *_, letter in posting.got.letters)
    assert first["Message-ID"] == second["Message-ID"], "a mail program shows one of them"
    assert posting.standing() == [Outcome.INTENT, Outcome.SENT]
    assert posting.verified()


def test_a_recipient_that_is_refused_is_not_tried_again_unasked(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    posting.got.rcpt = "550 no such user"
    assert posting.send() == 3
    assert posting.standing() == [Outcome.REFUSED]
    posting.got.rcpt = ""
    assert posting.send() == 3
    assert "被拒收（发信服务器不收收件地址（550））" in capsys.readouterr().out
    assert posting.got.letters == []
    assert posting.send("receipts", "--again") == 0
    assert len(posting.got.letters) == 1


@pytest.mark.parametrize(("rcpt", "data"), [("451 greylisted", ""), ("", "452 too many")])
def test_what_the_server_does_not_take_now_goes_out_the_next_time(
    posting: Posting, rcpt: str, data: str
) -> None:
    posting.got.rcpt, posting.got.data = rcpt, data
    assert posting.send() == 3
    posting.got.rcpt = posting.got.data = ""
    assert posting.send() == 0

    assert posting.standing() == [Outcome.FAILED, Outcome.SENT]
    assert len(posting.got.letters) == 1
    assert posting.verified()


def test_one_hour_takes_so_many_mails_and_no_more(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    posting.take_in(
        report(text=REPORT.replace("龙洲湾", "鱼洞").replace("300", "120").replace("30日", "29日"), X_A="2")
    )
    posting.settings("send = true\nper_hour = 1")
    capsys.readouterr()
    assert posting.send() == 0
    assert "余下 1 封请一小时后再运行" in capsys.readouterr().err
    assert posting.send() == 0
    assert len(posting.got.letters) == 1


def test_a_server_that_is_away_takes_nothing_and_nothing_is_written(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    posting.port = free_port()
    posting.settings()
    assert posting.send() == 75
    assert "一封也没有寄" in capsys.readouterr().err
    assert posting.standing() == []


def test_papers_go_through_starttls_with_a_log_in_and_the_password_is_in_no_word(
    posting: Posting, tls: ssl.SSLContext, capsys: pytest.CaptureFixture[str]
) -> None:
    got = Got()
    server = Controller(
        got, hostname="127.0.0.1", port=free_port(), tls_context=tls, require_starttls=True,
        authenticator=got.login, auth_require_tls=True,
    )  # fmt: skip
    server.start()
    posting.port = server.port
    secret = posting.folder / "secret"
    secret.write_text("wrong-letters-16")
    secret.chmod(0o600)
    user = {"smtp_user": "in@office.example", "smtp_password_file": str(secret)}
    posting.settings(scheme="smtp", **user)
    assert posting.send() == 78
    said = capsys.readouterr()
    assert "不接受登录" in said.err
    assert "wrong-letters-16" not in said.out + said.err
    assert posting.standing() == []

    secret.write_text("sixteen-letters")
    assert posting.send() == 0
    assert set(got.logins) == {b"in@office.example"}
    assert len(got.letters) == 1
    server.stop()


def test_papers_never_go_in_clear(posting: Posting) -> None:
    got = Got()
    server = Controller(got, hostname="127.0.0.1", port=free_port())
    server.start()
    posting.port = server.port
    posting.settings(scheme="smtp")
    assert posting.send() == 78
    assert got.letters == []
    server.stop()


# ------------------------------------------------------------ the other papers


def test_a_completion_answers_the_newest_mail_of_the_unit(posting: Posting) -> None:
    assert posting.send("completions", "--on", "2024-06-19") == 0

    ((_, recipients, letter),) = posting.got.letters
    assert recipients == [SENDER]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == "<report@example.org>"
    assert posting.send("completions", "--on", "2024-06-20") == 0
    assert len(posting.got.letters) == 1, "a day later it asks for the same"


def test_reminders_go_to_known_addresses_alone_and_say_that_a_machine_wrote_them(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    assert posting.send("reminders", "--on", "2024-06-19") == 0

    sent = {recipients[0]: letter for _, recipients, letter in posting.got.letters}
    assert set(sent) == {SENDER, "jjkx@qq.example", "shengxue@qq.example"}
    assert {letter["Auto-Submitted"] for letter in sent.values()} == {"auto-generated"}
    assert all(letter["In-Reply-To"] is None for letter in sent.values())
    assert "没有已知的邮箱地址" in capsys.readouterr().out
    assert posting.send("reminders", "--on", "2024-06-20") == 0
    assert len(posting.got.letters) == 3
    assert posting.send("reminders", "--on", "2024-06-21", "--unit", SILENT) == 0
    assert len(posting.got.letters) == 4, "after the deadline it is another request"
    assert posting.verified()


@pytest.mark.parametrize(
    "octets",
    [
        report(Auto_Submitted="auto-replied"),
        report(Precedence="bulk"),
        report(List_Id="<x.example.org>"),
        report(sender="巴南区科协 <noreply@example.org>"),
        report(sender="巴南区科协 <skxzrb@foxmail.com>"),
        b"Return-Path: <>\r\n" + report(),
    ],
)
def test_what_a_machine_or_we_ourselves_wrote_is_answered_in_no_way(posting: Posting, octets: bytes) -> None:
    for path in (posting.folder / "mails").iterdir():
        path.unlink()
    (posting.folder / "data").rename(posting.folder / "before")
    posting.take_in(octets)

    assert posting.send() == 0
    assert posting.send("completions") == 0
    assert posting.got.letters == []


# ------------------------------------------------------------ the daemon


def test_the_daemon_sends_no_receipt_unless_both_settings_say_so(posting: Posting) -> None:
    for text in ("send = true", "send = false\nauto_receipts = true"):
        with opened(posting.settings(text), None) as office:
            assert not Receipting(office=office).one(at(20))
    assert posting.got.letters == []


def test_the_daemon_sends_one_receipt_a_call_and_each_mail_gets_one_whatever_is_decided_later(
    posting: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    second = REPORT.replace("龙洲湾", "鱼洞").replace("300", "120").replace("30日", "29日")
    posting.take_in(report(text=second, X_A="2"), report(Auto_Submitted="auto-replied"))
    capsys.readouterr()
    with opened(posting.settings("send = true\nauto_receipts = true"), None) as office:
        duty = Receipting(office=office)
        assert [duty.one(datetime.now(UTC)) for _ in range(4)] == [True, True, False, False]
        office.register.correct(
            Correction(
                accession="2024-00001",
                field="contact",
                old="",
                new="王芳 023-55500121",
                by="李",
                why="电话",
                at=at(20),
            )
        )
        assert not duty.one(datetime.now(UTC))
        assert not Receipting(office=office).one(datetime.now(UTC)), "nor after a restart"
        assert {one.by for one in office.register.sendings()} == {""}
        assert all(one.actor.startswith("shouwen") for one in office.register.events(action="send"))
    said = capsys.readouterr()
    assert len(posting.got.letters) == 2
    assert SENDER not in said.out + said.err, "a journal holds no address"


def test_the_daemon_waits_an_hour_after_a_failure(posting: Posting) -> None:
    posting.port = free_port()
    now = datetime.now(UTC)
    with opened(posting.settings("send = true\nauto_receipts = true"), None) as office:
        duty = Receipting(office=office)
        with pytest.raises(TransientError):
            duty.one(now)
        assert not duty.one(now + timedelta(minutes=59))
        with pytest.raises(TransientError):
            duty.one(now + timedelta(minutes=61))
    assert posting.standing() == []


# ------------------------------------------------------------ the register


def intent(**traits: Any) -> Sending:
    given: dict[str, Any] = {
        "kind": "receipt",
        "accession": "2024-00001",
        "unit": BANAN,
        "recipient": SENDER,
        "message_id": "<a@b.example>",
        "facts": "f" * 64,
        "text": "t" * 64,
        "by": "王芳",
        "at": at(20),
    }
    return Sending(**(given | traits))


def test_the_register_takes_an_outcome_once_and_only_of_an_intent(posting: Posting) -> None:
    with closing(posting.register()) as register:
        first = register.intend(intent())
        register.conclude(first.number, Outcome.SENT, "收下", at=at(20, 11))
        with pytest.raises(UsageError, match="没有写入"):
            register.conclude(first.number, Outcome.FAILED, "后来的话", at=at(20, 12))
        with pytest.raises(UsageError, match="没有写入"):
            register.conclude(99, Outcome.SENT, "", at=at(20, 12))
        with pytest.raises(UsageError, match="内容相同的已寄过"):
            register.intend(intent(), again=True)
        register.intend(intent(unit=JIANGJIN, accession="", facts="e" * 64))
        assert [one.outcome for one in register.sendings()] == [Outcome.SENT, Outcome.INTENT]
    assert posting.verified()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sendings SET recipient = 'other@example.org' WHERE number = 1",
        "UPDATE sendings SET outcome = 'failed' WHERE number = 2",
        "DELETE FROM sendings WHERE number = 2",
        "INSERT INTO sendings SELECT 9, about, kind, accession, unit, recipient, message_id, facts, text, outcome, said, by,"
        " at, digest FROM sendings WHERE number = 1",
    ],
)
def test_a_row_of_what_was_sent_that_is_altered_removed_or_added_is_found(
    posting: Posting, statement: str
) -> None:
    assert posting.send() == 0
    with closing(sqlite3.connect(posting.folder / "data" / "register.db")) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            raw.execute("DELETE FROM sendings")
        triggers = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE name LIKE 'sendings_no_%'"
        ).fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)
        for _, sql in triggers:
            raw.execute(sql)
        raw.commit()

    with closing(posting.register()) as register:
        found = register.verify(FolderArchive(posting.folder / "data" / "archive"))
    assert {one.kind for one in found} == {"sending"}


def test_two_who_send_at_once_do_not_both_send(posting: Posting) -> None:
    """The second finds the first one's intent, though it looked before that was written."""
    with closing(posting.register()) as one, closing(posting.register()) as other:
        assert one.sendings() == other.sendings() == ()
        one.intend(intent())
        with pytest.raises(UsageError, match="可能已寄出"):
            other.intend(replace(intent(), by="李"))
