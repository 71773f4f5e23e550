"""Which pieces are one activity: where an event ends and the next one begins.

Source: the labelling guide, A.3-A.5: one event is one activity whatever its parts; a series under one heading is one;
acts numbered apart, or told in paragraphs of their own with their own day, place or figures, are several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.segment.days import days, within
from pipeline.segment.pieces import Piece, other_kind
from pipeline.segment.roles import NAMES, Role, structured
from pipeline.segment.telling import HAPPENED, Telling, first_sentences, is_counted, sentences, telling
from pipeline.segment.words import ACTS, DATED, DAY, DONE, FIELD_LINE, NEXT_DAY, NUMBERED, OPENING_DAY, PLACED

OPENING = 26
"""Characters within which a paragraph names its day if it opens with it."""
LONG = 40
"""Characters from which a paragraph with a name of its own tells something."""
SHORT = 14
"""Characters of a first sentence that is no more than a name: “帮，是帮农户。”"""
_LEAD = re.compile(r"^[^，。；：:！？\d]{2,14}(?:[。：:]|——)(?=.)")
"""“笔记本里的钢厂。”: a name in front of what is told."""
_TAKES_UP = re.compile(
    r"^还有(?:就是|一[件桩个]|[件个]事|[^，。：]{1,8}[。：])|^(?:先说|再说|再讲|其次|再次|再就是|说[说到完]|接着说|至于|第[一二三四五六]件)[^，。：]{0,12}[，。：]"
)
"""“再说课。”: the report takes up the next thing."""
_WITHIN = re.compile(r"^(?:其中|例如|比如|譬如|[期其]间|活动(?:中|期间|现场)|现场|会上|会前|会后)")
"""What follows lies within the event."""
_ADDS = re.compile(r"^(?:另外|此外|除此之外|与此同时|另一[边头]|几乎同时)")
_POINTS = re.compile(r"^(?:下午|傍晚|晚上|晚间|随后|同时)")
_VAGUE_DAY = re.compile(
    r"(?:\d{1,2}|[一二三四五六七八九十]+)月(?:初|底|末|[上中下]旬)|月[初底末中](?!以来)|(?:上|本|这)(?:个|一)?(?:周|星期|礼拜)|(?:周|星期|礼拜)[一二三四五六日末天]|[前昨]天"
)
"""A time without its day with which a paragraph opens."""
_REFERS = re.compile(rf"{DAY}[^，。]{{0,2}}的[^，。]{{1,12}}[上中里]，")
"""“5月28日的分享会上，”: a day by which an event is taken up again."""
_MOVED = re.compile(r"移到|转到|转场|来到|又到|走进|赶到|赴|前往|移师")
_ANNOUNCES = re.compile(r"[：:]$|[两三四五六几\d](?:题|个单元|个环节|个方面|部分|站|张桌子|项议程|个板块)")
_NAMED = re.compile(r"《[^》]+》|“[^”]{3,}”")


def groups(cut: Sequence[Piece], roles: Sequence[Role]) -> list[list[Piece]]:
    """Pieces that are activities, with the paragraphs that go on telling of the same event."""
    made: list[list[Piece]] = []
    open_group = False
    day = ""
    for piece, what in zip(cut, roles, strict=True):
        if what is Role.PASSAGE:
            open_group = False
        if what is not Role.ACTIVITY:
            continue
        if open_group and continues(made[-1], piece, day):
            made[-1].append(piece)
        else:
            made.append([piece])
        open_group = True
        day = _last_day(made[-1]) or day
    return made


def _last_day(group: Sequence[Piece]) -> str:
    """The day that a group names first, as written; "" without one."""
    found = DATED.search("".join(one.text for one in group))
    return found.group() if found else ""


def continues(group: Sequence[Piece], piece: Piece, day: str = "") -> bool:
    """Say whether *piece* goes on with the event of *group*; *day*: the last one named, for a group told by “同日”."""
    if piece.cells or group[-1].cells or piece.heads != group[-1].heads:
        return False
    if piece.label:
        return group[-1].label != "" and (
            piece.span.block == group[-1].span.block or piece.label == group[-1].label
        )
    if _is_item(piece):
        return _is_part(group, piece)
    if FIELD_LINE.match(piece.text.strip()):
        return not NAMES.match(piece.text.strip())
    return bool(_WITHIN.match(piece.text.strip())) or not _opens_another(group, piece, day)


def _is_item(piece: Piece) -> bool:
    return piece.item or bool(NUMBERED.match(piece.text))


def _is_part(group: Sequence[Piece], item: Piece) -> bool:
    """An item without day, place and figures of its own is a part of the event before it, if that is none of its fellows."""
    if DATED.search(item.text) or NUMBERED.match(group[0].text):
        return False
    listed = any(_ANNOUNCES.search(one.text.strip()) or NUMBERED.match(one.text) for one in group)
    own = is_counted(item.text) or PLACED.search(item.text)
    told = DATED.search("".join(one.text for one in group))
    return bool(told) and (listed or not own)


def _opens_another(group: Sequence[Piece], piece: Piece, before: str) -> bool:
    """The paragraph opens with a day outside the group's, with a name of its own, or with another act of the day."""
    told = "".join(one.text for one in group)
    if NEXT_DAY.match(told) and not DATED.search(told):
        told = f"{before}{told}"
    text = piece.text.strip()
    if _LEAD.match(text) and _LEAD.match(group[0].text.strip()):
        return _states(text) or len(text) > LONG
    if _TAKES_UP.match(text):
        return _states(text) or bool(HAPPENED.search(text))
    return _is_of_another_day(group, told, text)


