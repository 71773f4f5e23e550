"""Nothing in a mail makes this system, or a program that it calls, reach out or look at files that are not the mail's."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pipeline import fence, intake, tools
from pipeline.extract import legacy
from pipeline.records import Reading
from tests.safety.attacks import SAID, SEEDS, mail, odt, packed, parts_of
from tests.safety.sink import listening, own_address
from tests.support import need_tool

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(url: str) -> bytes:
    """A picture, a template, a frame and an OLE object that stand elsewhere."""
    kinds = ("image", "attachedTemplate", "frame", "oleObject", "hyperlink", "subDocument")
    linked = "".join(
        f'<Relationship Id="x{kind}" Type="{RELATION}/{kind}" Target="{url}/{kind}" TargetMode="External"/>'
        for kind in kinds
    )
    parts = parts_of(SEEDS["text.docx"])
    for name in ("word/_rels/document.xml.rels", "word/_rels/settings.xml.rels"):
        parts[name] = parts.get(
            name,
            b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'></Relationships>",
        )
        parts[name] = parts[name].replace(b"</Relationships>", f"{linked}</Relationships>".encode())
    dde = b"<w:p><w:fldSimple w:instr='DDEAUTO c:\\\\x \"cmd\"'/><w:altChunk r:id='xframe' xmlns:r='r'/></w:p></w:body>"
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:body>", dde)
    return packed(parts)


def xlsx(url: str) -> bytes:
    """A query, a link to another workbook, WEBSERVICE and a picture that stand elsewhere."""
    parts = parts_of(SEEDS["table.xlsx"])
    link = f"<c r='D2' t='str'><f>WEBSERVICE(\"{url}/w\")</f><v>x</v></c><c r='E2' t='str'><f>'[{url}/a.xlsx]S'!A1</f>"
    link += "<v>y</v></c></row></sheetData>"
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        b"</row></sheetData>", link.encode()
    )
    return packed(parts)


def html(url: str) -> bytes:
    """Everything that a browser would fetch."""
    return (
        f"<html><head><base href='{url}/'><link rel=stylesheet href='{url}/a.css'><meta http-equiv=refresh content='0;url={url}/r'>"
        f"<style>@import url({url}/i.css);</style><script src='{url}/a.js'></script></head><body background='{url}/b.png'><p>{SAID}</p>"
        f"<img src='{url}/a.png' srcset='{url}/c.png 2x'><iframe src='{url}/f'></iframe><video src='{url}/v' poster='{url}/p'></video>"
        f"<object data='{url}/o'></object><embed src='{url}/e'><p style='background:url({url}/s.png)'>x</p></body></html>"
    ).encode()


def open_document(url: str) -> bytes:
    """A linked picture, a linked section, a linked object."""
    frame = "<text:p><draw:frame svg:width='5cm' svg:height='5cm'>{}</draw:frame></text:p>"
    image = frame.format(
        f"<draw:image xlink:href='{url}/a.png' xlink:type='simple' xlink:show='embed' xlink:actuate='onLoad'/>"
    )
    item = frame.format(
        f"<draw:object xlink:href='{url}/o.ods' xlink:type='simple' xlink:show='embed' xlink:actuate='onLoad'/>"
    )
    return odt(
        f"<text:p>{SAID}</text:p>{image}{item}<text:section text:name='s'><text:section-source xlink:href='{url}/s.odt'/></text:section>"
    )


def rtf(url: str) -> bytes:
    """Fields that fetch, behind a beginning that our own reader finds no text in, so that LibreOffice gets it."""
    fields = "".join(
        f'{{\\field{{\\*\\fldinst {{ {name} "{url}/x.png" \\\\d }}}}{{\\fldrslt }}}}'
        for name in ("INCLUDEPICTURE", "INCLUDETEXT", "LINK")
    )
    return f"{{\\rtf1\\ansi{{\\*\\template {url}/t.dot}}{fields}{{\\field{{\\*\\fldinst {{ DDEAUTO cmd }}}}{{\\fldrslt }}}}\\par}}".encode()


def flat_word(url: str) -> bytes:
    """Word 2003 XML with a picture that stands elsewhere; LibreOffice reads it."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?><?mso-application progid='Word.Document'?>"
        "<w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml' "
        f"xmlns:v='urn:schemas-microsoft-com:vml'><w:body><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p>"
        "<w:p><w:r><w:pict><v:shape style='width:99pt;height:99pt'>"
        f"<v:imagedata src='{url}/a.png'/></v:shape></w:pict></w:r></w:p></w:body></w:wordDocument>"
    ).encode()


def pdf(url: str) -> bytes:
    """Actions on opening: a page of the web, another file, a program, a form that submits itself."""
    actions = f"/AA << /O << /S /GoToR /F ({url}/g.pdf) /D [0 /Fit] >> /C << /S /Launch /F ({url}/l) >> >> "
    actions += f"/OpenAction << /S /URI /URI ({url}/u) >>"
    objects = (
        f"<< /Type /Catalog /Pages 2 0 R {actions} /AcroForm << /Fields [] /XFA [({url}/x)] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents << /F ({url}/c) /Length 0 >> "
        f"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI ({url}/a) >> >>] >>",
    )
    body = b"%PDF-1.7\n"
    for number, text in enumerate(objects, 1):
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    return body + b"trailer << /Root 1 0 R /Size 4 >>\n"


