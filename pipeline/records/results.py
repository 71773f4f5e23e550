"""What a season comes to: how mails stand to one another, what was used twice, scores and evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.judgement import Filing
from pipeline.records.register import Item


class RelationKind(StrEnum):
    """How one mail stands to another."""

    DUPLICATE = "duplicate"
    RECALL = "recall"
    FORWARD = "forward"


class Field(StrEnum):
    """What two versions of one activity may state differently."""

    DATE_START = "date_start"
    DATE_END = "date_end"
    PLACE = "place"
    PARTICIPANTS = "participants"
    SESSIONS = "sessions"
    MATERIALS = "materials"
    MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which a replaced mail and the one that replaces it differ.

    old, new: number of the activity (from 1) in the replaced mail and in the new one; None where it has none: taken out, or
    added. title: of the newer telling. field: None where a whole activity was taken out or added. before, after: the
    values as text (dates ISO, outlets with 、 between), "" where nothing is stated.
    """

    old: int | None
    new: int | None
    title: str
    field: Field | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What relate() found about one filed mail: it supersedes *supersedes*, or it is a *kind* of mail *of*.

    superseded_by: the newest mail that replaces it; such a mail keeps its activities but does not count.
    differences: of a superseded mail, between its activities and those of the mail that replaces it.
    recalled: a notice of recall names it. decided: a person accepted it as it is, or said that the mail counts for itself.
    """

    accession: str
    supersedes: str | None = None
    superseded_by: str | None = None
    kind: RelationKind | None = None
    of: str | None = None
    recalled: bool = False
    differences: tuple[Difference, ...] = ()
    decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """One activity that several units report (联合活动), or one unit in two mails, as joint() found it.

    members: (accession, number of the activity from 1), at least two; the first is the one whose figures go into totals
    over all units. units: those of the members, in their order; all the same where one unit may have told of it twice.
    decided: False: only a person can say whether they are one, and each counts for itself until then. words: Chinese, what
    speaks for it.
    """

    members: tuple[tuple[str, int], ...]
    units: tuple[str, ...]
    decided: bool
    words: str


class Scope(StrEnum):
    """How far apart the places are at which one photograph was used, the farthest first.

    common: so many units have it that it was most likely given to all of them.
    """

    COMMON = "common"
    UNITS = "units"
    MAILS = "mails"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place at which a photograph was used. unit: best guess, "" where there is no candidate."""

    accession: str
    part: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """One photograph that was used more than once, as reuse() found it.

    uses: in order of accession and part, at least two. scope: the farthest two of them. exact: the same octets each
    time. alike: 0..1, how like the two most different neighbours are that hold the group together; 1 where exact.
    """

    uses: tuple[Use, ...]
    scope: Scope
    exact: bool
    alike: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One mail for the fold: its row and its filing; filing is None while captured, held or dismissed unread.

    relation, reused, joint: what relate(), reuse() and joint() found about it; a Reuse or Joint stands at each mail that it
    names.
    """

    item: Item
    filing: Filing | None
    relation: Relation | None = None
    reused: tuple[Reuse, ...] = ()
    joint: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDecision:
    """A reviewer's points for one line of one unit's rubric, in place of the machine's.

    number: of the correction that holds it. signed, stands: as in Score.
    """

    points: float
    by: str
    why: str
    signed: str = ""
    stands: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One line of the rubric for one unit. low..high: points; equal when all facts are known. words: the evidence.

    machine: False where only people can give the points. words: one line a point of evidence; sources: accession and
    place of each line ("" where it has none). What is taken off is negative, and its full is 0. reviewed: what a person gave
    instead, by and why; None where nobody did. signed: by whom it was countersigned, "" by nobody. stands: whether the
    reviewer's value counts (it does not where a signature is due and missing, or where the rules no longer allow it).
    """

    unit: str
    criterion: str
    low: float
    high: float
    full: float
    machine: bool
    words: str
    sources: tuple[str, ...] = ()
    reviewed: float | None = None
    by: str = ""
    why: str = ""
    signed: str = ""
    stands: bool = True

    @property
    def final(self) -> tuple[float, float]:
        """Low and high as they count: the reviewer's value where it stands, else the machine's interval."""
        if self.reviewed is None or not self.stands:
            return self.low, self.high
        return self.reviewed, self.reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One unit's result. accessions: its counted mails, none where it has not sent (未报送).

    kind: Unit.kind, "" outside the roster. rank: within its peer group by low total, ties share it; None where there is
    no group or no mail. low, high: sums of the scores' final values. missing: of 情况, 成效, 经验, 建议, 影像, 联系人. notes:
    Chinese, what staff should know.
    """

    unit: str
    in_roster: bool
    kind: str
    accessions: tuple[str, ...]
    activities: int
    participants: int | None
    scores: tuple[Score, ...]
    low: float
    high: float
    rank: int | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Featured:
    """One counted activity as a candidate for 特色活动 (满分 100), by the machine alone.

    accession, number: the mail and the activity in it, from 1. scores: in the order of the rubric; their unit is that of
    the activity. low, high: sums of the scores.
    """

    accession: str
    number: int
    unit: str
    title: str
    scores: tuple[Score, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What one unit's low total and rank are when the weight of one 大项 is *factor* times what the rubric says."""

    group: str
    factor: float
    low: float
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How firmly one unit's rank stands. low, rank: by the rubric as it is; shifts: by each changed weight.

    best, worst: the ranks between which all of them lie.
    """

    unit: str
    kind: str
    low: float
    rank: int
    shifts: tuple[Shift, ...]
    best: int
    worst: int
