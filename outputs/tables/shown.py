"""What pictures, films, sounds and scans show in one line each, and the photographs that were used more than once.

Purpose: the remarks of 材料清单 and the questions 重复照片 of 待核事项.
Limits: says what the container and the pixels say; nobody has looked at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from outputs.words import UNKNOWN_UNIT
from pipeline import beijing
from pipeline.evaluate import flat, label
from pipeline.records import Code, Depiction, Filed, Filing, Pair, Part, Picture, Recording, Reuse, Scope

DEPICTIONS = {
    Depiction.PHOTO: "照片",
    Depiction.SCREENSHOT: "截图",
    Depiction.PAGE: "文件扫描页",
    Depiction.GRAPHIC: "图形或海报",
    Depiction.LOGO: "徽标或装饰",
    Depiction.UNKNOWN: "图片",
}
SCOPES = {
    Scope.COMMON: (
        "四个以上单位都有这张照片",
        "多半是统一下发的图片（主视觉、主会场照片），不扣分；是就不作现场照片，不是请写明",
    ),
    Scope.UNITS: ("几个单位用了同一张照片", "核实是哪个单位的活动，别的单位不作佐证"),
    Scope.MAILS: ("同一单位的几封来件用了同一张照片", "核实是否同一次活动，不是则只作其中一项的佐证"),
    Scope.DOCUMENTS: ("同一来件的几处材料用了同一张照片", "核实是否同一次活动，不是则只作其中一项的佐证"),
}
"""What is found, and what the machine proposes."""
MOST_USES = 8
"""Places of one photograph that are named."""
MOST_STEPS = 3
"""Steps of a path that are shown before its middle is left out."""
LONGEST_NAME = 90
"""Characters of a path with its names."""
MOST_PAGES = 5
"""Pages with a seal that are named."""


def shown(one: Filed) -> dict[str, str]:
    """Path of each picture, film, sound and scan of a mail, and of the text beside a scan, to what is known of it, Chinese."""
    filing = one.filing
    if filing is None:
        return {}
    again = {use.part for found in one.reused for use in found.uses if use.accession == one.item.accession}
    lines = [(picture.part, _picture(picture, again)) for picture in filing.pictures]
    lines += [(recording.part, _recording(filing, recording)) for recording in filing.recordings]
    lines += [(part.path, _sealed(part)) for part in filing.parts if part.seals is not None]
    lines += [line for pair in filing.pairs for line in _paired(filing, pair)]
    lines += [(one.part, "含宏，只读了文字，没有运行") for one in filing.problems if one.code is Code.MACRO]
    said: dict[str, list[str]] = {}
    for path, line in lines:
        said.setdefault(path, []).append(line)
    return {path: "；".join(found) for path, found in said.items()}


def _sealed(part: Part) -> str:
    if not part.seals:
        return "未见红色圆章"
    paged = part.media_type == "application/pdf"
    pages = f"（第 {'、'.join(map(str, part.seals[:MOST_PAGES]))} 页）" if paged else ""
    return f"见红色圆章{pages}，真伪未核"


def _paired(filing: Filing, pair: Pair) -> Iterator[tuple[str, str]]:
    """Say of both that they are one report: read once, from the text."""
    seal = {True: "见红色圆章", False: "未见红色圆章", None: "未查看有无印章"}[pair.sealed]
    more = f" 等 {len(pair.scans)} 个" if len(pair.scans) > 1 else ""
    yield pair.text, f"另有扫描件 {named(filing, pair.scans[0])}{more}，{seal}"
    for scan in pair.scans:
        yield scan, f"与 {named(filing, pair.text)} 是同一份，文字取自那一份"


def _picture(picture: Picture, again: set[str]) -> str:
    words = [f"{DEPICTIONS[picture.kind]} {picture.width}×{picture.height}"]
    if picture.frames > 1:
        words.append(f"共 {picture.frames} 页或帧，只看第一")
    if picture.taken:
        words.append(f"{picture.taken:%Y-%m-%d %H:%M} 拍摄")
    if picture.part in again:
        words.append("重复照片，见待核事项")
    return "，".join(words)


def _recording(filing: Filing, recording: Recording) -> str:
    sound = not recording.width and any(
        part.path == recording.part and part.media_type.startswith("audio/") for part in filing.parts
    )
    words = ["音频" if sound else "视频", length(recording.seconds)]
    if recording.width:
        words.append(f"{recording.width}×{recording.height}")
    if recording.made:
        words.append(f"{beijing.minute(recording.made)} 录制")
    return " ".join(word for word in words if word)


def length(seconds: float | None) -> str:
    """A length as people say it: 1分23秒; under a second 不到1秒; "" where it is not stated."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    said = "".join(
        f"{number}{unit}" for number, unit in ((hours, "小时"), (minutes, "分"), (rest, "秒")) if number
    )
    return said or "不到1秒"


def reused(filed: Iterable[Filed]) -> tuple[Reuse, ...]:
    """All photographs that were used more than once, each once, in the order of the mails."""
    return tuple(dict.fromkeys(found for one in filed for found in one.reused))


def places(found: Reuse, mails: Mapping[str, Filed]) -> str:
    """Where one photograph was used, a line a place, with the names of its files. mails: by accession."""
    lines = []
    for use in found.uses[:MOST_USES]:
        mail = mails.get(use.accession)
        where = named(mail.filing, use.part) if mail and mail.filing else use.part
        lines.append(f"{use.accession} {use.unit or UNKNOWN_UNIT}：{where}")
    if len(found.uses) > MOST_USES:
        lines.append(f"…… 共 {len(found.uses)} 处")
    return "\n".join(lines)


def alike(share: float) -> str:
    """How like two pictures are that are not the same file: never said to be all of it."""
    return f"{min(share, 0.99):.0%}"


def named(filing: Filing, path: str) -> str:
    """The path of a part with the name of the attachment that holds it; the middle of a long one is left out."""
    top, _, inside = path.partition("/")
    words = label(filing, top) if any(part.path == top for part in filing.parts) else top
    steps = inside.split("/") if inside else []
    if len(steps) > MOST_STEPS:
        steps = [steps[0], "…", steps[-1]]
    return flat("/".join((words, *steps)), LONGEST_NAME)
