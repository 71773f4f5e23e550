"""Nothing in a mail makes this system, or a program that it calls, reach out or look at files that are not the mail's."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from pipeline import fence, intake, tools
from pipeline.extract import legacy
from pipeline.records import Content, Leaf, Reading
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


def open_document(*urls: str) -> bytes:
    """Of each of the *urls* a linked picture, a linked section, a linked object."""
    frame = "<text:p><draw:frame svg:width='5cm' svg:height='5cm'>{}</draw:frame></text:p>"
    link = "xlink:href='{}' xlink:type='simple' xlink:show='embed' xlink:actuate='onLoad'/>"
    body = f"<text:p>{SAID}</text:p>"
    for number, url in enumerate(urls):
        body += frame.format(f"<draw:image {link.format(f'{url}/a.png')}")
        body += frame.format(f"<draw:object {link.format(f'{url}/o.ods')}")
        source = f"<text:section-source xlink:href='{url}/s.odt'/>"
        body += f"<text:section text:name='s{number}'>{source}</text:section>"
    return odt(body)


def rtf(url: str) -> bytes:
    """Fields that fetch, behind a beginning that our own reader finds no text in, so that LibreOffice gets it."""
    fields = "".join(
        f'{{\\field{{\\*\\fldinst {{ {name} "{url}/x.png" \\\\d }}}}{{\\fldrslt }}}}'
        for name in ("INCLUDEPICTURE", "INCLUDETEXT", "LINK")
    )
    return f"{{\\rtf1\\ansi{{\\*\\template {url}/t.dot}}{fields}{{\\field{{\\*\\fldinst {{ DDEAUTO cmd }}}}{{\\fldrslt }}}}\\par}}".encode()


def flat_word(url: str) -> bytes:
    """Word 2003 XML with a picture that stands elsewhere."""
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


def read(name: str, document: bytes) -> Reading:
    """Read a mail with *document* in the product's way; of ATTACKS only the RTF, whose text is empty, gets to LibreOffice."""
    if name.endswith(".rtf"):
        need_tool("soffice")
    return intake.read(mail((name, document)), abilities=tools.abilities())


def converted(document: bytes) -> Content | None:
    """Have LibreOffice convert *document* as the product does with what only LibreOffice reads.

    It knows a file by its octets: an ODF text makes it fetch what no format left to it can be made to in so few octets.
    """
    need_tool("soffice")
    return legacy._soffice(Leaf(path="2", name="总结.wps", data=document), "application/vnd.ms-works")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_document_that_links_elsewhere_is_read_and_nobody_is_asked(name: str) -> None:
    with listening() as near, listening(own_address()) as far:
        for sink in (near,) if name == "总结.rtf" else (near, far):
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
    _take_away(without, monkeypatch)
    with listening() as near, listening(own_address()) as far:
        content = converted(open_document(near.url, far.url))
        assert content and SAID in [block.text for block in content.blocks]
        assert near.asked == far.asked == []


def test_the_check_can_fail_libreoffice_without_protections_does_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    for protection in ("network namespace", "fence", "proxies", "profile"):
        _take_away(protection, monkeypatch)
    with listening() as sink:
        converted(open_document(sink.url))
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


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """A picture of this machine, x.png."""
    if not fence.holds():
        pytest.skip("this machine's kernel has no landlock")
    picture = tmp_path / "x.png"
    Image.effect_noise((64, 48), 99).save(picture)
    return picture


@pytest.mark.parametrize("name", ["总结.odt", "总结.rtf", "总结.doc", "总结.docx"])
def test_a_document_takes_no_picture_of_this_machine_into_itself(name: str, photograph: Path) -> None:
    """INCLUDEPICTURE with a path: LibreOffice put that file into the converted document."""
    folder = photograph.parent
    place = str(folder) if name == "总结.rtf" else folder.as_uri()

    reading = read(name, ATTACKS[name](place).replace(b"/a.png", b"/x.png"))

    assert sha256(photograph.read_bytes()).hexdigest() not in [part.sha256 for part in reading.parts]
    assert (64, 48) not in [(one.width, one.height) for one in reading.pictures]


def test_libreoffice_puts_no_picture_of_this_machine_into_what_it_converts(photograph: Path) -> None:
    content = converted(open_document(photograph.parent.as_uri()).replace(b"/a.png", b"/x.png"))

    assert content and SAID in [block.text for block in content.blocks]
    assert photograph.read_bytes() not in [leaf.data for leaf in content.embedded]


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
