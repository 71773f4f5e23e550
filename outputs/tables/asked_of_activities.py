"""The questions of 待核事项 about activities, units, photographs: categories, facts, outlets, gaps, what two tell of.

Purpose: `of_activity`, `of_unit`, `of_photograph`, `of_joint`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from outputs.tables.effect import Effect, Stakes, people
from outputs.tables.joined import places as told_at
from outputs.tables.question import Question, path, path_of_unit
from outputs.tables.season import Season, Told
from outputs.tables.shown import SCOPES, alike, places
from outputs.tables.unread import incomplete
from outputs.words import HANDLINGS, JOINT_DECISIONS, UNKNOWN_UNIT
from pipeline.evaluate import LATE, flat, quoted, tier
from pipeline.records import Classification, Evaluation, Joint, Judged, Reuse, Scope
from pipeline.review import joint_key

LONGEST_WORDS = 40
"""Characters of one quotation that speaks for a category."""


def of_activity(season: Season, stakes: Stakes, told: Told) -> Iterator[Question]:
    """What is not known about one counted activity."""
    if not told.judged.classification.decided:
        yield _category(season, stakes, told)
    activity = told.judged.activity
    facts = (
        ("日期", activity.date_start, ("on_theme",)),
        ("参与人数", activity.participants, ("participants", "workers")),
    )
    silent = [name for name, stated, _ in facts if stated is None]
    if silent:
        rules = {rule for _, stated, rules in facts if stated is None for rule in rules}
        yield replace(
            _about(stakes, told, "facts", rules),
            matter="事实不明",
            detail=f"活动{quoted(activity.title, 80)}没有写明{'、'.join(silent)}（{told.place}），得分按区间计",
            proposal=f"原件里有的到活动明细填写；没有的请单位补报{'、'.join(silent)}",
        )
    strange = sorted({one.value for one in activity.media if not tier(one.value, season.rules.outlets)})
    if strange:
        yield replace(
            _about(stakes, told, "media", {"media"}),
            matter="媒体级别",
            detail=f"媒体“{flat('、'.join(strange), 120)}”的级别不明",
            proposal="查明级别，补进媒体级别表（规则里的 outlets.csv）",
        )


def _about(stakes: Stakes, told: Told, what: str, rules: set[str]) -> Question:
    """A question about one activity that bears on these rules of the rubric; matter and detail are still to be said."""
    low, high = stakes.open_points((told.unit,), rules)
    return Question(
        row=path(told.one.item.accession, f"activity-{told.number}-{what}"),
        accessions=(told.one.item.accession,),
        unit=told.unit,
        matter="",
        detail="",
        effect=Effect(low=low, high=high, people=people((told.judged,))),
        part=told.judged.activity.spans[0].part,
        choices=HANDLINGS[what],
    )


def _category(season: Season, stakes: Stakes, told: Told) -> Question:
    found, activity = told.judged.classification, told.judged.activity
    names = [(season.categories.get(code, str(code)), share) for code, share in found.candidates]
    first = [name for name, _ in names]
    low, high = stakes.open_points((told.unit,), ("categories", "on_theme"))
    return Question(
        row=f"{told.row}/category",
        accessions=(told.one.item.accession,),
        unit=told.unit,
        matter="类别待核",
        detail=f"活动{quoted(activity.title, 80)}属于哪一类（{told.place}）",
        effect=Effect(low=low, high=high, people=people((told.judged,))),
        proposal=season.categories.get(found.code, str(found.code)),
        candidates="\n".join(f"{name}（{share:.0%}）" for name, share in names),
        words="\n".join(_speaking(season, found)),
        part=activity.spans[0].part,
        choices=tuple(dict.fromkeys((*first, *season.categories.values()))),
    )


def _speaking(season: Season, found: Classification) -> Iterator[str]:
    """The words that speak for the best candidate, then those for the runner-up, a line each."""
    second = next((code for code, _ in found.candidates if code != found.code), None)
    sides = [(found.code, found.evidence), *([(second, found.against)] if second is not None else [])]
    for code, hits in sides:
        words = "；".join(dict.fromkeys(f"“{flat(hit.words, LONGEST_WORDS)}”" for hit in hits))
        name = season.categories.get(code, str(code))
        yield f"{name}：{words or '没有提示词，按全文的用词判断'}"


# ---------------------------------------------------------------- units


def of_unit(season: Season, stakes: Stakes, one: Evaluation) -> Iterator[Question]:
    """What is not known or not there of one unit's report."""
    if one.accessions and not one.in_roster and not _doubtful(season, one):
        low, high = stakes.whole((one.unit,))
        yield replace(
            _unit(one, "roster", Effect(low=low, high=high, people=one.participants or 0)),
            matter="名册外单位",
            detail="不在单位名册里，不参加排名；请核对名称或补进名册",
            proposal="核对是不是名册里某单位的另一个名称",
            choices=HANDLINGS["roster"],
        )
    for score in one.scores:
        if score.criterion == LATE and score.final[0] != score.final[1]:
            low, high = score.final
            yield replace(
                _unit(one, "late", Effect(low=low, high=high)),
                matter="收到时间待核",
                detail=flat(score.words.replace("\n", "；"), 300),
                proposal="在邮箱里核对收到时间",
            )
    if one.missing:
        yield _missing(season, stakes, one)


