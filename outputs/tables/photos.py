"""影像索引: every picture that is material, films and sounds, each with its likely activity and whether it was used elsewhere.

Purpose: `photos`, one row a picture or recording of a report; logos and ornaments are left out.
Limits: the activity is likely, not certain: a date of the camera, or the document in which the picture stands, or the only activity
of the mail; 依据 says which. Nobody has looked at the pictures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from outputs.formats import format_of
from outputs.tables import leads
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from outputs.tables.shown import DEPICTIONS, length, named, reused
from outputs.words import UNKNOWN_UNIT
from pipeline import beijing
from pipeline.evaluate import why_not
from pipeline.records import Depiction, Filed, Filing, Kind, Part, Picture, Recording, Reuse, State

PHOTOS = (
    Column(header="序号", width=6, form=Form.CENTRE),
    Column(header="缩略图", width=18, form=Form.CENTRE),
    Column(header="单位", width=24),
    Column(header="文件名", width=28),
    leads.MATERIAL,
    Column(header="种类", width=10, form=Form.CENTRE),
    Column(header="拍摄时间", width=19, form=Form.MOMENT),
    Column(header="像素或时长", width=13, form=Form.CENTRE),
    Column(header="字节数", width=11, form=Form.COUNT),
    Column(header="可能的活动", width=30),
    Column(header="依据", width=14, form=Form.CENTRE),
    Column(header="重复使用", width=30),
    Column(header="收文号", width=12, form=Form.CENTRE),
    Column(header="所在位置", width=30),
    Column(header="备注", width=18),
)
TALL = 84.0
"""Points of a row: a thumbnail of 160 pixels is 120 high, shown at seven tenths."""
BY_DATE, BY_DOCUMENT, ONLY = "拍摄日期", "所在文件", "来件只有这一项"
MOST_USES = 4
"""Other places of one photograph that a cell names."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture, film or sound of a mail."""

    one: Filed
    filing: Filing
    part: Part
    picture: Picture | None = None
    recording: Recording | None = None

    @property
    def row(self) -> str:
        """Its row id."""
        return sys.intern(f"{self.one.item.accession}/photo/{self.part.path}")


def photos(season: Season) -> Sheet:
    """One row a picture or recording, in the order of the mails."""
    found = [one for mail in season.filed for one in _of(mail)]
    again = {(use.accession, use.part): one for one in reused(season.filed) for use in one.uses}
    return Sheet(
        name="影像索引",
        title=f"{season.rules.notice.name}影像资料索引",
        paper="A3",
        columns=PHOTOS,
        frame=framed(PHOTOS, (_row(one, again) for one in found), [one.row for one in found]),
        pinned=3,
        faded=frozenset(one.row for one in found if why_not(one.one)),
        links={(one.row, leads.MATERIAL.header): leads.file(one.one, one.part.path) for one in found}
        | {(one.row, "收文号"): leads.original(one.one.item.accession) for one in found},
        pictures={
            (one.row, "缩略图"): one.picture.thumbnail
            for one in found
            if one.picture and one.picture.thumbnail
        },
        tall=TALL,
    )


def _of(one: Filed) -> Iterator[Shown]:
    filing = one.filing
    if filing is None or filing.kind is Kind.OTHER or one.item.state is not State.FILED:
        return
    parts = {part.path: part for part in filing.parts}
    for picture in filing.pictures:
        if not picture.logo and picture.kind is not Depiction.LOGO and picture.part in parts:
            yield Shown(one=one, filing=filing, part=parts[picture.part], picture=picture)
    for recording in filing.recordings:
        if recording.part in parts:
            yield Shown(one=one, filing=filing, part=parts[recording.part], recording=recording)


def _row(one: Shown, again: Mapping[tuple[str, str], Reuse]) -> dict[str, Value]:
    title, why = likely(one)
    found = again.get((one.one.item.accession, one.part.path))
    return {
        "缩略图": "" if one.picture and one.picture.thumbnail else None,
        "单位": _unit(one),
        "文件名": one.part.name or "（无文件名）",
        leads.MATERIAL.header: leads.OPEN,
        **(_picture(one.picture) if one.picture else _recording(one)),
        "字节数": one.part.size,
        "可能的活动": title,
        "依据": why,
        "重复使用": _elsewhere(one, found) if found else "",
        "收文号": one.one.item.accession,
        "所在位置": named(one.filing, one.part.path),
        "备注": why_not(one.one),
    }


def _unit(one: Shown) -> str:
    """The unit in whose document it stands (代报), else that of the mail."""
    part = one.part.path
    for told in one.filing.behalf:
        if part == told.part or part.startswith(f"{told.part}/"):
            return told.unit
    return one.filing.identification.best or UNKNOWN_UNIT


def _picture(picture: Picture) -> dict[str, Value]:
    return {
        "种类": DEPICTIONS[picture.kind],
        "拍摄时间": picture.taken.replace(tzinfo=None, microsecond=0) if picture.taken else None,
        "像素或时长": f"{picture.width}×{picture.height}",
    }


def _recording(one: Shown) -> dict[str, Value]:
    recording = one.recording
    sound = one.part.media_type.startswith("audio/")
    size = f"{recording.width}×{recording.height}" if recording and recording.width else ""
    long = length(recording.seconds) if recording else ""
    return {
        "种类": "音频" if sound else "视频",
        "拍摄时间": beijing.wall(recording.made) if recording and recording.made else None,
        "像素或时长": "\n".join(words for words in (long, size) if words)
        or format_of(one.part.media_type)
        or None,
    }


def likely(one: Shown) -> tuple[str | None, str]:
    """The title of the activity that the picture most likely shows, and what says so; None, "" where nothing does."""
    activities = [judged.activity for judged in one.filing.activities if judged.counted]
    taken = one.picture.taken if one.picture else None
    if taken:
        day = taken.date()
        dated = [
            told
            for told in activities
            if told.date_start and told.date_start.value <= day <= (told.date_end or told.date_start).value
        ]
        if len(dated) == 1:
            return dated[0].title, BY_DATE
    inside = [told for told in activities if one.part.path.startswith(f"{told.spans[0].part}/")]
    if len(inside) == 1:
        return inside[0].title, BY_DOCUMENT
    return (activities[0].title, ONLY) if len(activities) == 1 else (None, "")


def _elsewhere(one: Shown, found: Reuse) -> str:
    """Where else the photograph was used."""
    here = (one.one.item.accession, one.part.path)
    others = [use for use in found.uses if (use.accession, use.part) != here]
    lines = [f"{use.accession} {use.unit or UNKNOWN_UNIT}" for use in others]
    told = list(dict.fromkeys(lines))
    more = [f"…… 共 {len(told)} 处"] if len(told) > MOST_USES else []
    return "\n".join(("重复照片，也在：", *told[:MOST_USES], *more))
