"""What a part is to people who look for it: 总结, 照片, 扫描件 …, and whether it needs a file of its own.

Limits: says what the filing says; nothing is opened here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.parse import is_mail
from pipeline.records import Depiction, Filing, Part, Picture, Status
from pipeline.unpack import ARCHIVES

_PICTURES = {
    Depiction.PAGE: "扫描件",
    Depiction.SCREENSHOT: "截图",
    Depiction.GRAPHIC: "海报图表",
    Depiction.LOGO: "徽标",
    Depiction.UNKNOWN: "图片",
}


def kind(filing: Filing, part: Part, shown: Picture | None) -> str:
    """总结, 正文, 附件, 照片, 扫描件 … shown: what is known of it where it is a picture."""
    if any(part.path in pair.scans for pair in filing.pairs) or part.status is Status.NEEDS_OCR:
        return "扫描件"
    if shown is not None:
        return _PICTURES.get(shown.kind, "照片")
    if any(one.part == part.path for one in filing.recordings):
        return "录音" if part.media_type.startswith("audio/") else "视频"
    if part.media_type.startswith(("video/", "image/")):
        return "视频" if part.media_type.startswith("video/") else "图片"
    passages = (*filing.highlights, *filing.suggestions)
    spans = [one.activity.spans[0] for one in filing.activities] + [one.span for one in passages]
    if any(span.part == part.path for span in spans):
        return "总结"
    return "正文" if body(part) else "附件"


def body(part: Part) -> bool:
    """Whether a part is the text of the mail itself."""
    return (
        not part.name and part.media_type in ("text/plain", "text/html") and part.disposition != "attachment"
    )


def inside(parts: Mapping[str, Part], part: Part) -> str:
    """Why a part gets no file of its own, "" where it does. parts: of its mail, by path."""
    if part.status is Status.NOISE:
        return "无关文件，未另存，仍在原邮件中"
    if part.status is Status.OK and (part.media_type in ARCHIVES or is_mail(part.media_type)):
        return "已拆开，其中各件另存，原样仍在原邮件中"
    for holder in holders(parts, part):
        if holder.media_type not in ARCHIVES and not is_mail(holder.media_type):
            return f"在文档“{holder.name or holder.path}”里面，随该文档保存"
    return ""


def holders(parts: Mapping[str, Part], part: Part) -> Iterator[Part]:
    """What a part lies in, the innermost first."""
    pieces = part.path.split("/")
    for length in range(len(pieces) - 1, 0, -1):
        if holder := parts.get("/".join(pieces[:length])):
            yield holder