def _doubtful(season: Season, one: Evaluation) -> bool:
    """Whether each of its mails is asked about already: whose it is."""
    return all(
        not mail.filing.identification.decided
        for mail in map(season.mails.get, one.accessions)
        if mail and mail.filing
    )


def _missing(season: Season, stakes: Stakes, one: Evaluation) -> Question:
    waits = incomplete([season.mails[accession] for accession in one.accessions if accession in season.mails])
    names = "、".join(one.missing)
    seen = f"已读到的材料里没有：{names}；另有 {waits} 份没有读出或没有取回，可能就在里面"
    low, high = stakes.contested((one.unit,), ("completeness",))
    return replace(
        _unit(one, "missing", Effect(low=low, high=high)),
        matter="材料不全",
        detail=seen if waits else f"材料缺少：{names}",
        proposal="先办没有读出的材料，仍缺的再请单位补报" if waits else "请单位补报",
        choices=HANDLINGS["facts"],
    )


def _unit(one: Evaluation, what: str, effect: Effect) -> Question:
    """A question about one unit; matter and detail are still to be said."""
    return Question(
        row=path_of_unit(one.unit, what),
        accessions=one.accessions,
        unit=one.unit,
        matter="",
        detail="",
        effect=effect,
    )


# ---------------------------------------------------------------- what several tell of


def of_photograph(season: Season, stakes: Stakes, found: Reuse) -> Question:
    """Who may have shown whose photograph; the machine sees that they are one, not whose it is."""
    units = tuple(dict.fromkeys(use.unit for use in found.uses if use.unit))
    what, proposal = SCOPES[found.scope]
    how = "文件完全相同" if found.exact else f"缩放、裁剪、转动或压缩过，相似度 {alike(found.alike)}"
    first = found.uses[0]
    low, high = stakes.open_points(units, ("duplicate",)) if found.scope is Scope.UNITS else (0.0, 0.0)
    return Question(
        row=path(first.accession, "photo", first.part),
        accessions=tuple(dict.fromkeys(use.accession for use in found.uses)),
        unit="、".join(dict.fromkeys(use.unit or UNKNOWN_UNIT for use in found.uses)),
        matter="重复照片",
        detail=f"{what}（{how}）",
        effect=Effect(low=low, high=high),
        proposal=proposal,
        words=places(found, season.mails),
        part=first.part,
        choices=HANDLINGS["photo"],
    )


def of_joint(activities: Mapping[tuple[str, int], Judged], found: Joint) -> Question:
    """Whether two units tell of one activity; until a person says so, each counts for itself."""
    if len(set(found.units)) == 1:
        matter, what = "重复活动待核", "同一单位的两件来件写的可能是同一项活动"
        proposal = "是同一项的只计一次"
    else:
        matter, what = "联合活动待核", "几个单位报的可能是同一项活动"
        proposal = "是同一项的，各单位都计，合计只计一次"
    again = [activities[member] for member in found.members[1:] if member in activities]
    return Question(
        row=f"{min(found.members)[0]}/joint/{joint_key(found.members)}",
        accessions=tuple(dict.fromkeys(accession for accession, _ in found.members)),
        unit="、".join(dict.fromkeys(one or UNKNOWN_UNIT for one in found.units)),
        matter=matter,
        detail=f"{what}（{found.words}）",
        effect=Effect(people=people(again)),
        proposal=proposal,
        words=told_at(found),
        choices=tuple(JOINT_DECISIONS.values()),
    )
