"""What the report says: its frame, 总体情况 and 报送中的问题; categories.py and voices.py say the rest.

Purpose: `sections`, a pure function of the workbook's tables; annexes.py adds the lists, layout.py paints.
Source: 渝科协发〔2024〕23号 part 4 (四): 活动开展情况和工作成效, 典型经验, 意见建议; how such reports are divided.
Limits: states what the tables hold, judges nothing, ranks nobody in its text; what only people can say is left to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outputs.report.blocks import Block, Diagram, Grid, Heading, Paragraph, Piece, Signature, joined, said
from outputs.report.categories import categories
from outputs.report.season import COVER, NUMERALS, STATISTICS, Season, day
from outputs.report.voices import media, passages
from outputs.tables.progress import STANDINGS
from outputs.words import OUTSIDE
from pipeline import beijing
from pipeline.evaluate.progress import Standing

HOW = "人和人次同样计算，各活动相加，未去重。"
TO_FILL = "【由经办人填写】"


def sections(season: Season) -> Iterator[Block]:
    """Yield the report from its first sentence to its signature."""
    yield from _opening(season)
    yield Heading(level=1, text="一、总体情况")
    yield Heading(level=2, text="（一）报送情况")
    yield from _sent(season)
    yield Heading(level=2, text="（二）活动规模")
    yield from _extent(season)
    yield Heading(level=1, text="二、分类活动情况")
    yield from categories(season)
    yield Heading(level=1, text="三、宣传报道")
    yield from media(season)
    yield Heading(level=1, text="四、典型经验")
    yield from passages(season, "典型经验", "同类组")
    yield Heading(level=1, text="五、存在问题和意见建议")
    yield Heading(level=2, text="（一）报送中的问题")
    yield from _troubles(season)
    yield Heading(level=2, text="（二）各单位的意见建议")
    yield from passages(season, "意见建议", "主题")
    yield Heading(level=1, text="六、下一步工作")
    yield Paragraph(
        pieces=(TO_FILL + "优秀组织单位、特色活动的通报表扬，表中机器所提只是建议，由人审定。",), fill=True
    )
    for line in ("附件：1. 单位汇总表（建议）", "　　　2. 未报送单位名单", "　　　3. 数字出处表"):
        yield Paragraph(pieces=(line,), leads=True)
    yield Signature(lines=(season.rules.notice.organisers[0], "【成文日期由经办人填写】"))


def _opening(season: Season) -> Iterator[Block]:
    notice = season.rules.notice
    yield Paragraph(pieces=("【主送机关由经办人填写】：",), fill=True)
    until = f"截至{day(beijing.day(season.as_of), year=True)}" if season.as_of else "截至目前"
    yield said(
        f"按照{'、'.join(notice.organisers)}《{notice.title.strip('《》')}》（{notice.number}）要求，"
        f"各单位围绕“{notice.theme}”主题开展活动并报送材料。{until}，有关情况汇总如下。"
    )


# ---------------------------------------------------------------- 一、总体情况


def _cover(season: Season, subject: str) -> Piece:
    """A count of the sheet 说明, by its name."""
    for row, values in season.book.rows(COVER):
        if values["项目"] == subject and isinstance(values["内容"], int | float):
            figure = season.book.figure(COVER, row, "内容")
            if figure is not None:
                return figure
    return "（说明表未载）"


def _state(standing: Standing, *, same: bool = True) -> tuple[str, str, bool]:
    return ("状态", STANDINGS[standing], same)


_INSIDE = ("同类组", OUTSIDE, False)
_SENT = _state(Standing.NOTHING, same=False)
_LATE = ("逾期", "逾期", True)


def _sent(season: Season) -> Iterator[Block]:
    yield said(
        "收件邮箱共收文{}件，其中计入的报送、更正、补报{}件。名册内应报送单位{}个，已报送{}个，未报送{}个；"
        "名册外另有{}个单位报送。",
        _cover(season, "收文件数"),
        _cover(season, "计入的来件"),
        season.count(_INSIDE),
        season.count(_INSIDE, _SENT),
        season.count(_INSIDE, _state(Standing.NOTHING)),
        season.count(("同类组", OUTSIDE, True), _SENT),
    )
    yield said(
        "已报送的单位（含名册外）中，材料齐全、按时的{}个，材料齐全但逾期的{}个，缺件的{}个，尚有事项待核的{}个。各组报送情况见表一。",
        season.count(_state(Standing.COMPLETE)),
        season.count(_state(Standing.LATE)),
        season.count(_state(Standing.INCOMPLETE)),
        season.count(_state(Standing.ASKED)),
    )
    yield _by_group(season)
    names = ("已报送", "未报送")
    there = [[_SENT], [_state(Standing.NOTHING)]]
    yield Diagram(
        title="图一　各组报送情况（单位数）",
        labels=season.groups,
        series=tuple(
            (name, tuple(season.count(("同类组", group, True), *where) for group in season.groups))
            for name, where in zip(names, there, strict=True)
        ),
    )


def _by_group(season: Season) -> Grid:
    columns: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...] = (
        ("应报送", ()),
        ("已报送", (_SENT,)),
        ("未报送", (_state(Standing.NOTHING),)),
        ("齐全", (_state(Standing.COMPLETE),)),
        ("缺件", (_state(Standing.INCOMPLETE),)),
        ("待核", (_state(Standing.ASKED),)),
        ("首件逾期", (_LATE,)),
    )
    groups: list[tuple[str, tuple[str, str, bool]]] = [
        (name, ("同类组", name, True)) for name in season.groups
    ]
    rows: list[tuple[tuple[Piece, ...], ...]] = [
        ((name,), *((season.count(only, *where),) for _, where in columns))
        for name, only in [*groups, ("合计", _INSIDE)]
    ]
    return Grid(
        title="表一　各组报送情况（名册内单位）",
        headers=("同类组", *(name for name, _ in columns)),
        widths=(24, *(18.8 for _ in columns)),
        rows=tuple(rows),
        note="单位：个。首件逾期：第一封来件在报送截止以后收到，与齐全、缺件、待核有交叉。",
    )


def _extent(season: Season) -> Iterator[Block]:
    book = season.book
    activities = book.total(STATISTICS, "活动数")
    if activities is None or not activities.value:
        yield said("报送的材料中还没有计入的活动。")
        return
    parts: list[Sequence[Piece]] = [("共开展活动", activities, "项（联合活动只计一次）")]
    for header, before, unit in (
        ("参与人数", "参与", "人次"),
        ("场次", "写明举办", "场"),
        ("资料份数", "发放资料", "份"),
        ("媒体报道", "写明宣传报道", "条次"),
    ):
        figure = book.total(STATISTICS, header)
        stated = figure is not None and figure.value
        parts.append((before, figure, unit) if figure is not None and stated else (f"{header}均未写明",))
    yield Paragraph(pieces=joined(parts, "，", "。"))
    unstated, undecided = (book.total(STATISTICS, header) for header in ("未写明人数的活动", "其中类别待核"))
    if unstated is not None and unstated.value:
        yield said("以上只计材料写明的数字：有{}项活动未写明参与人数，未计入人次；" + HOW, unstated)
    else:
        yield said("以上只计材料写明的数字；" + HOW)
    if undecided is not None and undecided.value:
        yield said("有{}项活动的类别待核，暂按机器建议的类别统计。", undecided)
    rows = list(book.rows(STATISTICS))
    labels = tuple(str(values["类别"]).partition(" ")[2] for _, values in rows)
    for number, (title, header) in enumerate(
        (("各类活动数（项）", "活动数"), ("各类活动参与人次", "参与人数")), 2
    ):
        values = tuple(book.figure(STATISTICS, row, header) for row, _ in rows)
        yield Diagram(title=f"图{NUMERALS[number - 1]}　{title}", labels=labels, series=((header, values),))


# ---------------------------------------------------------------- 五、（一）


def _troubles(season: Season) -> Iterator[Block]:
    yield from _by_state(season, "未报送", _state(Standing.NOTHING), "名单见附件2")
    yield from _by_state(season, "缺件", _state(Standing.INCOMPLETE), "缺少的材料见附件1")
    yield from _by_state(season, "首件逾期", _LATE, "")
    yield Paragraph(pieces=("【其他问题由经办人填写】",), fill=True)


def _by_state(season: Season, what: str, state: tuple[str, str, bool], more: str) -> Iterator[Block]:
    whole = season.count(_INSIDE, state)
    if not whole.value:
        yield said(f"名册内没有{what}的单位。")
        return
    each = [(name, season.count(("同类组", name, True), state)) for name in season.groups]
    parts: list[Sequence[Piece]] = [(name, figure, "个") for name, figure in each if figure.value]
    end = f"。{more}。" if more else "。"
    yield Paragraph(pieces=(f"{what}的单位", whole, "个：", *joined(parts, "，", end)))
