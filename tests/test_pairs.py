"""The same report as Word and as scan is one report; the pair says whether the scan is sealed."""

from __future__ import annotations

import msgspec

from pipeline.records import (
    Block,
    Document,
    Filing,
    Identification,
    Kind,
    Mail,
    Pair,
    Part,
    Reading,
    Status,
    Style,
)
from pipeline.segment.pairs import pairs

REPORT = (
    "渝北区科协2024年全国科技工作者日活动总结。五月二十五日，在龙山社区举办科普集市，组织十二家单位设摊，服务居民三百余人。",
    "五月三十日，走访慰问科技工作者四十二人，送去慰问信，听取对人才政策的意见，现场答复职称评审问题九件。",
    "六月三日，组织科技工作者参观院士风采展，观看影片，撰写心得体会二十六篇。渝北区科学技术协会。",
)


def document(part: str, *texts: str, recognised: bool = False, body: bool = False) -> Document:
    blocks = tuple(Block(style=Style.PARAGRAPH, text=text) for text in texts)
    return Document(part=part, blocks=blocks, recognised=recognised, body=body)


def part(path: str, seals: tuple[int, ...] | None = None, status: Status = Status.OK) -> Part:
    media = "application/pdf" if path.endswith("pdf") else "image/jpeg" if path.endswith("jpg") else "x"
    return Part(
        path=path,
        name=path.rpartition("/")[2],
        media_type=media,
        sha256="0",
        size=1,
        seals=seals,
        status=status,
    )


def reading(parts: tuple[Part, ...], documents: tuple[Document, ...]) -> Reading:
    return Reading(
        sha256="0" * 64, version=1, abilities=(), mails=(Mail(),), parts=parts, documents=documents
    )


def test_word_and_scan_are_a_pair_in_spite_of_errors_of_recognition() -> None:
    misread = tuple(
        text.replace("十", "+").replace("科协", "科协 ").replace("听取", "昕取") for text in REPORT
    )
    told = reading(
        (part("2/总结.docx"), part("3/扫描0001.pdf", (3,))),
        (document("2/总结.docx", *REPORT), document("3/扫描0001.pdf", *misread, recognised=True)),
    )

    assert pairs(told) == (Pair(text="2/总结.docx", scans=("3/扫描0001.pdf",), sealed=True),)


def test_pages_photographed_one_by_one_and_a_last_page_alone_are_its_scans() -> None:
    files = ("1.jpg", "2.jpg", "3.jpg")
    parts = (part("总结.docx"), part("1.jpg", ()), part("2.jpg", ()), part("3.jpg", (1,)))
    shown = tuple(document(file, text, recognised=True) for file, text in zip(files, REPORT, strict=True))
    text = document("总结.docx", *REPORT)

    assert pairs(reading(parts, (text, *shown))) == (Pair(text="总结.docx", scans=files, sealed=True),)
    assert pairs(reading(parts, (text, shown[2]))) == (Pair(text="总结.docx", scans=("3.jpg",), sealed=True),)
    assert pairs(reading(parts, (text, shown[0]))) == (
        Pair(text="总结.docx", scans=("1.jpg",), sealed=False),
    )


def test_two_reports_and_a_scan_alone_are_no_pair() -> None:
    other = document(
        "4.pdf", "巴南区科协组织义诊服务队到石龙镇，为村民量血压测血糖，发放健康手册六百册。", recognised=True
    )
    parts = (part("总结.docx"), part("4.pdf", (1,)))

    assert pairs(reading(parts, (document("总结.docx", *REPORT), other))) == ()
    assert pairs(reading(parts[1:], (other,))) == ()
    assert pairs(reading((), ())) == ()


def test_a_scan_without_words_is_paired_by_its_name() -> None:
    parts = (
        part("渝北区科协总结.docx"),
        part("渝北区科协总结（盖章扫描件）.pdf", (1,), Status.NEEDS_OCR),
        part("别的材料.pdf", (1,), Status.NEEDS_OCR),
    )

    assert pairs(reading(parts, (document("渝北区科协总结.docx", *REPORT),))) == (
        Pair(text="渝北区科协总结.docx", scans=("渝北区科协总结（盖章扫描件）.pdf",), sealed=True),
    )


def test_an_unseen_scan_leaves_the_seal_open_and_a_file_is_taken_before_a_body() -> None:
    told = reading(
        (part("1"), part("总结.docx"), part("a.pdf")),
        (
            document("1", *REPORT, body=True),
            document("总结.docx", *REPORT),
            document("a.pdf", *REPORT, recognised=True),
        ),
    )

    assert pairs(told) == (Pair(text="总结.docx", scans=("a.pdf",), sealed=None),)


def test_filings_of_before_are_still_understood() -> None:
    filing = Filing(
        mail=Mail(),
        parts=(),
        kind=Kind.OTHER,
        identification=Identification(best=None, in_roster=False, decided=False),
    )
    plain = msgspec.json.decode(msgspec.json.encode(filing))
    plain.pop("pairs")

    assert msgspec.convert(plain, Filing, strict=False).pairs == ()
