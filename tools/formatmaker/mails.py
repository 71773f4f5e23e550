"""Mails: plain, signed, of Outlook, a page that Word saved with its pictures, a uuencoded file in a text."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from email.message import EmailMessage

from tools.formatmaker.compound import Tree, attached, attribute, compound, message, tnef
from tools.formatmaker.drawing import picture_of
from tools.formatmaker.saying import SENTENCE, TITLE, Files
from tools.formatmaker.writing import ran


def mails() -> Files:
    """A mail, a signed one, a page that Word saved with its pictures, a uuencoded file in a text."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kx@yuzhou.example", "hd@kx.example", TITLE
    mail["Date"], mail["Message-ID"] = "Tue, 28 May 2024 17:30:00 +0800", "<1@yuzhou.example>"
    mail.set_content(SENTENCE, charset="utf-8", cte="base64")
    yield "mail.eml", mail.as_bytes()
    yield (
        "mail-outlook.msg",
        compound(message({0x001A: "IPM.Note", 0x0037: TITLE, 0x1000: SENTENCE}, attachments=[_summary()])),
    )
    yield (
        "mail-winmail.dat",
        tnef(
            attribute(2, 0x069002, bytes(14)),
            attribute(2, 0x018010, b"1.txt\0"),
            attribute(2, 0x06800F, _said()),
        ),
    )
    yield "mail-signed.p7m", _signed(mail.as_bytes())
    page = EmailMessage()
    page["Subject"] = TITLE
    page.set_content(
        f"<html><body><h1>{TITLE}</h1><p>{SENTENCE}</p></body></html>",
        subtype="html",
        charset="gbk",
        cte="quoted-printable",
    )
    page.add_related(picture_of("PNG"), "image", "png", cid="<1@page>", filename="image001.png")
    yield "page.mht", page.as_bytes()
    encoded = "".join(_uuencoded("summary.txt", f"{TITLE}\n{SENTENCE}\n".encode()))
    yield (
        "mail-uuencode.eml",
        b"From: kx@yuzhou.example\nSubject: uuencode\n\nsee below\n\n" + encoded.encode() + b"\nbye\n",
    )


def _said() -> bytes:
    return f"{TITLE}\n{SENTENCE}\n".encode()


def _summary() -> Tree:
    return attached("总结.txt", _said())


def _uuencoded(name: str, octets: bytes) -> Iterator[str]:
    yield f"begin 644 {name}\n"
    for start in range(0, len(octets), 45):
        yield binascii.b2a_uu(octets[start : start + 45]).decode()
    yield "`\nend\n"


def _signed(octets: bytes) -> bytes:
    made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 3650 -subj /CN=kx@yuzhou.example"
    sign = "openssl smime -sign -nodetach -outform DER -in in.eml -signer c.pem -inkey k.pem -out out.p7m"
    return ran(sign.split(), {**ran(made.split(), {}), "in.eml": octets})["out.p7m"]