def ofd(url: str) -> bytes:
    """Parts whose places are addresses."""
    parts = parts_of(SEEDS["letter.ofd"])
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
        b"Pages/Page_0/Content.xml", f"{url}/Content.xml".encode()
    )
    return packed(parts)


ATTACKS: dict[str, Callable[[str], bytes]] = {
    "总结.docx": docx,
    "总结.xlsx": xlsx,
    "总结.html": html,
    "总结.odt": open_document,
    "总结.rtf": rtf,
    "总结.doc": flat_word,
    "总结.pdf": pdf,
    "总结.ofd": ofd,
}
BY_LIBREOFFICE = ("总结.odt", "总结.rtf", "总结.doc")


def read(name: str, document: bytes) -> Reading:
    return intake.read(mail((name, document)), abilities=tools.abilities())


@pytest.mark.parametrize("name", ATTACKS)
def test_a_document_that_links_elsewhere_is_read_and_nobody_is_asked(name: str) -> None:
    if name in BY_LIBREOFFICE:
        need_tool("soffice")
    with listening() as near, listening(own_address()) as far:
        for sink in (near,) if name in BY_LIBREOFFICE else (near, far):
            reading = read(name, ATTACKS[name](sink.url))
            assert [part.path for part in reading.parts][:2] == ["1", "2"]
        assert near.asked == far.asked == []


def test_a_body_that_links_elsewhere_asks_nobody() -> None:
    with listening() as sink:
        body = html(sink.url)
        reading = intake.read(b"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body)
        assert SAID in [block.text for document in reading.documents for block in document.blocks]
        assert sink.asked == []


@pytest.mark.parametrize("without", ["network namespace", "fence", "proxies", "profile"])
def test_libreoffice_reaches_nobody_although_one_protection_is_missing(
    without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machines differ in what they allow: any one of the protections may be missing."""
    need_tool("soffice")
    _take_away(without, monkeypatch)
    with listening() as near, listening(own_address()) as far:
        for sink in (near, far):
            assert read("总结.odt", open_document(sink.url)).documents
        assert near.asked == far.asked == []


def test_the_check_can_fail_libreoffice_without_protections_does_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    need_tool("soffice")
    for protection in ("network namespace", "fence", "proxies", "profile"):
        _take_away(protection, monkeypatch)
    with listening() as sink:
        read("总结.odt", open_document(sink.url))
        assert any(b"/a.png" in line for line in sink.asked)


def test_a_program_that_connects_is_stopped_by_the_fence_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    if not fence.holds():
        pytest.skip("this machine's kernel has no landlock")
    monkeypatch.setattr(tools, "_no_network", lambda: ())
    with listening() as sink:
        connect = f"import socket; socket.create_connection(('127.0.0.1', {sink.port}), timeout=5)"
        assert b"PermissionError" in tools.run([sys.executable, "-c", connect]).error
        assert sink.asked == []
        socket.create_connection(("127.0.0.1", sink.port), timeout=5).close()
        monkeypatch.setattr(fence, "words", lambda *_: ())
        assert tools.run([sys.executable, "-c", connect]).ok
    assert len(sink.asked) == 2


@pytest.mark.parametrize("name", [*BY_LIBREOFFICE, "总结.docx"])
def test_a_document_takes_no_picture_of_this_machine_into_itself(name: str, tmp_path: Path) -> None:
    """INCLUDEPICTURE with a path: LibreOffice put that file into the converted document."""
    need_tool("soffice")
    if not fence.holds():
        pytest.skip("this machine's kernel has no landlock")
    picture = tmp_path / "x.png"
    Image.effect_noise((64, 48), 99).save(picture)
    digest = _sha256(picture.read_bytes())
    for place in (str(tmp_path),) if name == "总结.rtf" else (tmp_path.as_uri(),):
        document = ATTACKS[name](place).replace(b"/a.png", b"/x.png")
        reading = read(name, document)
        assert digest not in [part.sha256 for part in reading.parts]
        assert (64, 48) not in [(one.width, one.height) for one in reading.pictures]


def test_the_check_can_fail_without_the_fence_the_picture_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_tool("soffice")
    Image.effect_noise((64, 48), 99).save(tmp_path / "x.png")
    monkeypatch.setattr(fence, "words", lambda *_: ())

    converted = tools.run(
        ["soffice", "--headless", "--convert-to", "docx", "in.rtf"],
        inputs=[("in.rtf", rtf(str(tmp_path)))],
        megabytes=4096,
    )

    (_, octets), *_ = [one for one in converted.files if one[0].endswith(".docx")]
    assert [name for name in parts_of(octets) if "media" in name]


def _take_away(protection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if protection == "network namespace":
        monkeypatch.setattr(tools, "_no_network", lambda: ())
    elif protection == "fence":
        monkeypatch.setattr(fence, "words", lambda *_: ())
    elif protection == "profile":
        monkeypatch.setattr(
            legacy, "_SETTINGS", b'<oor:items xmlns:oor="http://openoffice.org/2001/registry"/>'
        )
    else:
        whole = tools._environment
        monkeypatch.setattr(
            tools,
            "_environment",
            lambda folder: {
                name: value for name, value in whole(folder).items() if "proxy" not in name.lower()
            },
        )


def _sha256(octets: bytes) -> str:
    import hashlib

    return hashlib.sha256(octets).hexdigest()
