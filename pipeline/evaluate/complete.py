"""Whether a unit has sent all that the notice asks for, and where each of it stands.

Purpose: `there`, for 材料齐全 of the rubric and for what is missing (缺件).
Source: notice, part 4 (四): 活动开展情况和工作成效、典型经验、意见建议、文字信息、影像资料; whom to call is asked by staff.
Limits: what could not be read may hold what is missing; that is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.evaluate.facts import Report, flat, label, place
from pipeline.evaluate.telling import Line, expressions
from pipeline.records import Judged

PARTS = ("情况", "成效", "经验", "建议", "影像", "联系人")
"""What a complete report holds."""
QUOTE = 40
"""Characters of the words quoted for each."""


def there(report: Report, effect_words: Sequence[str]) -> Mapping[str, Line]:
    """Which of PARTS the counted mails show, in that order, each with the first words or file that show it.

    Args:
        effect_words: regular expressions that tell of 成效; a figure tells of it too.
    """
    found = {
        "情况": _activities(report),
        "成效": _effects(report, effect_words),
        "经验": ((f"“{flat(one.text, QUOTE)}”", one.source) for one in report.highlights),
        "建议": _suggestions(report),
        "影像": _pictures(report),
        "联系人": _contacts(report),
    }
    first = {part: next(found[part], None) for part in PARTS}
    return {part: line for part, line in first.items() if line is not None}


def missing(report: Report, effect_words: Sequence[str]) -> tuple[str, ...]:
    """Which of PARTS the counted mails do not show, in that order."""
    shown = there(report, effect_words)
    return tuple(part for part in PARTS if part not in shown)


def _activities(report: Report) -> Iterator[Line]:
    for fact in report.activities:
        yield f"活动{fact.title}", fact.source


def _effects(report: Report, words: Sequence[str]) -> Iterator[Line]:
    for fact in report.activities:
        if figure := _figure(fact.judged):
            yield f"“{flat(figure, QUOTE)}”", fact.source
    for passage in report.passages:
        for pattern in expressions(tuple(words)):
            if hit := pattern.search(passage.text):
                yield f"“{hit.group()}”", passage.source


def _figure(judged: Judged) -> str:
    """The words of the first figure that the activity states, "" for none."""
    activity = judged.activity
    stated = (activity.participants, activity.sessions, activity.materials)
    return next((one.words for one in stated if one is not None), "")


def _suggestions(report: Report) -> Iterator[Line]:
    for accession, filing in report.counted:
        for one in filing.suggestions:
            yield f"“{flat(one.text, QUOTE)}”", f"{accession} {place(filing, one.span)}"


def _pictures(report: Report) -> Iterator[Line]:
    """Pictures that are material, no logos; then films."""
    for accession, filing in report.counted:
        pictures = [one.part for one in filing.pictures if not one.logo]
        films = [part.path for part in filing.parts if part.media_type.startswith("video/")]
        for files, counter in ((pictures, "张照片"), (films, "段录像")):
            if files:
                yield f"{len(files)} {counter}", f"{accession} {label(filing, files[0])}"


def _contacts(report: Report) -> Iterator[Line]:
    """That there is one; who it is stands where personal data may stand."""
    for accession, filing in report.counted:
        if filing.contact:
            yield "写有姓名和电话", accession