def _is_of_another_day(group: Sequence[Piece], told: str, text: str) -> bool:
    """The paragraph opens with a day outside of what is *told*, or with another act of its day."""
    opening = _opening(text)
    day = OPENING_DAY.search(opening)
    if day and DATED.search(told):
        again = days(opening) == days(_opening(group[0].text.strip()))
        inside = within(told, text[day.start() : day.end() + OPENING])
        return not inside or (
            not _REFERS.match(text) and (_acts(text) and (again or _of_another_kind(told, text)))
        )
    vague = _VAGUE_DAY.match(text)
    if vague:
        return _acts(text) or ("月" in vague.group() and telling(first_sentences(text)) is Telling.EVENT)
    if _ADDS.match(text):
        return _is_another_aside(told, text)
    if NEXT_DAY.match(text):
        return _acts(text) and not _is_scene(told)
    return bool(_POINTS.match(text)) and _acts(text) and _goes_elsewhere(told, text)


def _is_another_aside(told: str, text: str) -> bool:
    """What is added (“与此同时”) has a day of its own, or people and a place."""
    words = first_sentences(text)
    own = DATED.search(words) and not within(told, words)
    return _acts(text) and bool(own or (is_counted(words) and PLACED.search(words)))


def _is_scene(told: str) -> bool:
    """A day is painted and no act is named yet: nobody counted, no word for its kind outside of what is quoted."""
    plain = re.sub(r"“[^”]*”", "", told)
    return not is_counted(plain) and not ACTS.search(plain)


def opens_with_day(text: str) -> bool:
    """Say whether a paragraph opens with its day."""
    return bool(OPENING_DAY.search(_opening(text.strip())))


def leading(cut: Sequence[Piece]) -> int:
    """How many of the first pieces may only lead over to what follows: up to the first that is headed or numbered, or, where
    none is, as long as two more open with their days."""
    first = next((number for number, piece in enumerate(cut) if structured(piece)), None)
    if first is not None:
        return first
    dated = [number for number, piece in enumerate(cut) if opens_with_day(piece.text)]
    return dated[-2] if len(dated) > 1 else 0


def _opening(text: str) -> str:
    """The first sentence as far as it can name the paragraph's day; a short one leads over to the second."""
    first, second = (*sentences(text), "", "")[:2]
    return (first + second if len(first) <= SHORT else first)[:OPENING]


def _states(text: str) -> bool:
    """The paragraph has a day, figures or a place of its own."""
    return bool(DATED.search(text) or is_counted(text) or PLACED.search(text))


def _acts(text: str) -> bool:
    """Its first sentences tell of an act with its people, place or name."""
    words = first_sentences(text)
    own = is_counted(words) or PLACED.search(words) or _NAMED.search(words)
    kind = telling(words)
    return bool(own) and (
        kind is Telling.EVENT or (bool(DONE.search(words)) and kind in {Telling.DONE, Telling.PLAIN})
    )


def _of_another_kind(told: str, text: str) -> bool:
    words = first_sentences(text)
    return bool(ACTS.search(words)) and other_kind(told, words)


def _goes_elsewhere(told: str, text: str) -> bool:
    """Within one day: another place and other people, or an act with a title."""
    words = first_sentences(text)
    place = PLACED.search(words)
    other = place and PLACED.search(told) and place.group()[1:] not in told
    moved = _MOVED.search(words) or other or (place and _of_another_kind(told, text))
    return bool(is_counted(words) and moved) or bool(re.match(r"^随后是?[^。]{0,20}题[目为]", text))
